"""Run checks: queries that return offenders."""

from collections.abc import Sequence
from typing import Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException

from backoffice.database import rows
from backoffice.runs import parameters
from operators.books import CONNECTION_ID, open_books


class CheckRows(BaseOperator):
    """Run queries that must return nothing; stop with the first offenders in their own words.

    :param run_id: the run (templated)
    :param statements: names of `check_…` queries; each returns a column ``problem`` with a Chinese
        sentence, and may use what the statements of a run may (`runs.carry_out`)
    :returns: ``{"checked": number of queries}``
    """

    template_fields: Sequence[str] = ("run_id",)

    def __init__(
        self, *, run_id: str, statements: Sequence[str], connection_id: str = CONNECTION_ID, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.run_id = run_id
        self.statements = statements
        self.connection_id = connection_id

    def execute(self, context: Any) -> dict[str, int]:
        with open_books(self.connection_id) as connection:
            given = parameters(connection, int(self.run_id))
            problems = [row["problem"] for name in self.statements for row in rows(connection, name, given)]
        if problems:
            context["ti"].xcom_push(key="refusal", value="；".join(problems[:5]))
            more = f"（共{len(problems)}条，列出前20条）" if len(problems) > 20 else ""
            raise AirflowFailException("核对未通过" + more + "：\n" + "\n".join(problems[:20]))
        return {"checked": len(self.statements)}
