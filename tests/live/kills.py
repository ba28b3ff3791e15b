"""Kills workers in the middle of their work inside a running Airflow, and holds the end against an undisturbed office.

Two offices take in the sample: one in peace; in the other, another session's lock or a mail server that stands still
holds a step up, and the step's process, its worker, its session or the scheduler is killed. Airflow's own retries do
the rest, and a person settles the letters in doubt. Run as `python -m tests.live.kills FOLDER` (`make prove-kills`).
"""

import contextlib
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil
import psycopg

from stack import control, demo, processes, runs
from stack.rest import Airflow
from stack.runs import Order
from stack.state import State, open_state
from stack.supervision import Manager
from tests.live.twins import differences, portrait

MONTH = Order("daily_attendance", "2026-10-01..2026-10-31", requested_by="demo", reason="演示", send_mail=True)
NEXT_DAY = Order("daily_attendance", "2026-11-01", requested_by="demo")
SETTLING = Order("settle_matters")
WAITING = "select pid from pg_stat_activity where datname = 'backoffice' and wait_event_type = 'Lock'"
IN_DOUBT = "select outbox_id, recipient, subject from ops.outbox where state = 'unclear' order by outbox_id"
PATIENCE_SECONDS = 900


def say(text: str) -> None:
    """Print a line of the story."""
    print(f"{datetime.now().astimezone():%H:%M:%S}  {text}", flush=True)


def until(what: str, holds: Callable[[], Any]) -> Any:
    """Wait until `holds` and return what it told."""
    limit = time.monotonic() + PATIENCE_SECONDS
    while not (told := holds()):
        assert time.monotonic() < limit, f"waited in vain for {what}"
        time.sleep(0.02)
    return told


class Office:
    """An office, one of whose runs may be disturbed."""

    def __init__(self, folder: Path) -> None:
        self.state: State = open_state(folder)
        control.up(self.state)
        runs.bring(demo.SAMPLE, self.state.at("inbox"))
        self.order, self.run_id = MONTH, ""

    def ask(self, query: str) -> list[tuple]:
        """Rows of the business database."""
        with psycopg.connect(self.state.dsn()) as connection:
            return connection.execute(query).fetchall()

    def begin(self, order: Order) -> str:
        """Start a run, the one that is disturbed from now on."""
        with Airflow(self.state) as airflow:
            self.order, self.run_id = order, runs.begin(airflow, self.state, order)
        return self.run_id

    def end(self, order: Order, run_id: str) -> None:
        """Follow a run to its end and tell which steps were tried again."""
        outcome = runs.follow(self.state, order, run_id)
        with Airflow(self.state) as airflow:
            tasks = airflow.tasks(order.dag_id, run_id)
        again = {f"{task['task_id']}[{task['map_index']}]": task["try_number"] for task in tasks}
        say(f"{outcome.state}: {outcome.note}; tries { ({name: n for name, n in again.items() if n > 1}) }")

    @contextlib.contextmanager
    def held_up(self, table: str, mode: str = "exclusive", sessions: int = 1) -> Iterator[list[int]]:
        """Lock a table until sessions wait for it, and for as long as the block lasts; gives their backends."""
        admin = self.state.dsn("postgres").rpartition("/")[0] + "/backoffice"
        with psycopg.connect(admin) as holder:
            holder.execute(f"lock table {table} in {mode} mode")

            def waiting() -> list[int]:
                found = [pid for (pid,) in self.ask(WAITING)]
                return found if len(found) >= sessions else []

            yield until(f"{sessions} sessions at {table}", waiting)

    def working_on(self, step: str, *, watching: bool = False) -> list[psutil.Process]:
        """The processes of the run's step, oldest first: the tasks' own, or the workers that watch over them."""

        def found() -> list[psutil.Process]:
            with Airflow(self.state) as airflow:
                tasks = airflow.tasks(self.order.dag_id, self.run_id)
            ids = [task["id"] for task in tasks if task["task_id"].endswith(step) and task["state"] == "running"]
            titles = {process: " ".join(process.cmdline()).split() for process in processes.find(self.state.stack_id)}
            return [
                process
                for process, title in titles.items()  # a title may be cut off at its end
                if title[:2] == ["airflow", "worker"] and any(one.startswith(title[-1]) for one in ids)
                if ("LocalExecutor:" in title) == watching
            ]

        return sorted(until(f"processes of {step}", found), key=lambda process: (process.create_time(), process.pid))

    def kill(self, victims: list[psutil.Process], what: str) -> None:
        """kill -9: no handler runs."""
        processes.send(victims, signal.SIGKILL)
        say(f"killed {what}: {', '.join(str(victim.pid) for victim in victims)}")

    def hang_up(self, backend: int) -> None:
        """Let the database end a session."""
        with psycopg.connect(self.state.dsn("postgres")) as admin:
            admin.execute("select pg_terminate_backend(%s)", [backend])
        say("ended a session")

    def session_of(self, process: psutil.Process) -> int:
        """The backend of a process's connection."""
        ports = {one.laddr.port for one in process.net_connections("tcp")}
        sessions = self.ask("select pid, client_port from pg_stat_activity where datname = 'backoffice'")
        return next(pid for pid, port in sessions if port in ports)

    def component(self, name: str) -> psutil.Process | None:
        """A component's process, while it runs."""
        with Manager(self.state).calls() as supervisor:
            told = supervisor.getProcessInfo(name)
        return psutil.Process(told["pid"]) if told["statename"] == "RUNNING" else None

    def letters(self) -> int:
        """How many the mail server keeps."""
        return len(list(self.state.at("mail").glob("*.eml")))


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


def settle(office: Office) -> None:
    """A person asks the recipients (here: looks into the mailbox) and settles every letter in doubt."""
    kept = portrait(office.state)["letters"]
    for number, recipient, subject in office.ask(IN_DOUBT):
        action = "邮件：已收到" if kept[f"{subject} → {recipient}"] else "邮件：重发"
        say(f"letter {number} to {recipient} is in doubt: {action}")
        form = {"action": action, "number": number, "by": "运维", "opinion": "问过收件人"}
        with Airflow(office.state) as airflow:
            airflow.wait_for_dag(SETTLING.dag_id)
            run_id = airflow.trigger(SETTLING.dag_id, form)
        office.end(SETTLING, run_id)


def in_peace(office: Office) -> None:
    """What nobody disturbs."""
    for order in (MONTH, NEXT_DAY):
        office.end(order, office.begin(order))


def disturbed(office: Office) -> None:
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
    settle(office)
    with Airflow(office.state) as airflow:  # the note told of letters in doubt; it is written anew
        again = {"dry_run": False, "dag_run_id": month, "task_ids": ["finish"], "only_failed": False}
        airflow.call("POST", f"/dags/{MONTH.dag_id}/clearTaskInstances", json=again)
    office.end(MONTH, month)


def main(folder: Path) -> int:
    """Live through both, tell what is not the same."""
    assert not folder.exists(), f"{folder} is left from a proof that failed: delete it, or name another STATE."
    portraits = []
    for name, story in (("in_peace", in_peace), ("disturbed", disturbed)):
        say(f"the office {name}")
        office = Office(folder / name)
        try:
            story(office)
            portraits.append(portrait(office.state))
        finally:
            control.down(office.state)
    found = differences(*portraits)
    say("\n".join([f"{len(found)} differences", *found]))
    held = {name: sum(bag.values()) if isinstance(bag, Counter) else len(bag) for name, bag in portraits[1].items()}
    say(f"held against each other: {held}; transactions {portraits[1]['transactions']}")
    if not found:
        for name in ("in_peace", "disturbed"):
            control.purge(open_state(folder / name))
        folder.rmdir()
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
