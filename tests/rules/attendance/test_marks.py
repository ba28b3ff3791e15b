"""Late, absent, at rest: what the clock and the roster say of a day (GM-A1 … A3, A7, OF-A1, HQ-A1)."""

import pytest

from tests.rules.attendance.conftest import compute, punches

SIX = ("on-time", "59-seconds", "one", "thirty", "thirty-59", "thirty-one")
SIX_PUNCHES = """
    on-time    | 2026-10-12 09:00:00
    59-seconds | 2026-10-12 09:00:59
    one        | 2026-10-12 09:01:00
    thirty     | 2026-10-12 09:30:00
    thirty-59  | 2026-10-12 09:30:59
    thirty-one | 2026-10-12 09:31:00
"""


def test_ATT_01_thirty_minutes_late_is_fined_and_thirty_one_is_half_a_day(house, staff):
    staff(*SIX, shift="D")
    punches(house, SIX_PUNCHES)
    compute(house, "2026-10-12", "GM")
    house.expect(
        """
        attendance.attendance_day
        employee_id | status   | late_minutes | fine_amount | absent_days
        on-time     | 出勤     | 0            | 0.00        | 0.00
        59-seconds  | 出勤     | 0            | 0.00        | 0.00
        one         | 迟到     | 1            | 10.00       | 0.00
        thirty      | 迟到     | 30           | 10.00       | 0.00
        thirty-59   | 迟到     | 30           | 10.00       | 0.00
        thirty-one  | 旷工半天 | 31           | 0.00        | 0.50
        """,
        where="employee_id not like 'witness%'",
    )


def test_ATT_01_a_house_that_counts_seconds_counts_them(house, staff):
    house.connection.execute("update book.rule set value = 'exact_second' where parameter = 'seconds_mode'")
    staff(*SIX, shift="D")
    punches(house, SIX_PUNCHES)
    compute(house, "2026-10-12", "GM")
    house.expect(
        """
        attendance.attendance_day
        employee_id | status   | fine_amount | absent_days
        on-time     | 出勤     | 0.00        | 0.00
        59-seconds  | 迟到     | 10.00       | 0.00
        one         | 迟到     | 10.00       | 0.00
        thirty      | 迟到     | 10.00       | 0.00
        thirty-59   | 旷工半天 | 0.00        | 0.50
        thirty-one  | 旷工半天 | 0.00        | 0.50
        """,
        where="employee_id not like 'witness%'",
    )


def test_ATT_02_forty_five_minutes_late_is_half_a_day_and_no_fine_on_top(house, staff):
    staff("ann")
    punches(house, "ann | 2026-10-12 09:15")
    compute(house, "2026-10-12", "GM")
    house.expect(
        """
        attendance.attendance_day
        employee_id | status   | late_minutes | fine_amount | absent_days | rule_id
        ann         | 旷工半天 | 45           | 0.00        | 0.50        | GM-A2
        """,
        where="employee_id = 'ann'",
    )


def test_ATT_07_the_roster_alone_decides_rest_days(house, staff):
    staff("ann", shift=None)
    house.given(
        """
        attendance.roster
        employee_id | work_on    | shift_code
        ann         | 2026-10-14 | 休
        ann         | 2026-10-18 | A
        """
    )
    compute(house, "2026-10-14..2026-10-18", "GM")
    house.expect(
        """
        attendance.attendance_day
        employee_id | work_on    | status | absent_days | rule_id
        ann         | 2026-10-14 | 休息   | 0.00        | GM-A3
        ann         | 2026-10-18 | 旷工   | 1.00        | GM-A7
        """,
        where="employee_id = 'ann' and work_on in ('2026-10-14', '2026-10-18')",
    )


def test_a_day_without_a_roster_line_is_asked_about_and_has_no_consequence(house, staff):
    staff("ann", shift=None)
    compute(house, "2026-10-14", "GM")
    house.expect(
        """
        attendance.attendance_day
        employee_id | status | reason | absent_days
        ann         | 待确认 | 未排班 | 0.00
        """,
        where="employee_id = 'ann'",
    )


@pytest.mark.parametrize("day", ["2026-09-20", "2026-10-10"])
def test_ATT_08_office_staff_work_on_make_up_days_and_roster_staff_as_rostered(house, staff, day):
    staff("ann", site="HO", shift=None)
    staff("bob", site="GM", shift="休", on=day)
    compute(house, day)
    house.expect(
        f"""
        attendance.attendance_day
        employee_id | work_on | status | absent_days
        ann         | {day}   | 旷工   | 1.00
        bob         | {day}   | 休息   | 0.00
        """,
        where="employee_id in ('ann', 'bob')",
    )


def test_statutory_days_are_told_apart_from_days_off_in_lieu(house, staff):
    staff("ann", site="HO", shift=None)
    compute(house, "2026-10-01..2026-10-08", "HO")
    house.expect(
        """
        attendance.attendance_day
        work_on    | status
        2026-10-01 | 法定节假日
        2026-10-02 | 法定节假日
        2026-10-03 | 法定节假日
        2026-10-04 | 休息
        2026-10-05 | 休息
        2026-10-06 | 休息
        2026-10-07 | 休息
        2026-10-08 | 旷工
        """,
        where="employee_id = 'ann'",
    )


def test_ATT_12_a_missed_punch_with_a_signature_is_forgiven_up_to_the_quota(house, staff):
    staff("ann", site="HQ", shift=None)
    for day in (5, 6, 7, 8, 9):
        house.given(f"attendance.roster\nemployee_id | work_on | shift_code\nann | 2026-10-0{day} | H")
    punches(
        house,
        "\n".join(f"ann | 2026-10-0{day} 08:55" for day in (5, 6, 7, 8)),
        site="HQ",
    )
    house.given(
        """
        attendance.missed_punch
        slip_no | employee_id | work_on    | punch_kind | signer | signer_level | signed_at        | status
        B1      | ann         | 2026-10-05 | 下班       | zhao   | 项目总监     | 2026-10-06 09:00 | 批准
        B2      | ann         | 2026-10-06 | 下班       | zhao   | 项目总监     | 2026-10-07 09:00 | 批准
        B3      | ann         | 2026-10-07 | 下班       | zhao   | 项目总监     | 2026-10-08 09:00 | 批准
        B4      | ann         | 2026-10-08 | 下班       | zhao   | 项目总监     | 2026-10-09 09:00 | 批准
        """
    )
    compute(house, "2026-10-05..2026-10-09", "HQ")
    house.expect(
        """
        attendance.attendance_day
        work_on    | status | absent_days | fine_amount | reason
        2026-10-05 | 出勤   | 0.00        | 0.00        | -
        2026-10-06 | 出勤   | 0.00        | 0.00        | -
        2026-10-07 | 出勤   | 0.00        | 0.00        | -
        2026-10-08 | 缺卡   | 1.00        | 0.00        | 补卡超过当月次数
        2026-10-09 | 旷工   | 1.00        | 0.00        | 无打卡无请假
        """,
        where="employee_id = 'ann'",
    )


def test_ATT_12_the_quota_counts_the_month_even_when_one_day_is_run_alone(house, staff):
    test_ATT_12_a_missed_punch_with_a_signature_is_forgiven_up_to_the_quota(house, staff)
    before = house.row_versions("attendance.attendance_day", "ops.result")
    compute(house, "2026-10-08", "HQ")
    assert house.row_versions("attendance.attendance_day", "ops.result") == before


def test_ATT_12_houses_without_a_rule_of_their_own_count_half_a_day(house, staff):
    house.connection.execute("delete from book.rule where parameter = 'missing_punch_absent_days'")
    staff("ann", site="HQ", shift="H")
    punches(house, "ann | 2026-10-12 08:55", site="HQ")
    compute(house, "2026-10-12", "HQ")
    house.expect(
        "attendance.attendance_day\nemployee_id | status | absent_days\nann | 缺卡 | 0.50",
        where="employee_id = 'ann'",
    )


def test_HQ_A1_a_signature_below_the_project_director_does_not_count(house, staff):
    staff("ann", site="HQ", shift="H")
    punches(house, "ann | 2026-10-12 08:55", site="HQ")
    house.given(
        """
        attendance.missed_punch
        slip_no | employee_id | work_on    | punch_kind | signer | signer_level | signed_at        | status
        B1      | ann         | 2026-10-12 | 下班       | qian   | 主管         | 2026-10-13 09:00 | 批准
        """
    )
    compute(house, "2026-10-12", "HQ")
    house.expect(
        "attendance.attendance_day\nemployee_id | status | absent_days\nann | 缺卡 | 1.00",
        where="employee_id = 'ann'",
    )


def test_GM_A1_only_the_arrival_punch_is_required_in_guomao(house, staff):
    staff("ann", "bob")
    punches(house, "ann | 2026-10-12 08:29\nbob | 2026-10-12 18:05")
    compute(house, "2026-10-12", "GM")
    house.expect(
        """
        attendance.attendance_day
        employee_id | status | in_at            | out_at
        ann         | 出勤   | 2026-10-12 08:29 | -
        bob         | 旷工半天 | 2026-10-12 18:05 | -
        """,
        where="employee_id in ('ann', 'bob')",
    )


def test_ATT_13_two_devices_within_seconds_are_one_arrival(house, staff):
    staff("ann", site="HQ", shift="H")
    punches(house, "ann | 2026-10-12 08:58:10\nann | 2026-10-12 08:58:12\nann | 2026-10-12 18:02", site="HQ")
    compute(house, "2026-10-12", "HQ")
    house.expect(
        """
        attendance.attendance_day
        status | in_at               | out_at
        出勤   | 2026-10-12 08:58:10 | 2026-10-12 18:02
        """,
        where="employee_id = 'ann'",
    )


def test_an_early_leave_is_marked_with_its_minutes_and_seconds_are_floored(house, staff):
    staff("ann", "bob", site="HQ", shift="H")
    punches(
        house,
        "ann | 2026-10-12 08:58\nann | 2026-10-12 17:59:59\nbob | 2026-10-12 08:58\nbob | 2026-10-12 18:00:00",
        site="HQ",
    )
    compute(house, "2026-10-12", "HQ")
    house.expect(
        """
        attendance.attendance_day
        employee_id | status | early_minutes | fine_amount
        ann         | 早退   | 1             | 0.00
        bob         | 出勤   | 0             | 0.00
        """,
        where="employee_id in ('ann', 'bob')",
    )


def test_ATT_15_only_the_days_of_employment_are_judged_and_the_first_and_last_are_exempt_from_lateness(house):
    house.given(
        """
        book.employee
        employee_id | effective_from | employee_name | site_id | badge_no | joined_on  | left_on
        ann         | 2026-10-15     | ann           | GM      | ann      | 2026-10-15 | 2026-10-20
        """
    )
    for day in range(13, 23):
        house.given(f"attendance.roster\nemployee_id | work_on | shift_code\nann | 2026-10-{day} | A")
    punches(house, "\n".join(f"ann | 2026-10-{day} 08:47" for day in range(13, 23)))
    compute(house, "2026-10-13..2026-10-22", "GM")
    house.expect(
        """
        attendance.attendance_day
        work_on    | status | fine_amount
        2026-10-15 | 出勤   | 0.00
        2026-10-16 | 迟到   | 10.00
        2026-10-17 | 迟到   | 10.00
        2026-10-18 | 迟到   | 10.00
        2026-10-19 | 迟到   | 10.00
        2026-10-20 | 出勤   | 0.00
        """,
        where="employee_id = 'ann'",
    )


def test_ATT_16_a_new_version_of_a_rule_leaves_october_as_it_was(house, staff):
    staff("ann", "night", on="2026-10-31", shift=None)
    house.given(
        """
        attendance.roster
        employee_id | work_on    | shift_code
        ann         | 2026-10-31 | A
        ann         | 2026-11-01 | A
        night       | 2026-10-31 | N
        """
    )
    house.connection.execute(
        "update book.rule set valid_to = '2026-10-31' where parameter in ('late_limit_minutes', 'late_fine_amount')"
    )
    house.given(
        """
        book.rule
        rule_set | rule_id | parameter          | value | valid_from | clause
        guomao   | GM-A2   | late_limit_minutes | 15    | 2026-11-01 | 十五分钟
        guomao   | GM-A2   | late_fine_amount   | 20.00 | 2026-11-01 | 罚款二十元
        """
    )
    punches(
        house,
        "ann | 2026-10-31 08:50\nann | 2026-11-01 08:50\nnight | 2026-10-31 18:50\nnight | 2026-11-01 08:05",
    )
    compute(house, "2026-10-31..2026-11-01", "GM", known_at="2026-11-10 09:30")
    house.expect(
        """
        attendance.attendance_day
        employee_id | work_on    | status   | fine_amount | absent_days | rule_from
        ann         | 2026-10-31 | 迟到     | 10.00       | 0.00        | 2026-01-01
        ann         | 2026-11-01 | 旷工半天 | 0.00        | 0.50        | 2026-11-01
        night       | 2026-10-31 | 迟到     | 10.00       | 0.00        | 2026-01-01
        """,
        where="employee_id = 'ann' or (employee_id = 'night' and work_on = '2026-10-31')",
    )


def test_ATT_20_two_people_of_one_name_are_not_guessed_at(house):
    house.given(
        """
        book.employee
        employee_id | effective_from | employee_name | site_id | badge_no | joined_on
        w1          | 2020-01-01     | 张伟          | HO      | -        | 2020-01-01
        w2          | 2020-01-01     | 张伟          | HO      | -        | 2020-01-01
        li          | 2020-01-01     | 李娜          | HO      | -        | 2020-01-01
        """
    )
    punches(
        house,
        "张伟 | 2026-10-12 08:20\n张伟 | 2026-10-12 17:40\n李娜 | 2026-10-12 08:20\n李娜 | 2026-10-12 17:40",
        site="HO",
    )
    compute(house, "2026-10-12", "HO")
    house.expect(
        """
        attendance.attendance_day
        employee_id | status | reason | absent_days
        w1          | 待确认 | 同名   | 0.00
        w2          | 待确认 | 同名   | 0.00
        li          | 出勤   | -      | 0.00
        """,
        where="employee_id in ('w1', 'w2', 'li')",
    )


def test_GM_A11_where_the_manual_differs_the_manual_wins(house, staff):
    house.given(
        "book.site_rule_set\nsite_id | rule_set | valid_from\nGM | manual | 2026-10-12",
        """
        book.rule
        rule_set | rule_id | parameter        | value | valid_from | clause
        manual   | MAN-7   | late_fine_amount | 50.00 | 2026-01-01 | 手册
        """,
    )
    staff("ann", on="2026-10-11")
    house.given("attendance.roster\nemployee_id | work_on | shift_code\nann | 2026-10-12 | A")
    punches(house, "ann | 2026-10-11 08:47\nann | 2026-10-12 08:47")
    compute(house, "2026-10-11..2026-10-12", "GM")
    house.expect(
        """
        attendance.attendance_day
        work_on    | fine_amount
        2026-10-11 | 10.00
        2026-10-12 | 50.00
        """,
        where="employee_id = 'ann'",
    )


def test_a_site_that_admits_unknown_badges_runs_from_its_punch_log_alone(house):
    house.connection.execute("update book.site set is_admitting_unknown = true where site_id = 'HO'")
    punches(
        house,
        "77 | 2026-10-12 08:20\n77 | 2026-10-12 17:40\n77 | 2026-10-14 08:20\n77 | 2026-10-14 17:40",
        site="HO",
    )
    compute(house, "2026-10-09..2026-10-15", "HO")
    house.expect(
        """
        attendance.attendance_day
        employee_id | work_on    | status
        HO-77       | 2026-10-12 | 出勤
        HO-77       | 2026-10-13 | 旷工
        HO-77       | 2026-10-14 | 出勤
        """,
        where="employee_id = 'HO-77'",
    )


def test_a_day_on_which_a_whole_site_is_silent_waits_for_its_file(house, staff):
    house.connection.execute("delete from attendance.punch where site_id = 'GM' and punched_at::date = '2026-10-13'")
    staff("ann", on="2026-10-13")
    run_id = compute(house, "2026-10-12..2026-10-13", "GM")
    house.expect("ops.run_gap\nsite_id | base_on | missing\nGM | 2026-10-13 | 打卡资料", where=f"run_id = {run_id}")
    house.expect("attendance.attendance_day\nemployee_id | status", where="work_on = '2026-10-13'")


def test_ATT_20_a_namesake_is_unclear_only_on_days_on_which_the_name_punched(house):
    house.given(
        """
        book.employee
        employee_id | effective_from | employee_name | site_id | badge_no | joined_on
        w1          | 2020-01-01     | 张伟          | HO      | 501      | 2020-01-01
        w2          | 2020-01-01     | 张伟          | HO      | 502      | 2020-01-01
        """
    )
    punches(
        house,
        "张伟 | 2026-10-12 08:20\n501 | 2026-10-13 08:20\n501 | 2026-10-13 17:40",
        site="HO",
    )
    compute(house, "2026-10-12..2026-10-13", "HO")
    house.expect(
        """
        attendance.attendance_day
        employee_id | work_on    | status | reason
        w1          | 2026-10-12 | 待确认 | 同名
        w2          | 2026-10-12 | 待确认 | 同名
        w1          | 2026-10-13 | 出勤   | -
        w2          | 2026-10-13 | 旷工   | 无打卡无请假
        """,
        where="employee_id in ('w1', 'w2')",
    )


def test_GM_A1_a_second_punch_in_the_morning_shows_no_early_leave_where_only_the_arrival_is_required(house, staff):
    staff("ann", "bob", "cat")
    punches(
        house,
        "ann | 2026-10-12 08:20\nann | 2026-10-12 08:25\nbob | 2026-10-12 13:20\n"
        "cat | 2026-10-12 08:20\ncat | 2026-10-12 17:20",
    )
    compute(house, "2026-10-12", "GM")
    house.expect(
        """
        attendance.attendance_day
        employee_id | status   | late_minutes | early_minutes | absent_days | rule_id
        ann         | 出勤     | 0            | 0             | 0.00        | GM-A1
        bob         | 旷工半天 | 290          | 0             | 0.50        | GM-A2
        cat         | 早退     | 0            | 40            | 0.00        | GM-A1
        """,
        where="employee_id in ('ann', 'bob', 'cat')",
    )


def test_a_badge_that_is_handed_on_belongs_to_each_owner_in_his_time(house):
    house.given(
        """
        book.employee
        employee_id | effective_from | employee_name | site_id | badge_no | joined_on
        ann         | 2020-01-01     | ann           | HO      | 100      | 2020-01-01
        ann         | 2026-10-12     | ann           | HO      | 200      | 2020-01-01
        bob         | 2026-10-12     | bob           | HO      | 100      | 2026-10-12
        """
    )
    punches(
        house,
        "100 | 2026-10-09 08:20\n100 | 2026-10-09 17:40\n100 | 2026-10-13 08:20\n100 | 2026-10-13 17:40",
        site="HO",
    )
    compute(house, "2026-10-09..2026-10-13", "HO")
    house.expect(
        """
        attendance.attendance_day
        employee_id | work_on    | status
        ann         | 2026-10-09 | 出勤
        ann         | 2026-10-13 | 旷工
        bob         | 2026-10-13 | 出勤
        """,
        where="employee_id in ('ann', 'bob') and work_on in ('2026-10-09', '2026-10-13')",
    )


def test_a_yes_is_a_yes_in_every_spelling_the_rule_book_accepts(house, staff):
    house.connection.execute("update book.rule set value = 'TRUE' where value = '是'")
    staff("ann")
    compute(house, "2026-10-12", "GM")
    house.expect("attendance.attendance_day\nstatus | absent_days\n旷工 | 1.00", where="employee_id = 'ann'")


def test_consequences_of_one_day_are_capped_at_one_day_whatever_the_rule_book_says(house, staff):
    house.connection.execute("update book.rule set value = '3' where parameter = 'no_show_absent_days'")
    staff("ann")
    compute(house, "2026-10-12", "GM")
    house.expect("attendance.attendance_day\nabsent_days\n1.00", where="employee_id = 'ann'")


def test_an_early_punch_of_a_shift_that_is_still_open_decides_nothing(house, staff):
    staff("ann", site="HQ", shift="H")
    punches(house, "ann | 2026-10-12 08:50\nann | 2026-10-12 14:00", site="HQ")
    compute(house, "2026-10-12", "HQ", known_at="2026-10-12 14:30")
    house.expect(
        "attendance.attendance_day\nstatus | pending_until\n进行中 | 2026-10-12 22:00", where="employee_id = 'ann'"
    )
    compute(house, "2026-10-12", "HQ", known_at="2026-10-12 21:59")
    house.expect("attendance.attendance_day\nstatus\n进行中", where="employee_id = 'ann'")
    compute(house, "2026-10-12", "HQ", known_at="2026-10-12 22:00")
    house.expect("attendance.attendance_day\nstatus | early_minutes\n早退 | 240", where="employee_id = 'ann'")


def test_an_outing_without_a_return_excuses_its_own_day_only(house, staff):
    staff("ann", site="HQ", shift="H")
    house.given(
        "attendance.roster\nemployee_id | work_on | shift_code\nann | 2026-10-13 | H",
        "attendance.outing\nemployee_id | out_at | outing_kind | approver\nann | 2026-10-12 08:00 | 因公 | zhao",
    )
    compute(house, "2026-10-12..2026-10-13", "HQ")
    house.expect(
        "attendance.attendance_day\nwork_on | status\n2026-10-12 | 公出\n2026-10-13 | 旷工", where="employee_id = 'ann'"
    )


def test_two_slips_for_one_punch_are_one_grant_of_the_quota(house, staff):
    house.connection.execute("update book.rule set value = '1' where parameter = 'missed_punch_quota'")
    staff("ann", site="HQ", shift="H")
    punches(house, "ann | 2026-10-12 08:50", site="HQ")
    house.given(
        """
        attendance.missed_punch
        slip_no | employee_id | work_on    | punch_kind | signer | signer_level | signed_at        | status
        B1      | ann         | 2026-10-12 | 下班       | zhao   | 项目总监     | 2026-10-13 09:00 | 批准
        B2      | ann         | 2026-10-12 | 下班       | zhao   | 项目总监     | 2026-10-13 10:00 | 批准
        """
    )
    compute(house, "2026-10-12", "HQ")
    house.expect("attendance.attendance_day\nstatus | reason\n出勤 | -", where="employee_id = 'ann'")


def test_a_site_of_which_nobody_is_known_waits_for_its_roll(house):
    house.connection.execute("delete from book.employee where site_id = 'HQ'")
    run_id = compute(house, "2026-10-12", "GM", "HQ")
    house.expect("ops.run_gap\nsite_id | missing\nHQ | 花名册", where=f"run_id = {run_id}")


def test_a_roster_line_that_was_replaced_is_seen_only_by_runs_that_knew_it(house, staff):
    staff("ann")
    house.connection.execute(
        "update attendance.roster set superseded_at = '2026-10-14 10:00' where employee_id = 'ann'"
    )
    house.given(
        "attendance.roster\nemployee_id | work_on | shift_code\nann | 2026-10-12 | 休", recorded_at="2026-10-14 10:00"
    )
    for known_at, status in (("2026-10-14 09:59", "旷工"), ("2026-10-14 10:00", "休息")):
        compute(house, "2026-10-12", "GM", known_at=known_at)
        house.expect(f"attendance.attendance_day\nstatus\n{status}", where="employee_id = 'ann'")
