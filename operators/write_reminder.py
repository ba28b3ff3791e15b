"""Remind approvers of what waits for them."""

import os
from collections.abc import Sequence
from datetime import date
from typing import Any

from airflow.sdk import BaseOperator

from backoffice import reminders
from operators.books import CONNECTION_ID, open_books
from operators.notes import write_note


class WriteReminder(BaseOperator):
    """Compose the reminders of a business day, if anything waits, and put their headline into the run's note.

    :param business_on: the day that the reminder is about, ``YYYY-MM-DD`` (templated)
    :returns: ``{"headline", "letters"}``
    """

    template_fields: Sequence[str] = ("business_on",)

    def __init__(self, *, business_on: str, connection_id: str = CONNECTION_ID, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.business_on = business_on
        self.connection_id = connection_id

    def execute(self, context: Any) -> dict[str, Any]:
        with open_books(self.connection_id) as connection:
            written = reminders.write(
                connection,
                date.fromisoformat(self.business_on),
                context["dag_run"].start_date,
                os.environ.get("AIRFLOW__API__BASE_URL", ""),
            )
            connection.commit()
        write_note(context["dag_run"], f"{self.business_on} | {written['headline']}")
        return written
