"""Who may approve how much leave, by when a slip is due, and what half a day is (GM-A4, GM-A5, ATT-09)."""

import pytest

from backoffice.attendance import JUDGE
from backoffice.database import execute
from backoffice.runs import parameters
from tests.rules.attendance.conftest import compute, punches
from tests.rules.attendance.test_leave import AFTER_DEADLINE, leave, verdict
from tests.rules.attendance.test_swaps import rostered, swap

DAY = "2026-10-12"
WHOLE_DAY = {"ends_at": "2026-10-12 18:00"}
TWO_DAYS = {"ends_at": "2026-10-13 18:00", "submitted_on": "2026-10-14"}


def ruled(house, **values):
    for parameter, value in values.items():
        house.given(
            "book.rule\nrule_set | rule_id | parameter | value | valid_from | clause\n"
            f"guomao | GM-A4 | {parameter} | {value} | 2026-01-01 | 见制度"
        )


def covers(house):
    """The row of ann's leave on Monday, as judging reads it."""
    given = parameters(house.connection, compute(house, DAY, "GM", known_at=AFTER_DEADLINE))
    for name in JUDGE[: JUDGE.index("attendance/judge_leave") + 1]:
        execute(house.connection, name, given)
    [row] = house.query("select * from leave_cover")
    house.connection.execute("discard temp")
    return {name: value and f"{value:%H:%M}" for name, value in row.items() if name.endswith(("after_at", "before_at"))}


@pytest.mark.parametrize(
    ("lists", "level", "changes", "expected"),
    [
        # as the house has it where no rule speaks
        ({}, "销售部经理", {}, "有效"),
        ({}, "案场主管", {}, "批准级别不够"),
        ({}, "总经理", WHOLE_DAY, "有效"),
        ({}, "董事长", WHOLE_DAY, "有效"),
        ({}, "总经理", TWO_DAYS, "批准级别不够"),
        # as the rules have it where they speak
        ({"leave_level1_approvers": "案场主管、组长"}, "组长", {}, "有效"),
        ({"leave_level1_approvers": "案场主管、组长"}, "案场主管", {}, "有效"),
        ({"leave_level1_approvers": "案场主管、组长"}, "部门经理", {}, "批准级别不够"),
        ({"leave_level1_approvers": "案场主管、组长"}, "主管", {}, "批准级别不够"),
        ({"leave_level1_approvers": "案场主管、组长"}, "组长", WHOLE_DAY, "批准级别不够"),
        ({"leave_level2_approvers": "副总经理"}, "副总经理", WHOLE_DAY, "有效"),
        ({"leave_level2_approvers": "副总经理"}, "总经理", WHOLE_DAY, "批准级别不够"),
        ({"leave_level3_approvers": "总裁、董事长"}, "总裁", TWO_DAYS, "有效"),
        # who stands in two lists has the higher rank
        ({"leave_level3_approvers": "总经理、董事长"}, "总经理", TWO_DAYS, "有效"),
    ],
)
def test_GM_A4_each_rule_set_names_who_approves_how_much(house, staff, lists, level, changes, expected):
    ruled(house, **lists)
    staff("ann")
    rostered(house, "ann | 2026-10-13 | A\nann | 2026-10-14 | A")
    leave(house, approver_level=level, **changes)
    compute(house, DAY, "GM", known_at=AFTER_DEADLINE)
    assert verdict(house)["slip_verdict"] == expected


@pytest.mark.parametrize(
    ("rule", "changes", "expected"),
    [
        ("是", {"told_at": "2026-10-12 08:29"}, "有效"),
        ("是", {"told_at": "2026-10-12 08:30"}, "班前未告知"),
        ("是", {"told_at": "-"}, "班前未告知"),
        # who asked had told; who told need not have asked
        ("是", {"told_at": "-", "asked_at": "2026-10-11 20:00"}, "有效"),
        ("是", {"told_at": "2026-10-12 07:00", "asked_at": "2026-10-13 09:00"}, "有效"),
        # told before the shift, though the slip was written for the whole day
        ("是", {"starts_at": "2026-10-12 00:00", "told_at": "2026-10-12 08:10"}, "有效"),
        # the other conditions hold as they do for any leave
        ("是", {"told_at": "2026-10-12 07:00", "asked_by": "bob"}, "他人代请"),
        ("是", {"told_at": "2026-10-12 07:00", "submitted_on": "2026-10-14"}, "假条逾期"),
        ("是", {"told_at": "2026-10-12 07:00", "submitted_on": "2026-10-13"}, "有效"),
        ("是", {"told_at": "2026-10-12 07:00", "leave_type": "事假"}, "事后补请"),
        ("否", {"told_at": "2026-10-12 07:00"}, "事后补请"),
        (None, {"told_at": "2026-10-12 07:00"}, "事后补请"),
    ],
)
def test_GM_A5_of_sick_leave_the_supervisor_is_told_before_the_shift(house, staff, rule, changes, expected):
    if rule:
        ruled(house, sick_notice_required=rule)
    staff("ann")
    rostered(house, "ann | 2026-10-13 | A\nann | 2026-10-14 | A")
    leave(house, **{"leave_type": "病假", "asked_at": "-", **changes})
    compute(house, DAY, "GM", known_at=AFTER_DEADLINE)
    assert verdict(house)["slip_verdict"] == expected


def test_GM_A5_who_told_on_the_second_day_is_absent_on_the_first_alone(house, staff):
    ruled(house, sick_notice_required="是")
    staff("ann")
    rostered(house, "ann | 2026-10-13 | A\nann | 2026-10-14 | A")
    leave(house, leave_type="病假", asked_at="-", told_at="2026-10-12 11:00", approver_level="董事长", **TWO_DAYS)
    compute(house, "2026-10-12..2026-10-13", "GM", known_at=AFTER_DEADLINE)
    house.expect(
        """
        attendance.attendance_day
        work_on    | status | absent_days | leave_days | slip_verdict
        2026-10-12 | 旷工   | 1.00        | 0.00       | 班前未告知
        2026-10-13 | 请假   | 0.00        | 1.00       | 有效
        """,
        where="employee_id = 'ann'",
    )


@pytest.mark.parametrize(("swap_status", "expected"), [("批准", "有效"), ("未批准", "假条逾期")])
def test_a_slip_deadline_moves_over_a_day_of_rest_that_came_by_a_swap(house, staff, swap_status, expected):
    """Due on Tuesday the 13th; ann swapped it with bob for a day of rest."""
    staff("ann")
    staff("bob", shift=None)
    rostered(house, "ann | 2026-10-13 | A\nann | 2026-10-14 | A\nbob | 2026-10-13 | 休")
    swap(house, swap_kind="调休", first_on="2026-10-13", status=swap_status)
    leave(house, submitted_on="2026-10-14")
    compute(house, DAY, "GM", known_at=AFTER_DEADLINE)
    assert verdict(house)["slip_verdict"] == expected


def test_a_slip_deadline_stays_on_a_day_of_rest_that_was_swapped_away(house, staff):
    staff("ann")
    staff("bob", shift=None)
    rostered(house, "ann | 2026-10-13 | 休\nann | 2026-10-14 | A\nbob | 2026-10-13 | A")
    swap(house, swap_kind="调休", first_on="2026-10-13")
    leave(house, submitted_on="2026-10-14")
    compute(house, DAY, "GM", known_at=AFTER_DEADLINE)
    assert verdict(house)["slip_verdict"] == "假条逾期"


@pytest.mark.parametrize(("submitted_on", "expected"), [("2026-10-13", "有效"), ("2026-10-14", "假条逾期")])
def test_leave_until_midnight_ends_on_the_day_before(house, staff, submitted_on, expected):
    staff("ann")
    rostered(house, "ann | 2026-10-13 | A\nann | 2026-10-14 | A")
    leave(
        house,
        starts_at="2026-10-12 00:00",
        ends_at="2026-10-13 00:00",
        approver_level="总经理",
        submitted_on=submitted_on,
    )
    compute(house, DAY, "GM", known_at=AFTER_DEADLINE)
    assert verdict(house)["slip_verdict"] == expected


def shift(house, code, ends, is_split="no"):
    starts_at, ends_at, *pause = ends.split()
    pause = pause or ["-", "-"]
    house.given(
        "attendance.shift\nsite_id | shift_code | valid_from | shift_name | starts_at | ends_at | break_starts_at | "
        "break_ends_at | is_split\n"
        f"GM | {code} | 2026-01-01 | 班次 | {starts_at} | {ends_at} | {pause[0]} | {pause[1]} | {is_split}"
    )


@pytest.mark.parametrize(
    ("hours", "is_split", "off", "in_after", "out_before"),
    [
        # no break on file: the house's noon
        ("08:30 18:00", "no", "08:30 12:00", "13:30", None),
        ("08:30 18:00", "no", "08:30 12:30", "13:30", None),
        ("08:30 18:00", "no", "08:30 11:59", "11:59", None),
        ("08:30 18:00", "no", "08:30 14:00", "14:00", None),
        ("08:30 18:00", "no", "13:30 18:00", None, "12:00"),
        ("08:30 18:00", "no", "13:31 18:00", None, "13:31"),
        # a break on file is the noon of its shift
        ("08:30 17:30 12:00 13:00", "no", "08:30 12:00", "13:00", None),
        ("08:30 17:30 12:00 13:00", "no", "13:00 17:30", None, "12:00"),
        # two spells: their own ends
        ("08:30 18:00 12:00 14:30", "yes", "08:30 12:00", "14:30", None),
        ("08:30 18:00 12:00 14:30", "yes", "14:30 18:00", None, "12:00"),
        # who begins at one o'clock has no noon
        ("13:00 21:00", "no", "13:00 13:15", "13:15", None),
    ],
)
def test_ATT_09_who_has_the_morning_off_comes_when_the_afternoon_begins(
    house, staff, hours, is_split, off, in_after, out_before
):
    shift(house, "S", hours, is_split)
    staff("ann", shift="S")
    starts_at, ends_at = off.split()
    leave(house, starts_at=f"{DAY} {starts_at}", ends_at=f"{DAY} {ends_at}", approver_level="总经理")
    found = covers(house)
    assert (found["in_after_at"], found["out_before_at"]) == (in_after, out_before)


@pytest.mark.parametrize(
    ("off", "noon_out_before", "noon_in_after"),
    [
        ("10:30 12:00", "10:30", None),
        ("14:30 15:30", None, "15:30"),
        ("11:00 15:30", "11:00", "15:30"),
        ("09:00 10:00", None, None),
    ],
)
def test_YJ_A1_leave_beside_the_break_moves_the_end_of_one_spell_and_the_start_of_the_other(
    house, staff, off, noon_out_before, noon_in_after
):
    shift(house, "S", "08:30 18:00 12:00 14:30", "yes")
    staff("ann", shift="S")
    starts_at, ends_at = off.split()
    leave(house, starts_at=f"{DAY} {starts_at}", ends_at=f"{DAY} {ends_at}", approver_level="总经理")
    found = covers(house)
    assert (found["noon_out_before_at"], found["noon_in_after_at"]) == (noon_out_before, noon_in_after)
    assert (found["in_after_at"], found["out_before_at"]) == (None, None)


@pytest.mark.parametrize(("is_split", "expected"), [("yes", "有效"), ("no", "批准级别不够")])
def test_GM_A4_half_a_day_in_two_spells_is_a_spell(house, staff, is_split, expected):
    """Leave until 14:00 is one spell where the second begins at 14:30, and more than a morning elsewhere."""
    shift(house, "S", "08:30 18:00 12:00 14:30", is_split)
    staff("ann", shift="S")
    leave(house, ends_at="2026-10-12 14:00")
    punches(house, f"ann | {DAY} 14:20")
    compute(house, DAY, "GM", known_at=AFTER_DEADLINE)
    assert verdict(house)["slip_verdict"] == expected
