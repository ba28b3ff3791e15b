"""A small house to judge in: two sites, their rule sets, and one call that runs what the DAG runs."""

from collections.abc import Callable

import pytest
from psycopg.types.range import DateRange

from backoffice.attendance import JUDGE, close_months
from backoffice.periods import parse
from backoffice.runs import carry_out
from tests.drawing import Books

RULE_SETS = """
    book.rule_set
    rule_set | rule_set_name            | rank
    guomao   | 国贸大厦案场管理制度     | 10
    office   | 房地产企业管理制度       | 10
    huaqing  | 华清物业威新国际大厦制度 | 10
    manual   | 公司行政管理手册         | 20
"""

RULES = """
    book.rule
    rule_set | rule_id | parameter                  | value        | valid_from | clause
    guomao   | GM-A3   | works_calendar             | roster       | 2026-01-01 | 每周工作六天，周一至周五轮休
    guomao   | GM-A1   | is_in_required             | 是           | 2026-01-01 | 到岗后及时打卡
    guomao   | GM-A1   | is_out_required            | 否           | 2026-01-01 | 到岗后及时打卡
    guomao   | GM-A1   | seconds_mode               | minute_floor | 2026-01-01 | 秒数舍去
    guomao   | GM-A2   | late_limit_minutes         | 30           | 2026-01-01 | 迟到30分钟以内罚款10元
    guomao   | GM-A2   | late_fine_amount           | 10.00        | 2026-01-01 | 迟到30分钟以内罚款10元
    guomao   | GM-A2   | late_over_absent_days      | 0.5          | 2026-01-01 | 超过30分钟记旷工半天
    guomao   | GM-A7   | no_show_absent_days        | 1            | 2026-01-01 | 未请假未到岗记旷工一天
    guomao   | GM-A4   | leave_checks_request       | 是           | 2026-01-01 | 请假须事先批准
    guomao   | GM-A4   | leave_slip_days            | 1            | 2026-01-01 | 假条最迟次日交
    guomao   | GM-A4   | leave_level1_days          | 0.5          | 2026-01-01 | 半天以内部门经理
    guomao   | GM-A4   | leave_level2_days          | 1            | 2026-01-01 | 一天以内总经理
    guomao   | GM-A4   | invalid_leave_absent_days  | 1            | 2026-01-01 | 未按时请假记旷工一天
    guomao   | GM-A9   | seated_slip_amount         | 10.00        | 2026-01-01 | 坐着接待每次10元
    guomao   | GM-A9   | late_work_slip_amount      | 20.00        | 2026-01-01 | 工作延误
    guomao   | GM-A9   | call_fine_factor           | 2            | 2026-01-01 | 收费电话按话费两倍罚款
    office   | OF-A1   | works_calendar             | official     | 2018-01-01 | 周一至周五
    office   | OF-A1   | is_in_required             | 是           | 2018-01-01 | 上班签到
    office   | OF-A1   | is_out_required            | 是           | 2018-01-01 | 下班签退
    office   | OF-A1   | late_limit_minutes         | 0            | 2018-01-01 | 只计次数
    huaqing  | HQ-A1   | works_calendar             | roster       | 2026-01-01 | 上下班打卡
    huaqing  | HQ-A1   | is_in_required             | 是           | 2026-01-01 | 上下班打卡
    huaqing  | HQ-A1   | is_out_required            | 是           | 2026-01-01 | 上下班打卡
    huaqing  | HQ-A1   | missing_punch_absent_days  | 1            | 2026-01-01 | 漏打卡无签字记无故旷工一次
    huaqing  | HQ-A1   | missed_punch_quota         | 3            | 2026-01-01 | 每月三次
    huaqing  | HQ-A1   | missed_punch_signer_level  | 项目总监     | 2026-01-01 | 须项目总监签字
"""

SITES = """
    book.site
    site_id | site_name      | fined_share_limit
    GM      | 国贸大厦       | 1
    HO      | 总部           | 1
    HQ      | 威新国际大厦   | 1
"""

BINDINGS = """
    book.site_rule_set
    site_id | rule_set | valid_from
    GM      | guomao   | 2026-01-01
    HO      | office   | 2018-01-01
    HQ      | huaqing  | 2026-01-01
"""

SHIFTS = """
    attendance.shift
    site_id | shift_code | valid_from | shift_name | starts_at | ends_at | break_starts_at | break_ends_at | is_default
    GM      | A          | 2026-01-01 | 案场班     | 08:30     | 18:00   | 12:00           | 13:30         | yes
    GM      | N          | 2026-01-01 | 夜班       | 18:30     | 08:00   | -               | -             | no
    GM      | D          | 2026-01-01 | 九点班     | 09:00     | 18:00   | 12:00           | 13:30         | no
    HO      | O          | 2018-01-01 | 行政班     | 08:30     | 17:30   | 12:00           | 13:00         | yes
    HQ      | H          | 2026-01-01 | 物业班     | 09:00     | 18:00   | 12:00           | 13:30         | yes
"""

#: October 2026 as the State Council announced it, the turn to November, and one make-up day of September
CALENDAR = """
    book.calendar_day
    day_on     | year_no | day_name | is_off | is_statutory
    2026-09-20 | 2026    | 国庆节   | no     | no
    2026-10-01 | 2026    | 国庆节   | yes    | yes
    2026-10-02 | 2026    | 国庆节   | yes    | yes
    2026-10-03 | 2026    | 国庆节   | yes    | yes
    2026-10-04 | 2026    | 国庆节   | yes    | no
    2026-10-05 | 2026    | 国庆节   | yes    | no
    2026-10-06 | 2026    | 国庆节   | yes    | no
    2026-10-07 | 2026    | 国庆节   | yes    | no
    2026-10-10 | 2026    | 国庆节   | no     | no
"""

#: somebody who is always there, so that a day is never silent
WITNESSES = """
    book.employee
    employee_id | effective_from | employee_name | site_id | badge_no | joined_on
    witness-GM  | 2020-01-01     | 常在          | GM      | 900      | 2018-01-01
    witness-HO  | 2018-01-01     | 常在          | HO      | 901      | 2018-01-01
    witness-HQ  | 2020-01-01     | 常在          | HQ      | 902      | 2018-01-01
"""


@pytest.fixture
def house(books: Books) -> Books:
    """Books with three sites, their rules, shifts, calendar and a witness in each; all known since 2026-01-01."""
    books.given(RULE_SETS, RULES, SITES, BINDINGS, SHIFTS, CALENDAR, WITNESSES)
    books.connection.execute(
        """
        insert into attendance.punch (site_id, badge_no, punched_at, device_id, recorded_at, file_id, line_no)
        select site_id, badge_no, day_at + hour, 'gate', timestamp '2026-01-01', 1, 1
        from (values ('GM', '900'), ('HO', '901'), ('HQ', '902')) as witness (site_id, badge_no)
        cross join generate_series(timestamp '2026-09-01', timestamp '2026-12-31', interval '1 day') as day_at
        cross join (values (interval '8 hours 20 minutes'), (interval '18 hours 30 minutes')) as at (hour)
        """
    )
    books.connection.execute(
        """
        insert into attendance.roster (employee_id, work_on, shift_code, recorded_at, file_id, line_no)
        select employee_id, day_at, shift_code, timestamp '2026-01-01', 1, 1
        from (values ('witness-GM', 'A'), ('witness-HQ', 'H')) as witness (employee_id, shift_code)
        cross join generate_series(timestamp '2026-09-01', timestamp '2026-12-31', interval '1 day') as day_at
        """
    )
    return books


@pytest.fixture
def staff(house: Books) -> Callable[..., None]:
    """Hire people by name (id = badge = name) at a site and roster them for one shift on one day."""

    def hire(*names: str, site: str = "GM", shift: str | None = "A", on: str = "2026-10-12") -> None:
        for name in names:
            house.given(
                f"""
                book.employee
                employee_id | effective_from | employee_name | site_id | badge_no | joined_on
                {name}      | 2020-01-01     | {name}        | {site}  | {name}   | 2020-01-01
                """
            )
            if shift:
                house.given(f"attendance.roster\nemployee_id | work_on | shift_code\n{name} | {on} | {shift}")

    return hire


def compute(books: Books, period: str, *sites: str, known_at: str = "2026-11-03 09:30") -> int:
    """Run the DAG's compute step for a period and sites, knowing what was recorded by `known_at`; returns the run."""
    days = parse(period)
    run_id = books.connection.execute(
        """
        insert into ops.run (
            workflow, airflow_run_id, period, mode, as_of_on, known_at, requested_by, wants_mail, state
        )
        values ('daily_attendance', gen_random_uuid()::text, %s, 'normal', %s, %s, 'test', false, 'done')
        returning run_id
        """,
        [DateRange(days.starts_on, days.until_on), days.last_on, known_at],
    ).fetchone()[0]
    for site in sites or ("GM", "HO", "HQ"):
        books.connection.execute(
            "insert into ops.run_scope (run_id, workflow, site_id, period, cause, is_live) "
            "values (%s, 'daily_attendance', %s, %s, 'asked', false)",
            [run_id, site, DateRange(days.starts_on, days.until_on)],
        )
    books.connection.execute("update ops.run_scope set is_live = true where run_id = %s", [run_id])
    close_months(books.connection, run_id)
    carry_out(books.connection, run_id, JUDGE)
    books.connection.execute("update ops.run_scope set is_live = false where run_id = %s", [run_id])
    books.connection.execute("discard temp")
    return run_id


def punches(books: Books, drawn: str, site: str = "GM", recorded_at: str = "2026-01-01 00:00") -> None:
    """Punches drawn as `badge | at` lines."""
    lines = [line.split("|") for line in drawn.strip().splitlines()]
    table = "attendance.punch\nsite_id | badge_no | punched_at\n" + "\n".join(
        f"{site} | {badge.strip()} | {at.strip()}" for badge, at in lines
    )
    books.given(table, recorded_at=recorded_at)
