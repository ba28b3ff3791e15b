"""What a month sheet of everybody costs, beside bare SQL for the same lines.

    python -m bench.bench_timesheets [--dsn postgresql://…/database] [--people 10000] [--repeat 3]

Twenty sites, October (see timesheets/books.sql; the same on every machine): the days are judged already. *Ours* is all
that the DAG monthly_attendance reckons: gaps, lines, their revision and hash, in one transaction. *Bare* is one
hand-written `insert … select` (timesheets/bare.sql) into a table of the same columns, key and walls; the bench stops if
a line differs anywhere. All take turns in one run.
"""

import argparse
import resource
from collections.abc import Callable
from datetime import date
from pathlib import Path

import psycopg
from psycopg.types.range import DateRange

from backoffice.database import connect
from backoffice.runs import carry_out
from bench.scratch import scratch_database, scratch_server
from bench.spending import Spent, compare, compare_sizes, spend
from tests.rules.timesheets.conftest import RECKON

HERE = Path(__file__).resolve().parent / "timesheets"
MONTH = DateRange(date(2026, 10, 1), date(2026, 11, 1))


class Books:
    """One scratch database, filled, and what was measured on it."""

    def __init__(self, dsn: str, people: int) -> None:
        self.dsn, self.people = dsn, people
        self.spent: dict[str, Spent] = {}
        with connect(dsn, autocommit=True) as admin:
            admin.execute("select set_config('bench.people', %s, false)", [str(people)])
            admin.execute((HERE / "books.sql").read_text(encoding="utf-8"))
            admin.execute("vacuum analyze")

    def time(self, name: str, action: Callable[[psycopg.Connection], None]) -> None:
        """Time one action in a session of its own, commit included."""
        spend(self.dsn, self.spent.setdefault(name, Spent()), action)

    def forget(self) -> None:
        """Take the answers away again, so that every turn starts alike."""
        with connect(self.dsn, autocommit=True) as admin:
            admin.execute("truncate attendance.month_line, bench.month_line")
            admin.execute("delete from ops.result where workflow = 'monthly_attendance'")
            admin.execute("vacuum analyze attendance.month_line, ops.result")

    def check_nothing_written(self) -> None:
        """The second run may leave no revision behind.

        :raises AssertionError: if it did.
        """
        with connect(self.dsn) as connection:
            found = connection.execute("select max(revision) from attendance.month_line").fetchone()[0]
        assert found == 1, f"the second run wrote revision {found}"

    def check_answers(self) -> int:
        """Count the lines of which both say the same.

        :raises AssertionError: if one differs.
        """
        with connect(self.dsn) as connection:
            count, differing = connection.execute(
                """
                select
                    (select count(*) from attendance.month_line),
                    (
                        select count(*)
                        from (table attendance.month_line except all table bench.month_line) as missing
                    )
                    + (
                        select count(*)
                        from (table bench.month_line except all table attendance.month_line) as surplus
                    )
                """
            ).fetchone()
        assert count, "nothing was compared"
        assert not differing, f"{differing} of {count} lines differ"
        return count


def mark_month(connection: psycopg.Connection) -> None:
    """Reckon the month of all sites in one run."""
    run_id = connection.execute(
        """
        insert into ops.run (
            workflow, airflow_run_id, period, mode, as_of_on, known_at, requested_by, wants_mail, state
        )
        values ('monthly_attendance', gen_random_uuid()::text, %s, 'normal', '2026-10-31', '2026-11-01 10:30', 'bench',
            false, 'done')
        returning run_id
        """,
        [MONTH],
    ).fetchone()[0]
    connection.execute(
        "insert into ops.run_scope select %s, 'monthly_attendance', site_id, %s, 'asked', false from book.site",
        [run_id, MONTH],
    )
    carry_out(connection, run_id, RECKON)


def mark_bare(connection: psycopg.Connection) -> None:
    """Mark it by one statement that knows nothing but this month."""
    connection.execute((HERE / "bare.sql").read_text(encoding="utf-8"))


def measure(books: Books, repeat: int) -> None:
    """Let ours and bare take turns."""
    for _ in range(repeat):
        books.forget()
        books.time("first", mark_month)
        books.time("bare", mark_bare)
        books.check_answers()
        books.time("again", mark_month)
        books.check_nothing_written()


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--dsn", help="server to measure on; databases bench_timesheets… are made and dropped there")
    asked.add_argument("--people", type=int, default=10_000, help="a tenth of them is measured, too")
    asked.add_argument("--repeat", type=int, default=3)
    given = asked.parse_args()
    with (
        scratch_server(given.dsn) as server,
        scratch_database(server, "bench_timesheets_tenth") as tenth_dsn,
        scratch_database(server, "bench_timesheets") as dsn,
    ):
        tenth = Books(tenth_dsn, given.people // 10)
        measure(tenth, given.repeat)
        books = Books(dsn, given.people)
        measure(books, given.repeat)
        print(f"{books.people:,} people × 31 days, {books.check_answers():,} lines compared and equal\n")
        print(compare(books.spent))
        print()
        sizes = ((each.people, each.spent["first"]) for each in (tenth, books))
        print(compare_sizes("people", *sizes))
        print(
            f"\nPeak memory of the Python process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB."
        )


if __name__ == "__main__":
    main()
