"""The sheet 异常: what the roster, swaps, slips and punches leave somebody to look at, without any consequence."""

import pytest

from backoffice.database import rows
from tests.rules.attendance.conftest import compute, punches
from tests.rules.attendance.test_leave import leave
from tests.rules.attendance.test_swaps import rostered, swap

WEEK = "2026-10-12..2026-10-18"


def problems(house, starts_on="2026-10-12", last_on=None, site="GM", known_at="2026-11-03 09:30", of="ann"):
    """(severity, problem) of what the sheet says of a person or thing."""
    found = rows(
        house.connection,
        "attendance/sheet_exceptions",
        {"site_id": site, "starts_on": starts_on, "last_on": last_on or starts_on, "known_at": known_at},
    )
    assert all(row["advice"] and row["department"] for row in found)
    return [(row["severity"], row["problem"]) for row in found if of in f"{row['subject']} {row['person']}"]


def ruled(house, parameter, value, rule_set="guomao"):
    house.given(
        "book.rule\nrule_set | rule_id | parameter | value | valid_from | clause\n"
        f"{rule_set} | YJ-A2 | {parameter} | {value} | 2026-01-01 | 见制度"
    )


@pytest.mark.parametrize(
    ("codes", "parameter", "value", "expected"),
    [
        # Saturday the 17th and Sunday the 18th; Monday is the 12th
        ("AAAAAAA", "rest_day_rotation", "周一至周五", []),
        ("AAAAA休A", "rest_day_rotation", "周一至周五", ["2026-10-17 周末安排休息，未见销售部经理批准"]),
        ("A休休AAAA", "rest_day_rotation", "周一至周五", ["2026-10-14 连续第二天休息，未见董事长批准"]),
        ("休AAAAAA", "no_rest_on", "1", ["2026-10-12 星期一原则上不排休，当日安排休息，未见批准"]),
        ("A休AAAAA", "no_rest_on", "1", []),
        ("AAAAA休A", "no_rest_on", "6,7,H", ["2026-10-17 星期六原则上不排休，当日安排休息，未见批准"]),
        ("AAAAA休A", "no_rest_on", "6、7、H", ["2026-10-17 星期六原则上不排休，当日安排休息，未见批准"]),
        ("A休AAAAA", "workdays_a_week", "6", []),
        ("A休A休AAA", "workdays_a_week", "6", ["2026-10-12至2026-10-18 一周休息2天，规定每周工作6天"]),
        ("A休A休AAA", "workdays_a_week", "5", []),
        ("A休A休AAA", "missed_punch_quota", "5", []),
    ],
)
def test_GM_A3_YJ_A2_SL_A1_rest_that_the_house_does_not_foresee_is_listed(
    house, staff, codes, parameter, value, expected
):
    ruled(house, parameter, value)
    staff("ann", shift=None)
    for day, code in enumerate(codes, start=12):
        rostered(house, f"ann | 2026-10-{day} | {code}")
    punches(house, "\n".join(f"ann | 2026-10-{day} 08:20" for day in range(12, 19)))
    compute(house, WEEK, "GM")
    assert problems(house, "2026-10-12", "2026-10-18") == [("请核对", problem) for problem in expected]
    house.expect("attendance.attendance_day\nemployee_id", where="employee_id = 'ann' and absent_days > 0")


def test_SL_A1_public_holidays_are_kept_free_of_rest_by_the_letter_h(house, staff):
    ruled(house, "no_rest_on", "H")
    staff("ann", shift="休", on="2026-10-05")
    rostered(house, "ann | 2026-10-08 | 休")
    compute(house, "2026-10-05..2026-10-08", "GM")
    assert ("请核对", "2026-10-05 国庆节原则上不排休，当日安排休息，未见批准") in problems(house, "2026-10-05")
    assert problems(house, "2026-10-08") == []


def test_rest_that_somebody_signed_for_is_not_listed(house, staff):
    ruled(house, "no_rest_on", "1")
    staff("ann", shift=None)
    house.given(
        "attendance.roster\nemployee_id | work_on | shift_code | approver | approver_level\n"
        "ann | 2026-10-12 | 休 | sun | 销售部经理"
    )
    compute(house, "2026-10-12", "GM")
    assert problems(house) == []


def test_GM_A3_rest_that_came_by_a_swap_is_looked_at_with_the_level_that_approved_the_swap(house, staff):
    ruled(house, "rest_day_rotation", "周一至周五")
    staff("ann", "bob", shift=None)
    rostered(house, "ann | 2026-10-13 | 休\nann | 2026-10-14 | A\nbob | 2026-10-13 | 休\nbob | 2026-10-14 | 休")
    swap(house, swap_kind="调休", first_on="2026-10-14")
    compute(house, "2026-10-14", "GM")
    assert ("请核对", "2026-10-14 连续第二天休息，未见董事长批准") in problems(house, "2026-10-14")
    assert all("连续" not in problem for _, problem in problems(house, "2026-10-14", of="bob"))


def test_YJ_A2_a_week_is_counted_from_monday_though_the_document_is_about_sunday_alone(house, staff):
    ruled(house, "workdays_a_week", "6")
    staff("ann", shift=None)
    rostered(house, "ann | 2026-10-11 | 休\nann | 2026-10-12 | 休\nann | 2026-10-18 | 休")
    compute(house, "2026-10-18", "GM")
    assert problems(house, "2026-10-18") == [("请核对", "2026-10-12至2026-10-18 一周休息2天，规定每周工作6天")]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"is_second_agreed": "no"}, [("请核对", "2026-10-12 ann（A）与bob（N）换班，缺对方同意，没有生效")]),
        ({"status": "未批准"}, [("请核对", "2026-10-12 ann（A）与bob（N）换班，未获批准，没有生效")]),
        ({"status": "撤销"}, []),
    ],
)
def test_ATT_11_a_swap_that_is_not_heard_is_listed_with_both_people(house, staff, changes, expected):
    staff("ann", shift="A")
    staff("bob", shift="N")
    swap(house, **changes)
    compute(house, "2026-10-12", "GM")
    assert problems(house, of="换班单S1") == expected


def test_a_swap_of_two_sites_is_listed_in_both(house, staff):
    staff("ann", shift="A")
    staff("bob", site="HQ", shift="H")
    swap(house)
    compute(house, "2026-10-12")
    expected = [("请核对", "2026-10-12 ann（A）与bob（H）换班，班次未定义，没有生效")]
    assert problems(house, of="S1") == problems(house, site="HQ", of="S1") == expected
    assert problems(house, site="HO", of="S1") == []


@pytest.mark.parametrize(
    ("rule", "reported_back_at", "known_at", "is_listed"),
    [
        ("是", "-", "2026-10-13 09:30", True),
        ("是", "2026-10-12 13:25", "2026-10-13 09:30", False),
        ("是", "-", "2026-10-12 11:59", False),
        ("否", "-", "2026-10-13 09:30", False),
        (None, "-", "2026-10-13 09:30", False),
    ],
)
def test_OF_A2_leave_that_nobody_reported_back_from_is_listed_after_its_end(
    house, staff, rule, reported_back_at, known_at, is_listed
):
    if rule:
        ruled(house, "leave_reports_back", rule)
    staff("ann")
    leave(house, reported_back_at=reported_back_at)
    punches(house, "ann | 2026-10-12 13:20")
    compute(house, "2026-10-12", "GM", known_at=known_at)
    told = ("请核对", "假条L1至2026-10-12 12:00止，未见销假")
    assert (told in problems(house, known_at=known_at)) == is_listed
    house.expect("attendance.attendance_day\nabsent_days\n0.00", where="employee_id = 'ann'")


def test_punches_that_belong_to_nothing_are_listed_with_their_times(house, staff):
    staff("ann")
    punches(house, "ann | 2026-10-12 08:20")
    compute(house, "2026-10-12", "GM")
    house.connection.execute("delete from attendance.stray_punch")
    house.given(
        "attendance.stray_punch\nsite_id | employee_id | work_on | punched_at\n"
        "GM | ann | 2026-10-12 | 2026-10-12 22:40\nGM | ann | 2026-10-12 | 2026-10-12 23:10"
    )
    assert problems(house) == [("请核对", "2026-10-12 有2次打卡不在任何班次的时段内：10-12 22:40、10-12 23:10")]


def test_GM_A8_a_lunch_that_took_too_long_is_listed_where_the_rules_say_no_more(house, staff):
    staff("ann", "bob")
    punches(house, "ann | 2026-10-12 08:20\nbob | 2026-10-12 08:20")
    compute(house, "2026-10-12", "GM")
    house.connection.execute("delete from attendance.offence")
    house.given(
        "attendance.offence\nemployee_id | work_on | offence_kind | source_no | site_id | absent_days | rule_id | "
        "rule_version | reason\n"
        "ann | 2026-10-12 | 用餐超时 | 1 | GM | 0 | GM-A8 | x | 用餐52分钟，规定40分钟\n"
        "bob | 2026-10-12 | 用餐超时 | 2 | GM | 0.5 | GM-A8 | x | 用餐52分钟，规定40分钟"
    )
    assert problems(house) == [("请核对", "2026-10-12 用餐超时：用餐52分钟，规定40分钟")]
    assert problems(house, of="bob") == []
