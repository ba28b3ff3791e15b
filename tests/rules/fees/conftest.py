"""A small tower to bill in, and one call each that reckons a month and releases it as the DAG does."""

from datetime import date

import pytest
from psycopg.types.range import DateRange

from backoffice.database import rows
from backoffice.periods import parse
from backoffice.runs import carry_out
from tests.drawing import Books

#: the statements of the task `reckon` of the DAG fee_notices, in order
RECKON = (
    "fees/mark_gaps",
    "fees/keep_told",
    "fees/draw_fixed_lines",
    "fees/draw_metered_lines",
    "fees/compare_released",
    "fees/mark_lines",
    "fees/mark_corrections",
    "fees/reckon_arrears",
    "fees/mark_arrears",
    "fees/mark_late_fees",
    "fees/mark_bills",
    "fees/record_results",
    "fees/record_changes",
    "fees/record_corrections",
    "ops/stamp_computed",
)
#: the statements of the release of one tower
RELEASE = ("fees/give_numbers", "fees/book_entries", "fees/book_corrections", "ops/close_period")

TOWER = """
    fees.tower
    site_id | tower_name   | owner_name | owner_payee_id | property_payee_id | opens_with | due_days | contact
    WX      | 威新国际大厦 | 威新置业   | OWN            | WY                | 2026-10-01 | 10       | 010-8000
"""
PAYEES = """
    fees.payee
    payee_id | valid_from | account_name | bank_name | account_no
    OWN      | 2020-01-01 | 威新置业     | 工商银行  | 0200001001000000001
    WY       | 2020-01-01 | 华清物业     | 建设银行  | 1100001001000000002
"""
TARIFFS = """
    fees.tariff
    utility | site_id | valid_from | valid_to   | unit_price | vat_rate | rule_id | clause
    电费    | *       | 2020-01-01 | 2026-10-31 | 0.8245     | 0.13     | FE-C2   | 电费每度0.8245元
    电费    | *       | 2026-11-01 | -          | 0.8600     | 0.13     | FE-C2   | 电费每度0.86元
    水费    | *       | 2020-01-01 | -          | 6.10       | 0.09     | FE-C2   | 水费每吨6.10元
"""
CALENDAR = """
    book.calendar_day
    day_on     | year_no | day_name | is_off | is_statutory
    2026-06-19 | 2026    | 端午节   | yes    | yes
    2026-06-20 | 2026    | 端午节   | yes    | no
    2026-06-21 | 2026    | 端午节   | yes    | no
    2026-09-20 | 2026    | 国庆节   | no     | no
    2026-10-01 | 2026    | 国庆节   | yes    | yes
    2026-10-02 | 2026    | 国庆节   | yes    | yes
    2026-10-03 | 2026    | 国庆节   | yes    | yes
    2026-10-04 | 2026    | 国庆节   | yes    | no
    2026-10-05 | 2026    | 国庆节   | yes    | no
    2026-10-06 | 2026    | 国庆节   | yes    | no
    2026-10-07 | 2026    | 国庆节   | yes    | no
    2026-10-10 | 2026    | 国庆节   | no     | no
"""


@pytest.fixture
def tower(books: Books) -> Books:
    """Books with one tower, its payees, prices and the calendar; all known since 2026-01-01."""
    books.given(TOWER, PAYEES, TARIFFS, CALENDAR)
    return books


@pytest.fixture
def rented(tower: Books):
    """Let units to tenants of the same name (unit = contract = tenant)."""

    def let(*names: str, starts_on: str = "2020-01-01", ends_on: str = "2030-12-31", late_rate: str = "0") -> None:
        for name in names:
            clause = "合同第八条" if float(late_rate) else "-"
            tower.given(f"fees.unit\nsite_id | unit_no | area\nWX | {name} | 100")
            tower.given(f"fees.tenant\ntenant_id | tenant_name\n{name} | {name}公司")
            tower.given(
                "fees.contract\n"
                "contract_no | site_id | unit_no | tenant_id | contract_kind | starts_on | ends_on | late_rate\n"
                f"{name} | WX | {name} | {name} | 租赁 | {starts_on} | {ends_on} | {late_rate}",
                late_clause="" if clause == "-" else clause,
            )

    return let


def charge(tower: Books, contract: str, amount: str, kind: str = "租金", timing: str = "下月", **also: str) -> None:
    """A fixed charge of a contract, from 2020 to 2030 unless said otherwise."""
    given = {"valid_from": "2020-01-01", "valid_to": "2030-12-31", "vat_rate": "0.09", "item": kind} | also
    tower.given(
        f"fees.charge\ncontract_no | charge_kind | month_amount | timing | {' | '.join(given)}\n"
        f"{contract} | {kind} | {amount} | {timing} | {' | '.join(given.values())}"
    )


def metered(
    tower: Books, meter: str, *readings: str, utility: str = "电费", contract: str = "301", dials: int = 5
) -> None:
    """A meter of one contract, and its readings as `day reading` (an `R` behind: passed its last number)."""
    tower.given(
        f"fees.meter\nmeter_no | site_id | utility | dials\n{meter} | WX | {utility} | {dials}",
        "fees.meter_share\nmeter_no | contract_no | starts_on | ends_on\n"
        f"{meter} | {contract} | 2020-01-01 | 2030-12-31",
    )
    for text in readings:
        day, shown, *flags = text.split()
        passed = "yes" if flags else "no"
        tower.given(f"fees.reading\nmeter_no | read_on | reading | is_rollover\n{meter} | {day} | {shown} | {passed}")


def reckon(
    books: Books,
    month: str,
    known_at: str = "2027-06-01 08:00",
    site: str = "WX",
    mode: str = "normal",
    is_waiting: bool = False,
) -> int:
    """Reckon a tower's month as of its 20th, knowing what was recorded by `known_at`; returns the run.

    Unless it shall wait (mark_gaps), a month is reckoned whether or not the one before it was released.
    """
    period = parse(month)
    run_id = books.connection.execute(
        """
        insert into ops.run (
            workflow, airflow_run_id, period, mode, as_of_on, known_at, requested_by, wants_mail, state
        )
        values ('fee_notices', gen_random_uuid()::text, %s, %s, %s, %s, 'test', false, 'done')
        returning run_id
        """,
        [DateRange(period.starts_on, period.until_on), mode, period.starts_on.replace(day=20), known_at],
    ).fetchone()[0]
    books.connection.execute(
        "insert into ops.run_scope (run_id, workflow, site_id, period, cause, is_live) "
        "values (%s, 'fee_notices', %s, %s, 'asked', false)",
        [run_id, site, DateRange(period.starts_on, period.until_on)],
    )
    carry_out(books.connection, run_id, RECKON if is_waiting else RECKON[1:])
    for name in ("fees/check_tariffs", "fees/check_bills_add_up"):
        assert rows(books.connection, name, {"run_id": run_id}) == []
    return run_id


def release(books: Books, run_id: int, month: str, on: str | None = None, site: str = "WX") -> None:
    """Release a tower's month, on the 20th unless another day is given."""
    base_on = parse(month).starts_on
    released_on = date.fromisoformat(on) if on else base_on.replace(day=20)
    for name in RELEASE:
        books.run(
            name,
            run_id=run_id,
            site_id=site,
            base_on=base_on,
            until_on=parse(month).until_on,
            released_on=released_on,
        )
