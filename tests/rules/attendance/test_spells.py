"""Two spells a day, each judged once; posts that only patrol (YJ-A1, ATT-03)."""

import pytest

from tests.rules.attendance.conftest import compute, punches

DAY = "2026-10-12"


@pytest.fixture
def crew(house, staff):
    """People of a shift of two spells, 09:00–12:00 and 13:30–18:00, at a site that fines (GM) or asks for all (HQ)."""
    house.given(
        """
        attendance.shift
        site_id | shift_code | shift_name | starts_at | break_starts_at | break_ends_at | ends_at | is_split | is_patrol
        GM      | S          | 两段       | 09:00     | 12:00           | 13:30         | 18:00   | yes      | no
        HQ      | S          | 两段       | 09:00     | 12:00           | 13:30         | 18:00   | yes      | no
        HQ      | P          | 巡查       | 09:00     | -               | -             | 17:00   | no       | yes
        """,
        valid_from="2026-01-01",
    )

    def hire(*names, site="GM", shift="S"):
        staff(*names, site=site, shift=shift)

    def clock(name, *hours, site="GM"):
        punches(house, "\n".join(f"{name} | {DAY} {hour}" for hour in hours), site=site)

    hire.clock = clock
    return hire


def asks_for_noon(house, rule_set="guomao", answer="是"):
    """Rule: the noon punches must be there."""
    house.given(
        f"""
        book.rule
        rule_set   | rule_id | parameter                 | value    | valid_from | clause
        {rule_set} | YJ-A1   | are_noon_punches_required | {answer} | 2026-01-01 | 中午须打卡
        """
    )


def of(house, name):
    """The day's row of somebody."""
    return house.query("select * from attendance.attendance_day where employee_id = %(name)s", name=name)[0]


@pytest.mark.parametrize("asks", ["是", "否"])
def test_ATT_03_each_spell_is_judged_once_and_their_consequences_add_up(house, crew, asks):
    asks_for_noon(house, answer=asks)
    crew("ann", "bob", "cid", "dan")
    crew.clock("ann", "09:10", "12:01", "14:05", "18:02")
    crew.clock("bob", "09:31", "12:01", "14:05", "18:02")
    crew.clock("cid", "09:10", "12:01", "13:40", "18:02")
    crew.clock("dan", "08:55", "12:01", "13:25", "18:02")
    compute(house, DAY, "GM")
    house.expect(
        """
        attendance.attendance_day
        employee_id | status   | late_minutes | fine_amount | absent_days | attended_days | reason
        ann         | 旷工半天 | 45           | 10.00       | 0.50        | 0.50          | -
        bob         | 旷工     | 66           | 0.00        | 1.00        | 0.00          | 两段均迟到超限
        cid         | 迟到     | 20           | 20.00       | 0.00        | 1.00          | -
        dan         | 出勤     | 0            | 0.00        | 0.00        | 1.00          | -
        """,
        where="employee_id in ('ann', 'bob', 'cid', 'dan')",
    )
    house.expect(
        """
        attendance.attendance_day
        due_in_at        | in_at            | due_out_at       | out_at
        2026-10-12 09:00 | 2026-10-12 09:10 | 2026-10-12 12:00 | 2026-10-12 12:01
        """,
        where="employee_id = 'ann'",
    )
    house.expect(
        """
        attendance.attendance_day
        second_due_in_at | second_in_at     | second_due_out_at | second_out_at
        2026-10-12 13:30 | 2026-10-12 14:05 | 2026-10-12 18:00  | 2026-10-12 18:02
        """,
        where="employee_id = 'ann'",
    )


def test_ATT_03_the_afternoon_is_fined_at_thirty_minutes_and_absence_at_thirty_one(house, crew):
    crew("ann", "bob")
    crew.clock("ann", "08:55", "12:01", "14:00:59", "18:02")
    crew.clock("bob", "08:55", "12:01", "14:01", "18:02")
    compute(house, DAY, "GM")
    house.expect(
        """
        attendance.attendance_day
        employee_id | status   | late_minutes | fine_amount | absent_days
        ann         | 迟到     | 30           | 10.00       | 0.00
        bob         | 旷工半天 | 31           | 0.00        | 0.50
        """,
        where="employee_id in ('ann', 'bob')",
    )


def test_ATT_03_never_more_than_one_day_whatever_the_rule_book_says(house, crew):
    house.connection.execute("update book.rule set value = '0.8' where parameter = 'late_over_absent_days'")
    crew("ann")
    crew.clock("ann", "09:50", "12:01", "14:20", "18:02")
    compute(house, DAY, "GM")
    house.expect("attendance.attendance_day\nabsent_days | attended_days\n1.00 | 0.00", where="employee_id = 'ann'")


def test_noon_punches_are_asked_for_only_where_the_house_asks(house, crew):
    crew("ann", "bob", "cid", site="HQ")
    crew.clock("ann", "08:55", "18:02", site="HQ")
    crew.clock("bob", "08:55", "12:01", "18:02", site="HQ")
    crew.clock("cid", "08:55", "13:50", "18:02", site="HQ")
    compute(house, DAY, "HQ")
    house.expect(
        """
        attendance.attendance_day
        employee_id | status | in_at            | out_at | second_in_at | second_out_at
        ann         | 出勤   | 2026-10-12 08:55 | -      | -            | 2026-10-12 18:02
        bob         | 出勤   | 2026-10-12 08:55 | -      | -            | 2026-10-12 18:02
        cid         | 出勤   | 2026-10-12 08:55 | -      | -            | 2026-10-12 18:02
        """,
        where="employee_id in ('ann', 'bob', 'cid')",
    )
    asks_for_noon(house, "huaqing")
    compute(house, DAY, "HQ")
    house.expect(
        """
        attendance.attendance_day
        employee_id | status | reason     | absent_days | late_minutes | out_at           | second_in_at
        ann         | 缺卡   | 缺中午卡   | 1.00        | 0            | -                | -
        bob         | 缺卡   | 缺中午卡   | 1.00        | 0            | 2026-10-12 12:01 | -
        cid         | 缺卡   | 缺中午卡   | 1.00        | 20           | -                | 2026-10-12 13:50
        """,
        where="employee_id in ('ann', 'bob', 'cid')",
    )


@pytest.mark.parametrize(
    ("hours", "ends"),
    [
        ("08:20 08:40 12:01 12:40 17:50 18:05", "08:20 12:01 12:40 18:05"),
        ("06:00 11:58 12:10 13:29 18:01", "06:00 12:10 13:29 18:01"),
        ("10:20 12:01 13:28 18:02", "10:20 12:01 13:28 18:02"),
        ("08:59:30 09:00:10 12:00 12:00:50 13:30 18:00:10 18:00:40", "08:59:30 12:00:50 13:30 18:00:40"),
        ("08:55 12:01 18:02", "08:55 12:01 - 18:02"),
        ("08:55 18:02", "08:55 - - 18:02"),
        ("12:01 13:28", "- 12:01 13:28 -"),
        ("08:40 08:55 18:02", "08:40 - - 18:02"),
        ("13:28 18:02", "- - 13:28 18:02"),
        ("18:02", "- - - 18:02"),
        ("", "- - - -"),
    ],
)
def test_punches_are_told_apart_by_what_they_lie_nearest_to_in_their_order(house, crew, hours, ends):
    asks_for_noon(house, "huaqing")
    crew("ann", site="HQ")
    if hours:
        crew.clock("ann", *hours.split(), site="HQ")
    compute(house, DAY, "HQ")
    row = of(house, "ann")
    found = [row[name] for name in ("in_at", "out_at", "second_in_at", "second_out_at")]
    assert " ".join(at.strftime("%H:%M:%S").removesuffix(":00") if at else "-" for at in found) == ends


def test_where_noon_is_not_asked_for_who_comes_late_in_the_morning_is_late_and_lacks_no_punch(house, crew):
    crew("ann")
    crew.clock("ann", "11:00", "18:02")
    compute(house, DAY, "GM")
    house.expect(
        "attendance.attendance_day\nstatus | late_minutes | absent_days\n旷工半天 | 120 | 0.50",
        where="employee_id = 'ann'",
    )


def test_leave_of_half_a_day_covers_one_spell_and_the_other_is_judged(house, crew):
    house.connection.execute("delete from book.rule where parameter = 'leave_checks_request'")
    crew("ann", "bob", "cid")
    house.given(
        f"""
        attendance.leave
        slip_no | employee_id | leave_type | starts_at    | ends_at      | approver | status
        J1      | ann         | 事假       | {DAY} 09:00  | {DAY} 12:00  | zhao     | 批准
        J2      | bob         | 事假       | {DAY} 13:30  | {DAY} 18:00  | zhao     | 批准
        J3      | cid         | 事假       | {DAY} 09:00  | {DAY} 12:00  | zhao     | 批准
        """
    )
    crew.clock("ann", "13:25", "18:02")
    crew.clock("bob", "09:10", "12:01")
    crew.clock("cid", "14:05", "18:02")
    compute(house, DAY, "GM")
    house.expect(
        """
        attendance.attendance_day
        employee_id | status   | late_minutes | fine_amount | absent_days | leave_days | attended_days
        ann         | 请假     | 0            | 0.00        | 0.00        | 0.50       | 0.50
        bob         | 迟到     | 10           | 10.00       | 0.00        | 0.50       | 0.50
        cid         | 旷工半天 | 35           | 0.00        | 0.50        | 0.50       | 0.00
        """,
        where="employee_id in ('ann', 'bob', 'cid')",
    )
    house.expect(
        """
        attendance.attendance_day
        employee_id | in_at            | out_at           | second_due_in_at | second_in_at     | second_out_at
        ann         | -                | -                | 2026-10-12 13:30 | 2026-10-12 13:25 | 2026-10-12 18:02
        bob         | 2026-10-12 09:10 | 2026-10-12 12:01 | -                | -                | -
        """,
        where="employee_id in ('ann', 'bob')",
    )


def test_a_signature_stands_for_the_arrival_or_the_leaving_that_is_missing(house, crew):
    asks_for_noon(house, "huaqing")
    crew("ann", "bob", "cid", site="HQ")
    crew.clock("ann", "12:01", "13:28", "18:02", site="HQ")
    crew.clock("bob", "08:55", "12:01", "18:02", site="HQ")
    crew.clock("cid", "08:55", "18:02", site="HQ")
    house.given(
        f"""
        attendance.missed_punch
        slip_no | employee_id | work_on | punch_kind | signer | signer_level | signed_at        | status
        B1      | ann         | {DAY}   | 上班       | zhao   | 项目总监     | 2026-10-13 09:00 | 批准
        B2      | bob         | {DAY}   | 上班       | zhao   | 项目总监     | 2026-10-13 09:00 | 批准
        B3      | cid         | {DAY}   | 上班       | zhao   | 项目总监     | 2026-10-13 09:00 | 批准
        """
    )
    compute(house, DAY, "HQ")
    house.expect(
        "attendance.attendance_day\nemployee_id | status\nann | 出勤\nbob | 出勤\ncid | 缺卡",
        where="employee_id in ('ann', 'bob', 'cid')",
    )


def test_an_outing_over_noon_excuses_the_noon_punches(house, crew):
    asks_for_noon(house, "huaqing")
    crew("ann", site="HQ")
    crew.clock("ann", "08:55", "18:02", site="HQ")
    house.given(
        f"""
        attendance.outing
        employee_id | out_at      | back_at     | outing_kind | approver
        ann         | {DAY} 11:00 | {DAY} 15:00 | 因公        | zhao
        """
    )
    compute(house, DAY, "HQ")
    house.expect("attendance.attendance_day\nstatus\n出勤", where="employee_id = 'ann'")


def test_who_patrols_is_never_late_nor_absent(house, crew):
    crew("ann", "bob", "cid", site="HQ", shift="P")
    crew.clock("ann", "11:40", site="HQ")
    house.given(
        f"""
        attendance.leave
        slip_no | employee_id | leave_type | starts_at   | ends_at     | approver | status
        J1      | cid         | 事假       | {DAY} 09:00 | {DAY} 17:00 | zhao     | 批准
        """
    )
    compute(house, DAY, "HQ")
    house.expect(
        """
        attendance.attendance_day
        employee_id | status | late_minutes | absent_days | attended_days | leave_days | remark
        ann         | 出勤   | 0            | 0.00        | 1.00          | 0.00       | -
        bob         | 出勤   | 0            | 0.00        | 1.00          | 0.00       | 巡查岗不考勤
        cid         | 请假   | 0            | 0.00        | 0.00          | 1.00       | -
        """,
        where="employee_id in ('ann', 'bob', 'cid')",
    )
