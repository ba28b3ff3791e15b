"""Runs one workflow to its end and tells what came of it."""

import hashlib
import shutil
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx

from stack import books
from stack.control import say
from stack.rest import Airflow
from stack.state import StackError, State

FINAL = {"success": "✓", "failed": "✗", "skipped": "–", "upstream_failed": "✗", "removed": "–"}
#: Task states in which nothing moves by itself.
RESTING = {None, *FINAL, "awaiting_input", "deferred"}
WAITING = "awaiting_input"
#: seconds after which a question may be answered by a program
SETTLED_AFTER = 8.0

#: Exit status by outcome; what waits for a person neither succeeded nor failed.
EXIT_STATUS = {"success": 0, "failed": 1, WAITING: 3}


@dataclass(frozen=True)
class Order:
    """What is asked for; empty values are not sent, so that the workflow's own defaults hold.

    :param period: `2026-10-12`, `2026-10`, or a range `2026-10-01..2026-10-31`.
    :param opinion: answers every approval with 同意 and this opinion.
    """

    dag_id: str
    period: str = ""
    mode: str = ""
    sites: list[str] = field(default_factory=list)
    reason: str = ""
    requested_by: str = ""
    send_mail: bool | None = None
    opinion: str = ""

    def conf(self) -> dict:
        """Return the run's parameters, only those that were given."""
        given = {
            "period": self.period,
            "mode": self.mode,
            "sites": self.sites,
            "reason": self.reason,
            "requested_by": self.requested_by,
            "send_mail": {True: "是", False: "否"}.get(self.send_mail),
        }
        return {name: value for name, value in given.items() if value not in ("", [], None)}


@dataclass(frozen=True)
class Outcome:
    """How a run ended: `state` is `success`, `failed` or `awaiting_input`."""

    order: Order
    run_id: str
    state: str
    note: str


def bring(folder: Path, inbox: Path) -> int:
    """Copy the files of `folder` into the inbox and return how many; `folder` stays as it is.

    Each file is written under a hidden name and then renamed, because a file in the inbox counts as
    complete. A file that waits there under the same name with other content is not overwritten.
    """
    if not folder.is_dir():
        raise StackError(f"INBOX={folder} is not a folder: name the folder that holds the files to take in.")
    count = 0
    for source in sorted(folder.rglob("*")):
        relative = source.relative_to(folder)
        if not source.is_file() or any(part.startswith(".") for part in relative.parts):
            continue
        target = inbox / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            digest = hashlib.sha256(source.read_bytes())
            if hashlib.sha256(target.read_bytes()).digest() == digest.digest():
                continue
            target = target.with_name(f"{target.stem}-{digest.hexdigest()[:8]}{target.suffix}")
        unfinished = target.with_name(f".{target.name}.part")
        shutil.copyfile(source, unfinished)
        unfinished.rename(target)
        count += 1
    return count


def begin(airflow: Airflow, state: State, order: Order, *, unpause: bool = False) -> str:
    """Start the run and return its id.

    :param unpause: switch a paused workflow on first; with the timetable on it then also starts its newest
        missed period, which is why that is asked for.
    """
    dag = airflow.wait_for_dag(order.dag_id)
    if dag["is_paused"]:
        if state.schedules and not unpause:
            raise StackError(
                f"{order.dag_id} is paused, so a run would wait for ever. Add UNPAUSE=1 to switch it on: "
                "as the timetable runs, it will also start its newest missed period."
            )
        airflow.unpause(order.dag_id)
    return airflow.trigger(order.dag_id, order.conf())


def follow(state: State, order: Order, run_id: str) -> Outcome:
    """Show the run's steps until it ends or waits for a person."""
    shown: set[tuple[str, int]] = set()
    asked: set[str] = set()
    resting = 0
    with Airflow(state) as airflow:
        while True:
            try:
                run = airflow.run(order.dag_id, run_id)
                tasks = airflow.tasks(order.dag_id, run_id)
            except httpx.TransportError:
                # The UI restarts: its manager brings it back, or `status` tells that it could not.
                time.sleep(2)
                continue
            show(tasks, shown)
            if run["state"] in ("success", "failed"):
                explain_failures(airflow, tasks)
                return Outcome(order, run_id, run["state"], run.get("note") or "")
            waits = any(task["state"] == WAITING for task in tasks)
            if waits and order.opinion:
                answer_all(state, order.dag_id, run_id, "同意", order.opinion, asked)
            rests = waits and all(task["state"] in RESTING for task in tasks)
            resting = resting + 1 if rests else 0
            # What has just ended may free a next step in a moment.
            if resting >= 4 and not order.opinion:
                return Outcome(order, run_id, WAITING, run.get("note") or "")
            time.sleep(0.5)


def show(tasks: list[dict], shown: set[tuple[str, int]]) -> None:
    """Print the steps that ended since the last call."""
    # Of a mapped step only its first part carries the display name.
    names = {
        task["task_id"]: task["task_display_name"] for task in tasks if task["task_display_name"] != task["task_id"]
    }
    for task in sorted(tasks, key=lambda task: task["end_date"] or ""):
        step = (task["task_id"], task["map_index"])
        if task["state"] not in FINAL or step in shown:
            continue
        shown.add(step)
        name = names.get(task["task_id"], task["task_id"])
        part = f"[{task['rendered_map_index'] or task['map_index']}]" if task["map_index"] >= 0 else ""
        seconds = f"{task['duration']:.1f} 秒" if task.get("duration") else ""
        say(f"  {FINAL[task['state']]} {name}{part}  {seconds}".rstrip())


def explain_failures(airflow: Airflow, tasks: list[dict]) -> None:
    """Print why each failed step failed, each reason once."""
    told = (
        f"    {task['task_id']}: {line[:500]}"
        for task in tasks
        if task["state"] == "failed"
        for line in airflow.errors(task)
    )
    for line in dict.fromkeys(told):
        say(line)


def answer_all(state: State, dag_id: str, run_id: str, option: str, opinion: str, asked: set[str]) -> int:
    """Answer what a run waits for, each question as one of the people it is put to; return how many.

    :param asked: ids of questions already answered; added to.
    :raises StackError: when a question is put to nobody whose password is in this state.
    """
    with Airflow(state) as airflow:
        questions = airflow.questions(dag_id, run_id)
    count = 0
    for question in questions:
        task = question["task_instance"]
        if task["id"] in asked:
            continue
        people = [person["id"] for person in question["assigned_users"]] or ["finance"]
        person = next((name for name in people if name in state.secrets), None)
        if person is None:
            raise StackError(f"{task['task_id']} asks {', '.join(people)}: let one of them answer in the UI.")
        _let_it_settle(question)
        with Airflow(state, person) as airflow:
            airflow.answer(question, option, opinion)
        asked.add(task["id"])
        count += 1
        say(f"  ● {task.get('task_display_name') or task['task_id']}: {person} {option}（{opinion}）")
    return count


def _let_it_settle(question: dict) -> None:
    """Wait until the scheduler has had time to see that the step parked itself.

    An answer within a second or two can overtake that news; the scheduler then takes the resumed step for one that
    somebody ended, and fails it.
    """
    age = datetime.now(UTC) - datetime.fromisoformat(question["created_at"])
    time.sleep(max(SETTLED_AFTER - age.total_seconds(), 0))


def tell(state: State, outcome: Outcome) -> None:
    """Print a run's note, documents and, when it waits, how to answer."""
    order, run_id = outcome.order, outcome.run_id
    word = {"success": "完成", "failed": "失败", WAITING: "待审批"}[outcome.state]
    say(f"{word}: {outcome.note or order.dag_id}")
    for artifact in books.artifacts(state.dsn(), order.dag_id, run_id):
        path = state.at("files", artifact.file_path) if artifact.file_path else "（尚未生成文件）"
        say(f"  {artifact.title} 第{artifact.revision}版  {path}  sha256 {(artifact.sha256 or '')[:12]}")
    page = f"{state.url}/dags/{order.dag_id}/runs/{run_id}"
    say(f"  {page}")
    if outcome.state == WAITING:
        say(f"  请在界面审批: {page}/required_actions")
        say(f"  或执行: make answer DAG={order.dag_id} RUN='{run_id}' OPINION='同意的理由' [DECISION=同意|驳回]")


def perform(state: State, order: Order, *, unpause: bool = False) -> Outcome:
    """Start a run, follow it and tell what came of it."""
    with Airflow(state) as airflow:
        run_id = begin(airflow, state, order, unpause=unpause)
    say(f"运行 {order.dag_id} {order.period} ({run_id})")
    outcome = follow(state, order, run_id)
    tell(state, outcome)
    return outcome


def answer(state: State, dag_id: str, run_id: str, option: str, opinion: str) -> Outcome:
    """Answer what a run waits for and follow it to its end."""
    if not opinion.strip():
        raise StackError("An opinion is obligatory: add OPINION='…'.")
    if not answer_all(state, dag_id, run_id, option, opinion, set()):
        raise StackError(f"The run {run_id} of {dag_id} asks nothing: see its page in the UI.")
    outcome = follow(state, Order(dag_id), run_id)
    tell(state, outcome)
    return outcome
