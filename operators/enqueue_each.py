"""Compose the letters of a document that says something else to each recipient."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException

from backoffice import artifacts, letters, outbox
from backoffice.notices import NoticeError
from operators.books import CONNECTION_ID, open_books, told


class EnqueueEach(BaseOperator):
    """Fill a template for each reserved letter, with files of its own, and make them ready to go, all in one write.

    Letters that were composed before keep their words and their files.

    :param artifact: the released document, with ``artifact_id`` and ``also``; one without is passed over (templated)
    :param enclosure: kind of the document whose letters these are, released beside that one
    :param source: dotted path of the generator of letters, e.g. ``workbooks.tenants:letters``: from the connection and
        the row of the letters' artifact, each letter's outbox_id, the names of its files in the folder of single
        notices in the order in which they are attached, and the variables of the template but `files`
    :param template: e.g. ``fees/tenant`` for templates/fees/tenant.html.j2
    :param files_root: folder of the files; by default the environment's BACKOFFICE_FILES (templated)
    :returns: ``{"ready": letters}``
    """

    template_fields: Sequence[str] = ("artifact", "files_root")

    def __init__(
        self,
        *,
        artifact: Any,
        enclosure: str,
        source: str,
        template: str,
        files_root: str | None = None,
        connection_id: str = CONNECTION_ID,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.artifact = artifact
        self.enclosure = enclosure
        self.source = source
        self.template = template
        self.files_root = files_root
        self.connection_id = connection_id

    def execute(self, context: Any) -> dict[str, Any]:
        artifact_id = artifacts.id_of(told(self.artifact), self.enclosure)
        if artifact_id is None:
            return {"ready": 0, "state": "无变化"}
        letters_of = resolve_name(self.source)
        files_root = Path(self.files_root or os.environ["BACKOFFICE_FILES"])
        try:
            with open_books(self.connection_id) as connection, connection.transaction():
                folder = artifacts.relative_path(
                    artifacts.read(connection, artifacts.id_of(self.artifact)), artifacts.NOTICES
                )
                made = {
                    outbox_id: self._letter(variables, [_file(files_root, f"{folder}/{name}") for name in names])
                    for outbox_id, names, variables in letters_of(connection, artifacts.read(connection, artifact_id))
                }
                ready = outbox.compose(connection, lambda row: made[row["outbox_id"]], outbox_ids=list(made))
        except NoticeError as fault:
            raise AirflowFailException(str(fault)) from None
        return {"ready": ready}

    def _letter(self, variables: dict[str, Any], files: list[letters.LetterFile]) -> letters.Letter:
        told = [[Path(file.file_path).name, file.sha256[: artifacts.CODE_LENGTH]] for file in files]
        return letters.render(self.template, variables | {"files": told}, files=tuple(files))


def _file(files_root: Path, file_path: str) -> letters.LetterFile:
    path = files_root / file_path
    try:
        content = path.read_bytes()
    except OSError as error:
        raise NoticeError(
            f"{path.name}读不到（{error.strerror}），不能随信发出。"
            "请清除“生成通知书”各步后续跑，重做的通知书与发布时一致。"
        ) from None
    return letters.LetterFile(file_path, hashlib.sha256(content).hexdigest(), len(content))
