"""Close the attendance months whose day of closing has passed."""

from collections.abc import Sequence
from typing import Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException

from backoffice.attendance import close_months
from backoffice.runs import PeriodBusy, RunRefused, renew
from operators.books import CONNECTION_ID, open_books


class CloseMonths(BaseOperator):
    """Judge each month that is due to close once more as known at that instant, and freeze it (`close_months`).

    :param run_id: the run (templated)
    :param of_period: whether the month of the run itself closes now, whenever it was first computed; the run then
        knows from here on what has been admitted since it began
    :returns: what was closed, e.g. ``2026-10 GM01``
    """

    template_fields: Sequence[str] = ("run_id",)

    def __init__(
        self, *, run_id: str, of_period: bool = False, connection_id: str = CONNECTION_ID, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.run_id = run_id
        self.of_period = of_period
        self.connection_id = connection_id

    def execute(self, context: Any) -> list[str]:
        run_id = int(self.run_id)
        try:
            with open_books(self.connection_id) as connection, connection.transaction():
                if self.of_period:
                    renew(connection, run_id)
                closed = close_months(connection, run_id, of_period=self.of_period)
        except PeriodBusy:
            raise  # the other run ends: the step is tried again
        except RunRefused as refusal:
            context["ti"].xcom_push(key="refusal", value=str(refusal))
            raise AirflowFailException(str(refusal)) from None
        self.log.info("Closed: %s", closed)
        return closed
