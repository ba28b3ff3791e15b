"""Swaps of shifts and rest days: who is heard, who is not, and what both are due then (ATT-11, GM-A6, YJ-A4)."""

import pytest

from backoffice.attendance import JUDGE
from backoffice.database import execute
from backoffice.runs import parameters
from tests.rules.attendance.conftest import compute, punches

DAY = "2026-10-12"


def swap(house, **changes):
    """ann and bob swap their shifts on Monday, 12 October; agreed and approved. Changes say what is different."""
    row = {
        "swap_no": "S1",
        "swap_kind": "换班",
        "first_employee_id": "ann",
        "second_employee_id": "bob",
        "first_on": DAY,
        "second_on": changes.get("first_on", DAY),
        "asked_at": "2026-10-10 10:00",
        "is_first_agreed": "yes",
        "is_second_agreed": "yes",
        "approver": "sun",
        "approver_level": "销售部经理",
        "approved_at": "2026-10-10 15:00",
        "status": "批准",
        **changes,
    }
    recorded_at = row.pop("recorded_at", "2026-01-01 00:00")
    house.given("attendance.swap\n" + " | ".join(row) + "\n" + " | ".join(row.values()), recorded_at=recorded_at)


def heard(house, from_on="2026-10-01", until_on="2026-11-30", known_at="2026-11-30"):
    """Verdict of each swap."""
    found = house.query(
        "select distinct swap_no, verdict from attendance.heard_swap(%(from_on)s, %(until_on)s, %(known_at)s)",
        from_on=from_on,
        until_on=until_on,
        known_at=known_at,
    )
    assert len({row["swap_no"] for row in found}) == len(found), "a swap is heard as a whole or not at all"
    return {row["swap_no"]: row["verdict"] for row in found}


def rostered(house, drawn):
    house.given("attendance.roster\nemployee_id | work_on | shift_code\n" + drawn)


def planned(house, drawn, days=DAY, known_at="2026-11-03 09:30"):
    """Compute the days and compare who is due what, witnesses apart."""
    compute(house, days, known_at=known_at)
    house.expect(
        "attendance.attendance_day\nemployee_id | work_on | shift_code\n" + drawn,
        where="employee_id not like 'witness%'",
    )


def duties(house, days=DAY, known_at="2026-11-03 09:30"):
    """(person, day) to (swap_no, swap_verdict, shift_code) of the duties planned for a run of these days."""
    given = parameters(house.connection, compute(house, days, known_at=known_at))
    for name in JUDGE[: JUDGE.index("attendance/trim_rest_days") + 1]:
        execute(house.connection, name, given)
    found = house.query("select * from duty where is_judged and employee_id not like 'witness%%'")
    house.connection.execute("discard temp")
    return {(row["employee_id"], str(row["work_on"])): row for row in found}


def test_ATT_11_after_an_approved_swap_each_is_judged_by_the_other_ones_shift(house, staff):
    staff("ann", shift="A")
    staff("bob", shift="N")
    swap(house)
    punches(house, f"ann | {DAY} 18:45\nann | 2026-10-13 08:05\nbob | {DAY} 08:25\nbob | {DAY} 18:02")
    compute(house, DAY, "GM")
    house.expect(
        """
        attendance.attendance_day
        employee_id | work_on    | shift_code | due_in_at        | status | late_minutes | fine_amount
        ann         | 2026-10-12 | N          | 2026-10-12 18:30 | 迟到   | 15           | 10.00
        bob         | 2026-10-12 | A          | 2026-10-12 08:30 | 出勤   | 0            | 0.00
        """,
        where="employee_id in ('ann', 'bob')",
    )


def test_ATT_11_both_rows_carry_the_swap_and_what_became_of_it(house, staff):
    staff("ann", "cat", shift="A")
    staff("bob", "dan", shift="N")
    swap(house)
    swap(house, swap_no="S2", first_employee_id="cat", second_employee_id="dan", is_second_agreed="no")
    assert {
        person: (duty["swap_no"], duty["swap_verdict"], duty["shift_code"], duty["swap_partner_id"])
        for (person, _), duty in duties(house).items()
    } == {
        "ann": ("S1", "有效", "N", "bob"),
        "bob": ("S1", "有效", "A", "ann"),
        "cat": ("S2", "缺对方同意", "A", "dan"),
        "dan": ("S2", "缺对方同意", "N", "cat"),
    }


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, "有效"),
        ({"is_second_agreed": "no"}, "缺对方同意"),
        ({"is_first_agreed": "no"}, "缺本人同意"),
        ({"status": "未批准"}, "未获批准"),
        ({"approver": "-"}, "未获批准"),
        # the consent that is missing is what has to be brought first
        ({"is_second_agreed": "no", "status": "未批准"}, "缺对方同意"),
    ],
)
def test_ATT_11_a_swap_counts_only_when_both_agree_and_it_is_approved(house, staff, changes, verdict):
    staff("ann", shift="A")
    staff("bob", shift="N")
    swap(house, **changes)
    assert heard(house) == {"S1": verdict}
    planned(
        house,
        f"ann | {DAY} | N\nbob | {DAY} | A" if verdict == "有效" else f"ann | {DAY} | A\nbob | {DAY} | N",
    )


def test_a_swap_that_was_taken_back_is_as_if_nobody_had_asked(house, staff):
    staff("ann", shift="A")
    staff("bob", shift="N")
    swap(house, status="撤销")
    assert heard(house) == {}
    assert duties(house)[("ann", DAY)]["swap_no"] == ""


@pytest.mark.parametrize(("known_at", "shift"), [("2026-10-14 09:59", "A"), ("2026-10-14 10:00", "N")])
def test_a_swap_counts_for_runs_that_knew_it(house, staff, known_at, shift):
    staff("ann", shift="A")
    staff("bob", shift="N")
    swap(house, recorded_at="2026-10-14 10:00")
    planned(house, f"ann | {DAY} | {shift}\nbob | {DAY} | {'A' if shift == 'N' else 'N'}", known_at=known_at)


def test_GM_A3_two_who_swap_days_exchange_their_rest_days_too(house, staff):
    staff("ann", "bob", shift=None)
    rostered(
        house,
        "ann | 2026-10-13 | 休\nann | 2026-10-15 | A\nbob | 2026-10-13 | A\nbob | 2026-10-15 | 休",
    )
    swap(house, swap_kind="调休", first_on="2026-10-13", second_on="2026-10-15")
    compute(house, "2026-10-13..2026-10-15", "GM")
    house.expect(
        """
        attendance.attendance_day
        employee_id | work_on    | status | absent_days
        ann         | 2026-10-13 | 旷工   | 1.00
        bob         | 2026-10-13 | 休息   | 0.00
        ann         | 2026-10-15 | 休息   | 0.00
        bob         | 2026-10-15 | 旷工   | 1.00
        """,
        where="employee_id in ('ann', 'bob') and work_on <> '2026-10-14'",
    )


@pytest.mark.parametrize("days", ["2026-10-13", "2026-10-15", "2026-10-13..2026-10-15"])
def test_a_day_of_a_swap_is_planned_the_same_whichever_days_are_asked_for(house, staff, days):
    """bob's night before his second day makes the rest too short: neither day is swapped."""
    staff("ann", "bob", shift=None)
    rostered(
        house,
        "ann | 2026-10-13 | 休\nann | 2026-10-15 | A\nbob | 2026-10-13 | A\nbob | 2026-10-15 | 休\n"
        "bob | 2026-10-14 | 休\nann | 2026-10-14 | 休\nann | 2026-10-12 | N",
    )
    swap(house, swap_kind="调休", first_on="2026-10-13", second_on="2026-10-15")
    assert {duty["swap_verdict"] for (_, day), duty in duties(house, days).items() if day != "2026-10-14"} == {
        "间隔不足"
    }


@pytest.mark.parametrize(("changes", "verdict"), [({}, "间隔不足"), ({"allows_short_rest": "yes"}, "有效")])
def test_ATT_11_a_night_before_a_day_shift_needs_an_override_or_is_not_applied(house, staff, changes, verdict):
    staff("ann", shift="A")
    staff("bob", shift="N")
    rostered(house, "ann | 2026-10-13 | A\nbob | 2026-10-13 | 休")
    swap(house, **changes)
    assert heard(house) == {"S1": verdict}
    assert {duties(house)[(person, DAY)]["swap_verdict"] for person in ("ann", "bob")} == {verdict}
    planned(house, f"ann | {DAY} | A\nbob | {DAY} | N" if changes == {} else f"ann | {DAY} | N\nbob | {DAY} | A")


@pytest.mark.parametrize(
    ("ends_at", "gap_hours", "verdict"),
    [("00:30", None, "有效"), ("00:31", None, "间隔不足"), ("00:31", "7", "有效"), ("00:30", "9", "间隔不足")],
)
def test_ATT_11_eight_hours_of_rest_are_enough_unless_the_house_says_otherwise(
    house, staff, ends_at, gap_hours, verdict
):
    house.given(
        "attendance.shift\nsite_id | shift_code | valid_from | shift_name | starts_at | ends_at\n"
        f"GM | L | 2026-01-01 | 晚班 | 15:00 | {ends_at}"
    )
    if gap_hours:
        house.given(
            "book.rule\nrule_set | rule_id | parameter | value | valid_from | clause\n"
            f"guomao | GM-A6 | rest_gap_hours | {gap_hours} | 2026-01-01 | 两班之间"
        )
    staff("ann", shift="A")
    staff("bob", shift="L")
    rostered(house, "ann | 2026-10-13 | A\nbob | 2026-10-13 | 休")
    swap(house)
    assert heard(house) == {"S1": verdict}


def test_ATT_11_the_day_before_counts_for_the_rest_as_the_day_after_does(house, staff):
    staff("ann", shift="N")
    staff("bob", shift="A")
    rostered(house, "bob | 2026-10-11 | N")
    rostered(house, "ann | 2026-10-11 | N\nann | 2026-10-13 | N")
    swap(house)
    assert heard(house) == {"S1": "间隔不足"}  # ann would come from the night into the day


def test_rest_is_measured_on_what_other_swaps_leave(house, staff):
    """ann takes bob's night, and cat takes ann's shift of the day after: nobody is short of rest."""
    staff("ann", "cat", shift="A")
    staff("bob", shift="N")
    rostered(house, "ann | 2026-10-13 | A\nbob | 2026-10-13 | 休\ncat | 2026-10-13 | 休")
    swap(house)
    assert heard(house) == {"S1": "间隔不足"}
    swap(house, swap_no="S2", second_employee_id="cat", first_on="2026-10-13", swap_kind="调休")
    assert heard(house) == {"S1": "有效", "S2": "有效"}
    assert heard(house, DAY, DAY) == {"S1": "有效", "S2": "有效"}


def test_patrol_times_are_no_shift_that_one_must_rest_before(house, staff):
    house.given(
        "attendance.shift\nsite_id | shift_code | valid_from | shift_name | starts_at | ends_at | is_patrol\n"
        "GM | P | 2026-01-01 | 巡查 | 09:00 | 17:00 | yes"
    )
    staff("ann", shift="A")
    staff("bob", shift="N")
    rostered(house, "ann | 2026-10-13 | P\nbob | 2026-10-13 | 休")
    swap(house)
    assert heard(house) == {"S1": "有效"}


def test_who_is_in_two_approved_swaps_of_a_day_is_in_none(house, staff):
    staff("ann", shift="A")
    staff("bob", shift="N")
    staff("cat", shift="D")
    swap(house)
    swap(house, swap_no="S2", first_employee_id="bob", second_employee_id="cat")
    assert heard(house) == {"S1": "冲突", "S2": "冲突"}
    planned(house, f"ann | {DAY} | A\nbob | {DAY} | N\ncat | {DAY} | D")


def test_a_request_that_was_turned_down_stands_in_the_way_of_none(house, staff):
    staff("ann", shift="A")
    staff("bob", shift="N")
    staff("cat", shift="D")
    swap(house, status="未批准")
    swap(house, swap_no="S2", first_employee_id="bob", second_employee_id="cat")
    assert heard(house) == {"S1": "未获批准", "S2": "有效"}
    assert {person: (duty["swap_no"], duty["shift_code"]) for (person, _), duty in duties(house).items()} == {
        "ann": ("S1", "A"),
        "bob": ("S2", "D"),
        "cat": ("S2", "N"),
    }


def test_people_of_two_sites_swap_a_shift_that_both_sites_know(house, staff):
    house.given(
        "attendance.shift\nsite_id | shift_code | valid_from | shift_name | starts_at | ends_at\n"
        "GM | H | 2026-01-01 | 物业班 | 09:00 | 18:00\nHQ | A | 2026-01-01 | 案场班 | 08:30 | 18:00"
    )
    staff("ann", shift="A")
    staff("bob", site="HQ", shift="H")
    swap(house)
    assert heard(house) == {"S1": "有效"}
    compute(house, DAY, "GM")  # the other site is not part of the run
    compute(house, DAY, "HQ")
    house.expect(
        "attendance.attendance_day\nemployee_id | site_id | shift_code\nann | GM | H\nbob | HQ | A",
        where="employee_id in ('ann', 'bob')",
    )


def test_a_shift_that_the_other_site_does_not_have_cannot_be_swapped(house, staff):
    staff("ann", shift="A")
    staff("bob", site="HQ", shift="H")
    swap(house)
    assert heard(house) == {"S1": "班次未定义"}
    planned(house, f"ann | {DAY} | A\nbob | {DAY} | H")


def test_what_nobody_rostered_cannot_be_swapped(house, staff):
    staff("ann", shift="A")
    staff("bob", shift=None)
    swap(house)
    assert heard(house) == {"S1": "未排班"}
    assert duties(house)[("ann", DAY)]["shift_code"] == "A"


def test_nobody_swaps_with_somebody_who_has_left(house, staff):
    staff("ann", shift="A")
    staff("bob", shift="N")
    house.connection.execute("update book.employee set left_on = '2026-10-11' where employee_id = 'bob'")
    swap(house)
    assert heard(house) == {"S1": "未排班"}


def test_who_follows_the_calendar_swaps_what_the_calendar_says(house, staff):
    """Saturday the 17th is a day of rest, Friday the 16th a working day."""
    staff("ann", site="HO", shift=None)
    staff("bob", site="HO", shift=None)
    rostered(house, "bob | 2026-10-16 | 休\nbob | 2026-10-17 | O")
    swap(house, swap_kind="调休", first_on="2026-10-16", second_on="2026-10-17")
    compute(house, "2026-10-16..2026-10-17", "HO")
    house.expect(
        """
        attendance.attendance_day
        employee_id | work_on    | shift_code | status
        ann         | 2026-10-16 | 休         | 休息
        ann         | 2026-10-17 | O          | 旷工
        bob         | 2026-10-16 | O          | 旷工
        bob         | 2026-10-17 | 休         | 休息
        """,
        where="employee_id in ('ann', 'bob')",
    )


def test_a_swap_of_the_last_night_of_a_month_belongs_to_that_month(house, staff):
    staff("ann", shift="A", on="2026-10-31")
    staff("bob", shift="N", on="2026-10-31")
    rostered(house, "ann | 2026-11-01 | 休\nbob | 2026-11-01 | A")
    swap(house, first_on="2026-10-31")
    punches(house, "ann | 2026-10-31 18:25\nann | 2026-11-01 08:05\nbob | 2026-10-31 08:20\nbob | 2026-11-01 08:20")
    compute(house, "2026-10-31..2026-11-01", "GM")
    house.expect(
        """
        attendance.attendance_day
        employee_id | work_on    | shift_code | status | remark
        ann         | 2026-10-31 | N          | 出勤   | -
        ann         | 2026-11-01 | 休         | 休息   | -
        bob         | 2026-10-31 | A          | 出勤   | -
        bob         | 2026-11-01 | A          | 出勤   | -
        """,
        where="employee_id in ('ann', 'bob')",
    )


@pytest.mark.parametrize(
    ("rule", "asked_at", "verdict"),
    [
        ("是", "2026-10-13 08:29", "有效"),
        ("是", "2026-10-13 08:30", "未事先说明"),
        ("是", "-", "未事先说明"),
        ("否", "2026-10-13 08:30", "有效"),
        (None, "-", "有效"),
    ],
)
def test_YJ_A4_a_swap_of_rest_days_is_announced_before_the_first_shift_concerned(house, staff, rule, asked_at, verdict):
    if rule:
        house.given(
            "book.rule\nrule_set | rule_id | parameter | value | valid_from | clause\n"
            f"guomao | YJ-A4 | rest_swap_absent | {rule} | 2026-01-01 | 调休须事先说明，否则按旷工"
        )
    staff("ann", "bob", shift=None)
    rostered(
        house,
        "ann | 2026-10-13 | 休\nann | 2026-10-15 | A\nbob | 2026-10-13 | A\nbob | 2026-10-15 | 休",
    )
    swap(house, swap_kind="调休", first_on="2026-10-13", second_on="2026-10-15", asked_at=asked_at)
    assert heard(house) == {"S1": verdict}
    compute(house, "2026-10-13", "GM")
    absent = "ann" if verdict == "有效" else "bob"
    house.expect(
        f"attendance.attendance_day\nemployee_id | absent_days\n{absent} | 1.00",
        where="employee_id in ('ann', 'bob') and absent_days > 0",
    )


def test_YJ_A4_a_swap_of_shifts_needs_no_notice_beforehand(house, staff):
    house.given(
        "book.rule\nrule_set | rule_id | parameter | value | valid_from | clause\n"
        "guomao | YJ-A4 | rest_swap_absent | 是 | 2026-01-01 | 调休须事先说明，否则按旷工"
    )
    staff("ann", shift="A")
    staff("bob", shift="N")
    swap(house, asked_at="-")
    assert heard(house) == {"S1": "有效"}
