"""Write the workbook of a document and register its file."""

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


class WriteWorkbook(BaseOperator):
    """Build the workbook of an artifact, write it under the files folder, stamp path, SHA-256, bytes and rows.

    Doing it again writes the same bytes and changes nothing; other bytes than those registered are an error.

    :param artifact: artifact id, or a document that carries ``artifact_id``; one without is passed over (templated)
    :param spec: dotted path of ``build(connection, artifact_row) -> WorkbookSpec``, e.g. ``documents.daily:build``
    :param enclosure: kind of the document released beside it whose workbook this is; its own by default
    :param files_root: folder of the files; by default the environment's BACKOFFICE_FILES (templated)
    :returns: ``{"file_path", "file_code", "byte_count", "row_count"}``, or ``{"state": "无变化"}``
    """

    template_fields: Sequence[str] = ("artifact", "files_root")

    def __init__(
        self,
        *,
        artifact: Any,
        spec: str,
        enclosure: str = "",
        files_root: str | None = None,
        connection_id: str = CONNECTION_ID,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.artifact = artifact
        self.spec = spec
        self.enclosure = enclosure
        self.files_root = files_root
        self.connection_id = connection_id

    def execute(self, context: Any) -> dict[str, Any]:
        artifact_id = artifacts.id_of(told(self.artifact), self.enclosure)
        if artifact_id is None:
            return {"state": "无变化"}
        build = resolve_name(self.spec)
        files_root = Path(self.files_root or os.environ["BACKOFFICE_FILES"])
        try:
            with open_books(self.connection_id) as connection, connection.transaction():
                return artifacts.write(connection, artifact_id, build, files_root)
        except DocumentChangedError as changed:
            raise AirflowFailException(str(changed)) from None
