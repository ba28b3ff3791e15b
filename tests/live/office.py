"""An office that a proof lives through: what it is asked to do, what holds it up, and what of it is killed."""

import contextlib
import signal
import time
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
from tests.live.twins import letters_of

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
        self.order, self.run_id = Order(""), ""
        self.complaints: list[str] = []  # what the story itself found wrong

    def ask(self, query: str) -> list[tuple]:
        """Rows of the business database."""
        with psycopg.connect(self.state.dsn()) as connection:
            return connection.execute(query).fetchall()

    def begin(self, order: Order) -> str:
        """Start a run, the one that is disturbed from now on."""
        with Airflow(self.state) as airflow:
            self.order, self.run_id = order, runs.begin(airflow, self.state, order)
        return self.run_id

    def questions(self) -> list[dict]:
        """What the run waits for a person to answer."""
        with Airflow(self.state) as airflow:
            return airflow.questions(self.order.dag_id, self.run_id)

    def end(self, order: Order, run_id: str) -> None:
        """Follow a run to its end and tell which steps were tried again."""
        outcome = runs.follow(self.state, order, run_id)
        with Airflow(self.state) as airflow:
            tasks = airflow.tasks(order.dag_id, run_id)
        again = {f"{task['task_id']}[{task['map_index']}]": task["try_number"] for task in tasks}
        say(f"{outcome.state}: {outcome.note}; tries { ({name: n for name, n in again.items() if n > 1}) }")

    @contextlib.contextmanager
    def locked(self, table: str, mode: str = "exclusive") -> Iterator[None]:
        """Lock a table, or several with commas, for as long as the block lasts."""
        admin = self.state.dsn("postgres").rpartition("/")[0] + "/backoffice"
        with psycopg.connect(admin) as holder:
            holder.execute(f"lock table {table} in {mode} mode")
            yield

    def stopped(self, sessions: int) -> list[int]:
        """The backends that wait for a lock, once there are so many."""

        def waiting() -> list[int]:
            found = [pid for (pid,) in self.ask(WAITING)]
            return found if len(found) >= sessions else []

        return until(f"{sessions} sessions at a lock", waiting)

    @contextlib.contextmanager
    def held_up(self, table: str, sessions: int = 1) -> Iterator[list[int]]:
        """Lock a table until sessions wait for it, and for as long as the block lasts; gives their backends."""
        with self.locked(table):
            yield self.stopped(sessions)

    def working_on(self, step: str, *, tasks: int = 1, watching: bool = False) -> list[psutil.Process]:
        """The processes of the run's step, oldest first: the tasks' own, or the workers that watch over them.

        :param tasks: how many there must be.
        """

        def found() -> list[psutil.Process]:
            with Airflow(self.state) as airflow:
                all_tasks = airflow.tasks(self.order.dag_id, self.run_id)
            ids = [task["id"] for task in all_tasks if task["task_id"].endswith(step) and task["state"] == "running"]
            titles = {process: " ".join(process.cmdline()).split() for process in processes.find(self.state.stack_id)}
            working = [
                process
                for process, title in titles.items()  # a title may be cut off at its end
                if title[:2] == ["airflow", "worker"] and any(one.startswith(title[-1]) for one in ids)
                if ("LocalExecutor:" in title) == watching
            ]
            return working if len(working) >= tasks else []

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
        try:
            return psutil.Process(told["pid"]) if told["statename"] == "RUNNING" else None
        except psutil.NoSuchProcess:  # the process manager has not noticed its end yet
            return None

    def letters(self) -> int:
        """How many the mail server keeps."""
        return len(list(self.state.at("mail").glob("*.eml")))

    def clear(self, order: Order, run_id: str, steps: list[str] | None = None) -> None:
        """Have steps of a run done again, by default all of them, and follow it to its end."""
        again = {"dry_run": False, "dag_run_id": run_id, "only_failed": False}
        with Airflow(self.state) as airflow:
            airflow.call(
                "POST",
                f"/dags/{order.dag_id}/clearTaskInstances",
                json=again | ({"task_ids": steps} if steps else {}),
            )
        self.end(order, run_id)

    def settle(self) -> None:
        """A person asks the recipients (here: looks into the mailbox) and settles every letter in doubt."""
        for number, recipient, subject in self.ask(IN_DOUBT):
            action = "邮件：已收到" if letters_of(self.state)[f"{subject} → {recipient}"] else "邮件：重发"
            say(f"letter {number} to {recipient} is in doubt: {action}")
            form = {"action": action, "number": number, "by": "运维", "opinion": "问过收件人"}
            with Airflow(self.state) as airflow:
                airflow.wait_for_dag(SETTLING.dag_id)
                run_id = airflow.trigger(SETTLING.dag_id, form)
            self.end(SETTLING, run_id)
