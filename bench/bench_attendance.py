"""What a month of attendance costs, beside bare SQL for the same answer and beside a script that asks row by row.

    python -m bench.bench_attendance [--dsn postgresql://…/database] [--people 10000] [--days 30] [--repeat 3]
                                     [--sample 2000]

Twenty sites, three sets of rules, made-up people and punches (see attendance/books.sql; the same on every machine).
*Ours* are all statements of the task `compute` of the DAG daily_attendance, as it runs them, in one transaction.
*Bare* is one hand-written `insert … select` (attendance/bare.sql) into a table of the same columns and indexes; the
bench stops if status, minutes, days, fines or punches differ anywhere. *By the row* is a psycopg loop with one query
for the punches and one insert per person and day, which judges only late and absent (less than the others do); it is
run on a sample and multiplied. All take turns in one run. CPU seconds are those of the Postgres backend, which other
tenants of the machine disturb less than the clock; they are read from /proc where there is one.
"""

import argparse
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import psycopg
from psycopg.types.range import DateRange

from backoffice.database import connect, execute
from backoffice.migrate import migrate
from tests.rules.attendance.conftest import COMPUTE

HERE = Path(__file__).resolve().parent / "attendance"
FIRST_ON = date(2026, 10, 1)
#: the answers that must be equal
ANSWERS = (
    "site_id, shift_code, due_in_at, due_out_at, in_at, out_at, status, late_minutes, early_minutes, absent_days, "
    "leave_days, leave_type, leave_slip_no, slip_verdict, missed_punch_slip_no, fine_amount"
)
DERIVED = (
    "attendance.attendance_day, attendance.day_change, attendance.conduct_fine, attendance.adjustment, "
    "ops.run, ops.run_scope, ops.result, ops.run_gap, ops.period_close"
)
#: a month of runs before this one, for the planner to know how many sites a run has; they found nothing
EARLIER_RUNS = """
    with earlier as (
        insert into ops.run (
            workflow, airflow_run_id, period, mode, as_of_on, known_at, requested_by, wants_mail, state
        )
        select 'daily_attendance', 'earlier ' || day_no, daterange(day_on, day_on + 1), 'normal', day_on, day_on + 1,
            'bench', true, 'done'
        from generate_series(1, 30) as day_no
        cross join lateral (select date '2026-08-31' + day_no as day_on) as day
        returning run_id, period
    )
    insert into ops.run_scope (run_id, workflow, site_id, period, cause, is_live)
    select earlier.run_id, 'daily_attendance', site.site_id, earlier.period, 'asked', false
    from earlier cross join book.site
"""
PUNCHES_OF_A_DAY = """
    select min(punched_at), max(punched_at) from attendance.punch
    where site_id = %s and badge_no = %s and punched_at >= %s and punched_at < %s
"""
INSERT_A_DAY = """
    insert into bench.by_the_row (employee_id, work_on, in_at, out_at, status, late_minutes)
    values (%s, %s, %s, %s, %s, %s)
"""


@dataclass
class Spent:
    """What an action took, turn by turn."""

    seconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)
    megabytes: float = 0
    temp_megabytes: float = 0

    @property
    def wall(self) -> float:
        """Median seconds on the clock."""
        return statistics.median(self.seconds)

    @property
    def cpu(self) -> float:
        """Median CPU seconds of the backend."""
        return statistics.median(self.cpu_seconds)


class Books:
    """One scratch database, filled, and what was measured on it."""

    def __init__(self, dsn: str, people: int, days: int) -> None:
        self.dsn, self.people, self.days = dsn, people, days
        self.spent: dict[str, Spent] = {}
        with connect(dsn, autocommit=True) as admin:
            admin.execute("select set_config('bench.people', %s, false)", [str(people)])
            admin.execute("select set_config('bench.days', %s, false)", [str(days)])
            admin.execute((HERE / "books.sql").read_text(encoding="utf-8"))
            admin.execute(
                """
                create schema bench;
                create table bench.attendance_day (like attendance.attendance_day including all);
                create table bench.by_the_row (
                    employee_id text, work_on date, in_at timestamptz, out_at timestamptz, status text,
                    late_minutes integer, primary key (employee_id, work_on)
                )
                """
            )
            admin.execute("vacuum analyze")

    @property
    def until_on(self) -> date:
        """The day after the last."""
        return FIRST_ON + timedelta(self.days)

    def time(self, name: str, action: Callable[[psycopg.Connection], None]) -> None:
        """Time one action in a session of its own, commit included."""
        with connect(self.dsn, autocommit=True) as admin:
            admin.execute("checkpoint")
            temp_before = temp_bytes(admin)
        with connect(self.dsn) as connection:
            backend = connection.info.backend_pid
            cpu, started = cpu_seconds(backend), time.perf_counter()
            action(connection)
            connection.commit()
            spent = self.spent.setdefault(name, Spent())
            spent.seconds.append(time.perf_counter() - started)
            spent.cpu_seconds.append(cpu_seconds(backend) - cpu)
            spent.megabytes = max(spent.megabytes, peak_megabytes(backend))
        with connect(self.dsn, autocommit=True) as admin:
            spent.temp_megabytes = max(spent.temp_megabytes, (temp_bytes(admin) - temp_before) / 1e6)

    def forget(self) -> None:
        """Empty what was derived, so that every turn starts alike."""
        with connect(self.dsn) as connection:
            connection.execute(f"truncate {DERIVED}, bench.attendance_day, bench.by_the_row restart identity cascade")
            connection.execute(EARLIER_RUNS)
            connection.execute("analyze ops.run, ops.run_scope")

    def compute(self, connection: psycopg.Connection) -> None:
        """Compute as the DAG does."""
        days = DateRange(FIRST_ON, self.until_on)
        run_id = connection.execute(
            """
            insert into ops.run (
                workflow, airflow_run_id, period, mode, as_of_on, known_at, requested_by, wants_mail, state
            )
            values ('daily_attendance', gen_random_uuid()::text, %s, 'normal', %s, %s, 'bench', false, 'done')
            returning run_id
            """,
            [days, self.until_on - timedelta(1), self.until_on + timedelta(3)],
        ).fetchone()[0]
        connection.execute(
            "insert into ops.run_scope select %s, 'daily_attendance', site_id, %s, 'asked', false from book.site",
            [run_id, days],
        )
        for name in COMPUTE:
            execute(connection, name, {"run_id": run_id})

    def compute_bare(self, connection: psycopg.Connection) -> None:
        """Compute by one statement that knows nothing but this month."""
        connection.execute(
            (HERE / "bare.sql").read_text(encoding="utf-8"),
            {"starts_on": FIRST_ON, "last_on": self.until_on - timedelta(1)},
        )

    def compute_by_the_row(self, connection: psycopg.Connection, count: int) -> None:
        """Ask and insert once per person and day, for the first `count` of them."""
        due = connection.execute(
            """
            select employee.employee_id, roster.work_on, employee.site_id, employee.badge_no,
                (roster.work_on + shift.starts_at)::timestamptz
            from book.employee
            inner join attendance.roster on employee.employee_id = roster.employee_id
            inner join attendance.shift on employee.site_id = shift.site_id and roster.shift_code = shift.shift_code
            order by 1, 2
            limit %s
            """,
            [count],
        ).fetchall()
        assert len(due) == count, f"{len(due)} person-days are fewer than the sample of {count}"
        for employee_id, work_on, site_id, badge_no, starts_at in due:
            opens_at = starts_at - timedelta(hours=4, minutes=30)
            first_at, last_at = connection.execute(
                PUNCHES_OF_A_DAY, [site_id, badge_no, opens_at, opens_at + timedelta(1)]
            ).fetchone()
            late = max((first_at.replace(second=0) - starts_at).total_seconds() // 60, 0) if first_at else 0
            status = "旷工" if first_at is None else "迟到" if late else "出勤"
            connection.execute(INSERT_A_DAY, [employee_id, work_on, first_at, last_at, status, late])

    def check_nothing_written(self) -> None:
        """The second run may leave neither a revision nor a change behind.

        :raises AssertionError: if it did.
        """
        with connect(self.dsn) as connection:
            found = connection.execute(
                "select count(*) filter (where revision > 1), (select count(*) from attendance.day_change) "
                "from ops.result"
            ).fetchone()
        assert found == (0, 0), f"the second run wrote {found[0]} revisions and {found[1]} changes"

    def check_answers(self) -> int:
        """Count the days of which both say the same.

        :raises AssertionError: if they differ on one.
        """
        with connect(self.dsn) as connection:
            differing, count = connection.execute(
                f"""
                with ours as (select employee_id, work_on, row({ANSWERS}) as answer from attendance.attendance_day),
                bare as (select employee_id, work_on, row({ANSWERS}) as answer from bench.attendance_day)
                select count(*) filter (where ours.answer is distinct from bare.answer), count(*)
                from ours full join bare using (employee_id, work_on)
                """
            ).fetchone()
        assert count, "nothing was compared"
        assert not differing, f"{differing} of {count} answers differ"
        return count

    def count(self, table: str) -> int:
        """Rows of a table."""
        with connect(self.dsn) as connection:
            return connection.execute(f"select count(*) from {table}").fetchone()[0]


def temp_bytes(connection: psycopg.Connection) -> int:
    """Bytes of temporary files that this database has written so far, once the sessions before have told."""
    time.sleep(0.1)
    return connection.execute("select temp_bytes from pg_stat_database where datname = current_database()").fetchone()[
        0
    ]


def cpu_seconds(process: int) -> float:
    """CPU seconds of a process of this machine so far; 0 where there is no /proc."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_megabytes(process: int) -> float:
    """Peak resident memory of a backend, shared buffers included; 0 where there is no /proc."""
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def measure(books: Books, repeat: int, sample: int) -> None:
    """Let ours, bare and by-the-row take turns."""
    for _ in range(repeat):
        books.forget()
        books.time("first", books.compute)
        books.time("again", books.compute)
        books.check_nothing_written()
        books.time("bare", books.compute_bare)
        books.check_answers()
        if sample:
            books.time("by the row", lambda connection: books.compute_by_the_row(connection, sample))


def ratio(numerator: float, denominator: float, form: str = ".2f") -> str:
    """A ratio for a table cell."""
    return f"{numerator / denominator:{form}}×" if denominator else "–"


def compare(books: Books, sample: int) -> str:
    """The table of ours beside the others."""
    spent, rows = books.spent, books.people * books.days
    ours, scale = spent["first"], rows / sample
    looped = spent["by the row"].wall * scale
    lines = ["| what | clock, s | CPU, s | ratio by clock | by CPU | aim |", "|---|---:|---:|---:|---:|---:|"]
    for what, wall, cpu, by_clock, by_cpu, aim in (
        ("bare SQL", spent["bare"].wall, spent["bare"].cpu, "1", "1", ""),
        (
            "ours, first computation", ours.wall, ours.cpu,
            ratio(ours.wall, spent["bare"].wall), ratio(ours.cpu, spent["bare"].cpu), "≤ 1.5× the bare SQL",
        ),
        (
            "ours, run again (writes nothing)", spent["again"].wall, spent["again"].cpu,
            ratio(spent["again"].wall, ours.wall), ratio(spent["again"].cpu, ours.cpu), "(of the first)",
        ),
        (
            f"by the row, {sample:,} × {scale:,.0f}", looped, spent["by the row"].cpu * scale,
            ratio(looped, ours.wall, ".0f"), ratio(spent["by the row"].cpu * scale, ours.cpu, ".0f"), "≥ 100× ours",
        ),
    ):  # fmt: skip
        lines.append(f"| {what} | {wall:.1f} | {cpu:.1f} | {by_clock} | {by_cpu} | {aim} |")
    return "\n".join(lines)


def compare_sizes(small: Books, large: Books) -> str:
    """The table of ten times the data."""
    lines = [
        "| people × days | clock, s | CPU, s | backend's peak, MB | temporary files, MB |",
        "|---|---:|---:|---:|---:|",
    ]
    for books in (small, large):
        first = books.spent["first"]
        lines.append(
            f"| {books.people:,} × {books.days} | {first.wall:.1f} | {first.cpu:.1f} | {first.megabytes:.0f} "
            f"| {first.temp_megabytes:.0f} |"
        )
    few, many = small.spent["first"], large.spent["first"]
    lines.append(
        f"| ratio (aim ≤ 11×) | {ratio(many.wall, few.wall, '.1f')} | {ratio(many.cpu, few.cpu, '.1f')} "
        f"| {ratio(many.megabytes, few.megabytes, '.1f')} | |"
    )
    return "\n".join(lines)


@contextmanager
def scratch_database(server: str, name: str) -> Iterator[str]:
    """A new, migrated database on the given server; dropped afterwards."""
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"drop database if exists {name} with (force)")
        admin.execute(f"create database {name}")
        dsn = server.rsplit("/", 1)[0] + f"/{name}"
        migrate(dsn)
        try:
            yield dsn
        finally:
            admin.execute(f"drop database {name} with (force)")


@contextmanager
def scratch_server(dsn: str | None) -> Iterator[str]:
    """The given server, or a cluster of our own."""
    if dsn:
        yield dsn
        return
    from stack.postgres import start_cluster

    with tempfile.TemporaryDirectory() as folder:
        cluster = start_cluster(Path(folder) / "postgres")
        try:
            yield cluster.dsn("postgres")
        finally:
            cluster.stop()


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--dsn", help="server to measure on; databases bench_attendance… are made and dropped there")
    asked.add_argument("--people", type=int, default=10_000)
    asked.add_argument("--days", type=int, default=30)
    asked.add_argument("--repeat", type=int, default=3)
    asked.add_argument("--sample", type=int, default=2_000, help="person-days of the script that asks row by row")
    given = asked.parse_args()
    with (
        scratch_server(given.dsn) as server,
        scratch_database(server, "bench_attendance_tenth") as tenth_dsn,
        scratch_database(server, "bench_attendance") as dsn,
    ):
        tenth = Books(tenth_dsn, given.people // 10, given.days)
        measure(tenth, given.repeat, 0)
        books = Books(dsn, given.people, given.days)
        measure(books, given.repeat, given.sample)
        print(
            f"{books.people:,} people × {books.days} days, {books.count('attendance.punch'):,} punches, "
            f"{books.check_answers():,} answers compared and equal\n"
        )
        print(compare(books, given.sample))
        print()
        print(compare_sizes(tenth, books))
        print(
            f"\nPeak memory of the Python process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB."
        )


if __name__ == "__main__":
    main()
