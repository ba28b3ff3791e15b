"""Two that book at once: real transactions on committed books, each with a time after which it counts as stuck."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from typing import Any

import psycopg
import pytest

from backoffice.database import connect, rows
from backoffice.runs import carry_out
from tests.drawing import Books
from tests.rules.repairs.conftest import (
    CHECKS,
    POST,
    SETTLE,
    balances,
    charged,
    contract,
    furnish,
    order,
    reckon,
)

#: seconds after which a thread is stuck
STUCK = 20
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
ENTRY = """
    insert into repairs.entry (
        entry_no, site_id, base_on, contractor_id, contract_no, entry_kind, order_no, movement_no, business_on,
        booked_on, run_id
    )
    values (%(number)s, 'GS', '2026-10-01', 'JS', 'HT1', '退还', '', %(number)s, '2026-10-01', '2026-10-31', %(run_id)s)
    returning entry_id
"""
LINES = (
    "insert into repairs.entry_line values (%(id)s, '质保金', 'HT1', %(amount)s), (%(id)s, '银行存款', '', -%(amount)s)"
)


@pytest.fixture
def house(own_books: Books) -> Books:
    """The developer in a database of its own, for tests that commit."""
    furnish(own_books)
    own_books.connection.commit()
    return own_books


def planned(house: Books, month: str = "2026-10") -> int:
    """A run whose month is planned and certified, all committed."""
    run_id = reckon(house, month)
    carry_out(house.connection, run_id, SETTLE)
    house.connection.commit()
    return run_id


def session(dsn: str) -> psycopg.Connection:
    """A connection of somebody who gives up rather than wait for ever."""
    connection = connect(dsn)
    connection.execute(f"set statement_timeout = '{STUCK}s'")
    connection.commit()
    return connection


def book(
    dsn: str,
    run_id: int,
    contractor_id: str = "JS",
    base_on: date = OCTOBER,
    after_lock: Callable[[], Any] = lambda: None,
    after_checks: Callable[[], Any] = lambda: None,
    before_lock: Callable[[psycopg.Connection], Any] = lambda _: None,
) -> list[str]:
    """Lock, check and book a contractor's month in one transaction; returns what the checks found."""
    given = {"run_id": run_id, "site_id": "GS", "base_on": base_on, "contractor_id": contractor_id}
    with session(dsn) as connection, connection.transaction():
        books = Books(connection)
        before_lock(connection)
        books.run("repairs/lock_accounts", **given)
        after_lock()
        found = [row["problem"] for name in CHECKS for row in rows(connection, name, given)]
        after_checks()
        if not found:
            for name in POST:
                books.run(name, **given)
        return found


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Start works in threads of their own and return what each returns, or raises."""
    with ThreadPoolExecutor(len(works)) as pool:
        futures: list[Future] = [pool.submit(work) for work in works]
        return [future.exception(STUCK * 2) or future.result() for future in futures]


def wait_until_blocked(house: Books, pid: int) -> None:
    """Return as soon as a session waits for another's lock.

    :raises AssertionError: when it does not within `STUCK` seconds.
    """
    deadline = time.monotonic() + STUCK
    while time.monotonic() < deadline:
        if house.query("select cardinality(pg_blocking_pids(%(pid)s)) > 0 as is_blocked", pid=pid)[0]["is_blocked"]:
            return
        house.connection.commit()
    raise AssertionError("it waits for nobody")


@pytest.mark.parametrize("is_first_booking", [True, False])
def test_two_runs_that_book_the_same_month_leave_one_set_of_entries(own_dsn, house, is_first_booking):
    contract(house, deposit="3000")
    order(house, "A1", "1200")
    order(house, "A2", "2500", confirmed="2026-10-25 11:00")
    if not is_first_booking:
        assert book(own_dsn, planned(house, "2026-09"), base_on=date(2026, 9, 1)) == []
    runs = planned(house), planned(house)
    together = threading.Barrier(2)
    outcomes = at_once(*(
        lambda run_id=run_id: book(own_dsn, run_id, before_lock=lambda _: together.wait(STUCK)) for run_id in runs
    ))  # fmt: skip
    assert outcomes == [[], []]
    assert charged(house) == {"A1": ("1200.00", "0.00", "0.00"), "A2": ("1800.00", "700.00", "0.00")}
    assert balances(house) == {"HT1": ("0.00", "0.00")}
    [row] = house.query(
        "select count(*) as entries, count(distinct run_id) as runs from repairs.entry where base_on = '2026-10-01'"
    )
    assert tuple(row.values()) == (2 if not is_first_booking else 3, 1)


def test_whoever_books_a_contractors_first_month_keeps_others_out_before_there_is_an_account(own_dsn, house):
    contract(house, deposit="3000")
    order(house, "A1", "1200")
    run_id = planned(house)
    pids: list[int] = []
    with session(own_dsn) as first, ThreadPoolExecutor(1) as pool:
        given = {"run_id": run_id, "site_id": "GS", "base_on": OCTOBER, "contractor_id": "JS"}
        Books(first).run("repairs/lock_accounts", **given)
        started = threading.Event()

        def note(connection: psycopg.Connection) -> None:
            pids.append(connection.info.backend_pid)
            started.set()

        second = pool.submit(book, own_dsn, run_id, before_lock=note)
        assert started.wait(STUCK)
        wait_until_blocked(house, pids[0])
        first.rollback()
        assert second.result(STUCK) == []
    assert charged(house) == {"A1": ("1200.00", "0.00", "0.00")}


def test_a_booking_that_waited_finds_that_the_deposit_moved_and_books_nothing(own_dsn, house):
    contract(house, deposit="3000")
    assert book(own_dsn, planned(house, "2026-09"), base_on=date(2026, 9, 1)) == []
    order(house, "A1", "1200")
    run_id = planned(house)
    pids: list[int] = []
    started = threading.Event()

    def note(connection: psycopg.Connection) -> None:
        pids.append(connection.info.backend_pid)
        started.set()

    with session(own_dsn) as first, ThreadPoolExecutor(1) as pool:
        entry_id = first.execute(ENTRY, {"number": "X", "run_id": run_id}).fetchone()[0]
        first.execute(LINES, {"id": entry_id, "amount": 100})
        second = pool.submit(book, own_dsn, run_id, before_lock=note)
        assert started.wait(STUCK)
        wait_until_blocked(house, pids[0])
        first.commit()
        assert second.result(STUCK) == [
            "合同HT1的质保金现为2900.00（冻结0.00），与计算时的3000.00（冻结0.00）不同，没有入账。请用“重算”重新计算。"
        ]
    assert charged(house) == {}
    assert balances(house) == {"HT1": ("2900.00", "0.00")}


def test_a_month_that_was_planned_before_the_month_before_was_booked_is_not_booked(own_dsn, house):
    """Both months were planned from the same balance; whichever is booked first, the other has to be planned anew."""
    contract(house, deposit="3000")
    order(house, "A1", "2500")
    contract(house, "HT2", deposit="500", contractor_id="FS", project_id="P2")
    order(house, "A2", "400", contract_no="HT2", project_id="P2")
    october, november = planned(house), planned(house, "2026-11")
    assert book(own_dsn, october) == []
    assert book(own_dsn, november, base_on=NOVEMBER) == [
        "合同HT1的质保金现为500.00（冻结0.00），与计算时的0.00（冻结0.00）不同，没有入账。请用“重算”重新计算。"
    ]
    assert charged(house) == {"A1": ("2500.00", "0.00", "0.00")}


def test_two_months_that_are_booked_at_once_settle_each_order_once(own_dsn, house):
    contract(house, deposit="3000")
    order(house, "A1", "2500")
    runs = {OCTOBER: planned(house), NOVEMBER: planned(house, "2026-11")}
    together = threading.Barrier(2)
    outcomes = at_once(*(
        lambda base_on=base_on, run_id=run_id: book(
            own_dsn, run_id, base_on=base_on, before_lock=lambda _: together.wait(STUCK)
        )
        for base_on, run_id in runs.items()
    ))  # fmt: skip
    assert outcomes.count([]) == 1
    assert charged(house) == {"A1": ("2500.00", "0.00", "0.00")}
    assert balances(house) == {"HT1": ("500.00", "0.00")}


def test_contractors_are_booked_at_once_without_waiting_for_each_other(own_dsn, house):
    """Each holds his locks until both have them, and has checked until both have: neither order of steps locks up."""
    for number, contractor, other in (
        ("HT1", "JS", "A1"),
        ("HT3", "JS", "A3"),
        ("HT2", "FS", "A2"),
        ("HT4", "FS", "A4"),
    ):
        contract(house, number, deposit="3000", contractor_id=contractor)
        order(house, other, "700", contract_no=number)
    order(house, "B1", "300", order_class="B")
    run_id = planned(house)
    locked, checked = threading.Barrier(3), threading.Barrier(3)
    outcomes = at_once(*(
        lambda who=who: book(
            own_dsn,
            run_id,
            who,
            after_lock=lambda: locked.wait(STUCK),
            after_checks=lambda: checked.wait(STUCK),
        )
        for who in ("JS", "FS", "")
    ))  # fmt: skip
    assert outcomes == [[], [], []]
    assert len(charged(house)) == 5
    assert set(balances(house).values()) == {("2300.00", "0.00")}


def test_the_ledger_lets_only_one_of_two_through_that_would_overdraw_together(own_dsn, house):
    contract(house, deposit="3000")
    run_id = planned(house)
    assert book(own_dsn, run_id) == []
    together = threading.Barrier(2)

    def draw(number: str) -> str:
        with session(own_dsn) as connection:
            entry_id = connection.execute(ENTRY, {"number": number, "run_id": run_id}).fetchone()[0]
            together.wait(STUCK)
            try:
                connection.execute(LINES, {"id": entry_id, "amount": 2000})
            except psycopg.errors.CheckViolation:
                return "refused"
            return "booked"

    assert sorted(at_once(lambda: draw("X"), lambda: draw("Y"))) == ["booked", "refused"]
    assert balances(house) == {"HT1": ("1000.00", "0.00")}
    assert len(house.query("select * from repairs.entry where entry_kind = '退还'")) == 1


def test_nobody_plans_or_books_between_the_lock_and_the_last_line(own_dsn, house):
    """What the checks found holds until the commit: a booking of the same contractor waits for it."""
    contract(house, deposit="3000")
    order(house, "A1", "700")
    run_id = planned(house)
    pids: list[int] = []
    started, inside = threading.Event(), threading.Event()

    def note(connection: psycopg.Connection) -> None:
        pids.append(connection.info.backend_pid)
        started.set()

    with ThreadPoolExecutor(2) as pool:
        gate = threading.Event()

        def hold() -> None:
            inside.set()
            assert gate.wait(STUCK)

        first = pool.submit(book, own_dsn, run_id, after_checks=hold)
        assert inside.wait(STUCK)
        second = pool.submit(book, own_dsn, run_id, before_lock=note)
        assert started.wait(STUCK)
        wait_until_blocked(house, pids[0])
        gate.set()
        assert (first.result(STUCK), second.result(STUCK)) == ([], [])
    assert charged(house) == {"A1": ("700.00", "0.00", "0.00")}
