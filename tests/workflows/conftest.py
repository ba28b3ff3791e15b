"""Workflows as Airflow runs them: real DAG files, migrated metadata, a real Postgres, a real mail server."""

import contextlib
import hashlib
import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from backoffice.database import ROOT, connect
from tests.drawing import Books
from tests.postoffice import PostOffice, post_office

SAMPLE = ROOT / "sample" / "inbox"
#: seconds after which a question may be answered by a program
SETTLED_AFTER = 1.0

#: what somebody answers: 同意 or 驳回, his opinion, and what he writes into 剔除, if anything
Answer = tuple[str, str] | tuple[str, str, str]


class Question(str):
    """A question as it was put; `people` are the logins of who may answer, none for whoever may write."""

    people: tuple[str, ...] = ()


@pytest.fixture(scope="session")
def dag_bag(airflow_home: Path) -> Any:
    """All DAGs of the house."""
    from airflow.dag_processing.dagbag import DagBag

    return DagBag(str(ROOT / "dags"))


@dataclass
class Office:
    """An office on a disk of its own: inbox, files, mailbox, books, and the DAGs that work on them."""

    folder: Path
    dsn: str
    post: PostOffice

    @property
    def inbox(self) -> Path:
        return self.folder / "inbox"

    def run(self, dag_id: str, **conf: Any) -> Any:
        """Run a DAG to its end as a manual run; returns the DagRun."""
        from airflow.dag_processing.dagbag import DagBag

        # `test` writes the conf into the DAG's params: each run gets a DAG of its own
        dag = DagBag(str(ROOT / "dags" / f"{dag_id}.py")).dags[dag_id]
        for task in dag.tasks:  # what fails here would fail again, and half a minute later
            if task.is_mapped:
                task.partial_kwargs["retries"] = 0
            else:
                task.retries = 0
        return dag.test(run_conf=conf, logical_date=None)

    def states(self, dag_run: Any) -> dict[str, str]:
        """State of each task; mapped ones as `task[index]`."""
        return {
            ti.task_id + (f"[{ti.map_index}]" if ti.map_index >= 0 else ""): str(ti.state)
            for ti in dag_run.get_task_instances()
        }

    def query(self, text: str) -> list[dict[str, Any]]:
        with connect(self.dsn) as connection:
            return Books(connection).query(text)

    def row_versions(self) -> dict[str, list[tuple]]:
        """Row versions of everything but the log of runs: who asked again is kept, what was asked changes nothing."""
        with connect(self.dsn) as connection:
            tables = [
                row[0]
                for row in connection.execute(
                    """
                    select schemaname || '.' || tablename from pg_tables
                    where schemaname in ('ops', 'book', 'attendance', 'fees', 'repairs', 'sales')
                        and (schemaname, tablename) not in (('ops', 'run'), ('ops', 'run_scope'))
                    """
                )
            ]
            return Books(connection).row_versions(*tables)

    def files(self) -> dict[str, tuple[str, int]]:
        """Hash and time of writing of every document."""
        return {
            str(path.relative_to(self.folder)): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
            for path in sorted((self.folder / "files").rglob("*"))
            if path.is_file()
        }

    @contextlib.contextmanager
    def approver(
        self, *answers: Answer, by: str = "finance", answering: Callable[[Question], Answer] | None = None
    ) -> Iterator[list[Question]]:
        """Somebody who answers what runs ask while the block lasts, as the UI does; gives what was asked.

        :param answers: in the order of asking; the last one stands for all that follow.
        :param by: who answers where anybody may; else it is the first of those who are asked.
        :param answering: finds the answer to a question, where several are asked at once, or does what happens in the
            world while the question is open.
        """
        asked: list[Question] = []
        is_over = threading.Event()
        given = answers or (("同意", "已核对，同意"),)
        answering = answering or (lambda question: given[min(len(asked), len(given) - 1)])
        clerk = threading.Thread(target=_clerk(answering, by, asked, is_over))
        clerk.start()
        try:
            yield asked
        finally:
            is_over.set()
            clerk.join()

    def take_in(self, folder: Path) -> None:
        """Bring a folder of files into the inbox."""
        shutil.copytree(folder, self.inbox, dirs_exist_ok=True)


def _clerk(answering: Callable[[Question], Answer], by: str, asked: list[Question], is_over: threading.Event) -> Any:
    """What the route of the REST API does with an answer, for a run without an API server.

    Airflow is imported here and not in the thread: two threads that import it at once wait for each other for ever.
    """
    from airflow._shared.timezones import timezone
    from airflow.models.hitl import HITLDetail, HITLUser
    from airflow.models.taskinstance import TaskInstance
    from airflow.models.trigger import handle_event_submit
    from airflow.triggers.base import TriggerEvent
    from airflow.utils.session import create_session
    from airflow.utils.state import TaskInstanceState
    from sqlalchemy import select
    from sqlalchemy.exc import OperationalError
    from sqlalchemy.orm import configure_mappers

    configure_mappers()  # imports all models, too
    #: found and not yet given: who is asked a second time because the file was locked says the same
    found: dict[Any, Answer] = {}
    #: since when a question has been seen: the run may still be writing that it waits, and would overwrite the answer
    seen: dict[Any, float] = {}

    def answer_all() -> None:
        while not is_over.wait(0.2):
            # the run writes to the same SQLite file: who finds it locked asks again
            with contextlib.suppress(OperationalError), create_session() as session:
                for task in session.scalars(
                    select(TaskInstance).where(TaskInstance.state == TaskInstanceState.AWAITING_INPUT)
                ).all():
                    if time.monotonic() - seen.setdefault(task.id, time.monotonic()) < SETTLED_AFTER:
                        continue
                    question = session.scalar(select(HITLDetail).where(HITLDetail.ti_id == task.id))
                    put = Question(question.body)
                    put.people = tuple(person["id"] for person in question.assignees or ())
                    if task.id not in found:
                        found[task.id] = answering(put)
                    option, opinion, *taken_out = found[task.id]
                    login = put.people[0] if put.people else by
                    question.responded_by = HITLUser(id=login, name=login)
                    question.responded_at = timezone.utcnow()
                    question.chosen_options = [option]
                    question.params_input = {"opinion": opinion} | ({"taken_out": taken_out[0]} if taken_out else {})
                    session.flush()
                    handle_event_submit(
                        TriggerEvent(question.as_resume_event_payload()), task_instance=task, session=session
                    )
                    session.commit()
                    asked.append(put)
                    del found[task.id], seen[task.id]

    return answer_all


@pytest.fixture
def office(own_dsn: str, tmp_path: Path, airflow_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """An empty office whose Airflow connections point at its own books and mail server."""
    parts = urlsplit(own_dsn)
    with post_office() as post:
        for name, value in {
            "AIRFLOW_CONN_BACKOFFICE_DB": json.dumps(
                {
                    "conn_type": "postgres",
                    "host": parts.hostname,
                    "port": parts.port,
                    "login": parts.username,
                    "password": parts.password or "",
                    "schema": parts.path.lstrip("/"),
                }
            ),
            "AIRFLOW_CONN_BACKOFFICE_SMTP": json.dumps(
                {
                    "conn_type": "smtp",
                    "host": "127.0.0.1",
                    "port": post.settings.port,
                    "extra": {"disable_tls": True, "disable_ssl": True, "from_email": "office@example.cn"},
                }
            ),
            "BACKOFFICE_DSN": own_dsn,
            "BACKOFFICE_STATE": str(tmp_path),
            "BACKOFFICE_INBOX": str(tmp_path / "inbox"),
            "BACKOFFICE_FILES": str(tmp_path / "files"),
        }.items():
            monkeypatch.setenv(name, value)
        (tmp_path / "inbox").mkdir()
        yield Office(tmp_path, own_dsn, post)


@pytest.fixture
def sample_office(office: Office) -> Office:
    """An office with the sample company's files in its inbox."""
    office.take_in(SAMPLE)
    return office
