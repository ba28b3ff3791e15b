"""Set the notices and papers of a released document, in parts that several workers share."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException

from backoffice import artifacts
from backoffice.notices import NoticeError, Paper
from backoffice.notices.render import Renderer
from backoffice.notices.sheet import sheet_of
from operators.books import CONNECTION_ID, open_books, told


class RenderNotices(BaseOperator):
    """Write one PDF per notice or paper of an artifact, of one part of so many, and the sheet of a paper that has one.

    They lie beside each other as <number>.pdf and <number>.xlsx; the same notice is the same bytes.

    A file that lies there is left if it is the same, and replaced if it is not: what a notice says is frozen.

    :param artifact: artifact id, or a document that carries ``artifact_id``; one without is passed over (templated)
    :param source: dotted path of what yields each `Notice` or `Paper`, e.g. ``workbooks.notices:notices``; called as
        ``source(connection, artifact=<its row of ops.artifact>, part=…, parts=…)``
    :param part: which part, counted from 0
    :param parts: how many parts there are
    :param files_root: folder of the files; by default the environment's BACKOFFICE_FILES (templated)
    :returns: ``{"notices": written or found, "written": files new or replaced, "folder": relative path}``
    """

    template_fields: Sequence[str] = ("artifact", "files_root")

    def __init__(
        self,
        *,
        artifact: Any,
        source: str,
        part: int = 0,
        parts: int = 1,
        files_root: str | None = None,
        connection_id: str = CONNECTION_ID,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.artifact = artifact
        self.source = source
        self.part = part
        self.parts = parts
        self.files_root = files_root
        self.connection_id = connection_id

    def execute(self, context: Any) -> dict[str, Any]:
        artifact_id = artifacts.id_of(told(self.artifact))
        if artifact_id is None:
            return {"notices": 0, "written": 0, "state": "无变化"}
        notices_of = resolve_name(self.source)
        files_root = Path(self.files_root or os.environ["BACKOFFICE_FILES"])
        renderer, count, written = Renderer(), 0, 0
        try:
            with open_books(self.connection_id) as connection:
                artifact = artifacts.read(connection, artifact_id)
                folder = artifacts.relative_path(artifact, artifacts.NOTICES)
                for notice in notices_of(connection, artifact=artifact, part=self.part, parts=self.parts):
                    written += _put(files_root / folder / f"{notice.number}.pdf", renderer.render(notice))
                    if isinstance(notice, Paper) and notice.has_sheet:
                        written += _put(files_root / folder / f"{notice.number}.xlsx", sheet_of(notice))
                    count += 1
        except NoticeError as fault:
            raise AirflowFailException(f"{fault}。请更正资料后用重跑单处理。") from None
        return {"notices": count, "written": written, "folder": folder}


def _put(path: Path, content: bytes) -> bool:
    """Write a file as a whole or not at all; says whether anything had to be written."""
    if path.is_file() and hashlib.sha256(path.read_bytes()).digest() == hashlib.sha256(content).digest():
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.part")
    beside.write_bytes(content)
    beside.replace(path)
    return True
