"""Made-up months: whatever the days say, the identities of ATT-19 hold for everybody, and sums are those of the days.

Each month runs on a real Postgres, in a savepoint that is rolled back; BACKOFFICE_EXAMPLES asks for more.
"""

import os
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backoffice.periods import parse
from tests.drawing import Books
from tests.rules.timesheets.conftest import KEPT, close, day, fill, gaps, heard, hire, line, reckon

CALM = settings(
    max_examples=int(os.environ.get("BACKOFFICE_EXAMPLES", "12")),
    deadline=None,
    derandomize="BACKOFFICE_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
#: parts of a day due, in quarters: attended, leave, absent, pending
parts = st.sampled_from(
    [(4, 0, 0, 0)] * 6
    + [(2, 2, 0, 0), (2, 0, 2, 0), (2, 0, 0, 2), (0, 4, 0, 0), (0, 0, 4, 0), (0, 0, 0, 4), (0, 2, 2, 0), (1, 2, 1, 0)]
)
kinds = st.sampled_from(["应出勤"] * 5 + ["公休", "法定节假日", ""])
types = st.sampled_from(["事假", "病假", "年假", "年休假", "陪产假", "", "工伤假"])
one_day = st.tuples(kinds, parts, types, st.integers(0, 3), st.integers(0, 200), st.booleans())
months = st.sampled_from(["2026-10", "2026-02", "2028-02", "2026-11"])
people = st.lists(st.lists(one_day, min_size=31, max_size=31), min_size=1, max_size=3)


def drawn(books: Books, name: str, on: date, told: tuple) -> dict:
    """Put a drawn day into the books; returns what it counts as."""
    kind, (attended, leave, absent, pending), leave_type, late, fine, is_second = told
    is_due = kind in ("应出勤", "")
    days = [Decimal(part) / 4 if is_due else Decimal(0) for part in (attended, leave, absent, pending)]
    also = {
        "day_kind": kind, "due_days": 1 if is_due else 0, "attended_days": days[0], "leave_days": days[1],
        "absent_days": days[2], "pending_days": days[3], "leave_type": leave_type if days[1] else "",
        "late_minutes": late * 7, "early_minutes": late % 2 * 5, "fine_amount": Decimal(fine) / 10,
    }  # fmt: skip
    if is_second:
        also |= {
            f"{spell}due_{way}_at": f"{on} {hour}+08"
            for spell, way, hour in (
                ("", "in", "08:30"), ("", "out", "12:00"), ("second_", "in", "14:30"), ("second_", "out", "18:00"),
            )
        }  # fmt: skip
    day(books, name, on, "√", **also)
    return also


@CALM
@given(period=months, staff=people, joined=st.integers(1, 31), left=st.integers(1, 31))
def test_ATT_19_in_any_month_the_days_of_everybody_add_up_to_the_calendar(house, period, staff, joined, left):
    asked = parse(period)
    length = (asked.until_on - asked.starts_on).days
    with house.connection.transaction(force_rollback=True):
        if period != "2026-10":
            heard(house, period)
        said = {}
        for number, days in enumerate(staff):
            name = f"e{number}"
            hire(house, name)
            # the first comes and goes in the month
            present = [n for n in range(length) if number or joined <= n + 1 <= left or n == 0]
            said[name] = [drawn(house, name, asked.starts_on + timedelta(n), days[n]) for n in present]
        reckon(house, period)
        before = house.row_versions(*KEPT)
        reckon(house, period)
        assert house.row_versions(*KEPT) == before
        for name, told in said.items():
            check_line(line(house, name, month_on=str(asked.starts_on)), told, length)
        close(house, period)
        waits = any(each["pending_days"] or each["day_kind"] == "" for told in said.values() for each in told)
        assert bool(gaps(house, reckon(house, period, "2029-01-01 10:30+08"))) == waits


def check_line(found: dict, told: list[dict], length: int) -> None:
    """A line against the days that were drawn, added up without SQL."""
    judged = [each for each in told if each["day_kind"]]
    old = len(told) - len(judged)
    assert found["calendar_days"] == length == len(found["marks"])
    assert found["calendar_days"] == sum(
        found[part] for part in ("due_days", "rest_days", "statutory_days", "unemployed_days")
    )
    leave = sum(Decimal(str(days)) for days in found["leave_days"].values())
    assert found["due_days"] == found["attended_days"] + leave + found["absent_days"] + found["pending_days"]
    for name in ("attended_days", "absent_days"):
        assert found[name] == sum(each[name] for each in judged)
    assert leave == sum(each["leave_days"] for each in judged)
    assert found["pending_days"] == sum(each["pending_days"] for each in judged) + old
    assert found["unemployed_days"] == length - len(told) == Counter(found["marks"])["○"]
    assert found["rest_days"] == sum(each["day_kind"] == "公休" for each in told) == Counter(found["marks"])["休"]
    fine = found["late_fine_amount"] + found["early_fine_amount"] + found["gathering_fine_amount"]
    assert fine == sum(each["fine_amount"] for each in told) == found["fine_total"]


def test_ATT_19_october_has_thirty_one_days_and_a_final_sheet_nothing_pending(house: Books):
    fill(house, "ann", "节节节休√√√休迟早×半事病年假调公夜缺√√√休√√√√√√√")
    close(house)
    run = reckon(house, known_at="2026-11-09 10:30+08")
    found = line(house, "ann")
    assert (gaps(house, run), found["calendar_days"], found["pending_days"]) == ([], 31, 0)
    assert found["due_days"] + found["rest_days"] + found["statutory_days"] + found["unemployed_days"] == 31
