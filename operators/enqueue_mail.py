"""Compose the letters that were reserved for a document."""

from collections.abc import Sequence
from typing import Any

from airflow.sdk import BaseOperator

from backoffice import artifacts, letters, outbox
from operators.books import CONNECTION_ID, open_books, told


class EnqueueMail(BaseOperator):
    """Fill a template with the one row of a `mail_…` statement and make the document's letters ready to go.

    Letters that were composed before keep their words.

    :param artifact: artifact id, or a document that carries ``artifact_id``; one without is passed over (templated)
    :param enclosure: kind of the document, if it is one that was released beside that one
    :param statement: ``mail_…`` statement with ``%(artifact_id)s`` that returns exactly one row: the variables
    :param template: e.g. ``attendance/daily`` for templates/attendance/daily.html.j2
    :param exceptions: statement of the document's sheet 异常; gives the letter exception_count and exceptions
    :param letter_kind: only letters of this kind; all of the document by default
    :returns: ``{"ready": letters, "subject": …}``
    """

    template_fields: Sequence[str] = ("artifact",)

    def __init__(
        self,
        *,
        artifact: Any,
        statement: str,
        template: str,
        exceptions: str | None = None,
        letter_kind: str | None = None,
        enclosure: str = "",
        connection_id: str = CONNECTION_ID,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.artifact = artifact
        self.statement = statement
        self.template = template
        self.exceptions = exceptions
        self.letter_kind = letter_kind
        self.enclosure = enclosure
        self.connection_id = connection_id

    def execute(self, context: Any) -> dict[str, Any]:
        artifact_id = artifacts.id_of(told(self.artifact), self.enclosure)
        if artifact_id is None:
            return {"ready": 0, "state": "无变化"}
        with open_books(self.connection_id) as connection, connection.transaction():
            return compose(
                connection, artifact_id, self.statement, self.template, self.exceptions, letter_kind=self.letter_kind
            )


def compose(
    connection: Any,
    artifact_id: int,
    statement: str,
    template: str,
    exceptions: str | None = None,
    *,
    letter_kind: str | None = None,
) -> dict[str, Any]:
    """Put the same words into all reserved letters of a document; parameters and return value of `EnqueueMail`."""
    row = outbox.variables(connection, statement, {"artifact_id": artifact_id})
    if exceptions:
        row |= artifacts.exceptions_of(connection, artifact_id, exceptions)
    letter = letters.render(template, row)
    ready = outbox.compose(connection, lambda _: letter, artifact_id=artifact_id, letter_kind=letter_kind)
    return {"ready": ready, "subject": letter.subject}
