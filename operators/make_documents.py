"""Make the documents of a release: their workbooks, and the words of their letters."""

import os
from collections.abc import Sequence
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException

from backoffice import artifacts
from backoffice.workbook import DocumentChangedError
from operators.books import CONNECTION_ID, open_books, told
from operators.enqueue_mail import compose
from workbooks import Stationery


class MakeDocuments(BaseOperator):
    """Write the workbooks of a release, stamp path, SHA-256, bytes and rows, and compose the letters that bring them.

    Each document is kept by itself: one that cannot be made stops no other, and trying again makes it alone. Doing it
    again writes the same bytes and changes nothing; other bytes than those registered are an error. Letters that were
    composed before keep their words.

    :param artifact: artifact id, or a document that carries ``artifact_id``; one without is passed over (templated)
    :param papers: how each of the documents is made
    :param is_beside: whether they were released beside that document (`also`), and not as it
    :param files_root: folder of the files; by default the environment's BACKOFFICE_FILES (templated)
    :returns: by kind ``{"file_path", "file_code", "byte_count", "row_count", "ready": letters, "subject"}``, or
        ``{"state": "无变化"}``
    """

    template_fields: Sequence[str] = ("artifact", "files_root")

    def __init__(
        self,
        *,
        artifact: Any,
        papers: Sequence[Stationery],
        is_beside: bool = False,
        files_root: str | None = None,
        connection_id: str = CONNECTION_ID,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.artifact = artifact
        self.papers = papers
        self.is_beside = is_beside
        self.files_root = files_root
        self.connection_id = connection_id

    def execute(self, context: Any) -> dict[str, Any]:
        document = told(self.artifact)
        made: dict[str, Any] = {}
        failures: list[Exception] = []
        for paper in self.papers:
            artifact_id = artifacts.id_of(document, paper.kind if self.is_beside else "")
            try:
                made[paper.kind] = self._make(paper, artifact_id)
            except Exception as failure:
                self.log.exception("%s", paper.title)
                failures.append(failure)
        if failures:  # one that may come out at another try goes before one that cannot
            raise min(failures, key=lambda failure: isinstance(failure, AirflowFailException))
        return made

    def _make(self, paper: Stationery, artifact_id: int | None) -> dict[str, Any]:
        if artifact_id is None:
            return {"state": "无变化"}
        files_root = Path(self.files_root or os.environ["BACKOFFICE_FILES"])
        try:
            with open_books(self.connection_id) as connection, connection.transaction():
                written = artifacts.write(connection, artifact_id, resolve_name(paper.spec), files_root)
        except DocumentChangedError as changed:
            raise AirflowFailException(str(changed)) from None
        with open_books(self.connection_id) as connection, connection.transaction():
            return written | compose(connection, artifact_id, paper.statement, paper.template, paper.exceptions)
