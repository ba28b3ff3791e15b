"""List what the next step is mapped over."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException

from backoffice.database import rows
from backoffice.runs import RunRefused, carry_out, guard, mode_of, parameters
from operators.books import CONNECTION_ID, open_books


class ListRows(BaseOperator):
    """Return the rows of a query for a run, after statements that note them, in one transaction; a trial notes nothing.

    :param run_id: the run (templated)
    :param statement: the query; it may use what `runs.carry_out` gives
    :param notes: statements that run before it, as `runs.carry_out` runs them
    :param documents: only rows of the places of these documents that are new or tried; all by default (templated)
    :returns: the rows, JSON-safe (days as ISO text, money as numbers with two decimals in text), with ``state`` "trial"
        in a trial, else "new"; of documents also their starts_on and last_on
    """

    template_fields: Sequence[str] = ("run_id", "documents")

    def __init__(
        self,
        *,
        run_id: str,
        statement: str,
        notes: Sequence[str] = (),
        documents: Any = None,
        connection_id: str = CONNECTION_ID,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.run_id = run_id
        self.statement = statement
        self.notes = notes
        self.documents = documents
        self.connection_id = connection_id

    def execute(self, context: Any) -> list[dict[str, Any]]:
        run_id = int(self.run_id)
        try:
            with open_books(self.connection_id) as connection:
                is_trial = mode_of(connection, run_id) == "trial"
                if self.notes:
                    guard(connection, run_id)
                    carry_out(connection, run_id, self.notes)
                found = rows(connection, self.statement, parameters(connection, run_id))
                connection.rollback() if is_trial else connection.commit()
        except RunRefused as refusal:
            context["ti"].xcom_push(key="refusal", value=str(refusal))
            raise AirflowFailException(str(refusal)) from None
        state = {"state": "trial" if is_trial else "new"}
        if self.documents is None:
            return [_plain(row) | state for row in found]
        going_on = {each["site_id"]: each for each in self.documents if each["state"] in ("new", "trial")}
        return [
            {key: going_on[row["site_id"]][key] for key in ("starts_on", "last_on")} | _plain(row) | state
            for row in found
            if row["site_id"] in going_on
        ]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value.isoformat() if isinstance(value, date) else f"{value:,.2f}" if isinstance(value, Decimal) else value
        for key, value in row.items()
    }
