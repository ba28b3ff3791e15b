"""Read files of every format into the text that COPY takes: file id, line number, the line as it came.

A `Reading` says what was found (encoding, delimiter, heading) and yields blocks of COPY text. Lines without
any quoting are passed on as they are, which costs next to nothing; quoted lines, sheets, calendars and
matrices are taken apart and their cells joined by `JOINER`.
"""

import codecs
import csv
import hashlib
import io
import itertools
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache, partial
from pathlib import Path
from typing import BinaryIO

import python_calamine

from backoffice.feeds.adapters import ADAPTERS
from backoffice.feeds.definitions import Feed
from backoffice.feeds.errors import FeedError
from backoffice.feeds.headings import half_width

#: stands between file id, line number and raw line in COPY; a control sign that no line is let to hold
COPY_DELIMITER = "\x01"
#: stands between the cells of a row that was taken apart
JOINER = "\x1f"
#: what a run of NUL bytes (a device that lost power) becomes, as Postgres keeps no NUL
NUL_SIGN = "␀"

CHUNK = 1 << 18
HEAD_LINES = 15
HEAD_BYTES = 1 << 16
DELIMITERS = (",", "\t", ";", "|")
RECORD_LINES = 200
SHEET_BLOCK_ROWS = 5000
#: beyond 15 digits a spreadsheet no longer knows the number it shows
EXACT_FLOAT = 1e15

_SIGNS = str.maketrans({"\\": "\\\\", "\x01": "␁", "\r": "\\r"})
_JOINED_SIGNS = str.maketrans({"\\": "\\\\", "\x01": "␁", "\r": "\\r", "\n": "\\n", JOINER: "␟"})
_MEANT = re.compile(r"[\\\x01\r\n]")
_NULS = re.compile("\0+")
_CHINESE_IN_UTF8 = re.compile(rb"[\xe3-\xe9][\x80-\xbf]{2}")
#: GB18030 looks like this many UTF-8 characters in a row by accident only
ENOUGH_CHINESE = 4


@dataclass(frozen=True)
class Survey:
    """What one pass over the bytes tells: identity, encoding, and whether lines can be passed on as they are."""

    sha256: str
    byte_count: int
    encoding: str
    has_quotes: bool
    has_line_feeds: bool


@dataclass(frozen=True)
class Block:
    """Lines ready for COPY, and how many rows and blank lines they are."""

    text: str
    row_count: int
    blank_count: int


@dataclass(frozen=True)
class Reading:
    """A file that was understood: how its rows are to be split, and its rows."""

    encoding: str
    delimiter: str
    header: tuple[str, ...]
    blocks: Iterator[Block]
    note: str = ""


@dataclass(frozen=True)
class Heading:
    """Where the heading stands among the top rows: in one row, or in two, groups over sub headings.

    :param rank: (all required columns are there, columns found, minus what is doubled or unknown); greatest is best.
    """

    rank: tuple[int, int, int]
    first: int
    last: int
    cells: tuple[str, ...]


def survey(stream: BinaryIO) -> Survey:
    """Pass over the file once: its hash, its size, its encoding (UTF-8 if it can be, else GB18030; BOMs decide).

    A file whose first Chinese is good UTF-8 is UTF-8 with a broken place, which is named when it is read.
    """
    digest, size, has_quotes, has_line_feeds = hashlib.sha256(), 0, False, False
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    encoding, utf8_count = "", 0
    while chunk := stream.read(CHUNK * 4):
        if not size:
            encoding = _encoding_by_bom(chunk)
        digest.update(chunk)
        size += len(chunk)
        has_quotes = has_quotes or b'"' in chunk
        has_line_feeds = has_line_feeds or b"\n" in chunk
        if not encoding:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                utf8_count += len(_CHINESE_IN_UTF8.findall(error.object[: error.start]))
                encoding = "utf-8" if utf8_count >= ENOUGH_CHINESE else "gb18030"
            else:
                utf8_count += 0 if chunk.isascii() else len(_CHINESE_IN_UTF8.findall(chunk))
    return Survey(digest.hexdigest(), size, encoding or "utf-8", has_quotes, has_line_feeds)


def _encoding_by_bom(start: bytes) -> str:
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return ""


def read(stream: BinaryIO, *, file: str, feed: Feed, found: Survey, file_id: int, site_id: str | None) -> Reading:
    """Open a file as its feed and its name say.

    :param stream: the open file, at its start; it is read while the blocks are taken.
    :param file: name as it lay in the inbox; its ending decides the format.
    :param file_id: what the rows are filed under.
    :param site_id: site whose folder the file lay in, None for the group's.
    :raises FeedError: when the file cannot be read or its heading is not understood; also while blocks are taken.
    """
    if not found.byte_count:
        raise FeedError(file, "文件是空的", "请重新导出后再放入收件夹。")
    reader = {
        "csv": partial(_read_csv, found=found),
        "attlog": partial(_read_attlog, found=found),
        "xlsx": _read_sheet,
        "holiday_json": _read_holidays,
    }[feed.format_of(file) or "csv"]
    return reader(stream, file=file, feed=feed, file_id=file_id, site_id=site_id)


# Text files -----------------------------------------------------------------------------------------------


def _read_csv(stream: BinaryIO, *, file: str, feed: Feed, found: Survey, file_id: int, site_id: str | None) -> Reading:
    head = _decoded_head(stream, found)
    delimiter, (title, header, line, ends_on) = _heading_of_text(head, file=file, feed=feed, site_id=site_id)
    if feed.adapter:
        records = _records(stream, found, delimiter, file=file, skip=ends_on)
        header, records = ADAPTERS[feed.adapter](file, header, records)
        feed.positions(header, file=file, line=line, site_id=site_id)
        return Reading(found.encoding, JOINER, header, _record_blocks(records, file_id))
    matrix = _matrix_of(feed, header)
    if matrix is None:
        feed.positions(header, file=file, line=line, site_id=site_id)
    if matrix is None and not found.has_quotes and found.encoding != "utf-16":
        lines = partial(_whole_lines, stream, found, file=file, skip=ends_on)
        return Reading(found.encoding, delimiter, header, _line_blocks(lines(), file_id, ends_on + 1))
    records = _records(stream, found, delimiter, file=file, skip=ends_on)
    if matrix is None:
        return Reading(found.encoding, JOINER, header, _record_blocks(records, file_id))
    return _read_matrix(
        matrix, records, title, header, line, file=file, feed=feed, file_id=file_id, encoding=found.encoding
    )


def _read_attlog(
    stream: BinaryIO, *, file: str, feed: Feed, found: Survey, file_id: int, site_id: str | None
) -> Reading:
    header = feed.attlog
    feed.positions(header, file=file, site_id=site_id)
    return Reading(
        found.encoding, "\t", header, _line_blocks(_whole_lines(stream, found, file=file, skip=0), file_id, 1)
    )


def _decoded_head(stream: BinaryIO, found: Survey) -> str:
    start = stream.read(HEAD_BYTES)
    stream.seek(0)
    text = codecs.getincrementaldecoder(found.encoding)("replace").decode(start)
    if len(start) == HEAD_BYTES:
        text = text[: max(text.rfind("\n"), text.rfind("\r")) + 1] or text
    return _NULS.sub(NUL_SIGN, text)


def _heading_of_text(
    head: str, *, file: str, feed: Feed, site_id: str | None
) -> tuple[str, tuple[str, tuple[str, ...], int, int]]:
    """Find delimiter and heading: the first in which every required column stands, else the best try."""
    best = None
    for delimiter in DELIMITERS:
        candidates = []
        reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
        try:
            starts_on = 1
            for record in reader:
                candidates.append((starts_on, reader.line_num, record))
                starts_on = reader.line_num + 1
                if len(candidates) == HEAD_LINES:
                    break
        except csv.Error:
            pass
        heading = _heading_among([record for _, _, record in candidates], feed, site_id)
        if heading is not None and (best is None or heading.rank[:2] > best[0]):
            title = " ".join(cell for _, _, row in candidates[: heading.first] for cell in row if cell)
            cells = tuple(cell.strip() for cell in heading.cells)
            lines = (candidates[heading.first][0], candidates[heading.last][1])
            best = (heading.rank[:2], delimiter, (title, cells, *lines))
    if best is None:
        raise FeedError(file, "找不到表头", f"请在第一行写上《{feed.title}》的列名后重新放入收件夹。", line=1)
    return best[1], best[2]


def _heading_among(rows: Sequence[Sequence[str]], feed: Feed, site_id: str | None) -> Heading | None:
    """Choose the heading: the first row with all required columns, or two rows of which the upper one groups the lower.

    Two rows are taken where they tell more than one alone: 客户 over 姓名 and 电话, 价格 over 底价 and 表价, with cells
    merged over both rows beside them.
    """
    required = {column.name for column in feed.required(site_id)}

    def judged(first: int, last: int, cells: Sequence[str]) -> Heading:
        found, unknown = feed.match(cells)
        doubled = sum(len(places) > 1 for places in found.values())
        fits = required <= found.keys()
        return Heading((int(fits), len(found), -doubled - len(unknown)), first, last, tuple(cells))

    def grouped(indexes: Iterable[int]) -> list[Heading]:
        return [
            judged(index, index + 1, cells)
            for index in indexes
            if 0 <= index < len(rows) - 1 and (cells := _under_groups(rows[index], rows[index + 1], feed)) is not None
        ]

    best = None
    for index, row in enumerate(rows):
        heading = judged(index, index, row)
        if _matrix_of(feed, row) is not None:
            return replace(heading, rank=(1, *heading.rank[1:]))
        if heading.rank[0]:
            return max([heading, *grouped((index - 1, index))], key=lambda either: either.rank)
        if any(cell.strip() for cell in row) and (best is None or heading.rank[:2] > best.rank[:2]):
            best = heading
    better = [pair for pair in grouped(range(len(rows))) if best is None or pair.rank[:2] > best.rank[:2]]
    return max(better, key=lambda pair: pair.rank) if better else best


def _under_groups(upper: Sequence[str], lower: Sequence[str], feed: Feed) -> tuple[str, ...] | None:
    """The headings that two rows make together; None where the lower one is no row of headings.

    A group reaches to the right as far as the cells beside it are empty. Group and sub heading are joined where that is
    a known column or the sub heading alone is none; a cell that is merged over both rows is what stands above.
    """
    cells, group, known_count, sub_count = [], "", 0, 0
    for index in range(max(len(upper), len(lower))):
        above = upper[index].strip() if index < len(upper) else ""
        below = lower[index].strip() if index < len(lower) else ""
        group = above or group
        if not below:
            cells.append(above)
            continue
        cell = next((text for text in (group + below, below) if feed.is_known(text)), group + below)
        sub_count += 1
        known_count += feed.is_known(cell)
        cells.append(cell)
    return tuple(cells) if known_count * 2 > sub_count else None


def _whole_lines(stream: BinaryIO, found: Survey, *, file: str, skip: int) -> Iterator[list[str]]:
    """Lists of whole decoded lines, from line `skip` + 1 on; carriage returns and NUL runs are tidied away."""
    decoder = codecs.getincrementaldecoder(found.encoding)("strict")
    carry, line_no, is_last = "", 0, False
    while not is_last:
        chunk = stream.read(CHUNK)
        is_last = not chunk
        try:
            text = carry + decoder.decode(chunk, final=is_last)
        except UnicodeDecodeError as error:
            raise FeedError(
                file,
                "有无法识别的文字（既不是 UTF-8，也不是 GBK/GB18030）",
                "请用 Excel 打开后另存为“CSV UTF-8”，再重新放入收件夹。",
                line=line_no + error.object[: error.start].count(b"\n") + 1,
            ) from error
        if not found.has_line_feeds:
            text = text.replace("\r", "\n")
        lines = text.split("\n")
        carry = lines.pop()
        if is_last and carry:
            lines.append(carry)
        elif "\0" in carry:
            carry = _NULS.sub("\0", carry)
        if "\0" in text:
            lines = [_NULS.sub(NUL_SIGN, line) for line in lines]
        if found.has_line_feeds and "\r" in text:
            lines = [line.removesuffix("\r") for line in lines]
        line_no += len(lines)
        if skip:
            dropped = min(skip, len(lines))
            lines, skip = lines[dropped:], skip - dropped
        if lines:
            yield lines


def _line_blocks(batches: Iterable[list[str]], file_id: int, first_line: int) -> Iterator[Block]:
    """COPY text of lines that need no taking apart."""
    start, line_no = f"{file_id}{COPY_DELIMITER}", first_line
    for batch in batches:
        lines = batch
        whole = "".join(lines)
        if "\\" in whole or COPY_DELIMITER in whole or "\r" in whole:
            lines = [line.translate(_SIGNS) for line in lines]
        rows = [f"{start}{number}{COPY_DELIMITER}{line}\n" for number, line in enumerate(lines, line_no) if line]
        yield Block("".join(rows), len(rows), len(lines) - len(rows))
        line_no += len(lines)


def _records(
    stream: BinaryIO, found: Survey, delimiter: str, *, file: str, skip: int
) -> Iterator[tuple[int, list[str]]]:
    """Cells of a file with quoting, with the line on which each record starts (a cell may hold line breaks)."""
    lines = (f"{line}\n" for batch in _whole_lines(stream, found, file=file, skip=skip) for line in batch)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    starts_on = 1
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise FeedError(
                file, "引号没有成对", "请在这一行补上或删去引号后重新放入收件夹。", line=skip + starts_on
            ) from error
        if reader.line_num - starts_on > RECORD_LINES:
            raise FeedError(
                file,
                f"引号没有成对，一个单元格跨了{reader.line_num - starts_on}行",
                "请在这一行补上或删去引号后重新放入收件夹。",
                line=skip + starts_on,
            )
        yield skip + starts_on, record
        starts_on = reader.line_num + 1


def _record_blocks(records: Iterable[tuple[int, Sequence[str]]], file_id: int) -> Iterator[Block]:
    """COPY text of rows that were taken apart: cells joined by `JOINER`."""
    start, rows, blanks = f"{file_id}{COPY_DELIMITER}", [], 0
    for line_no, cells in records:
        if not any(cells):
            blanks += 1
            continue
        raw = JOINER.join(cells)
        if _MEANT.search(raw) or raw.count(JOINER) >= len(cells):
            raw = JOINER.join(cell.translate(_JOINED_SIGNS) for cell in cells)
        rows.append(f"{start}{line_no}{COPY_DELIMITER}{raw}\n")
        if len(rows) == SHEET_BLOCK_ROWS:
            yield Block("".join(rows), len(rows), blanks)
            rows, blanks = [], 0
    yield Block("".join(rows), len(rows), blanks)


# Workbooks ------------------------------------------------------------------------------------------------


def _read_sheet(stream: BinaryIO, *, file: str, feed: Feed, file_id: int, site_id: str | None) -> Reading:
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(stream)
    except python_calamine.PasswordError as error:
        raise FeedError(file, "工作簿加了密码", "请去掉密码后重新放入收件夹。") from error
    except (python_calamine.CalamineError, OSError) as error:
        raise FeedError(
            file, "打不开这个工作簿（文件损坏或不是 Excel 文件）", "请重新导出为 .xlsx 后再放入收件夹。"
        ) from error
    sheet, heading, top = _sheet_with_heading(book, file=file, feed=feed, site_id=site_id)
    place = heading.last
    header = tuple(cell.strip() for cell in heading.cells)
    while header and not header[-1]:
        header = header[:-1]
    title = " ".join(text for row in top[: heading.first] for cell in row if (text := _cell_text(cell)))
    matrix = _matrix_of(feed, header)
    if matrix is None:
        positions = feed.positions(header, file=file, line=place + 1, site_id=site_id)
        instants = frozenset(
            positions[column.name] - 1
            for column in feed.columns
            if column.kind == "timestamp" and column.name in positions
        )
        watched = [positions[column.name] - 1 for column in feed.required(site_id)]
    else:
        instants, watched = frozenset(), [matrix.key - 1]
    rows = _checked_rows(sheet, place + 1, instants, watched, stream, file=file, header=header)
    if feed.adapter:
        header, rows = ADAPTERS[feed.adapter](file, header, rows)
        feed.positions(header, file=file, line=place + 1, site_id=site_id)
    if matrix is None:
        return Reading("", JOINER, header, _record_blocks(rows, file_id))
    return _read_matrix(
        matrix, rows, f"{sheet.name} {title}", header, place + 1, file=file, feed=feed, file_id=file_id, encoding=""
    )


def _sheet_with_heading(
    book: python_calamine.CalamineWorkbook, *, file: str, feed: Feed, site_id: str | None
) -> tuple[python_calamine.CalamineSheet, Heading, list[list]]:
    """The one visible sheet with the heading of this feed, that heading, and its top rows."""
    fits, best = [], None
    for about in book.sheets_metadata:
        is_shown = about.visible == python_calamine.SheetVisibleEnum.Visible
        if not is_shown or about.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        sheet = book.get_sheet_by_name(about.name)
        if sheet.start is None:
            continue
        top = list(itertools.islice(sheet.iter_rows(), HEAD_LINES))
        heading = _heading_among([[_cell_text(cell) for cell in row] for row in top], feed, site_id)
        if heading is None:
            continue
        if heading.rank[0]:
            fits.append(about.name)
        if best is None or heading.rank[:2] > best[0]:
            best = (heading.rank[:2], (sheet, heading, top))
    if len(fits) > 1:
        raise FeedError(
            file,
            f"有{len(fits)}张工作表都像《{feed.title}》：{'、'.join(fits)}",
            "请每张工作表单独存一个文件，或把不用的删去，再重新放入收件夹。",
        )
    if best is None:
        raise FeedError(file, "工作簿里没有内容", "请重新导出后再放入收件夹。")
    return best[1]


def _checked_rows(
    sheet: python_calamine.CalamineSheet,
    skip: int,
    instants: frozenset[int],
    watched: list[int],
    stream: BinaryIO,
    *,
    file: str,
    header: Sequence[str],
) -> Iterator[tuple[int, list[str]]]:
    """Rows below the heading as texts; a required column that is empty throughout because of formulas is refused."""
    empty, row_count = set(watched), 0
    for number, row in enumerate(itertools.islice(sheet.iter_rows(), skip, None), skip + 1):
        cells = [
            cell if type(cell) is str else _cell_text(cell, with_time=index in instants)
            for index, cell in enumerate(row)
        ]
        row_count += 1
        if empty:
            empty = {index for index in empty if index >= len(cells) or not cells[index]}
        yield number, cells
    for index in sorted(empty):
        if row_count and (cell := _formula_below(stream, sheet, skip, index)):
            raise FeedError(
                file,
                f"整列只有公式、没有算出的值（例如 {cell}）",
                "请用 Excel 打开并保存一次，或把公式粘贴为数值，再重新放入收件夹。",
                line=skip,
                heading=header[index],
            )


def _formula_below(stream: BinaryIO, sheet: python_calamine.CalamineSheet, row: int, index: int) -> str:
    """Address of the first formula in a column, empty if it has none; looked for only where values are missing."""
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    stream.seek(0)
    try:
        again = openpyxl.load_workbook(stream, read_only=True)[sheet.name]
    except (KeyError, ValueError, OSError, zipfile.BadZipFile, InvalidFileException):
        return ""
    column = sheet.start[1] + index + 1
    for cells in again.iter_rows(min_row=row + 1, max_row=row + 50, min_col=column, max_col=column):
        for cell in cells:
            if isinstance(cell.value, str) and cell.value.startswith("="):
                return cell.coordinate
    return ""


def _cell_text(value: object, *, with_time: bool = False) -> str:
    """A cell as text: numbers that are whole without .0, dates in ISO form, to the second.

    :param with_time: keep 00:00:00, where an instant is meant.
    """
    if isinstance(value, str):
        text = value
    elif isinstance(value, bool):
        text = "是" if value else "否"
    elif isinstance(value, float):
        text = str(int(value)) if value.is_integer() and abs(value) < EXACT_FLOAT else f"{value:.15g}"
        if abs(value) >= EXACT_FLOAT:
            text = f"{value:.15E}"
    elif isinstance(value, datetime):
        seconds = value + timedelta(microseconds=500_000)
        text = seconds.strftime("%Y-%m-%d %H:%M:%S")
        text = text if with_time else text.removesuffix(" 00:00:00")
    elif isinstance(value, date):
        text = f"{value.isoformat()} 00:00:00" if with_time else value.isoformat()
    elif isinstance(value, time):
        text = value.replace(microsecond=0).isoformat()
    elif isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        text = f"{seconds // 3600:02}:{seconds % 3600 // 60:02}:{seconds % 60:02}"
    else:
        text = "" if value is None else str(value)
    return text


# One column per day -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MatrixHeading:
    """Positions (1-based) in a heading with one column per day."""

    key: int
    month: int | None
    days: dict[int, int]
    others: dict[str, int]


def _matrix_of(feed: Feed, header: Sequence[str]) -> MatrixHeading | None:
    """Recognise the layout with one column per day of the month; None where the heading is an ordinary one."""
    if feed.matrix is None:
        return None
    days = {}
    for position, heading in enumerate(header, 1):
        day = re.fullmatch(
            r"(?:\d{4}[-/.年])?(?:\d{1,2}[-/.月])?(\d{1,2})(?:[日号])?(?:[(（]?(?:星期|周)?[一二三四五六日天][)）]?)?",
            half_width(heading).strip(),
        )
        if day and 1 <= int(day[1]) <= 31:
            days.setdefault(int(day[1]), position)
    found, _ = feed.match(header)
    wanted = [column.name for column in feed.key if column.name != feed.matrix.day_column]
    if len(days) < 7 or feed.matrix.day_column in found or not all(name in found for name in wanted):
        return None
    month = next(
        (at for at, heading in enumerate(header, 1) if half_width(heading).strip() in feed.matrix.month_headings), None
    )
    others = {name: places[0] for name, places in found.items() if name not in (feed.matrix.value_column, *wanted)}
    return MatrixHeading(found[wanted[0]][0], month, days, others)


def _read_matrix(
    matrix: MatrixHeading,
    records: Iterable[tuple[int, Sequence[str]]],
    title: str,
    header: Sequence[str],
    line: int,
    *,
    file: str,
    feed: Feed,
    file_id: int,
    encoding: str,
) -> Reading:
    """Make one row per day of each line; each keeps the number of its line.

    The month stands in its own column, in the file's name or in the title above the heading.
    """
    shape = feed.matrix
    taken = {matrix.key, matrix.month, *matrix.days.values(), *matrix.others.values()}
    if unknown := [
        text
        for at, text in enumerate(header, 1)
        if text and at not in taken and not feed.is_ignored(text) and text not in shape.month_headings
    ]:
        raise FeedError(
            file, f"不认识的列：{'、'.join(unknown)}", "请删去或改名后重新放入收件夹。", line=line, heading=unknown[0]
        )
    month = _month_in(Path(file).stem) or _month_in(title)
    if month is None and matrix.month is None:
        raise FeedError(
            file,
            "看不出是哪个月的排班",
            "请在文件名里写上月份（例如 2026-10排班），或加一列“月份”，再重新放入收件夹。",
            line=line,
        )
    key_name = next(column.name for column in feed.key if column.name != shape.day_column)
    columns = (key_name, shape.day_column, shape.value_column, *matrix.others)

    def unpivoted() -> Iterator[tuple[int, list[str]]]:
        for line_no, cells in records:
            at = dict(enumerate(cells, 1))
            own = (_month_in(at.get(matrix.month, "")) if matrix.month else None) or month
            day_text = f"{own}-" if own else f"{at.get(matrix.month, '')}?"
            rest = [at.get(position, "") for position in matrix.others.values()]
            filled = {day: text for day, position in matrix.days.items() if (text := at.get(position, "").strip())}
            for day, text in filled.items():
                yield line_no, [at.get(matrix.key, ""), f"{day_text}{day:02}", text, *rest]

    return Reading(encoding, JOINER, columns, _record_blocks(unpivoted(), file_id))


def _month_in(text: str) -> str | None:
    """The month named in a text, as 2026-10: 2026-10排班, 2026年10月, 202610."""
    found = re.search(r"(20\d{2})\s*[-_.年/]?\s*(1[0-2]|0?[1-9])(?!\d)", half_width(text))
    return found and f"{found[1]}-{int(found[2]):02}"


# Calendars ------------------------------------------------------------------------------------------------


def _read_holidays(stream: BinaryIO, *, file: str, file_id: int, **_: object) -> Reading:
    """Read a year of holiday-cn; which of its days are statutory (三倍日) is the `holidays` library's word."""
    text = stream.read().decode("utf-8-sig", "replace")
    advice = "请重新下载该年度的放假安排（holiday-cn 的 JSON 文件）后再放入收件夹。"
    try:
        given = json.loads(text)
        year = int(given["year"])
        days = [(str(day["date"]), str(day["name"]), bool(day["isOffDay"])) for day in given["days"]]
    except json.JSONDecodeError as error:
        raise FeedError(file, "不是完整的 JSON 文件", advice, line=error.lineno) from error
    except (KeyError, TypeError, ValueError) as error:
        raise FeedError(file, "缺少 year 或 days（日期 date、名称 name、是否放假 isOffDay）", advice) from error
    lines = text.split("\n")
    dated = re.compile(r'"date":\s*"([^"]+)"')
    place = {match[1]: number for number, line in enumerate(lines, 1) if (match := dated.search(line))}
    said = {True: "是", False: "否"}
    header = ("day_on", "year_no", "day_name", "is_off", "is_statutory")
    rows = [
        (
            place.get(day, index),
            [day, str(year), name, said[is_off], said[is_off and day in statutory_days(day[:4])]],
        )
        for index, (day, name, is_off) in enumerate(days, 1)
    ]
    note = "" if rows else f"{year}年放假安排尚未公布，没有入账；公布后请放入新的文件。"
    return Reading("utf-8", JOINER, header, _record_blocks(rows, file_id), note)


@cache
def statutory_days(year: str) -> frozenset[str]:
    """Statutory holidays of a year as ISO dates: 13 since 2025, 11 before (放假办法); none for what is no year.

    Days off in lieu (休息日) and substitutes (补假) are days off, but not statutory.
    """
    import holidays

    if not re.fullmatch(r"\d{4}", year):
        return frozenset()
    return frozenset(
        day.isoformat()
        for day, name in holidays.China(years=int(year), language="zh_CN").items()
        if "休息日" not in name and "补假" not in name
    )
