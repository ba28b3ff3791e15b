"""Temporary timetables, spells, patrols, and which hours a day's punches are taken from (YJ-A1, ATT-04)."""

import pytest

from tests.rules.attendance.conftest import compute, punches
from tests.rules.attendance.test_swaps import duties, heard, rostered, swap

DAY = "2026-10-12"


def change(house, *drawn, recorded_at="2026-01-01 00:00"):
    """Temporary timetables drawn as `from to shift post new`."""
    for line in drawn:
        from_on, to_on, shift, post, new = line.split()
        house.given(
            "attendance.timetable_change\n"
            "site_id | from_on | to_on | shift_code | post | new_shift_code | reason | approver\n"
            f"GM | {from_on} | {to_on} | {shift} | {post} | {new} | 开盘 | sun",
            recorded_at=recorded_at,
        )


def at_post(house, name, post):
    house.connection.execute("update book.employee set post = %s where employee_id = %s", [post, name])


def test_YJ_A1_for_the_days_named_another_shift_takes_the_place_of_the_rostered_one(house, staff):
    staff("ann", shift=None)
    rostered(house, "\n".join(f"ann | 2026-10-{day} | A" for day in (12, 13, 14, 15)))
    change(house, "2026-10-13 2026-10-14 A * D")
    punches(house, "\n".join(f"ann | 2026-10-{day} 08:47" for day in (12, 13, 14, 15)))
    compute(house, "2026-10-12..2026-10-15", "GM")
    house.expect(
        """
        attendance.attendance_day
        work_on    | shift_code | due_in_at        | late_minutes | fine_amount
        2026-10-12 | A          | 2026-10-12 08:30 | 17           | 10.00
        2026-10-13 | D          | 2026-10-13 09:00 | 0            | 0.00
        2026-10-14 | D          | 2026-10-14 09:00 | 0            | 0.00
        2026-10-15 | A          | 2026-10-15 08:30 | 17           | 10.00
        """,
        where="employee_id = 'ann'",
    )


def test_YJ_A1_rest_days_stay_rest_days(house, staff):
    staff("ann", shift="休")
    staff("bob", shift="A")
    change(house, f"{DAY} {DAY} * * D")
    compute(house, DAY, "GM")
    house.expect(
        "attendance.attendance_day\nemployee_id | shift_code | status\nann | 休 | 休息\nbob | D | 旷工",
        where="employee_id in ('ann', 'bob')",
    )


@pytest.mark.parametrize(
    ("changes", "shift"),
    [
        ([f"{DAY} {DAY} N * D"], "A"),
        ([f"{DAY} {DAY} A 礼宾 D"], "D"),
        ([f"{DAY} {DAY} A 保洁 D"], "A"),
        ([f"{DAY} {DAY} * 礼宾 D"], "D"),
        # the shift by name goes before the post by name, both before the one for all
        ([f"{DAY} {DAY} * * N", f"{DAY} {DAY} * 礼宾 D"], "D"),
        ([f"{DAY} {DAY} * * N", f"{DAY} {DAY} A * D"], "D"),
        ([f"{DAY} {DAY} * 礼宾 N", f"{DAY} {DAY} A * D"], "D"),
        ([f"{DAY} {DAY} A * N", f"{DAY} {DAY} A 礼宾 D"], "D"),
        # of two alike the one that begins later
        ([f"2026-10-11 {DAY} A * N", f"{DAY} 2026-10-13 A * D"], "D"),
        ([f"{DAY} 2026-10-13 A * D", f"2026-10-11 {DAY} A * N"], "D"),
    ],
)
def test_YJ_A1_of_two_timetables_the_more_specific_wins(house, staff, changes, shift):
    staff("ann")
    at_post(house, "ann", "礼宾")
    change(house, *changes)
    assert duties(house)[("ann", DAY)]["shift_code"] == shift


def test_a_timetable_of_one_site_changes_nothing_at_another(house, staff):
    staff("ann", site="HQ", shift="H")
    change(house, f"{DAY} {DAY} * * D")
    assert duties(house)[("ann", DAY)]["shift_code"] == "H"


def test_a_timetable_changes_the_default_shift_of_who_follows_the_calendar_too(house, staff):
    house.connection.execute(
        "update book.rule set value = 'official' where rule_set = 'guomao' and parameter = 'works_calendar'"
    )
    staff("ann", shift=None)
    change(house, f"{DAY} {DAY} A * D")
    assert duties(house)[("ann", DAY)]["shift_code"] == "D"


def test_a_timetable_that_was_told_later_does_not_count_before(house, staff):
    staff("ann")
    change(house, f"{DAY} {DAY} A * D", recorded_at="2026-10-14 10:00")
    assert duties(house, known_at="2026-10-14 09:59")[("ann", DAY)]["shift_code"] == "A"
    assert duties(house, known_at="2026-10-14 10:00")[("ann", DAY)]["shift_code"] == "D"


def test_a_shift_that_was_swapped_is_the_one_that_a_timetable_replaces(house, staff):
    staff("ann", shift="A")
    staff("bob", shift="N")
    swap(house)
    change(house, f"{DAY} {DAY} A * D")
    assert {person: duty["shift_code"] for (person, _), duty in duties(house).items()} == {"ann": "N", "bob": "D"}


def test_ATT_11_the_rest_between_two_shifts_is_measured_on_the_temporary_timetable(house, staff):
    house.given(
        "attendance.shift\nsite_id | shift_code | valid_from | shift_name | starts_at | ends_at\n"
        "GM | P | 2026-01-01 | 午后班 | 16:00 | 20:00"
    )
    staff("ann", shift="A")
    staff("bob", shift="N")
    rostered(house, "ann | 2026-10-13 | A\nbob | 2026-10-13 | 休")
    swap(house)
    assert heard(house) == {"S1": "间隔不足"}
    change(house, "2026-10-13 2026-10-13 A * P")
    assert heard(house) == {"S1": "有效"}


def test_a_duty_says_whether_its_shift_has_two_spells_or_is_a_patrol(house, staff):
    house.given(
        "attendance.shift\n"
        "site_id | shift_code | valid_from | shift_name | starts_at | ends_at | break_starts_at | break_ends_at | "
        "is_split | is_patrol\n"
        "GM | S | 2026-01-01 | 两段班 | 08:30 | 18:00 | 12:00 | 14:30 | yes | no\n"
        "GM | P | 2026-01-01 | 巡查 | 09:00 | 17:00 | - | - | no | yes"
    )
    staff("ann", shift="S")
    staff("bob", shift="P")
    staff("cat", shift="A")
    staff("dan", shift="休")
    assert {
        person: (duty["is_split"], duty["is_patrol"], duty["break_ends_at"] and f"{duty['break_ends_at']:%H:%M}")
        for (person, _), duty in duties(house).items()
    } == {
        "ann": (True, False, "14:30"),
        "bob": (False, True, None),
        "cat": (False, False, "13:30"),
        "dan": (False, False, None),
    }


def windows(house, days=DAY):
    """(person, day) to the hours from which punches are taken."""
    return {
        key: f"{duty['window_opens_at']:%m-%d %H:%M} {duty['window_closes_at']:%m-%d %H:%M}"
        for key, duty in duties(house, days).items()
    }


@pytest.mark.parametrize(
    ("parameters", "window"),
    [
        ({}, "10-12 04:00 10-12 22:00"),
        ({"window_before_minutes": "60"}, "10-12 07:30 10-12 22:00"),
        ({"window_after_minutes": "90"}, "10-12 04:00 10-12 19:30"),
    ],
)
def test_a_shift_is_punched_for_from_so_long_before_until_so_long_after(house, staff, parameters, window):
    for parameter, value in parameters.items():
        house.given(
            "book.rule\nrule_set | rule_id | parameter | value | valid_from | clause\n"
            f"guomao | GM-A1 | {parameter} | {value} | 2026-01-01 | 打卡时段"
        )
    staff("ann")
    assert windows(house)[("ann", DAY)] == window


def test_ATT_04_a_day_of_rest_has_what_the_shifts_beside_it_leave(house, staff):
    house.given(
        "attendance.shift\nsite_id | shift_code | valid_from | shift_name | starts_at | ends_at\n"
        "GM | E | 2026-01-01 | 早班 | 02:00 | 10:00"
    )
    staff("ann", "bob", "cat", shift=None)
    rostered(
        house,
        "ann | 2026-10-11 | N\nann | 2026-10-12 | 休\nann | 2026-10-13 | E\n"
        "bob | 2026-10-11 | A\nbob | 2026-10-12 | 休\nbob | 2026-10-13 | A",
    )
    found = windows(house)
    assert found[("ann", DAY)] == "10-12 12:00 10-12 21:30"
    assert found[("bob", DAY)] == "10-12 04:00 10-13 04:00"
    assert found[("cat", DAY)] == "10-12 04:00 10-13 04:00"  # nobody said what cat is due


def test_ATT_04_a_nights_leaving_punch_on_a_day_of_rest_belongs_to_the_night_alone(house, staff):
    staff("ann", shift=None)
    rostered(house, "ann | 2026-10-31 | N\nann | 2026-11-01 | 休")
    punches(house, "ann | 2026-10-31 18:25\nann | 2026-11-01 08:05")
    compute(house, "2026-10-31..2026-11-01", "GM")
    house.expect(
        """
        attendance.attendance_day
        work_on    | status | out_at           | remark
        2026-10-31 | 出勤   | 2026-11-01 08:05 | -
        2026-11-01 | 休息   | -                | -
        """,
        where="employee_id = 'ann'",
    )


def test_a_punch_on_a_day_of_rest_after_the_nights_hours_is_seen(house, staff):
    staff("ann", shift=None)
    rostered(house, "ann | 2026-10-31 | N\nann | 2026-11-01 | 休")
    punches(house, "ann | 2026-10-31 18:25\nann | 2026-11-01 08:05\nann | 2026-11-01 12:00")
    compute(house, "2026-11-01", "GM")
    house.expect("attendance.attendance_day\nremark\n休息日有打卡", where="employee_id = 'ann'")
