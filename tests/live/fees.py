"""The fees: a month of notices, killed while it reckons, releases, renders, binds and mails; then resumed.

Three towers and some 117 notices; one tower mails its tenants directly. The month is approved through the API.
"""

import contextlib
import signal
from collections.abc import Callable
from dataclasses import replace

from stack import runs
from tests.live.office import WAITING, Office, say, until
from tests.live.twins import differences, letters_of, numbers_of, portrait

MONTH = runs.Order(
    "fee_notices", "2026-10", requested_by="demo", reason="演示", send_mail=True, opinion="演示：已核对，同意"
)
AGAIN = replace(MONTH, mode="续跑", reason="断电后核对")
TOWERS = 3
NOTICES = "select count(*) from fees.notice"
SENDING = "select recipient, subject from ops.outbox where state = 'sending'"
TO_TENANTS = f"{SENDING} and letter_kind = 'fee_tenant'"
#: What a run adds to the books that finds nothing left to do: itself, and the sheet that says so, with its letters.
OWN_ACCOUNT = ("ops.run:", "ops.run_scope:")
OWN_SHEET = ("fee_rerun", "重跑结果单")


def reckon(office: Office) -> None:
    """The task, in one of the last of its statements."""
    with office.held_up("ops.result"):
        office.kill(office.working_on("reckon"), "the task")
    until("the end of its statement", lambda: not office.ask(WAITING))
    say(f"bills reckoned by then: {office.ask('select count(*) from fees.bill')[0][0]}")


def release(office: Office) -> None:
    """Two of the three tasks that release a tower, while they book: one tower is out, of the others nothing is."""
    until("questions", lambda: len(office.questions()) == TOWERS)
    with contextlib.ExitStack() as payees:
        # Of what follows, only the rendering reads this table: it is to wait until all towers are there.
        payees.enter_context(office.locked("fees.payee", "access exclusive"))
        with office.locked("fees.entry"):
            asked: set[str] = set()
            runs.answer_all(office.state, MONTH.dag_id, office.run_id, "同意", MONTH.opinion, asked)
            office.stopped(TOWERS)
            office.kill(office.working_on("release", tasks=TOWERS)[:2], "two of the tasks that release")
        until("the end of their statements", lambda: office.ask("select from ops.period_close"))
        say(f"released by then: {numbers_of(office.state)}")
        say(f"— {render.__name__}: {render.__doc__}")
        render(office, payees.close)


def render(office: Office, go_on: Callable[[], None]) -> None:
    """The tasks that render, two of them before their first notice, the others with some written."""
    office.stopped(2 * TOWERS)
    tasks = [task for part in ("render_1", "render_2") for task in office.working_on(part, tasks=TOWERS)]
    for task in tasks[:2]:
        task.send_signal(signal.SIGSTOP)  # else a quick machine might be done before the kill
    go_on()
    folder = office.state.at("files", "fee_notices")
    until("some notices", lambda: len(list(folder.rglob("JK-*.pdf"))) >= 5)
    office.kill(tasks, "the tasks that render")
    written, notices = len(list(folder.rglob("JK-*.pdf"))), office.ask(NOTICES)[0][0]
    say(f"notices written by then: {written} of {notices}")
    assert written < notices


def bind(office: Office) -> None:
    """The tasks that have bound a tower's notices and not registered the file; the mail server stands still then."""
    # The summaries wait there, too, and the one tower's letters to its tenants: nothing is mailed before.
    with office.held_up("ops.artifact, ops.outbox", sessions=2 * TOWERS + 1):
        office.kill(office.working_on("merge", tasks=TOWERS), "the tasks that bind")
        office.component("mail").send_signal(signal.SIGSTOP)


def deliver(office: Office) -> None:
    """A sender whose letter was not taken, and one whose letter to a tenant was taken and not stamped."""
    until("letters to tenants", lambda: office.ask(TO_TENANTS) and len(office.ask(SENDING)) > TOWERS)
    office.kill(office.working_on("tower.deliver_mail")[:1], "the sender that had handed over nothing")
    [sender] = office.working_on("deliver_tenants")
    with office.locked("ops.outbox"):
        [(recipient, subject)] = office.ask(TO_TENANTS)
        office.component("mail").send_signal(signal.SIGCONT)
        until("the letter", lambda: letters_of(office.state)[f"{subject} → {recipient}"])
        backend = office.session_of(sender)
        office.kill([sender], "the sender whose letter was taken and not stamped")
        office.hang_up(backend)  # else Postgres finishes the stamp of a client that is gone


def clear(office: Office, run_id: str) -> dict:
    """All of the run's steps cleared and done again: but for the note of the run nothing may change; gives the end."""
    before = portrait(office.state)
    office.clear(MONTH, run_id)
    after = portrait(office.state)
    changed = differences(before, after)
    say("\n".join([f"cleared and done again: {len(changed)} changes", *changed]))
    # the note told of letters in doubt, and is written anew
    office.complaints += [f"cleared: {line}" for line in changed if not line.startswith("ops.run:")]
    return after


def resume(office: Office, before: dict) -> None:
    """续跑 through the form, when nothing is left to do: it adds its own account to the books, and nothing else."""
    office.end(AGAIN, office.begin(AGAIN))
    found = differences(before, portrait(office.state))
    changed = [line for line in found if not line.startswith(OWN_ACCOUNT) and not any(it in line for it in OWN_SHEET)]
    say("\n".join([f"续跑: {len(changed)} changes, {len(found) - len(changed)} lines of its own account", *changed]))
    office.complaints += [f"续跑: {line}" for line in changed]


def in_peace(office: Office) -> dict:
    """What nobody disturbs."""
    office.end(MONTH, office.begin(MONTH))
    return portrait(office.state)


def disturbed(office: Office) -> dict:
    """The same, killed again and again; then the whole run is cleared, and the month resumed."""
    month = office.begin(MONTH)
    for stage in (reckon, release, bind, deliver):
        say(f"— {stage.__name__}: {stage.__doc__}")
        stage(office)
    office.end(MONTH, month)
    office.settle()
    ended = clear(office, month)
    resume(office, ended)
    return ended
