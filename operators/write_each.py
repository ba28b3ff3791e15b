"""Write a workbook of one's own for each recipient of a released document."""

import os
from collections.abc import Sequence
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

from airflow.sdk import BaseOperator

from backoffice import artifacts
from backoffice.workbook import write_workbook
from operators.books import CONNECTION_ID, open_books, told


class WriteEach(BaseOperator):
    """Write the workbooks that go with the letters of a document, each only for its reader (SAL-21).

    They lie in the folder of the document's single papers; the same content is the same bytes.

    :param artifact: the released document, with ``artifact_id``; one without is passed over (templated)
    :param source: dotted path of what yields (name of the file, `WorkbookSpec`) from the connection and the row of
        `ops.artifact`, e.g. ``workbooks.customers:consultant_books``
    :param files_root: folder of the files; by default the environment's BACKOFFICE_FILES (templated)
    :returns: ``{"workbooks": written or found}``
    """

    template_fields: Sequence[str] = ("artifact", "files_root")

    def __init__(
        self,
        *,
        artifact: Any,
        source: str,
        files_root: str | None = None,
        connection_id: str = CONNECTION_ID,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.artifact = artifact
        self.source = source
        self.files_root = files_root
        self.connection_id = connection_id

    def execute(self, context: Any) -> dict[str, Any]:
        artifact_id = artifacts.id_of(told(self.artifact))
        if artifact_id is None:
            return {"workbooks": 0, "state": "无变化"}
        books_of = resolve_name(self.source)
        files_root = Path(self.files_root or os.environ["BACKOFFICE_FILES"])
        count = 0
        with open_books(self.connection_id) as connection:
            artifact = artifacts.read(connection, artifact_id)
            folder = artifacts.relative_path(artifact, artifacts.NOTICES)
            for file_name, book in books_of(connection, artifact):
                write_workbook(files_root / folder / file_name, book)
                count += 1
        return {"workbooks": count}
