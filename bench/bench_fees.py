"""What reckoning a month of fee notices costs, beside bare SQL for the same answer.

    python -m bench.bench_fees [--dsn postgresql://…/database] [--tenants 100000] [--repeat 3]

Twenty towers, six lines a tenant, ten months of readings (see fees/books.sql; the same on every machine). September is
reckoned and released by the product, then its payments come in (fees/payments.sql); what is measured is October.
*Ours* are all statements of the task `reckon` of the DAG fee_notices, as it runs them, in one transaction. *Bare* is a
script of a few hand-written statements (fees/bare.sql) into tables of the same columns and indexes; the bench stops if
a line, what is still open of an item, a late fee or a bill differs anywhere. All take turns in one run.
"""

import argparse
import resource
from collections.abc import Callable
from datetime import date
from pathlib import Path

import psycopg
from psycopg.types.range import DateRange

from backoffice.database import connect, execute
from backoffice.runs import carry_out
from bench.scratch import scratch_database, scratch_server
from bench.spending import Spent, compare, compare_sizes, spend
from tests.rules.fees.conftest import RECKON, RELEASE

HERE = Path(__file__).resolve().parent / "fees"
SEPTEMBER, OCTOBER, NOVEMBER = date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)
#: what is compared: table, and the columns of the answer
ANSWERS = {
    "bill_line": "site_id, contract_no, line_no, charge_kind, item, timing, starts_on, ends_on, day_count, month_days, "
    "quantity, unit, unit_price, amount, vat_rate, vat_method, net_amount, vat_amount, payee_id, mark, meter_no, "
    "previous_on, previous_reading, current_on, current_reading, multiplier",
    "bill_arrear": "site_id, contract_no, item_key, base_month, charge_kind, due_on, amount, settled_amount, "
    "open_amount",
    "bill_late_fee": "site_id, contract_no, item_key, stretch_no, base_month, charge_kind, due_on, counts_from, "
    "counts_to, day_count, principal, late_rate, late_clause, amount, is_capped",
    "bill": "site_id, contract_no, unit_no, tenant_id, tenant_name, area, status, opening_amount, charge_amount, "
    "correction_amount, late_fee_amount, credit_brought, credit_applied, payable_amount, due_on",
}


class Books:
    """One scratch database, filled, and what was measured on it."""

    def __init__(self, dsn: str, tenants: int) -> None:
        self.dsn, self.tenants = dsn, tenants
        self.spent: dict[str, Spent] = {}
        with connect(dsn, autocommit=True) as admin:
            admin.execute("select set_config('bench.tenants', %s, false)", [str(tenants)])
            admin.execute((HERE / "books.sql").read_text(encoding="utf-8"))
            admin.execute((HERE / "answers.sql").read_text(encoding="utf-8"))
            admin.execute("vacuum analyze")
        with connect(dsn) as connection:
            self.release_september(connection)
            connection.execute((HERE / "payments.sql").read_text(encoding="utf-8"))
        with connect(dsn, autocommit=True) as admin:
            admin.execute("vacuum analyze")

    def release_september(self, connection: psycopg.Connection) -> None:
        """Bill the month before as the product does."""
        run_id = reckon(connection, SEPTEMBER, OCTOBER)
        sites = connection.execute("select site_id from fees.tower order by site_id").fetchall()
        for (site_id,) in sites:
            given = {
                "run_id": run_id,
                "site_id": site_id,
                "base_on": SEPTEMBER,
                "until_on": OCTOBER,
                "released_on": SEPTEMBER.replace(day=20),
            }
            for name in RELEASE:
                execute(connection, name, given)

    def time(self, name: str, action: Callable[[psycopg.Connection], None]) -> None:
        """Time one action in a session of its own, commit included."""
        spend(self.dsn, self.spent.setdefault(name, Spent()), action)

    def forget(self) -> None:
        """Take October away again, so that every turn starts alike."""
        with connect(self.dsn, autocommit=True) as admin:
            for table in ANSWERS:
                admin.execute(f"delete from fees.{table} where base_on = %s", [OCTOBER])
                admin.execute(f"vacuum analyze fees.{table}")
            admin.execute("delete from ops.result where base_on = %s", [OCTOBER])
            admin.execute(f"truncate {', '.join(f'bench.{table}' for table in ANSWERS)}")

    def compute(self, connection: psycopg.Connection) -> None:
        """Reckon October as the DAG does."""
        reckon(connection, OCTOBER, NOVEMBER)

    def compute_bare(self, connection: psycopg.Connection) -> None:
        """Reckon October by statements that know nothing but this month."""
        connection.execute((HERE / "bare.sql").read_text(encoding="utf-8"))

    def check_nothing_written(self) -> None:
        """The second run may leave no revision behind, nor a row that it wrote.

        :raises AssertionError: if it did.
        """
        with connect(self.dsn) as connection:
            revised = connection.execute("select count(*) from ops.result where revision > 1").fetchone()[0]
            written = sum(
                connection.execute(f"select count(distinct xmin::text) from fees.{table} where base_on = %s", [OCTOBER])
                .fetchone()[0] > 1
                for table in ANSWERS
            )  # fmt: skip
        found = (revised, written)
        assert found == (0, 0), f"the second run wrote {revised} revisions and into {written} tables"

    def check_answers(self) -> int:
        """Count the rows of which both say the same.

        :raises AssertionError: if one differs.
        """
        compared = 0
        with connect(self.dsn) as connection:
            for table, columns in ANSWERS.items():
                count, differing = connection.execute(
                    f"""
                    with ours as (select {columns} from fees.{table} where base_on = %s),
                    bare as (select {columns} from bench.{table})
                    select
                        (select count(*) from ours),
                        (select count(*) from (table ours except all table bare) as missing)
                        + (select count(*) from (table bare except all table ours) as surplus)
                    """,
                    [OCTOBER],
                ).fetchone()
                assert count, f"{table}: nothing was compared"
                assert not differing, f"{table}: {differing} of {count} rows differ"
                compared += count
        return compared

    def count(self, table: str, where: str = "true") -> int:
        """Rows of a table."""
        with connect(self.dsn) as connection:
            return connection.execute(f"select count(*) from {table} where {where}").fetchone()[0]


def reckon(connection: psycopg.Connection, base_on: date, until_on: date) -> int:
    """Reckon a month of all towers as of its 20th; returns the run."""
    month = DateRange(base_on, until_on)
    run_id = connection.execute(
        """
        insert into ops.run (
            workflow, airflow_run_id, period, mode, as_of_on, known_at, requested_by, wants_mail, state
        )
        values ('fee_notices', gen_random_uuid()::text, %(month)s, 'normal', %(day)s, %(day)s + time '08:00', 'bench',
            false, 'done')
        returning run_id
        """,
        {"month": month, "day": base_on.replace(day=20)},
    ).fetchone()[0]
    connection.execute(
        "insert into ops.run_scope select %s, 'fee_notices', site_id, %s, 'asked', false from fees.tower",
        [run_id, month],
    )
    carry_out(connection, run_id, RECKON)
    return run_id


def measure(books: Books, repeat: int) -> None:
    """Let ours and bare take turns."""
    for _ in range(repeat):
        books.forget()
        books.time("first", books.compute)
        books.time("again", books.compute)
        books.check_nothing_written()
        books.time("bare", books.compute_bare)
        books.check_answers()


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--dsn", help="server to measure on; databases bench_fees… are made and dropped there")
    asked.add_argument("--tenants", type=int, default=100_000, help="a multiple of 20,000; a tenth of them is run, too")
    asked.add_argument("--repeat", type=int, default=3)
    given = asked.parse_args()
    with (
        scratch_server(given.dsn) as server,
        scratch_database(server, "bench_fees_tenth") as tenth_dsn,
        scratch_database(server, "bench_fees") as dsn,
    ):
        tenth = Books(tenth_dsn, given.tenants // 10)
        measure(tenth, given.repeat)
        books = Books(dsn, given.tenants)
        measure(books, given.repeat)
        lines = books.count("fees.bill_line", f"base_on = '{OCTOBER}'")
        print(
            f"{books.tenants:,} tenants in 20 towers, {books.count('fees.reading'):,} readings, {lines:,} lines, "
            f"{books.check_answers():,} answers compared and equal\n"
        )
        print(compare(books.spent))
        print()
        sizes = ((each.tenants, each.spent["first"]) for each in (tenth, books))
        print(compare_sizes("tenants", *sizes))
        print(
            f"\nPeak memory of the Python process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB."
        )


if __name__ == "__main__":
    main()
