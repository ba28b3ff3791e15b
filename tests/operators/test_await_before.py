"""A month waits for the one before while somebody works on it (OPS-06)."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

TOWERS = """
    fees.tower
    site_id | tower_name   | owner_name | owner_payee_id | property_payee_id | opens_with | contact
    WX      | 威新国际大厦 | 威新置业   | OWN            | WY                | 2026-10-01 | 010-8000
    GM      | 国贸大厦     | 国贸置业   | OWN            | WY                | 2026-11-01 | 010-8001
"""


@pytest.fixture
def look(airflow_home, own_books, monkeypatch):
    """Looks once, as the sensor of a run of November does; True when the run may go on."""
    from operators import await_before

    own_books.given(TOWERS)

    @contextmanager
    def books_at_hand(connection_id):
        yield own_books.connection

    monkeypatch.setattr(await_before, "open_books", books_at_hand)

    def poke(period="2026-11", sites="", run_type="manual", age=timedelta(0)):
        sensor = await_before.AwaitBefore(
            task_id="await_before", period=period, sites=sites, statement="fees/list_waits"
        )
        return sensor.poke(
            {"dag_run": SimpleNamespace(dag_id="fee_notices", run_type=run_type, start_date=datetime.now(UTC) - age)}
        )

    return poke


def work_on_october(books, *, is_live):
    """A run of the tower's October that works, or has ended."""
    books.connection.execute(
        "insert into ops.run (workflow, airflow_run_id, period, mode, as_of_on, known_at, requested_by, wants_mail) "
        "values ('fee_notices', 'x', '[2026-10-01,2026-11-01)', 'normal', '2026-10-20', clock_timestamp(), 'x', true)"
    )
    books.connection.execute(
        "insert into ops.run_scope (run_id, workflow, site_id, period, cause, is_live) "
        "select run_id, workflow, 'WX', period, 'asked', %s from ops.run",
        [is_live],
    )


def close_october(books):
    books.connection.execute(
        "insert into ops.period_close (workflow, site_id, period, closed_at, closed_by) "
        "values ('fee_notices', 'WX', '[2026-10-01,2026-11-01)', clock_timestamp(), 'x')"
    )


def test_OPS_06_it_waits_while_somebody_works_on_the_month_before(look, own_books):
    work_on_october(own_books, is_live=True)
    assert not look()
    assert look(sites="GM"), "a tower that opens with the month waits for nobody"
    close_october(own_books)
    assert look()


def test_where_nobody_works_on_it_the_run_goes_on_and_names_the_tower_in_the_end(look, own_books):
    assert look()
    work_on_october(own_books, is_live=False)
    assert look()


def test_OPS_06_a_backfill_gives_the_run_of_the_month_before_a_moment_to_begin(look):
    assert not look(run_type="backfill", age=timedelta(minutes=1))
    assert look(run_type="backfill", age=timedelta(minutes=11))
