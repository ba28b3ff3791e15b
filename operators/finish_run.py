"""End a run: say how it went where people look, and let go of its scope."""

from typing import Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException

from backoffice import documents
from backoffice.database import rows
from backoffice.runs import STATE_TITLES, end, parameters
from backoffice.summaries import sum_up
from operators.books import CONNECTION_ID, open_books
from operators.failure_letter import FailureLetter
from operators.notes import write_note


class FinishRun(BaseOperator):
    """Sum the run up, write its note, let go of its scope; fail when something before it failed or is missing.

    Runs whatever happened before (trigger rule all_done), so that every run carries a note.

    :param hold: task id of the task that holds the run
    :param compute: task id of the task that computes it
    :param land: task id of the task that takes files in
    :param wording: the note's sums, a format string over the result totals
    :param correction: the note's sums of a run that corrects, over the totals of its corrections
    :param corrected: statement of whom such a run corrects, given as `exceptions` is; exceptions of other subjects are
        told apart from those of its column ``subject``
    :param place: what the scope's places are called
    :param document_kind: kind of documents whose exceptions are counted
    :param exceptions: statement of the 异常 sheet, with site_id, starts_on, last_on and known_at
    :param among: query of the places (site_id) whose exceptions are counted, where others repeat them; by default all
    :param remarks: statement with ``%(run_id)s`` whose column ``remark`` is added to the note
    :returns: ``{"state", "note"}`` in Chinese
    """

    def __init__(
        self,
        *,
        hold: str = "hold",
        compute: str,
        land: str = "land",
        wording: str,
        correction: str = "",
        corrected: str | None = None,
        place: str = "案场",
        document_kind: str,
        exceptions: str,
        among: str | None = None,
        remarks: str | None = None,
        connection_id: str = CONNECTION_ID,
        **kwargs: Any,
    ) -> None:
        # what failed before was told by its own letter; missing input is told from here
        super().__init__(**({"trigger_rule": "all_done", "on_failure_callback": []} | kwargs))
        self.hold = hold
        self.compute = compute
        self.land = land
        self.wording = wording
        self.correction = correction
        self.corrected = corrected
        self.place = place
        self.document_kind = document_kind
        self.exceptions = exceptions
        self.among = among
        self.remarks = remarks
        self.connection_id = connection_id

    def execute(self, context: Any) -> dict[str, str]:
        ti, dag_run = context["ti"], context["dag_run"]
        failed, refusal, is_rejected = self._what_failed(ti, dag_run)
        held = ti.xcom_pull(task_ids=self.hold)
        if not held:
            if refusal:  # without a period, the first task has written the note
                write_note(dag_run, f"{self._period(ti)} | {_refused_state(refusal)} | {refusal}")
            raise AirflowFailException(refusal or "运行未能开始，原因见失败的任务日志。")
        with open_books(self.connection_id) as connection:
            listed = concerned = self._subjects(connection, held, self.exceptions)
            if self.corrected and held["mode"] == "correct":
                corrected = self._subjects(connection, held, self.corrected)
                concerned = [subject for subject in listed if subject in corrected]
            summary = sum_up(
                connection,
                held["run_id"],
                wording=self.wording,
                correction=self.correction,
                place=self.place,
                exception_count=len(concerned),
                apart_count=len(listed) - len(concerned),
                failed_tasks=failed,
                refusal=refusal,
                is_rejected=is_rejected,
                remarks=self._remarks(connection, held["run_id"]) + self._left_out(ti, held),
                trial=ti.xcom_pull(task_ids=self.compute, key="trial") if held["mode"] == "trial" else None,
            )
            end(connection, held["run_id"], summary.state, summary.note, _plain(summary.totals))
            connection.commit()
        write_note(dag_run, summary.note)
        if summary.state == "awaiting_input":
            FailureLetter().notify(context | {"exception": summary.note})
        if summary.state in ("failed", "rejected", "awaiting_input"):
            raise AirflowFailException(summary.note)
        return {"state": STATE_TITLES[summary.state], "note": summary.note}

    def _remarks(self, connection: Any, run_id: int) -> list[str]:
        return [row["remark"] for row in rows(connection, self.remarks, {"run_id": run_id})] if self.remarks else []

    def _left_out(self, ti: Any, held: dict[str, Any]) -> list[str]:
        """What a trial did not count: files that nobody has taken in yet."""
        left = (ti.xcom_pull(task_ids=self.land) or {}).get("left") if held["mode"] == "trial" else 0
        return [f"收件箱有{left}个文件尚未入库，试算没有计入"] if left else []

    def _what_failed(self, ti: Any, dag_run: Any) -> tuple[list[str], str, bool]:
        """Names of the failed tasks, the sentences with which they stopped, and whether a person's no is all of it."""
        states = ti.get_task_states(dag_id=dag_run.dag_id, run_ids=[dag_run.run_id]).get(dag_run.run_id, {})
        failed = [name for name, state in states.items() if state == "failed" and name != self.task_id]
        names = {task.task_id: task.task_display_name for task in self.dag.tasks} if self.dag else {}
        ids = [name if name in names else name.rsplit("_", 1)[0] for name in failed]
        texts = [
            text
            for task_id in dict.fromkeys(ids)
            for text in _flat(ti.xcom_pull(task_ids=task_id, key="refusal"))
            if text
        ]
        is_rejected = bool(texts) and sum("已驳回" in text for text in texts) == len(failed)
        return list(dict.fromkeys(names.get(task_id) or task_id for task_id in ids)), "；".join(texts[:3]), is_rejected

    def _period(self, ti: Any) -> str:
        asked = ti.xcom_pull(task_ids="period")
        return asked["key"] if asked else "未指定"

    def _subjects(self, connection: Any, held: dict[str, Any], statement: str) -> list[tuple[str, str]]:
        """Site and subject of every row that a statement finds for the run's documents."""
        planned = documents.plan(connection, held["run_id"], self.document_kind)
        given = parameters(connection, held["run_id"])  # a run that waited knows more than when it was held
        if self.among:
            places = {row["site_id"] for row in rows(connection, self.among, given)}
            planned = [document for document in planned if document["site_id"] in places]
        return [
            (document["site_id"], row["subject"])
            for document in planned
            for row in rows(
                connection,
                statement,
                {key: document[key] for key in ("site_id", "starts_on", "last_on")} | {"known_at": given["known_at"]},
            )
        ]


def _refused_state(refusal: str) -> str:
    return STATE_TITLES["refused"] if "正在运行" in refusal else STATE_TITLES["failed"]


def _flat(found: Any) -> list[str]:
    if found is None or isinstance(found, str):
        return [found or ""]
    return list(found)


def _plain(totals: dict[str, Any]) -> dict[str, Any]:
    return {key: str(value) for key, value in totals.items()}
