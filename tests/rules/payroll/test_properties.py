"""Made-up quarters of fines and papers: whatever is levied, waived, corrected or executed, the ledger adds up.

Each example is entered on a real Postgres, in a savepoint that is rolled back; BACKOFFICE_EXAMPLES asks for more.
"""

import os
from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tests.drawing import Books
from tests.rules.payroll.conftest import adjust, day, decide, deductions, lines, pay, release, run_of, slip, waive

CENT, NOTHING = Decimal("0.01"), Decimal(0)
MONTHS = ("2026-10", "2026-11", "2026-12")
CLOCK = ("迟到", "早退", "会议培训", "考勤")
EXAMPLES = int(os.environ.get("BACKOFFICE_EXAMPLES", "40"))
CALM = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="BACKOFFICE_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)

people = st.sampled_from(["ann", "bob"])
months = st.integers(0, 2)
days = st.integers(1, 3)
cents = st.one_of(st.sampled_from([1, 500, 1000, 1001]), st.integers(1, 30_000))


@dataclass(frozen=True)
class Fined:
    """A day by the clock, or a conduct slip (a call, where it has a cost)."""

    person: str
    month: int
    day: int
    cents: int
    is_slip: bool
    cost_cents: int
    borne_later: bool
    excused_cents: int


@dataclass(frozen=True)
class Paper:
    """A waiver or an execution: for whom, about which month, when it lands, whether it is corrected a month later."""

    person: str
    about: int
    day: int
    cents: int
    lands: int
    kind: str
    corrected_cents: int | None


fines = st.lists(
    st.builds(
        Fined,
        person=people,
        month=months,
        day=days,
        cents=cents,
        is_slip=st.booleans(),
        cost_cents=st.sampled_from([0, 0, 635]),
        borne_later=st.booleans(),
        excused_cents=st.sampled_from([0, 0, 0, 500, 1000]),
    ),
    max_size=8,
)
papers = st.lists(
    st.builds(
        Paper,
        person=people,
        about=months,
        day=days,
        cents=cents,
        lands=months,
        kind=st.sampled_from(["迟到", "违纪", "收费电话", "不执行", "已执行"]),
        corrected_cents=st.one_of(st.none(), cents),
    ),
    max_size=8,
)


def money(value: int) -> str:
    return f"{Decimal(value) / 100:.2f}"


def first_on(month: int) -> str:
    return MONTHS[month] + "-01"


def draw(books: Books, drawn_fines: list[Fined], drawn_papers: list[Paper]) -> None:
    """Write the facts down."""
    seen = set()
    for number, fine in enumerate(drawn_fines, 1):
        on = f"{MONTHS[fine.month]}-{fine.day:02d}"
        if fine.is_slip:
            borne = min(fine.month + fine.borne_later, 2)
            slip(books, f"S{number}", fine.person, on, money(fine.cents), money(fine.cost_cents), month=first_on(borne))
        elif (fine.person, on) not in seen:
            seen.add((fine.person, on))
            day(books, fine.person, on, money(fine.cents))
            if fine.excused_cents and fine.month < 2:
                adjust(
                    books, fine.person, on, first_on(fine.month + 1), f"-{money(min(fine.excused_cents, fine.cents))}"
                )
    for number, paper in enumerate(drawn_papers, 1):
        lands = max(paper.lands, paper.about)
        landed = f"{MONTHS[lands]}-10"
        corrected = f"{MONTHS[lands + 1]}-20" if paper.corrected_cents and lands < 2 else "infinity"
        known = {"recorded_at": landed, "superseded_at": corrected}
        anew = {"recorded_at": corrected}
        if paper.kind in ("不执行", "已执行"):
            decide(books, f"Z{number}", paper.person, MONTHS[paper.about], paper.kind, money(paper.cents), **known)
            if corrected != "infinity":
                decide(books, f"Z{number}", paper.person, MONTHS[paper.about], paper.kind, money(paper.corrected_cents),
                    **anew)  # fmt: skip
        else:
            on = f"{MONTHS[paper.about]}-{paper.day:02d}"
            waive(books, f"W{number}", paper.person, on, paper.kind, money(paper.cents), **known)
            if corrected != "infinity":
                waive(books, f"W{number}", paper.person, on, paper.kind, money(paper.corrected_cents), **anew)


def added_up(found: list[dict[str, Any]]) -> dict[str, dict[tuple, Decimal]]:
    """Sums of entries in plain Decimal: by person and month, by person, day and what may be waived together."""
    by_month: dict[tuple, Decimal] = defaultdict(Decimal)
    by_day: dict[tuple, Decimal] = defaultdict(Decimal)
    for row in found:
        if row["fine_kind"] != "收费电话费":
            by_month[row["employee_id"], str(row["month_on"])] += row["amount"]
            if row["fine_kind"] != "制度罚款":
                group = "考勤" if row["fine_kind"] in CLOCK else row["fine_kind"]
                by_day[row["employee_id"], row["event_on"], group] += row["amount"]
    return {"month": by_month, "day": by_day}


@CALM
@given(drawn_fines=fines, drawn_papers=papers)
def test_whatever_happens_the_ledger_adds_up_and_nobody_is_waived_or_executed_more_than_was_levied(
    house: Books, drawn_fines: list[Fined], drawn_papers: list[Paper]
):
    with house.connection.transaction(force_rollback=True):
        draw(house, drawn_fines, drawn_papers)
        runs = [run_of(house, month) for month in MONTHS]
        for month, run in zip(MONTHS, runs, strict=True):
            release(house, month, run_id=run)
        before = house.row_versions("attendance.fine_entry")
        for month, run in zip(MONTHS, runs, strict=True):
            release(house, month, run_id=run)
        assert house.row_versions("attendance.fine_entry") == before
        found = house.query("select * from attendance.fine_entry")
        event(f"{min(len(found), 10)} entries")
        sums = added_up(found)
        # a day's fines never fall below nothing by waivers; what was excused came off them before
        assert all(amount >= 0 for amount in sums["day"].values()), sums["day"]
        levied = sum((row["amount"] for row in found if row["entry_kind"] == "罚款"), NOTHING)
        assert levied == sum(
            (
                row["fine_amount"]
                for row in house.query(
                    "select fine_amount from attendance.attendance_day where fine_amount > 0 "
                    "union all select fine_amount + charge_amount from attendance.conduct_fine"
                )
            ),
            NOTHING,
        )
        for name in ("ann", "bob"):
            carried = NOTHING
            for month in MONTHS:
                rows = house.query(
                    "select * from attendance.fine_balance('GM', %(on)s, '2030-01-01') "
                    "where employee_id = %(name)s and account = '制度罚款'",
                    on=month + "-01", name=name,
                )  # fmt: skip
                moved = sums["month"][name, month + "-01"]
                assert [(row["opening_amount"], row["closing_amount"]) for row in rows] in (
                    [(carried, carried + moved)],
                    [] if not carried and not moved else None,
                )
                # what a paper takes back is open: nobody is owed by the papers of the month in which they come
                taken = sum(
                    (
                        row["amount"]
                        for row in found
                        if (row["employee_id"], str(row["month_on"])) == (name, month + "-01")
                        and row["entry_kind"] in ("不执行", "已执行")
                    ),
                    NOTHING,
                )
                carried += moved
                assert carried >= 0 or taken == 0


def may_be_deducted(profile: str, payable: Decimal, minimum: Decimal, rate: Decimal, fine: Decimal, cost: Decimal):
    """ATT-17 in plain Decimal: deducted, withheld, pending."""
    cap = max(NOTHING, min((payable * rate).quantize(CENT, ROUND_HALF_UP), payable - minimum))
    if profile == "待确认":
        return NOTHING, NOTHING, fine
    deducted = min(fine, max(NOTHING, cap - cost))
    return deducted, fine - deducted, NOTHING


@CALM
@given(
    profile=st.sampled_from(["限额扣除", "限额扣除", "待确认"]),
    payable=st.integers(0, 900_000),
    minimum=st.integers(150_000, 300_000),
    rate=st.integers(1, 10_000),
    fine=st.integers(0, 200_000),
    cost=st.sampled_from([0, 0, 1, 635, 80_000]),
    monthly=st.integers(0, 2_000_000),
    halves=st.integers(0, 20),
)
def test_ATT_17_ATT_18_any_wage_is_reckoned_like_plain_decimals(
    house: Books, profile, payable, minimum, rate, fine, cost, monthly, halves
):
    with house.connection.transaction(force_rollback=True):
        house.connection.execute(
            "update attendance.wage_limit set profile = %s, minimum_wage_amount = %s, cap_rate = %s",
            [profile, money(minimum), Decimal(rate) / 10_000],
        )
        slip(house, "1", "ann", "2026-10-12", money(fine), money(cost))
        pay(house, "ann", money(monthly), money(payable))
        absent = Decimal(halves) / 2
        release(house, "2026-10", run_id=lines(house, "2026-10", "ann", absent_days=str(absent)))
        row = deductions(house, "2026-10")["ann"]
        expected = may_be_deducted(
            profile,
            payable=Decimal(payable) / 100,
            minimum=Decimal(minimum) / 100,
            rate=Decimal(rate) / 10_000,
            fine=Decimal(fine) / 100,
            cost=Decimal(cost) / 100,
        )
        found = tuple(Decimal(row[f"{name}_amount"]) for name in ("deductible", "withheld", "pending"))
        assert found == expected
        unpaid = (Decimal(monthly) / 100 * absent / Decimal("21.75")).quantize(CENT, ROUND_HALF_UP)
        assert Decimal(row["absence_amount"]) == unpaid
