"""Release a document: from here on it exists, with its revision, and the letters that go with it."""

from collections.abc import Sequence
from typing import Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException

from backoffice import documents, outbox
from backoffice.runs import RunRefused
from operators.books import CONNECTION_ID, open_books, told


class ReleaseDocument(BaseOperator):
    """Register the artifact, mark its results issued and reserve one letter per recipient, in one transaction.

    :param run_id: the run (templated)
    :param document: a document that may go out (templated)
    :param document_kind: kind of the document; also the kind under which recipients are listed
    :param title: what the document is called in Chinese
    :param checks, statements: what stops the release, and what else it writes; see `documents.release`
    :param is_preview: whether the document only shows what a person is asked about
    :param range_title: what it is called when it is about more than a day, where that is another
    :param also: further documents of the same release with their letters, e.g. `workbooks.Stationery`; all or none
    :returns: the document with ``artifact_id``, ``is_new``, the number of ``letters`` reserved, and in ``also`` the
        artifact id of each further document by kind
    """

    template_fields: Sequence[str] = ("run_id", "document")

    def __init__(
        self,
        *,
        run_id: str,
        document: Any,
        document_kind: str,
        title: str,
        checks: Sequence[str] = (),
        statements: Sequence[str] = (),
        is_preview: bool = False,
        range_title: str = "",
        also: Sequence[documents.Enclosure] = (),
        connection_id: str = CONNECTION_ID,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.run_id = run_id
        self.document = document
        self.document_kind = document_kind
        self.title = title
        self.checks = checks
        self.statements = statements
        self.is_preview = is_preview
        self.range_title = range_title
        self.also = also
        self.connection_id = connection_id

    def execute(self, context: Any) -> dict[str, Any]:
        if told(self.document)["state"] == "trial":
            return {**self.document, "is_new": False, "letters": 0, "also": {}}
        try:
            with open_books(self.connection_id) as connection, connection.transaction():
                released = documents.release(
                    connection,
                    int(self.run_id),
                    self.document,
                    document_kind=self.document_kind,
                    title=self.title,
                    checks=self.checks,
                    statements=self.statements,
                    is_preview=self.is_preview,
                    range_title=self.range_title,
                    also=self.also,
                )
                letters = self._reserve(connection, released, released["artifact_id"])
                for enclosure in self.also:
                    artifact_id = released["also"].get(enclosure.kind)
                    letters += self._reserve(connection, released, artifact_id, enclosure.letters)
        except RunRefused as refusal:
            context["ti"].xcom_push(key="refusal", value=str(refusal))
            raise AirflowFailException(str(refusal)) from None
        return {**released, "letters": letters}

    def _reserve(self, connection: Any, released: dict[str, Any], artifact_id: int | None, listed: str = "") -> int:
        """Reserve a document's letters; of one released before only if it has none, as its run may have wanted none."""
        if artifact_id is None or (not released["is_new"] and outbox.has_letters(connection, artifact_id)):
            return 0
        if listed:
            return outbox.reserve_each(connection, artifact_id, int(self.run_id), listed)
        return outbox.reserve_for_artifact(connection, artifact_id, int(self.run_id))
