"""Which punch belongs to which shift: night beside day, shifts still open, punches of nobody's shift (ATT-04 … 06)."""

import pytest

from tests.rules.attendance.conftest import compute, punches

NIGHT_AND_DAY = """
    attendance.shift
    site_id | shift_code | valid_from | shift_name | starts_at | ends_at | break_starts_at | break_ends_at
    HQ      | N          | 2026-01-01 | 夜班       | 18:30     | 08:00   | -               | -
    HQ      | L          | 2026-01-01 | 晚班       | 14:00     | 23:00   | -               | -
    HQ      | E          | 2026-01-01 | 早班       | 05:00     | 13:00   | -               | -
"""


@pytest.fixture
def rota(house, staff):
    """A site that asks for both punches; people are rostered by a line of codes from the 12th of October on."""
    house.given(NIGHT_AND_DAY)

    def roster(name, codes, site="HQ", first=12):
        staff(name, site=site, shift=None)
        for number, code in enumerate(codes):
            house.given(
                f"attendance.roster\nemployee_id | work_on | shift_code\n{name} | 2026-10-{first + number} | {code}"
            )

    return roster


@pytest.mark.parametrize("site", ["HQ", "GM"])
def test_ATT_06_each_punch_belongs_to_the_shift_that_it_fits_best(house, rota, site):
    rota("ann", "N" + {"HQ": "H", "GM": "D"}[site], site=site)
    punches(
        house,
        "ann | 2026-10-12 18:28\nann | 2026-10-13 08:03\nann | 2026-10-13 08:55\nann | 2026-10-13 18:02",
        site=site,
    )
    compute(house, "2026-10-12..2026-10-13", site)
    house.expect(
        """
        attendance.attendance_day
        work_on    | status | in_at            | out_at           | attended_days | is_night
        2026-10-12 | 出勤   | 2026-10-12 18:28 | 2026-10-13 08:03 | 1.00          | yes
        2026-10-13 | 出勤   | 2026-10-13 08:55 | 2026-10-13 18:02 | 1.00          | no
        """,
        where="employee_id = 'ann'",
    )


@pytest.mark.parametrize("site", ["HQ", "GM"])
def test_ATT_06_where_the_arrival_is_missing_the_day_waits_for_a_person_and_costs_nothing(house, rota, site):
    rota("ann", "N" + {"HQ": "H", "GM": "D"}[site], site=site)
    punches(house, "ann | 2026-10-12 18:28\nann | 2026-10-13 08:03\nann | 2026-10-13 18:02", site=site)
    compute(house, "2026-10-12..2026-10-13", site)
    house.expect(
        """
        attendance.attendance_day
        work_on    | status | in_at            | out_at           | reason       | absent_days | pending_days
        2026-10-12 | 出勤   | 2026-10-12 18:28 | 2026-10-13 08:03 | -            | 0.00        | 0.00
        2026-10-13 | 缺卡   | -                | 2026-10-13 18:02 | 打卡归属不明 | 0.00        | 1.00
        """,
        where="employee_id = 'ann'",
    )
    house.expect(
        "attendance.attendance_day\nremark | fine_amount | pending_verdict | pending_until\n缺上班卡 | 0.00 | "
        + {"HQ": "旷工1天", "GM": "旷工0.5天"}[site]
        + " | -",
        where="employee_id = 'ann' and work_on = '2026-10-13'",
    )


def test_ATT_06_a_single_tap_nearer_to_the_morning_opens_the_day_and_the_night_waits(house, rota):
    rota("ann", "NH")
    rota("bob", "NH")
    rota("cid", "NH")
    punches(
        house,
        "ann | 2026-10-12 18:28\nann | 2026-10-13 08:31\nann | 2026-10-13 18:02\n"
        "bob | 2026-10-12 18:28\nbob | 2026-10-13 08:30\nbob | 2026-10-13 18:02\n"
        "cid | 2026-10-12 18:28\ncid | 2026-10-13 08:54:30\ncid | 2026-10-13 08:55:10\ncid | 2026-10-13 18:02",
        site="HQ",
    )
    compute(house, "2026-10-12..2026-10-13", "HQ")
    house.expect(
        """
        attendance.attendance_day
        employee_id | work_on    | status | reason       | in_at               | out_at
        ann         | 2026-10-12 | 缺卡   | 打卡归属不明 | 2026-10-12 18:28    | -
        ann         | 2026-10-13 | 出勤   | -            | 2026-10-13 08:31    | 2026-10-13 18:02
        bob         | 2026-10-12 | 出勤   | -            | 2026-10-12 18:28    | 2026-10-13 08:30
        bob         | 2026-10-13 | 缺卡   | 打卡归属不明 | -                   | 2026-10-13 18:02
        cid         | 2026-10-12 | 缺卡   | 打卡归属不明 | 2026-10-12 18:28    | -
        cid         | 2026-10-13 | 出勤   | -            | 2026-10-13 08:54:30 | 2026-10-13 18:02
        """,
        where="employee_id in ('ann', 'bob', 'cid')",
    )


def test_ATT_06_a_tap_at_lunch_makes_nobody_late_who_only_forgot_to_close_the_night(house, rota):
    rota("ann", "NH")
    punches(
        house,
        "ann | 2026-10-12 18:28\nann | 2026-10-13 08:55\nann | 2026-10-13 11:50\nann | 2026-10-13 18:02",
        site="HQ",
    )
    compute(house, "2026-10-12..2026-10-13", "HQ")
    house.expect(
        """
        attendance.attendance_day
        work_on    | status | reason       | in_at            | pending_days
        2026-10-12 | 缺卡   | 打卡归属不明 | 2026-10-12 18:28 | 1.00
        2026-10-13 | 出勤   | -            | 2026-10-13 08:55 | 0.00
        """,
        where="employee_id = 'ann'",
    )


def test_ATT_06_a_day_without_a_punch_of_its_own_beside_a_contested_one_is_nobodys_absence(house, rota):
    rota("ann", "NH")
    punches(house, "ann | 2026-10-12 18:28\nann | 2026-10-13 08:10", site="HQ")
    compute(house, "2026-10-12..2026-10-13", "HQ")
    house.expect(
        """
        attendance.attendance_day
        work_on    | status | reason       | absent_days | pending_days | pending_verdict
        2026-10-12 | 出勤   | -            | 0.00        | 0.00         | -
        2026-10-13 | 待确认 | 打卡归属不明 | 0.00        | 1.00         | 旷工1天
        """,
        where="employee_id = 'ann'",
    )


def test_two_nights_in_a_row_and_a_late_shift_before_an_early_one(house, rota):
    rota("ann", "NN")
    rota("bob", "LE")
    punches(
        house,
        "ann | 2026-10-12 18:20\nann | 2026-10-13 08:01\nann | 2026-10-13 18:29\nann | 2026-10-14 08:02\n"
        "bob | 2026-10-12 13:55\nbob | 2026-10-12 23:04\nbob | 2026-10-13 04:58\nbob | 2026-10-13 13:01",
        site="HQ",
    )
    compute(house, "2026-10-12..2026-10-13", "HQ")
    house.expect(
        """
        attendance.attendance_day
        employee_id | work_on    | status | in_at            | out_at
        ann         | 2026-10-12 | 出勤   | 2026-10-12 18:20 | 2026-10-13 08:01
        ann         | 2026-10-13 | 出勤   | 2026-10-13 18:29 | 2026-10-14 08:02
        bob         | 2026-10-12 | 出勤   | 2026-10-12 13:55 | 2026-10-12 23:04
        bob         | 2026-10-13 | 出勤   | 2026-10-13 04:58 | 2026-10-13 13:01
        """,
        where="employee_id in ('ann', 'bob')",
    )


@pytest.mark.parametrize("site", ["HQ", "GM"])
def test_ATT_04_a_night_is_in_progress_until_its_window_closes_and_is_dated_the_day_it_began(house, rota, site):
    rota("ann", "N", site=site, first=31)
    house.given("attendance.roster\nemployee_id | work_on | shift_code\nann | 2026-11-01 | 休")
    punches(house, "ann | 2026-10-31 18:25", site=site)
    punches(house, "ann | 2026-11-01 08:05", site=site, recorded_at="2026-11-01 08:06")
    compute(house, "2026-10-31", site, known_at="2026-11-01 00:30")
    house.expect(
        """
        attendance.attendance_day
        status | reason   | absent_days | pending_days | attended_days | pending_until
        进行中 | 待下班卡 | 0.00        | 1.00         | 0.00          | 2026-11-01 12:00
        """,
        where="employee_id = 'ann'",
    )
    compute(house, "2026-10-31..2026-11-01", site, known_at="2026-11-01 12:00")
    house.expect(
        """
        attendance.attendance_day
        status | in_at            | out_at           | attended_days | pending_days | is_night
        出勤   | 2026-10-31 18:25 | 2026-11-01 08:05 | 1.00          | 0.00         | yes
        """,
        where="employee_id = 'ann' and work_on = '2026-10-31'",
    )
    house.expect(
        "attendance.attendance_day\nin_at | out_at\n- | -", where="employee_id = 'ann' and work_on = '2026-11-01'"
    )
    house.expect("attendance.stray_punch\nemployee_id | punched_at")


def test_ATT_05_lateness_of_a_night_is_counted_in_days_of_attendance(house, rota):
    rota("ann", "N", site="GM")
    rota("bob", "N", site="GM")
    punches(
        house,
        "ann | 2026-10-12 19:00:00\nann | 2026-10-13 08:05\nbob | 2026-10-12 19:01:00\nbob | 2026-10-13 08:05",
    )
    compute(house, "2026-10-12", "GM")
    house.expect(
        """
        attendance.attendance_day
        employee_id | status   | fine_amount | absent_days | attended_days
        ann         | 迟到     | 10.00       | 0.00        | 1.00
        bob         | 旷工半天 | 0.00        | 0.50        | 0.50
        """,
        where="employee_id in ('ann', 'bob')",
    )


def test_a_night_that_nobody_closed_is_a_missing_punch_only_when_its_window_is_over(house, rota):
    rota("ann", "N")
    punches(house, "ann | 2026-10-12 18:25", site="HQ")
    for known_at, status, absent in (("2026-10-13 11:59", "进行中", "0.00"), ("2026-10-13 12:00", "缺卡", "1.00")):
        compute(house, "2026-10-12", "HQ", known_at=known_at)
        house.expect(
            f"attendance.attendance_day\nstatus | absent_days\n{status} | {absent}", where="employee_id = 'ann'"
        )


def test_a_punch_of_the_night_before_is_none_of_the_rest_day_behind_it(house, rota):
    rota("ann", "N休")
    punches(house, "ann | 2026-10-12 18:25\nann | 2026-10-13 08:05\nann | 2026-10-13 15:00", site="HQ")
    compute(house, "2026-10-12..2026-10-13", "HQ")
    house.expect(
        """
        attendance.attendance_day
        work_on    | status | in_at            | out_at           | remark
        2026-10-12 | 出勤   | 2026-10-12 18:25 | 2026-10-13 08:05 | -
        2026-10-13 | 休息   | 2026-10-13 15:00 | -                | 休息日有打卡
        """,
        where="employee_id = 'ann'",
    )


def test_punches_of_no_shift_are_kept_apart_and_named_after_the_nearest_one(house, rota):
    rota("ann", "NN")
    rota("bob", "HH")
    punches(
        house,
        "ann | 2026-10-13 12:30\nann | 2026-10-13 13:30\nann | 2026-10-13 13:59:59\nann | 2026-10-13 14:00\n"
        "bob | 2026-10-12 22:00\nbob | 2026-10-12 21:59\nbob | 2026-10-13 01:00",
        site="HQ",
    )
    compute(house, "2026-10-12..2026-10-13", "HQ")
    drawn = """
        attendance.stray_punch
        site_id | employee_id | work_on    | punched_at
        HQ      | ann         | 2026-10-12 | 2026-10-13 12:30
        HQ      | ann         | 2026-10-13 | 2026-10-13 13:30
        HQ      | ann         | 2026-10-13 | 2026-10-13 13:59:59
        HQ      | bob         | 2026-10-12 | 2026-10-12 22:00
        HQ      | bob         | 2026-10-12 | 2026-10-13 01:00
    """
    house.expect(drawn)
    before = house.row_versions("attendance.stray_punch")
    compute(house, "2026-10-12..2026-10-13", "HQ")
    compute(house, "2026-10-13", "HQ")
    assert house.row_versions("attendance.stray_punch") == before


def test_a_stray_punch_is_dropped_when_a_shift_is_rostered_around_it_and_kept_where_the_month_is_closed(house, rota):
    rota("ann", "H")
    punches(house, "ann | 2026-10-12 23:00", site="HQ")
    compute(house, "2026-10-12", "HQ")
    house.expect("attendance.stray_punch\nemployee_id\nann")
    house.connection.execute("update attendance.roster set shift_code = 'N' where employee_id = 'ann'")
    compute(house, "2026-10-12", "HQ")
    house.expect("attendance.stray_punch\nemployee_id")
    house.connection.execute("update attendance.roster set shift_code = 'H' where employee_id = 'ann'")
    compute(house, "2026-10-12", "HQ", known_at="2026-11-10 09:30")
    house.expect("attendance.stray_punch\nemployee_id\nann")
    house.connection.execute("update attendance.roster set shift_code = 'N' where employee_id = 'ann'")
    compute(house, "2026-10-12", "HQ", known_at="2026-11-11 09:30")
    house.expect("attendance.stray_punch\nemployee_id\nann")


def test_the_windows_are_parameters(house, rota):
    house.given(
        """
        book.rule
        rule_set | rule_id | parameter             | value | valid_from | clause
        huaqing  | HQ-A1   | window_before_minutes | 60    | 2026-01-01 | 打卡时段
        huaqing  | HQ-A1   | window_after_minutes  | 30    | 2026-01-01 | 打卡时段
        """
    )
    rota("ann", "H")
    for hour in ("07:59", "08:00", "18:29", "18:30"):
        punches(house, f"ann | 2026-10-12 {hour}", site="HQ")
    compute(house, "2026-10-12", "HQ", known_at="2026-10-12 18:30")
    house.expect(
        "attendance.attendance_day\nstatus | in_at | out_at\n出勤 | 2026-10-12 08:00 | 2026-10-12 18:29",
        where="employee_id = 'ann'",
    )
    house.expect("attendance.stray_punch\npunched_at\n2026-10-12 07:59\n2026-10-12 18:30", where="employee_id = 'ann'")


def test_ATT_19_every_day_of_a_month_is_due_or_off_and_what_is_due_adds_up(house, rota):
    rota("ann", "HHH休NH")
    punches(house, "ann | 2026-10-12 08:55\nann | 2026-10-12 18:02\nann | 2026-10-14 08:50", site="HQ")
    house.given(
        """
        attendance.leave
        slip_no | employee_id | leave_type | starts_at        | ends_at          | approver | status
        J1      | ann         | 事假       | 2026-10-13 09:00 | 2026-10-13 18:00 | zhao     | 批准
        """
    )
    compute(house, "2026-10-12..2026-10-18", "HQ")
    house.expect(
        """
        attendance.attendance_day
        work_on    | day_kind | due_days | attended_days | leave_days | absent_days | pending_days | status
        2026-10-12 | 应出勤   | 1.00     | 1.00          | 0.00       | 0.00        | 0.00         | 出勤
        2026-10-13 | 应出勤   | 1.00     | 0.00          | 1.00       | 0.00        | 0.00         | 请假
        2026-10-14 | 应出勤   | 1.00     | 0.00          | 0.00       | 1.00        | 0.00         | 缺卡
        2026-10-15 | 公休     | 0.00     | 0.00          | 0.00       | 0.00        | 0.00         | 休息
        2026-10-16 | 应出勤   | 1.00     | 0.00          | 0.00       | 1.00        | 0.00         | 旷工
        2026-10-17 | 应出勤   | 1.00     | 0.00          | 0.00       | 1.00        | 0.00         | 旷工
        2026-10-18 | 应出勤   | 1.00     | 0.00          | 0.00       | 0.00        | 1.00         | 待确认
        """,
        where="employee_id = 'ann'",
    )
