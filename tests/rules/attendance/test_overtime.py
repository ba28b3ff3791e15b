"""Overtime: what is approved and punched, and shifts worked on a statutory holiday (ATT-21)."""

import pytest

from tests.rules.attendance.conftest import compute, punches


@pytest.fixture
def slip(house):
    """File an overtime slip: who, from, until, and what else differs."""
    numbers = iter(range(1, 100))

    def file(name, starts_at, ends_at, **other):
        row = {
            "slip_no": f"O{next(numbers)}", "employee_id": name, "work_on": starts_at[:10], "starts_at": starts_at,
            "ends_at": ends_at, "approver": "zhao", "status": "批准", "compensation": "加班费", **other,
        }  # fmt: skip
        house.given(f"attendance.overtime\n{' | '.join(row)}\n{' | '.join(row.values())}")

    return file


def test_ATT_21_the_first_three_days_of_october_are_never_mixed_with_the_four_behind(house, staff, slip):
    staff("ann", site="HO", shift=None)
    for day in range(1, 8):
        punches(house, f"ann | 2026-10-0{day} 08:55\nann | 2026-10-0{day} 17:05", site="HO")
        slip("ann", f"2026-10-0{day} 09:00", f"2026-10-0{day} 17:00", compensation="调休" if day > 5 else "加班费")
    compute(house, "2026-10-01..2026-10-07", "HO")
    house.expect(
        """
        attendance.attendance_day
        work_on    | day_kind   | overtime_kind | overtime_hours | due_days | remark
        2026-10-01 | 法定节假日 | 法定节假日    | 8.00           | 0.00     | 休息日有打卡；加班单O1
        2026-10-02 | 法定节假日 | 法定节假日    | 8.00           | 0.00     | 休息日有打卡；加班单O2
        2026-10-03 | 法定节假日 | 法定节假日    | 8.00           | 0.00     | 休息日有打卡；加班单O3
        2026-10-04 | 公休       | 休息日        | 8.00           | 0.00     | 休息日有打卡；加班单O4
        2026-10-05 | 公休       | 休息日        | 8.00           | 0.00     | 休息日有打卡；加班单O5
        2026-10-06 | 公休       | 休息日        | 8.00           | 0.00     | 休息日有打卡；加班单O6以调休补偿
        2026-10-07 | 公休       | 休息日        | 8.00           | 0.00     | 休息日有打卡；加班单O7以调休补偿
        """,
        where="employee_id = 'ann'",
    )


def test_ATT_21_who_is_rostered_on_a_statutory_day_earns_the_hours_of_the_shift_without_a_slip(house, staff):
    for name in ("ann", "bob", "cid", "dan", "eve"):
        staff(name, site="HQ", shift="休" if name == "eve" else "H", on="2026-10-01")
    house.given("attendance.roster\nemployee_id | work_on | shift_code\nann | 2026-10-04 | H")
    punches(
        house,
        "ann | 2026-10-01 08:55\nann | 2026-10-01 18:02\nann | 2026-10-04 08:55\nann | 2026-10-04 18:02\n"
        "bob | 2026-10-01 09:10:20\nbob | 2026-10-01 17:00\ncid | 2026-10-01 08:55",
        site="HQ",
    )
    compute(house, "2026-10-01..2026-10-04", "HQ")
    house.expect(
        """
        attendance.attendance_day
        employee_id | work_on    | status | day_kind | overtime_kind | overtime_hours | remark
        ann         | 2026-10-01 | 出勤   | 应出勤   | 法定节假日    | 7.50           | -
        ann         | 2026-10-04 | 出勤   | 应出勤   | -             | 0.00           | -
        bob         | 2026-10-01 | 迟到   | 应出勤   | 法定节假日    | 6.33           | -
        cid         | 2026-10-01 | 缺卡   | 应出勤   | -             | 0.00           | 缺卡，节假日工时未计
        dan         | 2026-10-01 | 旷工   | 应出勤   | -             | 0.00           | -
        eve         | 2026-10-01 | 休息   | 公休     | -             | 0.00           | -
        """,
        where="employee_id not like 'witness%' and status <> '待确认'",
    )


def test_a_slip_counts_as_far_as_the_punches_bear_it_out(house, staff, slip):
    staff("ann", "bob", "cid", "dan", site="HQ", shift="H")
    punches(
        house,
        "ann | 2026-10-12 08:55\nann | 2026-10-12 20:20\nbob | 2026-10-12 08:55\nbob | 2026-10-12 21:30\n"
        "cid | 2026-10-12 08:55\ncid | 2026-10-12 18:01\ndan | 2026-10-12 08:55\ndan | 2026-10-12 20:20",
        site="HQ",
    )
    slip("ann", "2026-10-12 18:00", "2026-10-12 21:00")
    slip("bob", "2026-10-12 17:00", "2026-10-12 19:00")
    slip("bob", "2026-10-12 18:30", "2026-10-12 20:00")
    slip("cid", "2026-10-12 19:00", "2026-10-12 21:00")
    slip("dan", "2026-10-12 18:00", "2026-10-12 21:00", status="未批准")
    compute(house, "2026-10-12", "HQ")
    where = "employee_id in ('ann', 'bob', 'cid', 'dan')"
    house.expect(
        """
        attendance.attendance_day
        employee_id | overtime_kind | overtime_hours | remark
        ann         | 平日          | 2.33           | 加班单O1
        bob         | 平日          | 2.00           | 加班单O2、O3
        cid         | -             | 0.00           | 加班单O4未见班外打卡，不计加班
        dan         | -             | 0.00           | -
        """,
        where,
    )
    house.given(
        """
        book.rule
        rule_set | rule_id | parameter      | value | valid_from | clause
        huaqing  | HQ-A1   | overtime_basis | slip  | 2026-01-01 | 按单
        """
    )
    compute(house, "2026-10-12", "HQ")
    house.expect(
        "attendance.attendance_day\nemployee_id | overtime_hours\nann | 3.00\nbob | 2.00\ncid | 2.00\ndan | 0.00", where
    )


def test_hours_are_rounded_half_up_to_the_hundredth(house, staff, slip):
    staff("ann", "bob", site="HQ", shift="H")
    punches(house, "ann | 2026-10-12 08:55\nann | 2026-10-12 22:00", site="HQ")
    punches(house, "bob | 2026-10-12 08:55\nbob | 2026-10-12 22:00", site="HQ")
    slip("ann", "2026-10-12 18:00:00", "2026-10-12 19:00:18")
    slip("bob", "2026-10-12 18:00:00", "2026-10-12 19:00:17")
    compute(house, "2026-10-12", "HQ")
    house.expect(
        "attendance.attendance_day\nemployee_id | overtime_hours\nann | 1.01\nbob | 1.00",
        where="employee_id in ('ann', 'bob')",
    )


def test_a_day_of_approved_overtime_stays_open_until_four_hours_behind_it(house, staff, slip):
    staff("ann", "bob", site="HQ", shift="H")
    for name in ("ann", "bob"):
        punches(house, f"{name} | 2026-10-12 08:55\n{name} | 2026-10-12 23:10", site="HQ")
    slip("ann", "2026-10-12 18:00", "2026-10-12 23:00")
    compute(house, "2026-10-12", "HQ")
    house.expect(
        """
        attendance.attendance_day
        employee_id | status | out_at           | overtime_hours
        ann         | 出勤   | 2026-10-12 23:10 | 5.00
        bob         | 缺卡   | -                | 0.00
        """,
        where="employee_id in ('ann', 'bob')",
    )
    house.expect("attendance.stray_punch\nemployee_id | punched_at\nbob | 2026-10-12 23:10")


def test_without_a_slip_a_day_off_with_punches_is_only_remarked(house, staff):
    staff("ann", shift="休")
    punches(house, "ann | 2026-10-12 09:00\nann | 2026-10-12 17:00")
    compute(house, "2026-10-12", "GM")
    house.expect(
        "attendance.attendance_day\novertime_kind | overtime_hours | remark\n- | 0.00 | 休息日有打卡",
        where="employee_id = 'ann'",
    )


def test_the_break_of_two_spells_is_outside_the_shift(house, staff, slip):
    house.given(
        """
        attendance.shift
        site_id | shift_code | shift_name | starts_at | break_starts_at | break_ends_at | ends_at | is_split
        HQ      | S          | 两段       | 09:00     | 12:00           | 14:00         | 18:00   | yes
        """,
        valid_from="2026-01-01",
    )
    staff("ann", site="HQ", shift="S")
    staff("bob", site="HQ", shift="S", on="2026-10-02")
    punches(
        house,
        "ann | 2026-10-12 08:55\nann | 2026-10-12 18:02\nbob | 2026-10-02 08:55\nbob | 2026-10-02 18:02",
        site="HQ",
    )
    slip("ann", "2026-10-12 12:00", "2026-10-12 13:00")
    compute(house, "2026-10-02", "HQ")
    compute(house, "2026-10-12", "HQ")
    house.expect(
        """
        attendance.attendance_day
        employee_id | overtime_kind | overtime_hours
        ann         | 平日          | 1.00
        bob         | 法定节假日    | 7.00
        """,
        where="employee_id in ('ann', 'bob') and overtime_hours > 0",
    )


def test_ATT_21_who_is_on_leave_by_a_ruling_works_no_holiday_shift(house, staff):
    house.given(
        """
        book.rule
        rule_set | rule_id | parameter                  | value | valid_from | clause
        huaqing  | HQ-A1   | missed_punch_deadline_days | 9     | 2026-01-01 | 补签
        """,
        """
        attendance.day_ruling
        ruling_no | employee_id | work_on    | verdict | reason | approver | decided_on
        R1        | ann         | 2026-10-01 | 请假    | 查证   | 王某     | 2026-10-03
        R2        | bob         | 2026-10-01 | 出勤    | 查证   | 王某     | 2026-10-03
        """,
    )
    staff("ann", "bob", site="HQ", shift="H", on="2026-10-01")
    punches(house, "ann | 2026-10-01 08:50\nbob | 2026-10-01 08:50", site="HQ")
    compute(house, "2026-10-01", "HQ")
    house.expect(
        "attendance.attendance_day\nemployee_id | status | overtime_hours\nann | 请假 | 0.00\nbob | 出勤 | 7.50",
        where="employee_id in ('ann', 'bob')",
    )


def test_ATT_21_the_break_of_a_night_shift_behind_midnight_is_no_overtime(house, staff):
    house.given(
        """
        attendance.shift
        site_id | shift_code | valid_from | shift_name | starts_at | ends_at | break_starts_at | break_ends_at
        GM      | M          | 2026-01-01 | 夜班       | 18:30     | 08:00   | 00:00           | 01:00
        """
    )
    staff("ann", shift="M", on="2026-10-01")
    punches(house, "ann | 2026-10-01 18:20\nann | 2026-10-02 08:10")
    compute(house, "2026-10-01", "GM")
    house.expect("attendance.attendance_day\novertime_hours\n12.50", where="employee_id = 'ann'")
