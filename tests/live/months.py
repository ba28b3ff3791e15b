"""The month sheet: October of two sites, killed while it is closed, settled, released, written and mailed; then again.

The days are computed in peace; the month is closed, signed through the API, and put into the ledger of fines.
"""

import signal
from dataclasses import replace

from stack import runs
from stack.runs import Order
from tests.live.office import WAITING, Office, say, until
from tests.live.twins import differences, letters_of, portrait

SITES = ["CN01", "GM01"]
DAYS = Order("daily_attendance", "2026-10-01..2026-10-31", sites=SITES, requested_by="demo", reason="演示")
MONTH = Order(
    "monthly_attendance",
    "2026-10",
    sites=SITES,
    requested_by="demo",
    reason="演示",
    send_mail=True,
    opinion="演示：已核对，同意",
)
AGAIN = replace(MONTH, mode="重算", reason="断电后核对")
CLOSED = "select from ops.period_close where workflow = 'daily_attendance'"
ENTRIES = "select count(*) from attendance.fine_entry"
SENDING = "select recipient, subject from ops.outbox where state = 'sending'"
TO_PAYROLL = f"{SENDING} and letter_kind in ('wage_deductions', 'payroll_import')"
OWN_ACCOUNT = ("ops.run:", "ops.run_scope:")  # what a run adds to the books that finds nothing to do: itself


def close(office: Office) -> None:
    """The task that freezes the month, when its days are judged and the close is not written."""
    with office.held_up("ops.period_close"):
        office.kill(office.working_on("close"), "the task that closes")
    until("the end of its statement", lambda: not office.ask(WAITING))
    say(f"months closed by then: {len(office.ask(CLOSED))}")


def settle(office: Office) -> None:
    """The task that reckons the final sheets, in one of the last of its statements."""
    until("the close", lambda: office.ask(CLOSED))
    with office.held_up("ops.result"):
        office.kill(office.working_on("settle"), "the task that settles")
    until("the end of its statement", lambda: not office.ask(WAITING))


def release(office: Office) -> None:
    """One of the two tasks that release a site, while both enter its fines into the ledger."""
    until("questions", lambda: len(office.questions()) == len(SITES))
    with office.locked("attendance.fine_entry"):
        asked: set[str] = set()
        runs.answer_all(office.state, MONTH.dag_id, office.run_id, "同意", MONTH.opinion, asked)
        office.stopped(len(SITES))
        office.kill(office.working_on("release", tasks=len(SITES))[:1], "one of the tasks that release")
    until("a release", lambda: office.ask(ENTRIES)[0][0])
    say(f"fines in the ledger by then: {office.ask(ENTRIES)[0][0]}")


def write(office: Office) -> None:
    """The tasks that have written payroll's files and not registered them."""
    with office.held_up("ops.artifact", sessions=len(SITES)):
        until("payroll's workbooks", lambda: list(office.state.at("files", "wage_deductions").rglob("*.xlsx")))
        office.kill(office.working_on("write_workbook_payroll"), "the tasks that write for payroll")
        office.component("mail").send_signal(signal.SIGSTOP)


def deliver(office: Office) -> None:
    """A sender whose letter was not taken, and one whose letter to payroll was taken and not stamped."""
    until("claimed letters", lambda: len(office.ask(SENDING)) > 1 and office.ask(TO_PAYROLL))
    office.kill(office.working_on("site.deliver_mail")[:1], "the sender that had handed over nothing")
    sender = office.working_on("deliver_mail_payroll")[0]
    backend = office.session_of(sender)
    with office.locked("ops.outbox"):
        before = letters_of(office.state)
        office.component("mail").send_signal(signal.SIGCONT)
        until("letters taken", lambda: letters_of(office.state) - before)
        office.kill([sender], "the sender whose letter was taken and not stamped")
        office.hang_up(backend)  # else Postgres finishes the stamp of a client that is gone


def redo(office: Office, run_id: str) -> dict:
    """All of the run's steps done again, and then the month once more: nothing may change; gives the end."""
    before = portrait(office.state)
    office.clear(MONTH, run_id)
    ended = portrait(office.state)
    # the note told of letters in doubt, and is written anew
    changed = [line for line in differences(before, ended) if not line.startswith("ops.run:")]
    office.end(AGAIN, office.begin(AGAIN))
    once_more = differences(ended, portrait(office.state))
    changed += [line for line in once_more if not line.startswith(OWN_ACCOUNT)]
    say("\n".join([f"cleared, and the month done again: {len(changed)} changes", *changed]))
    office.complaints += [f"done again: {line}" for line in changed]
    return ended


def in_peace(office: Office) -> dict:
    """What nobody disturbs."""
    for order in (DAYS, MONTH):
        office.end(order, office.begin(order))
    return portrait(office.state)


def disturbed(office: Office) -> dict:
    """The same, killed again and again; then the whole run is cleared, and the month asked for once more."""
    office.end(DAYS, office.begin(DAYS))
    month = office.begin(MONTH)
    for stage in (close, settle, release, write, deliver):
        say(f"— {stage.__name__}: {stage.__doc__}")
        stage(office)
    office.end(MONTH, month)
    office.settle()
    return redo(office, month)
