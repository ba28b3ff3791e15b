"""Write the morning's letter about what ran and what waits."""

import os
from collections.abc import Sequence
from datetime import date
from typing import Any

from airflow.sdk import BaseOperator

from backoffice import briefing
from operators.books import CONNECTION_ID, open_books
from operators.notes import write_note


class WriteBriefing(BaseOperator):
    """Compose the briefing of a business day for its readers, and put its first line into the run's note.

    :param business_on: the day that the briefing is about, ``YYYY-MM-DD`` (templated)
    :returns: ``{"headline", "letters"}``
    """

    template_fields: Sequence[str] = ("business_on",)

    def __init__(self, *, business_on: str, connection_id: str = CONNECTION_ID, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.business_on = business_on
        self.connection_id = connection_id

    def execute(self, context: Any) -> dict[str, Any]:
        with open_books(self.connection_id) as connection:
            written = briefing.write(
                connection,
                date.fromisoformat(self.business_on),
                context["dag_run"].start_date,
                os.environ.get("AIRFLOW__API__BASE_URL", ""),
            )
            connection.commit()
        write_note(context["dag_run"], f"{self.business_on} | {written['headline']}")
        return written
