"""Turns a WorkbookSpec into the bytes of an .xlsx file: the same data give the same bytes, whatever the day (OPS-16).

openpyxl makes the frame (styles, views, print set-up, charts); the rows of `body` are spliced in when the archive is
packed.
"""

import hashlib
import io
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.writer.excel import ExcelWriter

from backoffice.workbook.body import Body, sheet_body
from backoffice.workbook.cells import clean_text
from backoffice.workbook.cover import cover_body
from backoffice.workbook.frame import frame
from backoffice.workbook.grid import grid_body
from backoffice.workbook.spec import Grid, Sheet, WorkbookSpec
from backoffice.workbook.standard import EXCEPTIONS, standard_sheets
from backoffice.workbook.styles import FONT, Styles

COVER = "封面"
PINNED = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip entry can carry
COMPRESSION = 6
SPOOL_BYTES = 8_000_000  # rows of a sheet that are kept in memory; what is longer goes to a temporary file
EMPTY_DATA = re.compile(rb"<sheetData\s*/>|<sheetData>\s*</sheetData>")
DIMENSION = re.compile(rb'<dimension ref="[^"]*"\s*/>')


class DocumentChangedError(RuntimeError):
    """The document was written before with other bytes; a document that people hold is never silently replaced."""


@dataclass(frozen=True)
class Written:
    """A document on disk: its path, the SHA-256 of its bytes, its size in bytes; rows in a workbook's own sheets, pages
    of a PDF."""

    path: Path
    sha256: str
    byte_count: int
    row_count: int


def write_workbook(path: Path, book: WorkbookSpec, *, recorded_sha256: str | None = None) -> Written:
    """Write the workbook under its final name; see `write_document`.

    :param recorded_sha256: hash of the document that was registered before, if it was.
    :raises TotalsError: when a total of SQL is not the sum of its rows.
    :raises ValueError: when a query and the declaration of its sheet disagree.
    """
    return write_document(path, lambda out: _pack(book, out), recorded_sha256=recorded_sha256)


def write_document(path: Path, put: Callable[[IO[bytes]], int], *, recorded_sha256: str | None = None) -> Written:
    """Write a document under its final name, all of it or nothing.

    The bytes go to a temporary name beside it, are flushed to disk and renamed. If the file is there with the same
    bytes, it is not touched.

    :param put: writes the bytes and returns how many rows or pages they hold.
    :param recorded_sha256: hash of the document that was registered before, if it was.
    :raises DocumentChangedError: when the bytes are not those that were registered.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as out:
            row_count = put(out)
            out.flush()
            os.fsync(out.fileno())
        sha256 = _sha256(Path(temporary))
        if recorded_sha256 and recorded_sha256 != sha256:
            raise DocumentChangedError(
                f"《{path.name}》发布时的校验码是 {recorded_sha256[:8]}，按现有资料重做得 {sha256[:8]}，两者不同。"
                "已发布的文件不会被替换：要重印请从备份取回原文件，要改正请用重跑单（更正）出新版。"
            )
        if not (path.exists() and _sha256(path) == sha256):
            Path(temporary).chmod(0o644)
            os.replace(temporary, path)
            _sync_folder(path.parent)
        return Written(path, sha256, path.stat().st_size, row_count)
    finally:
        Path(temporary).unlink(missing_ok=True)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync_folder(folder: Path) -> None:
    """Make the rename itself survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _pack(book: WorkbookSpec, out: IO[bytes]) -> int:
    """Write the archive; returns the number of records in the document's own sheets."""
    workbook, styles = blank_book()
    declared = [*book.sheets, *standard_sheets(book)]
    with ExitStack() as files:

        def blank(name: str) -> Body:
            return Body(styles, name, files.enter_context(SpooledTemporaryFile(SPOOL_BYTES)))

        bodies = [
            grid_body(blank(sheet.name), sheet) if isinstance(sheet, Grid) else sheet_body(blank(sheet.name), sheet)
            for sheet in declared
        ]
        pages: list[tuple[Sheet | Grid | None, Body]] = list(zip(declared, bodies, strict=True))
        if book.cover is not None:
            exceptions = sum(body.record_count for sheet, body in pages if sheet.name == EXCEPTIONS.name)
            pages.insert(0, (None, cover_body(blank(COVER), book, book.cover, exceptions)))
        _check_sheet_names([body.name for _, body in pages])
        for sheet, body in pages:
            frame(workbook.create_sheet(body.name), body, sheet, book)
        title = f"{book.title} {book.scope} {book.period_text} {book.revision_text}"
        bind(workbook, [body for _, body in pages], out, title=title, on=book.as_of_on)
    return sum(body.record_count for body in bodies[: len(book.sheets)])


def blank_book() -> tuple[Workbook, Styles]:
    """A workbook in the house's font and its styles; its one sheet is scratch, and `bind` removes it."""
    workbook = Workbook()
    font = Font(name=FONT, size=10)
    workbook._named_styles["Normal"].font = font
    workbook._fonts[0] = font
    return workbook, Styles(workbook)


def bind(workbook: Workbook, bodies: list[Body], out: IO[bytes], *, title: str, on: date) -> None:
    """Write the archive of a `blank_book`.

    :param bodies: the rows of each sheet that was added to it, in order.
    :param title: what the file's properties call it; on: the day that they pin its making to, never the clock.
    """
    workbook.remove(workbook.worksheets[0])  # the scratch sheet that styles were registered through
    workbook.properties.creator = "系统编制"
    workbook.properties.title = clean_text(title)
    workbook.properties.created = workbook.properties.modified = datetime.combine(on, time())
    workbook.calculation.fullCalcOnLoad = False
    archive = io.BytesIO()
    ExcelWriter(workbook, ZipFile(archive, "w")).save()
    _splice(archive, bodies, out)


def _check_sheet_names(names: list[str]) -> None:
    for name in names:
        if not 1 <= len(name) <= 31 or set(name) & set("[]:*?/\\") or names.count(name) > 1:
            raise ValueError(f"Sheet name {name!r}: 1 to 31 characters, none of []:*?/\\, and only once in a workbook.")


def _splice(frame: IO[bytes], bodies: list[Body], out: IO[bytes]) -> None:
    """Pack the frame with the rows in place, every entry with the same pinned time and attributes."""
    by_part = {f"xl/worksheets/sheet{number}.xml": body for number, body in enumerate(bodies, 1)}
    with ZipFile(frame) as source, ZipFile(out, "w") as target:
        for name in source.namelist():
            info = ZipInfo(name, PINNED)
            info.compress_type, info.create_system, info.external_attr = ZIP_DEFLATED, 3, 0o600 << 16
            info._compresslevel = COMPRESSION  # compress_level is public only from Python 3.13 on
            part = source.read(name)
            body = by_part.get(name)
            with target.open(info, "w") as entry:
                for piece in _pieces(part, body) if body else [part]:
                    entry.write(piece)


def _pieces(part: bytes, body: Body) -> Iterator[bytes]:
    last = f"{get_column_letter(body.column_count)}{max(1, body.next_row - 1)}"
    head, tail = EMPTY_DATA.split(DIMENSION.sub(f'<dimension ref="A1:{last}"/>'.encode(), part), maxsplit=1)
    yield head + b"<sheetData>"
    body.file.seek(0)
    yield from iter(lambda: body.file.read(shutil.COPY_BUFSIZE), b"")
    yield b"</sheetData>" + tail
