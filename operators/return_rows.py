"""Return rejected lines to the senders of their files."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from airflow.sdk import BaseOperator

from backoffice import artifacts, returning
from backoffice.runs import mode_of
from operators.books import CONNECTION_ID, open_books
from workbooks.returns import file_of, returned_rows_workbook


class ReturnRows(BaseOperator):
    """Write a 资料退回表 for each file of this run with lines that could not be admitted, and its letters.

    :param run_id: the run (templated)
    :param contact: whom the sender may ask, in Chinese
    :param files_root: folder of the files; by default the environment's BACKOFFICE_FILES (templated)
    :returns: ``{"documents": number of files with something to return}``
    """

    template_fields: Sequence[str] = ("run_id", "files_root")

    def __init__(
        self,
        *,
        run_id: Any,
        contact: str = "系统运维",
        files_root: str | None = None,
        connection_id: str = CONNECTION_ID,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.run_id = run_id
        self.contact = contact
        self.files_root = files_root
        self.connection_id = connection_id

    def execute(self, context: Any) -> dict[str, int]:
        files_root = Path(self.files_root or os.environ["BACKOFFICE_FILES"])
        with open_books(self.connection_id) as connection:
            if mode_of(connection, int(self.run_id)) == "trial":
                return {"documents": 0}
            artifact_ids = returning.register(connection, int(self.run_id))
            connection.commit()
            for artifact_id in artifact_ids:
                with connection.transaction():
                    artifacts.write(connection, artifact_id, returned_rows_workbook, files_root)
                file_id = file_of(artifacts.read(connection, artifact_id))
                returning.compose(connection, artifact_id, file_id, self.contact)
            connection.commit()
        return {"documents": len(artifact_ids)}
