"""Run set-based statements, all of them or none, and tell which documents follow from them."""

from collections.abc import Sequence
from typing import Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException

from backoffice import documents, run_lines
from backoffice.database import rows
from backoffice.documents import Document
from backoffice.runs import (
    RunRefused,
    carry_out,
    guard,
    mode_of,
    parameters,
    refuse_changes,
    renew,
    was_computed_by,
)
from backoffice.summaries import what_would_be
from operators.books import CONNECTION_ID, open_books


class RunStatements(BaseOperator):
    """Run statements of `sql/` in order, in one transaction, for a run that holds its scope.

    A trial is computed to its end and rolled back: it says what would be issued and writes nothing.

    :param run_id: the run (templated)
    :param statements: names such as ``attendance/judge_days``; see `runs.carry_out`
    :param document_kind: kind of the documents that follow from the results; none by default
    :param may_change: whether results of this run may come out otherwise, because a person decided on them meanwhile
    :param renews: whether the run knows from here on what was admitted since it began (`runs.renew`); its results may
        then come out otherwise
    :param goes_on: states of the documents that go on; by default all do
    :param among: query of the places (site_id) whose documents go on, given what every statement is; by default all
    :param account: `tell_…` query whose lines a trial keeps of what it takes back (see `TellResult`)
    :returns: the documents as `documents.plan` lists them, to map over; the XCom ``rows`` has the rows touched,
        ``trial`` what a trial would have left behind
    """

    template_fields: Sequence[str] = ("run_id",)

    def __init__(
        self,
        *,
        run_id: str,
        statements: Sequence[str],
        document_kind: str | None = None,
        may_change: bool = False,
        renews: bool = False,
        goes_on: Sequence[str] | None = None,
        among: str | None = None,
        account: str | None = None,
        connection_id: str = CONNECTION_ID,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.run_id = run_id
        self.statements = statements
        self.document_kind = document_kind
        self.may_change = may_change or renews
        self.renews = renews
        self.goes_on = goes_on
        self.among = among
        self.account = account
        self.connection_id = connection_id

    def execute(self, context: Any) -> list[dict[str, Any]]:
        run_id = int(self.run_id)
        try:
            with open_books(self.connection_id) as connection:
                guard(connection, run_id)
                was_computed = was_computed_by(connection, run_id)
                if self.renews:
                    renew(connection, run_id)
                touched = carry_out(connection, run_id, self.statements)
                if not self.may_change:
                    refuse_changes(connection, run_id, was_computed)
                planned = documents.plan(connection, run_id, self.document_kind) if self.document_kind else []
                # a late day that turned out the same needs no step of its own
                planned = [each for each in planned if (each["cause"], each["state"]) != ("late_facts", "unchanged")]
                if self.goes_on is not None:
                    planned = [each for each in planned if each["state"] in self.goes_on]
                if self.among:
                    places = {row["site_id"] for row in rows(connection, self.among, parameters(connection, run_id))}
                    planned = [each for each in planned if each["site_id"] in places]
                if mode_of(connection, run_id) == "trial":
                    planned = self._try(context, connection, run_id, planned)
                else:
                    connection.commit()
        except RunRefused as refusal:
            context["ti"].xcom_push(key="refusal", value=str(refusal))
            raise AirflowFailException(str(refusal)) from None
        self.log.info("Rows touched: %s", touched)
        context["ti"].xcom_push(key="rows", value=touched)
        return planned

    def _try(self, context: Any, connection: Any, run_id: int, planned: list[Document]) -> list[Document]:
        """Keep what a trial would have left behind, and take all of it back."""
        context["ti"].xcom_push(key="trial", value=what_would_be(connection, run_id))
        lines = run_lines.gather(connection, run_id, self.account) if self.account else []
        connection.rollback()
        if lines:
            run_lines.keep(connection, run_id, "逐户", lines)
            connection.commit()
        return [{**document, "state": "trial", "would_be": document["state"]} for document in planned]
