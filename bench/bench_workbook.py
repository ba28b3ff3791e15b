"""What a detail sheet costs: ours beside the two ways of plain openpyxl, in one run, each in a process of its own.

    python -m bench.bench_workbook [rows]

Twelve columns as in 出勤明细 (dates, times, ids, words, money), styled alike. Prints rows per second, the ratio to
plain openpyxl, peak memory and the size of the file.
"""

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

#: (column, heading, number format of plain openpyxl)
COLUMNS = (
    ("work_on", "日期", "yyyy-mm-dd"),
    ("employee_id", "工号", "@"),
    ("name", "姓名", None),
    ("department", "部门", None),
    ("shift", "班次", None),
    ("due_at", "应到时间", "hh:mm"),
    ("first_at", "上班打卡", "hh:mm"),
    ("status", "状态", None),
    ("late_minutes", "迟到分钟", "#,##0"),
    ("absent_days", "旷工天数", "0.0#"),
    ("fine_amount", "制度罚款", "#,##0.00"),
    ("remark", "说明", None),
)
NAMES, HEADINGS, FORMATS = zip(*COLUMNS, strict=True)
WORDS = ("正常", "迟到", "旷工", "待确认")


def records(count: int) -> Iterator[tuple]:
    """Rows of a month as a query gives them; one remark in ten is of its own."""
    for number in range(count):
        day = date(2026, 10, 1 + number % 31)
        due_at = datetime(2026, 10, day.day, 8, 30, tzinfo=UTC)
        late = number % 47
        yield (
            day, f"{number % 10_000:06d}", f"员工{number % 10_000}", f"部门{number % 40}", "早班", due_at,
            due_at + timedelta(minutes=late), WORDS[number % 4], late, Decimal("0.5"),
            Decimal(late * 10).quantize(Decimal("0.01")), f"第{number}条，迟到{late}分钟" if number % 10 == 0 else None,
        )  # fmt: skip


def ours(path: Path, count: int) -> None:
    """The workbook engine, rows as they come from a query."""
    from backoffice.workbook import Column, Sheet, WorkbookSpec, write_workbook

    kinds = {"due_at": "time", "first_at": "time"}
    columns = tuple(
        Column(name, heading, kind=kinds.get(name, "")) for name, heading in zip(NAMES, HEADINGS, strict=True)
    )
    sheet = Sheet("出勤明细", columns, rows=(dict(zip(NAMES, row, strict=True)) for row in records(count)))
    write_workbook(
        path,
        WorkbookSpec(
            "出勤明细",
            "全部",
            date(2026, 10, 1),
            date(2026, 11, 1),
            1,
            date(2026, 10, 31),
            datetime(2026, 11, 1, tzinfo=UTC),
            "0" * 64,
            (sheet,),
            has_standard_sheets=False,
        ),
    )


def plain(path: Path, count: int) -> None:
    """openpyxl as most people write it: cells in memory, each styled."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Border, Font, Side

    book = Workbook()
    sheet = book.active
    sheet.append(HEADINGS)
    font, side, centred = (
        Font(name="微软雅黑", size=10),
        Side(style="thin", color="CBD2D9"),
        Alignment(vertical="center"),
    )
    border = Border(left=side, right=side, top=side, bottom=side)
    for number, row in enumerate(records(count), 2):
        for at, (value, pattern) in enumerate(zip(row, FORMATS, strict=True), 1):
            naive = value.replace(tzinfo=None) if isinstance(value, datetime) else value
            cell = sheet.cell(number, at, naive)
            cell.font, cell.border, cell.alignment = font, border, centred
            if pattern:
                cell.number_format = pattern
    book.save(path)


def write_only(path: Path, count: int) -> None:
    """openpyxl's write-only mode with one reused, styled cell per column."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Border, Font, Side

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(HEADINGS)
    font, side, centred = (
        Font(name="微软雅黑", size=10),
        Side(style="thin", color="CBD2D9"),
        Alignment(vertical="center"),
    )
    border = Border(left=side, right=side, top=side, bottom=side)
    cells = []
    for pattern in FORMATS:
        cell = WriteOnlyCell(sheet)
        cell.font, cell.border, cell.alignment = font, border, centred
        if pattern:
            cell.number_format = pattern
        cells.append(cell)
    for row in records(count):
        for cell, value in zip(cells, row, strict=True):
            cell.value = value.replace(tzinfo=None) if isinstance(value, datetime) else value
        sheet.append(cells)
    book.save(path)


WAYS = {"plain openpyxl": plain, "openpyxl write-only": write_only, "ours": ours}


def measure(way: str, count: int) -> None:
    """Write once, and print seconds, peak megabytes and bytes for the parent."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.xlsx"
        started = time.perf_counter()
        WAYS[way](path, count)
        seconds = time.perf_counter() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(seconds, peak, path.stat().st_size)


def main() -> None:
    """Measure every way in turn and print a table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    print(f"{count:,} rows x {len(NAMES)} columns")
    slowest = None
    for way in WAYS:
        output = subprocess.run(
            [sys.executable, "-m", "bench.bench_workbook", "--one", way, str(count)],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        seconds, peak, size = map(float, output.split())
        slowest = slowest or seconds
        print(
            f"{way:>20}: {count / seconds:>9,.0f} rows/s  {slowest / seconds:5.1f}x"
            f"  {peak:7.0f} MB  {size / 1e6:5.1f} MB file"
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        measure(sys.argv[2], int(sys.argv[3]))
    else:
        main()
