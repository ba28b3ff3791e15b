"""Write a letter of the day: the morning's briefing, the afternoon's reminder."""

import os
from collections.abc import Sequence
from datetime import date
from pkgutil import resolve_name
from typing import Any

from airflow.sdk import BaseOperator

from operators.books import CONNECTION_ID, open_books
from operators.notes import write_note


class WriteDaily(BaseOperator):
    """Compose the letter of a business day for its readers, and put its headline into the run's note.

    :param writer: path of ``write(connection, business_on, told_at, ui_url)``, such as ``backoffice.briefing:write``
    :param business_on: the day that the letter is about, ``YYYY-MM-DD`` (templated)
    :returns: ``{"headline", "letters"}``
    """

    template_fields: Sequence[str] = ("business_on",)

    def __init__(self, *, writer: str, business_on: str, connection_id: str = CONNECTION_ID, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.writer = writer
        self.business_on = business_on
        self.connection_id = connection_id

    def execute(self, context: Any) -> dict[str, Any]:
        with open_books(self.connection_id) as connection:
            written = resolve_name(self.writer)(
                connection,
                date.fromisoformat(self.business_on),
                context["dag_run"].start_date,
                os.environ.get("AIRFLOW__API__BASE_URL", ""),
            )
            connection.commit()
        write_note(context["dag_run"], f"{self.business_on} | {written['headline']}")
        return written
