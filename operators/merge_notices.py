"""Bind the notices of a released tower into one PDF for the hand-over."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException

from backoffice import artifacts
from backoffice.database import rows
from backoffice.notices import NoticeError
from backoffice.notices.merge import bind_into
from backoffice.notices.render import Sheet, pages_of
from backoffice.workbook import DocumentChangedError, Written, file_name, period_text, revision_text, write_document
from operators.books import CONNECTION_ID, open_books, told


class MergeNotices(BaseOperator):
    """Set the notices that `RenderNotices` wrote into one file, in order of number; stamp path, SHA-256, bytes, pages.

    The bundle is set from what the notices say, so that its pages share their fonts: joined from the single PDFs it
    would be eight times as large, too large to mail. The single PDFs must all be there all the same, of as many pages:
    nobody is handed a bundle of which a tenant's own notice is missing.

    Doing it again writes the same bytes and changes nothing; other bytes than those registered are an error.

    :param artifact: the released document whose notices were rendered, with ``artifact_id`` and ``also``; one without
        is passed over (templated)
    :param source: dotted path of what yields the notices, as in `RenderNotices`
    :param enclosure: kind of the document that the merged file belongs to
    :param statement: with ``%(artifact_id)s``; the column notice_no in order, and the name of the place as scope_text
    :param title: what the merged file is called, e.g. 交款通知书
    :param files_root: folder of the files; by default the environment's BACKOFFICE_FILES (templated)
    :returns: ``{"file_path", "file_code", "byte_count", "row_count"}``, the last in pages, or ``{"state": "无变化"}``
    """

    template_fields: Sequence[str] = ("artifact", "files_root")

    def __init__(
        self,
        *,
        artifact: Any,
        source: str,
        enclosure: str,
        statement: str,
        title: str,
        files_root: str | None = None,
        connection_id: str = CONNECTION_ID,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.artifact = artifact
        self.source = source
        self.enclosure = enclosure
        self.statement = statement
        self.title = title
        self.files_root = files_root
        self.connection_id = connection_id

    def execute(self, context: Any) -> dict[str, Any]:
        merged_id = artifacts.id_of(told(self.artifact), self.enclosure)
        if merged_id is None:
            return {"state": "无变化"}
        files_root = Path(self.files_root or os.environ["BACKOFFICE_FILES"])
        try:
            with open_books(self.connection_id) as connection, connection.transaction():
                rendered = artifacts.read(connection, artifacts.id_of(self.artifact))
                folder = files_root / artifacts.relative_path(rendered, artifacts.NOTICES)
                notices_of = resolve_name(self.source)

                def make(artifact: Mapping[str, Any]) -> tuple[str, Any]:
                    listed = rows(connection, self.statement, {"artifact_id": merged_id})
                    if not listed:
                        raise NoticeError(f"{artifact['title']}第{artifact['revision']}版没有一份{self.title}")
                    pages = {row["notice_no"]: _pages(folder, self.title, row["notice_no"]) for row in listed}
                    notices = notices_of(connection, artifact=rendered, part=0, parts=1)
                    return self._name(artifact, listed[0]["scope_text"]), lambda path: _bind(
                        path, _paired(notices, pages, self.title), artifact["sha256"]
                    )

                return artifacts.keep(connection, merged_id, make, files_root)
        except (DocumentChangedError, NoticeError) as fault:
            raise AirflowFailException(str(fault)) from None

    def _name(self, artifact: Mapping[str, Any], scope: str) -> str:
        period = period_text(artifact["period"].lower, artifact["period"].upper)
        return file_name(period, self.title, scope, revision_text(artifact["revision"]), ".pdf")


def _pages(folder: Path, title: str, number: str) -> int:
    """The pages of a notice that was rendered by itself."""
    try:
        return pages_of((folder / f"{number}.pdf").read_bytes())
    except OSError as error:
        fault = error.strerror
    except ValueError:
        fault = "内容已损坏"
    raise NoticeError(
        f"{title}{number}.pdf读不到（{fault}），不能合并。请清除“生成通知书”各步后续跑，重做的通知书与发布时一致。"
    )


def _paired(notices: Iterable[Sheet], pages: Mapping[str, int], title: str) -> Iterator[tuple[Sheet, int]]:
    """Each notice with its pages, one by one; they come in order of number, as they are listed."""
    for notice, number in zip_longest(notices, pages):
        if notice is None or notice.number != number:
            raise NoticeError(
                f"移交清单上是{number or '空'}，已发布的{title}是{notice.number if notice else '空'}，不能合并。"
                "请系统运维核对后续跑。"
            )
        yield notice, pages[number]


def _bind(path: Path, notices: Iterable[tuple[Sheet, int]], recorded_sha256: str | None) -> Written:
    return write_document(path, lambda out: bind_into(out, notices), recorded_sha256=recorded_sha256)
