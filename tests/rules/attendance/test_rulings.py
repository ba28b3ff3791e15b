"""Days that a person has to decide: rulings count where the rules give no verdict, and nowhere else."""

import pytest

from tests.rules.attendance.conftest import compute, punches

DAY = "2026-10-12"


@pytest.fixture
def unplanned(house, staff):
    """People of whom the roster of the day says nothing."""
    names = ("ann", "bob", "cid", "dan", "eve", "fay")
    staff(*names, shift=None)
    return names


def given_for(house, table, **values):
    """One row of a register, the day's."""
    house.given(f"{table}\n{' | '.join(values)}\n{' | '.join(map(str, values.values()))}")


def rule(house, name, verdict, decided_on="2026-10-13"):
    """One ruling about the day."""
    given_for(
        house, "attendance.day_ruling", ruling_no=f"R-{name}", employee_id=name, work_on=DAY, verdict=verdict,
        reason="查证", approver="王某", decided_on=decided_on,
    )  # fmt: skip


def test_a_day_without_a_plan_is_what_the_ruling_says(house, unplanned):
    verdicts = ("出勤", "旷工", "旷工半天", "请假", "休息", "按制度")
    for name, verdict in zip(unplanned, verdicts, strict=True):
        rule(house, name, verdict)
    compute(house, DAY, "GM")
    house.expect(
        """
        attendance.attendance_day
        employee_id | status   | day_kind | due_days | attended_days | leave_days | absent_days | pending_days
        ann         | 出勤     | 应出勤   | 1.00     | 1.00          | 0.00       | 0.00        | 0.00
        bob         | 旷工     | 应出勤   | 1.00     | 0.00          | 0.00       | 1.00        | 0.00
        cid         | 旷工半天 | 应出勤   | 1.00     | 0.50          | 0.00       | 0.50        | 0.00
        dan         | 请假     | 应出勤   | 1.00     | 0.00          | 1.00       | 0.00        | 0.00
        eve         | 休息     | 公休     | 0.00     | 0.00          | 0.00       | 0.00        | 0.00
        fay         | 待确认   | 应出勤   | 1.00     | 0.00          | 0.00       | 0.00        | 1.00
        """,
        where=f"work_on = '{DAY}' and employee_id in ('ann', 'bob', 'cid', 'dan', 'eve', 'fay')",
    )
    house.expect(
        """
        attendance.attendance_day
        employee_id | ruling_no | leave_type | reason | remark
        ann         | R-ann     | -          | 查证   | 认定单R-ann（王某认定出勤）
        dan         | R-dan     | 其他       | 查证   | 认定单R-dan（王某认定请假）
        fay         | -         | -          | 未排班 | 认定单R-fay未采用：制度无从判定，须写明结果
        """,
        where="employee_id in ('ann', 'dan', 'fay')",
    )


def test_a_ruling_on_a_day_that_the_rules_decided_is_not_heard_and_says_so(house, staff):
    staff("ann", "bob")
    punches(house, f"ann | {DAY} 08:25")
    rule(house, "ann", "旷工")
    rule(house, "bob", "出勤")
    compute(house, DAY, "GM")
    house.expect(
        """
        attendance.attendance_day
        employee_id | status | absent_days | ruling_no | remark
        ann         | 出勤   | 0.00        | -         | 认定单R-ann未采用：制度已有判定
        bob         | 旷工   | 1.00        | -         | 认定单R-bob未采用：制度已有判定
        """,
        where="employee_id in ('ann', 'bob')",
    )


@pytest.mark.parametrize(
    ("verdict", "status", "absent", "attended"),
    [
        ("出勤", "出勤", "0.00", "1.00"),
        ("按制度", "缺卡", "1.00", "0.00"),
        ("旷工半天", "旷工半天", "0.50", "0.50"),
        ("旷工", "旷工", "1.00", "0.00"),
    ],
)
def test_ATT_06_a_contested_day_is_settled_by_a_ruling(house, staff, verdict, status, absent, attended):
    house.given(
        """
        attendance.shift
        site_id | shift_code | valid_from | shift_name | starts_at | ends_at
        HQ      | N          | 2026-01-01 | 夜班       | 18:30     | 08:00
        """
    )
    staff("ann", site="HQ", shift="H")
    house.given("attendance.roster\nemployee_id | work_on | shift_code\nann | 2026-10-11 | N")
    punches(house, f"ann | 2026-10-11 18:28\nann | {DAY} 08:03\nann | {DAY} 18:02", site="HQ")
    rule(house, "ann", verdict)
    compute(house, "2026-10-11..2026-10-12", "HQ")
    house.expect(
        "attendance.attendance_day\nstatus | absent_days | attended_days | pending_days | pending_verdict | ruling_no\n"
        f"{status} | {absent} | {attended} | 0.00 | - | R-ann",
        where=f"employee_id = 'ann' and work_on = '{DAY}'",
    )


def test_a_missing_punch_is_ruled_on_in_time_and_keeps_the_lateness_that_the_clock_shows(house, staff):
    house.given(
        """
        book.rule
        rule_set | rule_id | parameter                  | value | valid_from | clause
        huaqing  | HQ-A1   | missed_punch_deadline_days | 2     | 2026-01-01 | 两日内补签
        huaqing  | HQ-A1   | late_limit_minutes         | 30    | 2026-01-01 | 迟到
        huaqing  | HQ-A1   | late_fine_amount           | 10    | 2026-01-01 | 迟到
        """
    )
    staff("ann", "bob", "cid", site="HQ", shift="H")
    punches(house, f"ann | {DAY} 09:10\nbob | {DAY} 09:10\ncid | {DAY} 09:10", site="HQ")
    compute(house, DAY, "HQ", known_at="2026-10-14 23:59")
    drawn = """
        attendance.attendance_day
        employee_id | status | fine_amount | absent_days | attended_days | pending_days | pending_verdict
        {}
    """
    where = "employee_id in ('ann', 'bob', 'cid')"
    house.expect(
        drawn.format(
            "\n".join(f"{name} | 缺卡 | 10.00 | 0.00 | 0.00 | 1.00 | 旷工1天" for name in ("ann", "bob", "cid"))
        ),
        where,
    )
    rule(house, "ann", "出勤", decided_on="2026-10-14")
    rule(house, "bob", "出勤", decided_on="2026-10-15")
    for known_at in ("2026-10-15 00:00", "2026-10-31 00:00"):
        compute(house, DAY, "HQ", known_at=known_at)
        house.expect(
            drawn.format(
                "ann | 迟到 | 10.00 | 0.00 | 1.00 | 0.00 | -\n"
                "bob | 缺卡 | 10.00 | 1.00 | 0.00 | 0.00 | -\n"
                "cid | 缺卡 | 10.00 | 1.00 | 0.00 | 0.00 | -"
            ),
            where,
        )


def test_a_shift_that_is_not_over_is_not_ruled_on(house, staff):
    staff("ann", site="HQ", shift="H")
    punches(house, f"ann | {DAY} 08:50", site="HQ")
    rule(house, "ann", "出勤", decided_on=DAY)
    compute(house, DAY, "HQ", known_at=f"{DAY} 14:00")
    house.expect("attendance.attendance_day\nstatus | remark\n进行中 | -", where="employee_id = 'ann'")


def test_ATT_20_a_ruling_says_who_of_two_namesakes_was_there(house):
    house.given(
        """
        book.employee
        employee_id | effective_from | employee_name | site_id | badge_no | joined_on
        w1          | 2020-01-01     | 张伟          | HO      | -        | 2020-01-01
        w2          | 2020-01-01     | 张伟          | HO      | -        | 2020-01-01
        """
    )
    punches(house, f"张伟 | {DAY} 08:20\n张伟 | {DAY} 17:40", site="HO")
    rule(house, "w1", "出勤")
    compute(house, DAY, "HO")
    house.expect(
        "attendance.attendance_day\nemployee_id | status | attended_days | pending_days\n"
        "w1 | 出勤 | 1.00 | 0.00\nw2 | 待确认 | 0.00 | 1.00",
        where="employee_id in ('w1', 'w2')",
    )
