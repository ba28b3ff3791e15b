"""What landing and admitting cost, beside the fastest thing one could do instead.

    python -m bench.bench_landing [--dsn postgresql://…/database] [--rows 1000000] [--sheet-rows 200000] [--repeat 3]

Everything is measured in one run on one database (a scratch one: without --dsn a cluster is started), in turns, and
told as medians and ratios of medians in a markdown table. 100 % means as fast as the bare statement.
"""

import argparse
import itertools
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl
import psycopg
import python_calamine

from backoffice.database import connect
from backoffice.feeds import admit_landed, land_inbox
from bench.scratch import scratch_database, scratch_server

AS_OF_ON = date(2026, 11, 1)
FIRST = datetime(2026, 10, 1)  # noqa: DTZ001 - a device knows no zone
PEOPLE, DAYS, DEVICES = 10_000, 30, 20
COPY_ROWS = "copy ops.landing_row (file_id, line_no, raw) from stdin (delimiter E'\\x01')"
STAGED = """
    create unlogged table staged (
        site_id text, badge_no text, punched_at timestamptz, device_id text,
        recorded_at timestamptz, file_id integer, line_no integer
    )
"""
EMPTY = "truncate ops.landing_file, ops.landing_row, ops.quarantine, attendance.punch restart identity"


def punches(count: int) -> Iterator[tuple[str, datetime, str]]:
    """Made-up punches in the order in which devices write them."""
    chance = random.Random(20261001)
    for second in sorted(chance.randrange(DAYS * 86400) for _ in range(count)):
        badge = f"{chance.randrange(PEOPLE):06}"
        yield badge, FIRST + timedelta(seconds=second), f"D{chance.randrange(DEVICES)}"


class Bench:
    """One database, one inbox, timings by name."""

    def __init__(self, dsn: str, folder: Path, repeat: int) -> None:
        self.connection = connect(dsn)
        self.inbox, self.archive = folder / "inbox", folder / "archive"
        self.repeat = repeat
        self.timings: dict[str, list[float]] = {}

    def time(self, name: str, action: Callable[[], None]) -> None:
        """Time one action, commit included."""
        started = time.perf_counter()
        action()
        self.connection.commit()
        self.timings.setdefault(name, []).append(time.perf_counter() - started)

    def empty(self) -> None:
        """Forget everything, so that every turn starts alike."""
        self.connection.execute(EMPTY)
        self.connection.commit()
        with self._alone():
            self.connection.execute("checkpoint")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.connection.autocommit = True
        yield
        self.connection.autocommit = False

    def drop(self, name: str, content: bytes) -> None:
        """Put a file into the inbox of one site."""
        path = self.inbox / "S1" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def land(self) -> None:
        """Land the inbox as the product does."""
        report = land_inbox(self.connection, self.inbox, self.archive, as_of_on=AS_OF_ON)
        assert len(report.landed) == 1, report.summary

    def admit(self) -> None:
        """Admit as the product does."""
        report = admit_landed(self.connection, as_of_on=AS_OF_ON)
        assert report.total("row_count"), report.summary
        assert not report.total("quarantined_count"), report.summary

    def median(self, name: str) -> float:
        """Median of the seconds taken."""
        return statistics.median(self.timings[name])


def bare_copy(connection: psycopg.Connection, prepared: bytes) -> None:
    """COPY the same rows in the same columns, ready-made in memory."""
    with connection.cursor() as cursor, cursor.copy(COPY_ROWS) as copy:
        for start in range(0, len(prepared), 1 << 18):
            copy.write(prepared[start : start + (1 << 18)])


def bare_insert(connection: psycopg.Connection, order: str = "") -> None:
    """Insert the same rows from a table in which they are typed already."""
    connection.execute(f"insert into attendance.punch select * from staged {order} on conflict do nothing")


def bare_sheet(connection: psycopg.Connection, path: Path) -> None:
    """Read a sheet by calamine and COPY its cells, without line numbers worth the name, checks or archive."""
    rows = python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows()
    next(rows)
    joiner = "\x1f"
    with connection.cursor() as cursor, cursor.copy(COPY_ROWS) as copy:
        numbered = enumerate(rows, 2)
        while block := list(itertools.islice(numbered, 5000)):
            copy.write("".join([f"1\x01{number}\x01{joiner.join(map(str, row))}\n" for number, row in block]))


def measure_lines(bench: Bench, count: int) -> None:
    """Landing and admitting a CSV beside COPY and INSERT of the same rows."""
    lines = [f"{badge},{at},{device}" for badge, at, device in punches(count)]
    content = ("工号,打卡时间,设备号\n" + "\n".join(lines) + "\n").encode()
    prepared = "".join(f"1\x01{number}\x01{line}\n" for number, line in enumerate(lines, 2)).encode()
    bench.connection.execute(STAGED)
    with bench.connection.cursor() as cursor, cursor.copy("copy staged from stdin (delimiter '|')") as copy:
        for number, line in enumerate(lines, 2):
            badge, at, device = line.split(",")
            copy.write(f"S1|{badge}|{at}|{device}|2026-11-01|1|{number}\n")
    bench.connection.execute("analyze staged")
    bench.connection.commit()
    for _ in range(bench.repeat):
        bench.empty()
        bench.time("bare copy", lambda: bare_copy(bench.connection, prepared))
        bench.empty()
        bench.time("bare insert", lambda: bare_insert(bench.connection))
        bench.empty()
        bench.time("sorted insert", lambda: bare_insert(bench.connection, "order by 1, 2, 3, 4"))
        bench.empty()
        bench.drop("打卡.csv", content)
        bench.time("land", bench.land)
        bench.time("admit", bench.admit)
        bench.drop("打卡再来.csv", content + b"\n")
        bench.land()
        bench.time("admit duplicates", bench.admit)
        bench.time("insert duplicates", lambda: bare_insert(bench.connection))
    for name, change in (("quoted", quote), ("slashed", slash)):
        bench.empty()
        bench.drop("打卡.csv", change(content))
        bench.time(f"land {name}", bench.land)
        bench.time(f"admit {name}", bench.admit)


def quote(content: bytes) -> bytes:
    """The same file with every cell quoted, which has to be taken apart."""
    return b"".join(b'"' + line.replace(b",", b'","') + b'"\n' for line in content.splitlines())


def slash(content: bytes) -> bytes:
    """The same file with dates as spreadsheets write them, which Postgres has to read the patient way."""
    return content.replace(b"-", b"/").replace(b"/0", b"/")


def measure_sheet(bench: Bench, count: int, folder: Path) -> None:
    """Landing a workbook beside calamine and COPY."""
    path = folder / "sheet.xlsx"
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(["工号", "打卡时间", "设备号"])
    for row in punches(count):
        sheet.append(row)
    book.save(path)
    content = path.read_bytes()
    for _ in range(bench.repeat):
        bench.empty()
        bench.time("bare sheet", lambda: bare_sheet(bench.connection, path))
        bench.empty()
        bench.drop("打卡.xlsx", content)
        bench.time("land sheet", bench.land)
        bench.time("admit sheet", bench.admit)


def table(bench: Bench, rows: int, sheet_rows: int) -> str:
    """The markdown table."""
    lines = ["| what | ours, s | beside | bare, s | speed | aim |", "|---|---:|---|---:|---:|---:|"]
    for what, ours, beside, bare, aim in (
        (f"land CSV, {rows:,} rows", "land", "COPY of the same rows", "bare copy", "≥ 70 %"),
        (f"admit {rows:,} punches", "admit", "insert … select … on conflict", "bare insert", "≥ 80 %"),
        ("the same", "admit", "the same insert, sorted by key as ours is", "sorted insert", ""),
        ("admit, all duplicates", "admit duplicates", "insert, all duplicates", "insert duplicates", ""),
        ("land CSV, every cell quoted", "land quoted", "COPY of the same rows", "bare copy", ""),
        ("admit dates like 2026/10/3", "admit slashed", "insert … select … on conflict", "bare insert", ""),
        (f"land XLSX, {sheet_rows:,} rows", "land sheet", "calamine and COPY", "bare sheet", "≥ 50 %"),
    ):
        speed = bench.median(bare) / bench.median(ours)
        lines.append(
            f"| {what} | {bench.median(ours):.2f} | {beside} | {bench.median(bare):.2f} | {speed:.0%} | {aim} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--dsn", help="server to measure on; the database bench_landing is made and dropped there")
    asked.add_argument("--rows", type=int, default=1_000_000)
    asked.add_argument("--sheet-rows", type=int, default=200_000)
    asked.add_argument("--repeat", type=int, default=3)
    given = asked.parse_args()
    with (
        tempfile.TemporaryDirectory() as name,
        scratch_server(given.dsn) as server,
        scratch_database(server, "bench_landing") as dsn,
    ):
        bench = Bench(dsn, Path(name), given.repeat)
        measure_lines(bench, given.rows)
        measure_sheet(bench, given.sheet_rows, Path(name))
        bench.connection.close()
        print(table(bench, given.rows, given.sheet_rows))


if __name__ == "__main__":
    main()
