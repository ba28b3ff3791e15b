"""Made-up seasons of a case site: whatever becomes known when, everything is counted once.

Facts arrive at random instants, are corrected and withdrawn; weeks and months are issued in turn. Each season runs on a
real Postgres, in a savepoint that is rolled back; BACKOFFICE_EXAMPLES asks for more.
"""

import os
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backoffice.database import rows
from tests.drawing import Books
from tests.rules.sales.conftest import (
    KEPT,
    MONTHLY,
    WEEKLY,
    call,
    change,
    counted,
    issue,
    put,
    receive,
    reckon,
    replaced,
    sheet,
    sign,
    subscribe,
    units,
    visit,
    withdrawn,
)

EXAMPLES = int(os.environ.get("BACKOFFICE_EXAMPLES", "8"))
CALM = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="BACKOFFICE_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
FIRST, LAST = date(2026, 9, 28), date(2026, 12, 6)
#: what is issued, and when: weeks on Monday morning, months on the 2nd
ISSUES = sorted(
    [(datetime.fromisoformat("2026-10-05 08:00") + timedelta(weeks=n), WEEKLY, f"2026-W{40 + n}") for n in range(10)]
    + [(datetime.fromisoformat(f"2026-{month + 1}-02 08:30"), MONTHLY, f"2026-{month}") for month in (10, 11)]
)

days = st.integers(0, (LAST - FIRST).days).map(lambda n: FIRST + timedelta(days=n))
#: hours after noon of its day at which something becomes known: mostly at once, else days or weeks later
delays = st.one_of(st.just(0), st.integers(0, 40 * 24))
amounts = st.sampled_from(["0.01", "1000000.01", "999999.99", "1234567.89"])


@dataclass(frozen=True)
class Fact:
    """Something that happened, when it became known, and what became of the row afterwards."""

    kind: str
    day: date
    delay: int
    amount: str
    who: int
    deal: int
    fate: str
    later: int


facts = st.lists(
    st.builds(
        Fact,
        kind=st.sampled_from(
            [
                "visit",
                "visit",
                "call",
                "subscribe",
                "sign",
                "sign",
                "group",
                "return",
                "add",
                "swap",
                "cancel",
                "receive",
                "receive",
                "share",
            ]
        ),
        day=days,
        delay=delays,
        amount=amounts,
        who=st.integers(0, 2),
        deal=st.integers(0, 4),
        fate=st.sampled_from(["stays"] * 5 + ["withdrawn", "amount", "day", "who"]),
        later=st.integers(1, 40 * 24),
    ),
    min_size=3,
    max_size=22,
)

TABLES = {
    "visit": ("sales.visit", "visit_no"),
    "call": ("sales.call", "call_no"),
    "subscribe": ("sales.subscription", "subscription_no"),
    "sign": ("sales.contract", "contract_no"),
    "group": ("sales.contract", "contract_no"),
    "receive": ("sales.receipt", "receipt_no"),
    "share": ("sales.contract_share", "consultant_id"),
}


def instant(fact: Fact) -> datetime:
    return datetime.combine(fact.day, datetime.min.time()) + timedelta(hours=12 + fact.delay)


def happen(books: Books, fact: Fact, number: int) -> str:
    """Put a fact into its register; returns which row it was, empty when it had been there already."""
    day, at, deal = fact.day.isoformat(), instant(fact).isoformat(), f"HT-{fact.deal}"
    who = "AB"[fact.who % 2]
    own = f"{number}"
    if fact.kind == "visit":
        visit(books, own, f"{day} 10:00", f"1380000000{fact.who}", consultant_id=who, recorded_at=at)
        return f"visit_no = '{own}'"
    if fact.kind == "call":
        call(books, own, f"{day} 10:00", f"1380000000{fact.who}", consultant_id=who, recorded_at=at)
        return f"call_no = '{own}'"
    if fact.kind == "subscribe":
        where = f"subscription_no = 'RG-{fact.deal}'"
        if _is_there(books, "sales.subscription", where):
            return ""
        subscribe(books, f"RG-{fact.deal}", day, fact.amount, unit_no=f"10{fact.deal}", recorded_at=at)
        return where
    if fact.kind in ("sign", "group"):
        source = "集团" if fact.kind == "group" else "项目"
        where = f"contract_no = '{deal}' and source = '{source}'"
        if _is_there(books, "sales.contract", where):
            return ""
        sign(books, deal, day, fact.amount, source=source, unit_no=f"10{fact.deal}", consultant_id=who, recorded_at=at)
        return where
    if fact.kind == "share":
        where = f"contract_no = '{deal}' and consultant_id = '{who}'"
        if _is_there(books, "sales.contract_share", where):
            return ""
        row = {"site_id": "CN", "contract_no": deal, "consultant_id": who, "share": "0.333333"}
        put(books, "sales.contract_share", row, recorded_at=at)
        return where
    if fact.kind == "receive":
        receive(books, own, day, fact.amount if fact.who else f"-{fact.amount}", contract_no=deal, recorded_at=at)
        return f"receipt_no = '{own}'"
    if fact.kind == "cancel":
        change(books, own, "退订", day, fact.amount, subscription_no=f"RG-{fact.deal}", recorded_at=at)
    elif fact.kind == "swap":
        change(books, own, "换房", day, fact.amount, contract_no=deal, new_unit_no=f"20{number % 3}", recorded_at=at)
    elif fact.kind == "return":
        change(books, own, "退房", day, fact.amount, contract_no=deal, recorded_at=at)
    else:
        change(books, own, "补充协议", day, f"-{fact.amount}", contract_no=deal, recorded_at=at)
    return f"change_no = '{own}'"


def _is_there(books: Books, table: str, where: str) -> bool:
    return books.query(f"select exists (select from {table} where {where}) as is_there")[0]["is_there"]


def undo(books: Books, fact: Fact, where: str) -> None:
    """What becomes of a row later: withdrawn, or corrected in amount, day or consultant."""
    table = TABLES.get(fact.kind, ("sales.change", ""))[0]
    at = (instant(fact) + timedelta(hours=fact.later)).isoformat()
    moved = (fact.day + timedelta(days=9)).isoformat()
    if fact.fate == "withdrawn":
        withdrawn(books, table, where, at)
    elif fact.fate == "amount" and fact.kind in ("subscribe", "sign", "group"):
        replaced(books, table, where, at, amount="777777.77")
    elif fact.fate == "who" and fact.kind in ("visit", "call", "sign", "group", "subscribe"):
        replaced(books, table, where, at, consultant_id="C")
    elif fact.fate == "day":
        columns = {
            "sales.visit": {"visited_at": f"{moved} 11:00"},
            "sales.call": {"called_at": f"{moved} 11:00"},
            "sales.subscription": {"subscribed_on": moved},
            "sales.contract": {"signed_on": moved},
            "sales.receipt": {"value_on": moved},
            "sales.change": {"approved_on": moved},
        }
        if table in columns:
            replaced(books, table, where, at, **columns[table])


def known(books: Books, until_on: str, known_at: str) -> dict[str, str]:
    """All measures of the days up to one, by what is known at an instant."""
    found = books.query(
        "select measure, sum(quantity) as quantity from sales.measured(array['CN'], '-infinity', %(until)s, %(at)s) "
        "group by measure having sum(quantity) <> 0",
        until=until_on,
        at=known_at,
    )
    return {row["measure"]: f"{row['quantity']:.2f}" for row in found}


def ever_counted(books: Books, workflow: str) -> dict[str, str]:
    """All measures of all periods, with their late facts."""
    found = books.query(
        """
        select
            measure,
            sum(case figure when 'count' then moved_count when 'area' then moved_area else moved_amount end) as quantity
        from sales.tally inner join sales.measure_part using (indicator)
        where workflow = %(workflow)s group by measure
        having sum(case figure when 'count' then moved_count when 'area' then moved_area else moved_amount end) <> 0
        """,
        workflow=workflow,
    )
    return {row["measure"]: f"{row['quantity']:.2f}" for row in found}


@CALM
@given(facts=facts)
def test_whatever_becomes_known_when_everything_is_counted_once_and_what_was_issued_stays(
    house: Books, facts: list[Fact]
):
    house.connection.execute("savepoint season")
    try:
        _live_through(house, facts)
    finally:
        house.connection.execute("rollback to savepoint season")


def _live_through(house: Books, facts: list[Fact]) -> None:
    units(house, *[f"10{number}" for number in range(5)], *[f"20{number}" for number in range(3)])
    # a made-up season sells units twice and more: the wall against that has tests of its own
    house.connection.execute("update sales.project set is_unit_register = false, opens_on = '2026-10-01'")
    for number, fact in enumerate(facts):
        where = happen(house, fact, number)
        if where and fact.fate != "stays":
            undo(house, fact, where)
    stood: dict[tuple[str, str], dict[str, str]] = {}
    for at, workflow, period in ISSUES:
        issue(house, period, at.isoformat())
        stood[workflow, period] = counted(house, period)
    for (_, period), was in stood.items():
        assert counted(house, period) == was, period
    for workflow, at in {workflow: at for at, workflow, _ in ISSUES}.items():
        until_on = "2026-12-06" if workflow == WEEKLY else "2026-11-30"
        assert ever_counted(house, workflow) == known(house, until_on, at.isoformat())
        # what each period says of its own days is what was known of them at its issue
    for at, workflow, period in ISSUES:
        [span] = house.query(
            "select lower(period) as first_on, upper(period) - 1 as last_on from ops.period_close "
            "where workflow = %(workflow)s and lower(period) = (select min(base_on) from ops.result as own "
            "where own.workflow = period_close.workflow and own.known_at = %(at)s)",
            workflow=workflow,
            at=at,
        )
        own = house.query(
            "select measure, sum(quantity) as quantity from sales.measured(array['CN'], %(first)s, %(last)s, %(at)s) "
            "group by measure having sum(quantity) <> 0",
            first=span["first_on"],
            last=span["last_on"],
            at=at,
        )
        assert counted(house, period, late=False) == {row["measure"]: f"{row['quantity']:.2f}" for row in own}
    _bridge_holds(house)
    before = house.row_versions(*KEPT)
    for at, _, period in ISSUES:
        reckon(house, period, (at + timedelta(days=60)).isoformat())
    assert house.row_versions(*KEPT) == before
    _consultants_add_up(house)


def _bridge_holds(house: Books) -> None:
    """A month is the sum of its days; what weeks said and what is known of their days differ by late lines."""
    # the whole season, as known when the last week was issued: no period of a workflow, so nothing of it is closed
    season = {
        "workflow": "season",
        "site_id": "CN",
        "starts_on": date(2026, 10, 1),
        "last_on": date(2026, 12, 6),
        "known_at": "2026-12-07 08:00",
    }
    for row in rows(house.connection, "sales/sheet_bridge", season):
        assert row["before_days_count"] + row["this_days_count"] + row["after_days_count"] == 7
        assert row["before_quantity"] + row["this_quantity"] + row["after_quantity"] == row["week_quantity"]
        assert row["delta_quantity"] == row["explained_quantity"], row
    for month, at in (("2026-10", "2026-11-02 08:30"), ("2026-11", "2026-12-02 08:30")):
        own = counted(house, month, late=False)
        days = {
            row["item"]: sum(each["this_quantity"] for each in bridge if each["item"] == row["item"])
            for bridge in [sheet(house, "bridge", month, at)]
            for row in bridge
        }
        assert f"{days['净签约金额']:.2f}" == own.get("net_signed_amount", "0.00")
        assert f"{days['来访']:.2f}" == own.get("visit_count", "0.00")


def _consultants_add_up(house: Books) -> None:
    by_number = house.query(
        "select ref_no, indicator, sum(moved_count) as count, sum(moved_amount) as amount "
        "from sales.movement(array['CN'], '2026-12-31', '2027-06-01') where indicator = '签约' group by 1, 2"
    )
    for row in by_number:
        [contract] = house.query(
            "select amount from sales.contract where contract_no = %(number)s and superseded_at = 'infinity' "
            "order by source = '项目' desc limit 1",
            number=row["ref_no"],
        )
        assert (row["count"], row["amount"]) == (Decimal(1), contract["amount"])
