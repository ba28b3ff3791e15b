"""What counting five years of sales costs, beside bare SQL for the same answer.

    python -m bench.bench_sales [--dsn postgresql://…/database] [--contracts 1000000] [--repeat 3]

Forty projects, some 400 consultants, 260 weeks (see sales/books.sql; the same on every machine). *Ours* is the
statement `sales/mark_tally` of a run about all 260 weeks at once, as the DAG weekly_sales runs it, in one transaction.
*Bare* is one hand-written `insert … select` (sales/bare.sql) into a table of the same columns and key; the bench stops
if a row differs anywhere. All take turns in one run.
"""

import argparse
import resource
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import psycopg
from psycopg.types.range import DateRange

from backoffice.database import connect
from backoffice.runs import carry_out
from bench.scratch import scratch_database, scratch_server
from bench.spending import Spent, compare, compare_sizes, spend

HERE = Path(__file__).resolve().parent / "sales"
FIRST, WEEKS = date(2021, 1, 4), 260
UNTIL = FIRST + timedelta(weeks=WEEKS)


class Books:
    """One scratch database, filled, and what was measured on it."""

    def __init__(self, dsn: str, contracts: int) -> None:
        self.dsn, self.contracts = dsn, contracts
        self.spent: dict[str, Spent] = {}
        with connect(dsn, autocommit=True) as admin:
            admin.execute("select set_config('bench.contracts', %s, false)", [str(contracts)])
            for name in ("books", "answers"):
                admin.execute((HERE / f"{name}.sql").read_text(encoding="utf-8"))
            admin.execute("vacuum analyze")

    def time(self, name: str, action: Callable[[psycopg.Connection], None]) -> None:
        """Time one action in a session of its own, commit included."""
        spend(self.dsn, self.spent.setdefault(name, Spent()), action)

    def forget(self) -> None:
        """Take the answers away again, so that every turn starts alike."""
        with connect(self.dsn, autocommit=True) as admin:
            admin.execute("truncate sales.tally, bench.tally")
            admin.execute("vacuum analyze sales.tally")

    def check_nothing_written(self) -> None:
        """The second run may leave no row behind that it wrote.

        :raises AssertionError: if it did.
        """
        with connect(self.dsn) as connection:
            count = connection.execute("select count(distinct xmin::text) from sales.tally").fetchone()[0]
        assert count == 1, f"{count} transactions wrote the tally, not one"

    def check_answers(self) -> int:
        """Count the rows of which both say the same.

        :raises AssertionError: if one differs.
        """
        with connect(self.dsn) as connection:
            count, differing = connection.execute(
                """
                select
                    (select count(*) from sales.tally),
                    (select count(*) from (table sales.tally except all table bench.tally) as missing)
                    + (select count(*) from (table bench.tally except all table sales.tally) as surplus)
                """
            ).fetchone()
        assert count, "nothing was compared"
        assert not differing, f"{differing} of {count} rows differ"
        return count


def count_weeks(connection: psycopg.Connection) -> None:
    """Count all weeks of all projects in one run."""
    weeks = DateRange(FIRST, UNTIL)
    run_id = connection.execute(
        """
        insert into ops.run (
            workflow, airflow_run_id, period, mode, as_of_on, known_at, requested_by, wants_mail, state
        )
        values ('weekly_sales', gen_random_uuid()::text, %(weeks)s, 'normal', %(last)s, '2026-10-01', 'bench', false,
            'done')
        returning run_id
        """,
        {"weeks": weeks, "last": UNTIL - timedelta(days=1)},
    ).fetchone()[0]
    connection.execute(
        "insert into ops.run_scope select %s, 'weekly_sales', site_id, %s, 'asked', false from sales.project",
        [run_id, weeks],
    )
    carry_out(connection, run_id, ["sales/mark_tally"])


def count_bare(connection: psycopg.Connection) -> None:
    """Count them by one statement that knows nothing but these weeks."""
    connection.execute((HERE / "bare.sql").read_text(encoding="utf-8"))


def measure(books: Books, repeat: int) -> None:
    """Let ours and bare take turns."""
    for _ in range(repeat):
        books.forget()
        books.time("first", count_weeks)
        books.time("bare", count_bare)
        books.check_answers()
        books.time("again", count_weeks)
        books.check_nothing_written()


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--dsn", help="server to measure on; databases bench_sales… are made and dropped there")
    asked.add_argument("--contracts", type=int, default=1_000_000, help="a tenth of them is counted, too")
    asked.add_argument("--repeat", type=int, default=3)
    given = asked.parse_args()
    with (
        scratch_server(given.dsn) as server,
        scratch_database(server, "bench_sales_tenth") as tenth_dsn,
        scratch_database(server, "bench_sales") as dsn,
    ):
        tenth = Books(tenth_dsn, given.contracts // 10)
        measure(tenth, given.repeat)
        books = Books(dsn, given.contracts)
        measure(books, given.repeat)
        print(
            f"{books.contracts:,} contracts of 40 projects in {WEEKS} weeks, "
            f"{books.check_answers():,} answers compared and equal\n"
        )
        print(compare(books.spent))
        print()
        sizes = ((each.contracts, each.spent["first"]) for each in (tenth, books))
        print(compare_sizes("contracts", *sizes))
        print(
            f"\nPeak memory of the Python process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB."
        )


if __name__ == "__main__":
    main()
