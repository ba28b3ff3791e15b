"""Made-up weeks: no punch counts twice, every day due adds up, and the order in which facts land changes nothing.

Beside the statements stands a plain reading of windows in Python. Each week runs on a real Postgres, in a savepoint
that is rolled back; BACKOFFICE_EXAMPLES asks for more.
"""

import os
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.drawing import Books
from tests.rules.attendance.conftest import compute

CALM = settings(
    max_examples=int(os.environ.get("BACKOFFICE_EXAMPLES", "10")),
    deadline=None,
    derandomize="BACKOFFICE_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
FIRST = datetime.fromisoformat("2026-10-12 00:00+08:00")
DAYS = 3
PERIOD = "2026-10-12..2026-10-14"
KNOWN_AT = "2026-10-20 09:30"
#: start and length in hours; the last one is two spells
SHIFTS = {"H": (9, 9), "N": (18.5, 13.5), "L": (14, 9), "E": (5, 8), "S": (8.5, 9.5)}
ENDS = [hour for start, length in SHIFTS.values() for hour in (start, start + length)] + [12, 13.5]
USED = ("in_at", "out_at", "second_in_at", "second_out_at")

codes = st.lists(st.sampled_from([*SHIFTS, "休"]), min_size=DAYS + 2, max_size=DAYS + 2)
#: minutes since the first midnight: near the ends of shifts, mostly, or anywhere
near_an_end = st.builds(
    lambda day, hour, off: int(day * 1440 + hour * 60 + off),
    st.integers(-1, DAYS), st.sampled_from(ENDS), st.integers(-40, 70),
)  # fmt: skip
taps = st.lists(st.one_of(near_an_end, near_an_end, st.integers(-1440, (DAYS + 1) * 1440)), max_size=16, unique=True)


@pytest.fixture
def week(house: Books, staff):
    """A site that asks for both punches, and one person of it."""
    house.given(
        """
        attendance.shift
        site_id | shift_code | shift_name | starts_at | break_starts_at | break_ends_at | ends_at | is_split
        HQ      | N          | 夜班       | 18:30     | -               | -             | 08:00   | no
        HQ      | L          | 晚班       | 14:00     | -               | -             | 23:00   | no
        HQ      | E          | 早班       | 05:00     | -               | -             | 13:00   | no
        HQ      | S          | 两段       | 08:30     | 12:00           | 13:30         | 18:00   | yes
        """,
        valid_from="2026-01-01",
    )
    house.given(
        """
        book.rule
        rule_set | rule_id | parameter             | value | valid_from | clause
        huaqing  | HQ-A1   | late_limit_minutes    | 30    | 2026-01-01 | 迟到
        huaqing  | HQ-A1   | late_fine_amount      | 10    | 2026-01-01 | 迟到
        huaqing  | HQ-A1   | late_over_absent_days | 0.5   | 2026-01-01 | 迟到
        """
    )
    staff("ann", site="HQ", shift=None)
    return house


def at(minutes: int) -> datetime:
    return FIRST + timedelta(minutes=minutes)


def roster(books: Books, plan: list[str]) -> None:
    """The plan of the day before the period, of its days and of the day behind it."""
    lines = "\n".join(f"ann | {at((number - 1) * 1440):%Y-%m-%d} | {code}" for number, code in enumerate(plan))
    books.given(f"attendance.roster\nemployee_id | work_on | shift_code\n{lines}")


def punch(books: Books, minutes: list[int], recorded_at: str = "2026-10-01") -> None:
    if minutes:
        lines = "\n".join(f"HQ | ann | {at(minute).isoformat()}" for minute in minutes)
        books.given(f"attendance.punch\nsite_id | badge_no | punched_at\n{lines}", recorded_at=recorded_at)


def answer(books: Books) -> tuple[list, list]:
    """The days and the stray punches, as rows."""
    return (
        books.query("select * from attendance.attendance_day where employee_id = 'ann' order by work_on"),
        books.query("select * from attendance.stray_punch where employee_id = 'ann' order by punched_at"),
    )


def windows(plan: list[str]) -> list[tuple[datetime, datetime]]:
    """A plain reading: 270 minutes before a shift until 240 behind it; rest has what its neighbours leave it."""
    found = []
    for number, code in enumerate(plan):
        midnight = (number - 1) * 1440
        if code != "休":
            start, length = SHIFTS[code]
            found.append((at(int(midnight + start * 60 - 270)), at(int(midnight + (start + length) * 60 + 240))))
        else:
            found.append((at(midnight + 240), at(midnight + 1440 + 240)))
    for number, code in enumerate(plan):
        if code == "休":
            opens, closes = found[number]
            if number and plan[number - 1] != "休":
                opens = max(opens, found[number - 1][1])
            if number + 1 < len(plan) and plan[number + 1] != "休":
                closes = min(closes, found[number + 1][0])
            found[number] = opens, closes
    return found


@CALM
@given(plan=codes, minutes=taps)
def test_no_punch_counts_twice_and_what_no_window_holds_is_stray(week, plan, minutes):
    with week.connection.transaction(force_rollback=True):
        roster(week, plan)
        punch(week, minutes)
        compute(week, PERIOD, "HQ", known_at=KNOWN_AT)
        days, stray = answer(week)
    assert len(days) == DAYS
    held = windows(plan)
    used = [row[name] for row in days for name in USED if row[name] is not None]
    assert len(used) == len(set(used))
    assert {at(minute) for minute in minutes} >= set(used)
    for row, (opens, closes) in zip(days, held[1:-1], strict=True):
        assert all(opens <= row[name] < closes for name in USED if row[name] is not None)
        assert row["due_days"] == sum(row[f"{part}_days"] for part in ("attended", "leave", "absent", "pending"))
        assert min(row["attended_days"], row["pending_days"]) >= 0
        assert (row["day_kind"] == "应出勤") == (row["due_days"] == 1)
    for before, after in pairwise(days):
        assert max((before[name] for name in USED if before[name]), default=at(-9999)) < min(
            (after[name] for name in USED if after[name]), default=at(9999)
        )
    of_period = sorted(at(minute) for minute in minutes if 0 <= minute < DAYS * 1440)
    homeless = [when for when in of_period if not any(opens <= when < closes for opens, closes in held)]
    assert [row["punched_at"] for row in stray] == homeless


@CALM
@given(plan=codes, minutes=taps)
def test_a_shift_with_a_window_of_its_own_runs_from_its_first_to_its_last_punch(week, plan, minutes):
    with week.connection.transaction(force_rollback=True):
        roster(week, plan)
        punch(week, minutes)
        compute(week, PERIOD, "HQ", known_at=KNOWN_AT)
        days, _ = answer(week)
    held = windows(plan)
    for number, row in enumerate(days, start=1):
        opens, closes = held[number]
        is_alone = held[number - 1][1] <= opens and closes <= held[number + 1][0]
        if plan[number] in ("S", "休") or not is_alone:
            continue
        inside = sorted(at(minute) for minute in minutes if opens <= at(minute) < closes)
        if len(inside) > 1 and inside[-1] - inside[0] > timedelta(minutes=1):
            assert (row["in_at"], row["out_at"]) == (inside[0], inside[-1])
        elif inside:
            assert [row["in_at"], row["out_at"]].count(None) == 1
        else:
            assert (row["in_at"], row["out_at"], row["status"]) == (None, None, "旷工")


@CALM
@given(plan=codes, minutes=taps, late=st.sets(st.integers(0, 15)), order=st.permutations(range(DAYS)))
def test_landing_late_day_by_day_and_in_any_order_ends_like_landing_early(week, plan, minutes, late, order):
    early_minutes = [minute for number, minute in enumerate(minutes) if number not in late]
    late_minutes = [minute for number, minute in enumerate(minutes) if number in late]
    with week.connection.transaction(force_rollback=True):
        roster(week, plan)
        punch(week, minutes)
        compute(week, PERIOD, "HQ", known_at=KNOWN_AT)
        at_once = answer(week)
    with week.connection.transaction(force_rollback=True):
        roster(week, plan)
        punch(week, list(reversed(early_minutes)))
        punch(week, late_minutes, recorded_at="2026-10-19")
        for number in range(DAYS):
            compute(
                week, f"{at(number * 1440):%Y-%m-%d}", "HQ", known_at=f"{at((number + 1) * 1440 + 570):%Y-%m-%d %H:%M}"
            )
        for number in order:
            compute(week, f"{at(number * 1440):%Y-%m-%d}", "HQ", known_at=KNOWN_AT)
        assert answer(week) == at_once
