"""Tell what a run did: its result sheet (重跑结果单) and the letters that go with it."""

from collections.abc import Sequence
from typing import Any

from airflow.sdk import BaseOperator

from backoffice import artifacts, outbox, run_lines
from operators.books import CONNECTION_ID, open_books
from workbooks import Stationery

#: one per run and period; the next edition of a period's sheet is the next run's
REGISTER = """
    insert into ops.artifact (
        workflow, document_kind, site_id, period, revision, content_hash, title, as_of_on, known_at, run_id
    )
    select
        run.workflow, %(kind)s, '*', run.period,
        1 + coalesce((
            select max(artifact.revision) from ops.artifact
            where artifact.document_kind = %(kind)s and artifact.site_id = '*' and artifact.period = run.period
        ), 0),
        md5(concat_ws('|', run.run_id, (
            select string_agg(run_line.line::text, E'\\n' order by run_line.sheet, run_line.line_no)
            from ops.run_line where run_line.run_id = run.run_id
        ))),
        %(title)s, run.as_of_on, run.known_at, run.run_id
    from ops.run
    where run.run_id = %(run_id)s
    returning artifact_id
"""
TOLD = "select artifact_id from ops.artifact where document_kind = %(kind)s and run_id = %(run_id)s"


class TellResult(BaseOperator):
    """Keep what a run did, line by line, and register the sheet that tells it; runs whatever happened before.

    A run tells once: what is cleared and goes on tells again, in the place of what it told before, until its sheet is
    written. The lines of a trial were kept before it was taken back.

    :param hold: task id of the task that holds the run
    :param paper: the sheet; its title is that of the document
    :param accounts: `tell_…` query of the sheet 逐户, with ``%(run_id)s``
    :param places: `tell_…` query of the sheet 总览, which reads what was kept of the other
    :returns: ``{"artifact_id", "site_name"}``, or ``{"artifact_id": None}`` when the run held nothing
    """

    def __init__(
        self,
        *,
        hold: str,
        paper: Stationery,
        accounts: str,
        places: str,
        connection_id: str = CONNECTION_ID,
        **kwargs: Any,
    ) -> None:
        super().__init__(**({"trigger_rule": "all_done"} | kwargs))
        self.hold = hold
        self.paper = paper
        self.accounts = accounts
        self.places = places
        self.connection_id = connection_id

    template_fields: Sequence[str] = ()

    def execute(self, context: Any) -> dict[str, Any]:
        held = context["ti"].xcom_pull(task_ids=self.hold)
        if not held:
            return {"artifact_id": None, "site_name": "全部"}
        run_id = held["run_id"]
        given = {"run_id": run_id, "kind": self.paper.kind, "title": self.paper.title}
        with open_books(self.connection_id) as connection, connection.transaction():
            told = connection.execute(TOLD, given).fetchone()
            if told is None or artifacts.read(connection, told[0])["sha256"] is None:
                if held["mode"] != "trial":
                    run_lines.keep(connection, run_id, "逐户", run_lines.gather(connection, run_id, self.accounts))
                places = run_lines.gather(connection, run_id, self.places)
                run_lines.keep(connection, run_id, "总览", places)
                for place in places:
                    self.log.info("%s", place)
                told = told or connection.execute(REGISTER, given).fetchone()
                outbox.reserve_for_artifact(connection, told[0], run_id)
        return {"artifact_id": told[0], "site_name": "全部"}
