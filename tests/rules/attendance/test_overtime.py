"""Overtime: what is approved and punched, and shifts worked on a statutory holiday (ATT-21)."""

import pytest

from backoffice.attendance import close_months
from tests.rules.attendance.conftest import compute, punches
from tests.rules.attendance.test_closing import month_run


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
    time_off = "以调休补偿8小时，不计加班费"
    house.expect(
        f"""
        attendance.attendance_day
        work_on    | day_kind   | overtime_kind | overtime_hours | due_days | remark
        2026-10-01 | 法定节假日 | 法定节假日    | 8.00           | 0.00     | 休息日有打卡；加班单O1
        2026-10-02 | 法定节假日 | 法定节假日    | 8.00           | 0.00     | 休息日有打卡；加班单O2
        2026-10-03 | 法定节假日 | 法定节假日    | 8.00           | 0.00     | 休息日有打卡；加班单O3
        2026-10-04 | 公休       | 休息日        | 8.00           | 0.00     | 休息日有打卡；加班单O4
        2026-10-05 | 公休       | 休息日        | 8.00           | 0.00     | 休息日有打卡；加班单O5
        2026-10-06 | 公休       | -             | 0.00           | 0.00     | 休息日有打卡；加班单O6{time_off}
        2026-10-07 | 公休       | -             | 0.00           | 0.00     | 休息日有打卡；加班单O7{time_off}
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


def test_ATT_21_only_a_day_off_is_compensated_by_time_off_and_an_hour_is_never_given_twice(house, staff, slip):
    """A slip of each kind on each kind of day: on a day off time off takes the place of pay, else it is paid."""
    staff("ann", site="HQ", shift="休", on="2026-10-01")
    for on, shift in (("2026-10-05", "休"), ("2026-10-12", "H")):
        house.given(f"attendance.roster\nemployee_id | work_on | shift_code\nann | {on} | {shift}")
    for on in ("2026-10-01", "2026-10-05", "2026-10-12"):
        punches(house, f"ann | {on} 08:55\nann | {on} 21:30", site="HQ")
        slip("ann", f"{on} 18:00", f"{on} 19:30", compensation="调休")
        slip("ann", f"{on} 19:30", f"{on} 20:30")
    compute(house, "2026-10-01..2026-10-12", "HQ")
    rested, paid = "休息日有打卡；加班单", "不以调休补偿，照计加班费"
    house.expect(
        f"""
        attendance.attendance_day
        work_on    | overtime_kind | overtime_hours | remark
        2026-10-01 | 法定节假日    | 2.50           | {rested}O1、O2，其中O1：法定节假日{paid}
        2026-10-05 | 休息日        | 1.00           | {rested}O3、O4，其中O3以调休补偿1.5小时，不计加班费
        2026-10-12 | 平日          | 2.50           | 加班单O5、O6，其中O5：平日{paid}
        """,
        where="employee_id = 'ann' and status <> '待确认'",
    )


HALVES = """
    book.rule
    rule_set | rule_id | parameter                  | value | valid_from | clause
    huaqing  | HQ-A1   | late_limit_minutes         | 30    | 2026-01-01 | 三十分钟
    huaqing  | HQ-A1   | late_over_absent_days      | 0.5   | 2026-01-01 | 半天
    huaqing  | HQ-A1   | left_post_absent_days      | 0.5   | 2026-01-01 | 半天
    huaqing  | HQ-A1   | missed_punch_deadline_days | 9     | 2026-01-01 | 补签
"""
DAY = "2026-10-01"


def ruling(house, name, word, on=DAY, **other):
    house.given(
        "attendance.day_ruling\nruling_no | employee_id | work_on | verdict | reason | approver | decided_on\n"
        f"R-{name} | {name} | {on} | {word} | 查证 | 王某 | 2026-10-03",
        **other,
    )


def test_ATT_21_half_a_day_of_absence_on_a_statutory_day_leaves_half_the_hours_unless_the_clock_tells(house, staff):
    """The shift has 7.5 hours: lateness costs the time before the arrival, absence that no time tells half of them."""
    house.given(HALVES)
    names = ("limit", "over", "long", "ruled", "left", "both", "early", "leave", "gone")
    staff(*names, site="HQ", shift="H", on=DAY)
    for name, came, went in (
        ("limit", "09:30", "18:02"), ("over", "09:31", "18:02"), ("long", "15:00", "18:02"), ("ruled", "08:50", ""),
        ("left", "08:50", "18:02"), ("both", "09:45", "18:02"), ("early", "08:50", "11:30"),
        ("leave", "13:20", "18:02"), ("gone", "13:20", ""),
    ):  # fmt: skip
        punches(house, f"{name} | {DAY} {came}" + (f"\n{name} | {DAY} {went}" if went else ""), site="HQ")
    for name in ("left", "both"):
        house.given(
            f"attendance.spot_check\nemployee_id | checked_at | finding | checker\n{name} | {DAY} 15:00 | 不在岗 | 李某"
        )
    for name in ("leave", "gone"):
        house.given(
            "attendance.leave\nslip_no | employee_id | leave_type | starts_at | ends_at | status | approver\n"
            f"L-{name} | {name} | 事假 | {DAY} 09:00 | {DAY} 12:00 | 批准 | 王某"
        )
    ruling(house, "ruled", "旷工半天")
    ruling(house, "gone", "旷工半天")
    compute(house, DAY, "HQ")
    house.expect(
        """
        attendance.attendance_day
        employee_id | status   | attended_days | overtime_hours
        limit       | 迟到     | 1.00          | 7.00
        over        | 旷工半天 | 0.50          | 6.98
        long        | 旷工半天 | 0.50          | 3.00
        ruled       | 旷工半天 | 0.50          | 3.75
        left        | 旷工半天 | 0.50          | 3.75
        both        | 旷工     | 0.00          | 3.75
        early       | 早退     | 1.00          | 2.50
        leave       | 请假     | 0.50          | 4.50
        gone        | 旷工半天 | 0.00          | 0.00
        """,
        where="employee_id not like 'witness%'",
    )
    house.expect(
        "attendance.attendance_day\nemployee_id | remark\n"
        "over | 节假日工时自到岗起计\nlong | 节假日工时自到岗起计\nboth | 节假日工时按出勤0.5天计\n"
        "ruled | 认定单R-ruled（王某认定旷工半天）；节假日工时按出勤0.5天计",
        where="employee_id in ('over', 'long', 'ruled', 'both')",
    )


def test_ATT_21_of_two_spells_on_a_statutory_day_each_is_paid_from_the_arrival_on(house, staff):
    house.given(
        HALVES,
        """
        attendance.shift
        site_id | shift_code | shift_name | starts_at | break_starts_at | break_ends_at | ends_at | is_split
        HQ      | S          | 两段       | 09:00     | 12:00           | 14:00         | 18:00   | yes
        """,
        valid_from="2026-01-01",
    )
    staff("ann", "bob", "cid", "dan", site="HQ", shift="S", on=DAY)
    for name, first, second in (
        ("ann", "09:45", "13:50"),
        ("bob", "09:00", "14:31"),
        ("cid", "09:45", "14:31"),
        ("dan", "09:10", "14:31"),
    ):
        punches(
            house,
            f"{name} | {DAY} {first}\n{name} | {DAY} 12:01\n{name} | {DAY} {second}\n{name} | {DAY} 18:02",
            site="HQ",
        )
    compute(house, DAY, "HQ")
    house.expect(
        """
        attendance.attendance_day
        employee_id | status   | attended_days | overtime_hours
        ann         | 旷工半天 | 0.50          | 6.25
        bob         | 旷工半天 | 0.50          | 6.48
        cid         | 旷工     | 0.00          | 5.73
        dan         | 旷工半天 | 0.50          | 6.32
        """,
        where="employee_id not like 'witness%'",
    )


def test_ATT_21_a_missing_punch_on_a_statutory_day_counts_once_it_is_signed_or_ruled_and_as_far_as_it_is_attended(
    house, staff
):
    """Signed, ruled present, waiting, and settled as half a day."""
    house.given(HALVES)
    staff("ann", "bob", "cid", "dan", site="HQ", shift="H", on=DAY)
    punches(house, "\n".join(f"{name} | {DAY} 08:50" for name in ("ann", "bob", "cid", "dan")), site="HQ")
    house.given(
        f"""
        attendance.missed_punch
        slip_no | employee_id | work_on | punch_kind | signer | signer_level | signed_at   | status
        B1      | ann         | {DAY}   | 下班       | 王某   | 项目总监     | {DAY} 19:00 | 批准
        """
    )
    ruling(house, "bob", "出勤")
    found = "attendance.attendance_day\nemployee_id | status | pending_days | overtime_hours | remark\n"
    compute(house, DAY, "HQ", known_at="2026-10-05 09:30")
    house.expect(
        f"{found}ann | 出勤 | 0.00 | 7.50 | -\nbob | 出勤 | 0.00 | 7.50 | 认定单R-bob（王某认定出勤）\n"
        "cid | 缺卡 | 1.00 | 0.00 | -",
        where="employee_id in ('ann', 'bob', 'cid')",
    )
    house.connection.execute("update book.rule set value = '0.5' where parameter = 'missing_punch_absent_days'")
    compute(house, DAY, "HQ", known_at="2026-10-20 09:30")
    house.expect(f"{found}cid | 缺卡 | 0.00 | 3.75 | 节假日工时按出勤0.5天计", where="employee_id = 'cid'")


def test_ATT_15_who_is_excused_from_lateness_on_the_first_day_is_paid_for_the_hours_that_he_was_there(house, staff):
    staff("ann", site="HQ", shift="H", on=DAY)
    house.connection.execute("update book.employee set joined_on = %s where employee_id = 'ann'", [DAY])
    punches(house, f"ann | {DAY} 14:00\nann | {DAY} 17:00", site="HQ")
    compute(house, DAY, "HQ")
    house.expect(
        "attendance.attendance_day\nstatus | late_minutes | overtime_hours\n出勤 | 0 | 3.00",
        where="employee_id = 'ann'",
    )


def test_ATT_21_who_is_ruled_present_on_a_statutory_day_without_a_shift_has_no_hours_and_is_told_what_to_do(
    house, staff
):
    staff("ann", site="HQ", shift=None)
    punches(house, f"ann | {DAY} 08:50\nann | {DAY} 18:02", site="HQ")
    ruling(house, "ann", "出勤")
    compute(house, DAY, "HQ")
    house.expect(
        "attendance.attendance_day\nstatus | overtime_hours | remark\n"
        "出勤 | 0.00 | 认定单R-ann（王某认定出勤）；班次不明，节假日工时未计，请补加班单",
        where="employee_id = 'ann'",
    )


# -- after the close ---------------------------------------------------------------------------------------------------


def test_ATT_21_hours_that_become_known_after_the_close_are_borne_by_the_open_month_by_kind(house, staff, slip):
    """A slip that came late, one withdrawn, and a whole statutory shift that turns out to be half a day."""
    house.given(HALVES)
    for name, on, out_at in (("ann", "2026-10-12", "20:30"), ("bob", "2026-10-12", "20:30"), ("cid", DAY, "18:02")):
        staff(name, site="HQ", shift="H", on=on)
        punches(house, f"{name} | {on} 08:55\n{name} | {on} {out_at}", site="HQ")
    slip("bob", "2026-10-12 18:00", "2026-10-12 19:00")
    house.connection.execute("update attendance.overtime set superseded_at = '2026-11-09 10:00'")
    compute(house, "2026-10-01..2026-10-12", "HQ", known_at="2026-10-20 09:30")
    compute(house, "2026-10-20", "HQ", known_at="2026-11-08 09:30")
    house.given(
        "attendance.overtime\nslip_no | employee_id | work_on | starts_at | ends_at | status | compensation\n"
        "O9 | ann | 2026-10-12 | 2026-10-12 18:00 | 2026-10-12 20:00 | 批准 | 加班费",
        f"attendance.spot_check\nemployee_id | checked_at | finding | checker\ncid | {DAY} 15:00 | 不在岗 | 李某",
        recorded_at="2026-11-09 10:00",
    )
    for known_at in ("2026-11-10 09:30", "2026-11-11 09:30"):
        compute(house, "2026-10-01..2026-10-12", "HQ", known_at=known_at)
    house.expect(
        """
        attendance.adjustment
        employee_id | counted_in | absent_days_delta | workday_overtime_delta | statutory_overtime_delta
        ann         | 2026-11-01 | 0.00              | 2.00                   | 0.00
        bob         | 2026-11-01 | 0.00              | -1.00                  | 0.00
        cid         | 2026-11-01 | 0.50              | 0.00                   | -3.75
        """
    )
    house.connection.execute("update attendance.overtime set superseded_at = '2026-11-20 10:00' where slip_no = 'O9'")
    compute(house, "2026-10-12", "HQ", known_at="2026-11-21 09:30")
    house.expect("attendance.adjustment\nemployee_id\nbob\ncid")


def test_ATT_21_a_question_answered_after_the_close_brings_the_hours_into_its_own_month(house, staff):
    house.given(HALVES)
    house.connection.execute("update book.rule set value = '60' where parameter = 'missed_punch_deadline_days'")
    staff("ann", site="HQ", shift="H", on=DAY)
    punches(house, f"ann | {DAY} 08:50", site="HQ")
    compute(house, DAY, "HQ", known_at="2026-10-20 09:30")
    compute(house, DAY, "HQ", known_at="2026-11-08 09:30")
    house.expect("attendance.attendance_day\nstatus | overtime_hours\n缺卡 | 0.00", where="employee_id = 'ann'")
    ruling(house, "ann", "出勤", recorded_at="2026-11-09 10:00")
    close_months(house.connection, month_run(house, known_at="2026-11-10 09:30", site="HQ"), of_period=True)
    house.expect(
        "attendance.attendance_day\nstatus | overtime_kind | overtime_hours\n出勤 | 法定节假日 | 7.50",
        where="employee_id = 'ann'",
    )
    house.expect("attendance.adjustment\nemployee_id")


def test_ATT_21_absence_from_a_post_takes_its_share_also_of_who_was_late_beyond_the_limit(house, staff):
    """A full day for a post left is no hours, and coming late on top of it brings none back."""
    house.given(
        "book.rule\nrule_set | rule_id | parameter | value | valid_from | clause\n"
        "guomao | GM-A8 | left_post_absent_days | 1 | 2026-01-01 | 擅自离岗记旷工一天"
    )
    for name in ("ann", "bob", "cid"):
        staff(name, on="2026-10-01")
    house.connection.execute("update book.employee set joined_on = '2026-10-01' where employee_id = 'cid'")
    punches(
        house,
        "ann | 2026-10-01 08:20\nann | 2026-10-01 18:10\nbob | 2026-10-01 09:30\nbob | 2026-10-01 18:10\n"
        "cid | 2026-10-01 09:30\ncid | 2026-10-01 18:10",
    )
    for name in ("ann", "bob", "cid"):
        house.given(
            "attendance.spot_check\nemployee_id | checked_at | finding | checker\n"
            f"{name} | 2026-10-01 15:20 | 不在岗 | 孙经理"
        )
    compute(house, "2026-10-01", "GM")
    house.expect(
        """
        attendance.attendance_day
        employee_id | absent_days | attended_days | overtime_hours
        ann         | 1.00        | 0.00          | 0.00
        bob         | 1.00        | 0.00          | 0.00
        cid         | 1.00        | 0.00          | 0.00
        """,
        where="employee_id in ('ann', 'bob', 'cid')",
    )
