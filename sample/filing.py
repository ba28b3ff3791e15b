"""How the sample's files are written: drawn tables, CSV, and workbooks whose bytes depend on their content alone."""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

MADE_AT = datetime(2026, 11, 1, 9, 0)


def table(text: str) -> list[dict[str, str]]:
    """Rows of a drawn table."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.splitlines() if line]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


def csv_bytes(header: Sequence[str], lines: Iterable[Sequence[str]], encoding: str, newline: str = "\r\n") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=newline).writerows([header, *lines])
    return text.getvalue().encode(encoding)


def csv_table(text: str, *more: str, encoding: str = "utf-8-sig") -> bytes:
    rows = [row for part in (text, *more) for row in table(part)]
    return csv_bytes(list(rows[0]), [list(row.values()) for row in rows], encoding)


def xlsx_bytes(title: str, fill: Callable[..., None], sheet_name: str = "Sheet1") -> bytes:
    """A workbook whose bytes depend on nothing but its content: pinned times, inside and on the zip entries."""
    book = Workbook()
    book.properties.creator = "sample"
    book.properties.created = MADE_AT
    sheet = book.active
    sheet.title = sheet_name
    if title:
        sheet.append([title])
        sheet["A1"].font = Font(bold=True, size=14)
    fill(sheet)
    written = io.BytesIO()
    book.save(written)
    again = io.BytesIO()
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(source.namelist()):
            content = source.read(name)
            if name == "docProps/core.xml":
                content = re.sub(
                    rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + f"{MADE_AT:%Y-%m-%dT%H:%M:%SZ}".encode(), content
                )
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, content)
    return again.getvalue()


def xlsx_table(title: str, header: Sequence[str], lines: Iterable[Sequence[object]], widths: Sequence[int]) -> bytes:
    def fill(sheet) -> None:
        sheet.append(list(header))
        for cell in sheet[sheet.max_row]:
            cell.font = Font(bold=True)
            cell.alignment = Alignment(horizontal="center")
        for line in lines:
            sheet.append([value if value != "" else None for value in line])
            for cell in sheet[sheet.max_row]:
                if isinstance(cell.value, datetime):
                    cell.number_format = "yyyy-mm-dd hh:mm:ss"
                elif isinstance(cell.value, date):
                    cell.number_format = "yyyy-mm-dd"
        for number, width in enumerate(widths):
            sheet.column_dimensions[sheet.cell(2, number + 1).column_letter].width = width

    return xlsx_bytes(title, fill)
