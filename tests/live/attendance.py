"""The attendance: a month and the day after it, killed while they land, admit, compute, publish and mail."""

import signal

import psycopg

from stack.runs import Order
from tests.live.office import WAITING, Office, say, until
from tests.live.twins import portrait

MONTH = Order("daily_attendance", "2026-10-01..2026-10-31", requested_by="demo", reason="演示", send_mail=True)
NEXT_DAY = Order("daily_attendance", "2026-11-01", requested_by="demo")


def land(office: Office) -> None:
    """The task, in the middle of a COPY."""
    until("landed files", lambda: office.ask("select from ops.landing_file where file_id >= 5"))
    with office.held_up("ops.landing_row"):
        office.kill(office.working_on("land"), "the task")
    say(f"files landed by then: {office.ask('select count(*) from ops.landing_file')[0][0]}")


def admit(office: Office) -> None:
    """The task's session, before punches."""
    with office.held_up("attendance.punch") as [backend, *_]:
        office.hang_up(backend)


def compute(office: Office) -> None:
    """The task, in the last of its statements but one."""
    with office.held_up("ops.result"):
        office.kill(office.working_on("compute"), "the task")
    until("the end of its statement", lambda: not office.ask(WAITING))
    say(f"days computed by then: {office.ask('select count(*) from attendance.attendance_day')[0][0]}")


def publish(office: Office) -> None:
    """The tasks that release one document, and the one that has written another and not registered it."""
    until("a document", lambda: office.ask("select from ops.artifact where document_kind = 'daily_attendance'"))
    with office.held_up("ops.artifact", sessions=2):
        until("a workbook", lambda: list(office.state.at("files", "daily_attendance").rglob("*.xlsx")))
        office.kill(office.working_on("write_workbook"), "the tasks that write")
        office.kill(office.working_on("release"), "the tasks that release")


def deliver(office: Office) -> None:
    """A sender whose letter was not taken, and one whose letter was taken and not stamped."""
    until("composed letters", lambda: office.ask("select from ops.outbox where state = 'ready' and run_id = 1"))
    mail = office.component("mail")
    mail.send_signal(signal.SIGSTOP)
    until("claimed letters", lambda: len(office.ask("select from ops.outbox where state = 'sending'")) == 3)
    before, senders = office.letters(), office.working_on("site.deliver_mail")
    office.kill(senders[:1], "the sender that had handed over nothing")
    with psycopg.connect(office.state.dsn()) as holder:
        holder.execute("lock table ops.outbox in exclusive mode")
        mail.send_signal(signal.SIGCONT)
        until("letters taken", lambda: office.letters() - before >= 2)
        backend = office.session_of(senders[1])
        office.kill(senders[1:2], "the sender whose letter was taken and not stamped")
        office.hang_up(backend)  # else Postgres finishes the stamp of a client that is gone


def orphan(office: Office) -> None:
    """The worker alone: its task goes on and commits, Airflow hears nothing and tries again."""
    with office.held_up("ops.result"):
        office.kill(office.working_on("compute", watching=True), "the worker")
    until("the orphan's commit", lambda: office.ask("select from ops.result where base_on = '2026-11-01'"))
    say("its task has computed the day all the same")


def scheduler(office: Office) -> None:
    """The scheduler, while the next try computes."""
    with office.held_up("attendance.attendance_day"):
        old = office.component("scheduler")
        office.kill([old], "the scheduler")
        new = until("a scheduler", lambda: (it := office.component("scheduler")) and it.pid != old.pid and it)
        say(f"the process manager has started it again: {new.pid}")


def in_peace(office: Office) -> dict:
    """What nobody disturbs."""
    for order in (MONTH, NEXT_DAY):
        office.end(order, office.begin(order))
    return portrait(office.state)


def disturbed(office: Office) -> dict:
    """The same, killed again and again."""
    month = office.begin(MONTH)
    for stage in (land, admit, compute, publish, deliver):
        say(f"— {stage.__name__}: {stage.__doc__}")
        stage(office)
    day = office.begin(NEXT_DAY)  # while the month waits for the leases of its letters
    for stage in (orphan, scheduler):
        say(f"— {stage.__name__}: {stage.__doc__}")
        stage(office)
    office.end(NEXT_DAY, day)
    office.end(MONTH, month)
    office.settle()
    office.clear(MONTH, month, ["finish"])  # its note told of letters in doubt; it is written anew
    return portrait(office.state)
