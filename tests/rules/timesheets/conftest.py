"""A month of two sites, filled day by day without judging, and one call each that marks and shows its sheet."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from psycopg.types.range import DateRange

from backoffice import artifacts
from backoffice.database import rows
from backoffice.periods import parse
from backoffice.runs import carry_out
from backoffice.workbook import write_workbook
from tests.drawing import Books
from workbooks.timesheets import timesheet_workbook

#: the statements of the task `reckon` of the DAG monthly_attendance, in order
RECKON = ("timesheets/mark_gaps", "timesheets/mark_lines", "timesheets/record_results", "ops/stamp_computed")
KEPT = ("attendance.month_line", "ops.result", "ops.run_gap")
DRAFT_AT, FINAL_AT = "2026-11-01 10:30+08", "2026-11-09 10:30+08"

HOUSE = """
    book.site
    site_id | site_name | region
    GM      | 国贸大厦  | 江苏
    CN      | 城南壹号  | 江苏
"""
RULES = """
    book.rule
    rule_set | rule_id | parameter          | value  | valid_from | clause
    guomao   | GM-A3   | works_calendar     | roster | 2026-01-01 | 每周工作六天，周一至周五轮休
    guomao   | GM-A2   | late_limit_minutes | 30     | 2026-01-01 | 迟到30分钟以内罚款10元
    guomao   | GM-A2   | late_fine_amount   | 10.00  | 2026-01-01 | 迟到30分钟以内罚款10元
    guomao   | GM-A2   | early_fine_amount  | 5.00   | 2026-01-01 | 早退罚款5元
    guomao   | GM-A1   | seconds_mode       | minute_floor | 2026-01-01 | 秒数舍去
"""
CALENDAR = """
    book.calendar_day
    day_on     | year_no | day_name | is_off | is_statutory
    2026-10-01 | 2026    | 国庆节   | yes    | yes
    2026-10-02 | 2026    | 国庆节   | yes    | yes
    2026-10-03 | 2026    | 国庆节   | yes    | yes
    2026-10-05 | 2026    | 国庆节   | yes    | no
    2026-10-10 | 2026    | 国庆节   | no     | no
"""
#: what a day says in attendance.attendance_day, by the symbol that one would write into a month sheet
PLAIN = {
    "status": "出勤", "day_kind": "应出勤", "due_days": 1, "attended_days": 1, "absent_days": 0, "leave_days": 0,
    "pending_days": 0, "late_minutes": 0, "early_minutes": 0, "fine_amount": 0, "leave_type": "", "leave_slip_no": "",
}  # fmt: skip
SAID: Mapping[str, Mapping[str, Any]] = {
    "√": {},
    "迟": {"status": "迟到", "late_minutes": 12, "fine_amount": 10},
    "早": {"status": "早退", "early_minutes": 20, "fine_amount": 5},
    "×": {"status": "旷工", "attended_days": 0, "absent_days": 1, "reason": "无打卡无请假"},
    "半": {"status": "旷工半天", "attended_days": 0.5, "absent_days": 0.5, "late_minutes": 45},
    "事": {"status": "请假", "attended_days": 0, "leave_days": 1, "leave_type": "事假"},
    "病": {"status": "请假", "attended_days": 0, "leave_days": 1, "leave_type": "病假"},
    "年": {"status": "请假", "attended_days": 0, "leave_days": 1, "leave_type": "年假"},
    "假": {"status": "请假", "attended_days": 0, "leave_days": 1, "leave_type": "陪产假"},
    "调": {"status": "请假", "attended_days": 0.5, "leave_days": 0.5, "leave_type": "调休"},
    "公": {"status": "公出"},
    "夜": {"is_night": True},
    "缺": {"status": "缺卡"},
    "?": {"status": "待确认", "attended_days": 0, "pending_days": 1, "reason": "未排班"},
    "休": {"status": "休息", "day_kind": "公休", "due_days": 0, "attended_days": 0},
    "节": {"status": "法定节假日", "day_kind": "法定节假日", "due_days": 0, "attended_days": 0},
}


@pytest.fixture
def house(books: Books) -> Books:
    """Books with the sites GM and CN, their rules and the calendar; October's daily results are there."""
    return furnish(books)


def furnish(books: Books) -> Books:
    """Put the two sites into empty books."""
    books.given(HOUSE, RULES, CALENDAR)
    books.given(
        "book.rule_set\nrule_set | rule_set_name | rank\nguomao | 国贸大厦案场管理制度 | 10",
        "book.site_rule_set\nsite_id | rule_set | valid_from\nGM | guomao | 2026-01-01\nCN | guomao | 2026-01-01",
    )
    heard(books, "2026-10")
    return books


def heard(books: Books, period: str, sites: Sequence[str] = ("GM", "CN")) -> None:
    """Daily results of every day of a month."""
    asked = parse(period)
    run_id = register(books, "daily_attendance", period, str(asked.until_on), sites)
    for site in sites:
        books.connection.execute(
            """
            insert into ops.result (
                workflow, site_id, base_on, revision, result_hash, run_id, as_of_on, known_at, row_count
            )
            select 'daily_attendance', %(site)s, day_at::date, 1, 'x', %(run)s, day_at::date, %(until)s, 1
            from generate_series(%(from)s::timestamp, %(last)s::timestamp, interval '1 day') as day_at
            """,
            {"site": site, "run": run_id, "from": asked.starts_on, "until": asked.until_on, "last": asked.last_on},
        )


def register(
    books: Books, workflow: str, period: str, known_at: str, sites: Sequence[str], mode: str = "normal"
) -> int:
    """A run of a period that holds nothing."""
    asked = parse(period)
    days = DateRange(asked.starts_on, asked.until_on)
    run_id = books.connection.execute(
        """
        insert into ops.run (
            workflow, airflow_run_id, period, mode, as_of_on, known_at, requested_by, wants_mail, state
        )
        values (%s, gen_random_uuid()::text, %s, %s, %s, %s, 'test', true, 'done')
        returning run_id
        """,
        [workflow, days, mode, asked.last_on, known_at],
    ).fetchone()[0]
    for site in sites:
        books.connection.execute(
            "insert into ops.run_scope (run_id, workflow, site_id, period, cause, is_live) "
            "values (%s, %s, %s, %s, 'asked', false)",
            [run_id, workflow, site, days],
        )
    return run_id


def hire(books: Books, name: str, site: str = "GM", **also: str) -> None:
    """Somebody on the roll (id = badge = name) since 2020."""
    given = {
        "employee_id": name, "effective_from": "2020-01-01", "employee_name": name, "site_id": site,
        "department": "销售部", "post": "置业顾问", "badge_no": name, "joined_on": "2020-01-01",
    } | also  # fmt: skip
    books.given(f"book.employee\n{' | '.join(given)}\n{' | '.join(given.values())}")


def day(books: Books, name: str, on: str | date, said: str = "√", site: str = "GM", **also: Any) -> None:
    """One judged day of a person, as its symbol says it; `also` overrides columns."""
    given = PLAIN | SAID[said] | also
    given = {
        "employee_id": name, "work_on": str(on), "site_id": site, "employee_name": name, "department": "销售部",
        "post": "置业顾问", "badge_no": name, "rule_set": "guomao", "shift_code": "A", "shift_name": "案场班",
        "is_in_required": True, "is_out_required": False, "slip_verdict": "有效" if given["leave_days"] else "",
        "missed_punch_slip_no": "", "rule_id": "GM-A1", "rule_version": "1", "reason": "", "pending_verdict": "",
        "remark": "",
    } | given  # fmt: skip
    names = ", ".join(given)
    books.connection.execute(
        f"insert into attendance.attendance_day ({names}) values ({', '.join(['%s'] * len(given))})",
        list(given.values()),
    )


def fill(books: Books, name: str, marks: str, period: str = "2026-10", site: str = "GM", **also: Any) -> None:
    """A month of a person, a symbol a day from the 1st on; ``○`` is a day without a row, the last symbol goes on."""
    first = parse(period).starts_on
    for number in range(monthrange(first.year, first.month)[1]):
        said = marks[min(number, len(marks) - 1)]
        if said != "○":
            day(books, name, first + timedelta(number), said, site, **also)


def close(books: Books, period: str = "2026-10", site: str = "GM", at: str = "2026-11-08 00:00+08") -> None:
    """Close the month of the daily workflow, by the clock."""
    asked = parse(period)
    books.connection.execute(
        "insert into ops.period_close (workflow, site_id, period, closed_at, closed_by) "
        "values ('daily_attendance', %s, %s, %s, '按制度关账')",
        [site, DateRange(asked.starts_on, asked.until_on), at],
    )


def reckon(
    books: Books,
    period: str = "2026-10",
    known_at: str = DRAFT_AT,
    sites: Sequence[str] = ("GM",),
    mode: str = "normal",
) -> int:
    """Mark the month sheets of sites as the DAG does, and hold them against the days; returns the run."""
    run_id = register(books, "monthly_attendance", period, known_at, sites, mode)
    carry_out(books.connection, run_id, RECKON)
    assert problems(books, run_id, period, known_at) == []
    return run_id


def problems(books: Books, run_id: int, period: str = "2026-10", known_at: str = DRAFT_AT) -> list[str]:
    """What the check of a run finds."""
    asked = parse(period)
    given = {"run_id": run_id, "first_on": asked.starts_on, "last_on": asked.last_on, "known_at": known_at}
    return [row["problem"] for row in rows(books.connection, "timesheets/check_lines", given)]


def gaps(books: Books, run_id: int) -> list[str]:
    """What a run waits for."""
    return [row["missing"] for row in books.query("select missing from ops.run_gap where run_id = %(run)s", run=run_id)]


def line(books: Books, name: str, site: str = "GM", month_on: str = "2026-10-01") -> dict[str, Any]:
    """The newest line of a person, and what its fines come to."""
    [found] = books.query(
        """
        select month_line.*, attendance.fine_total(month_line) as fine_total from attendance.month_line
        where employee_id = %(name)s and site_id = %(site)s and month_on = %(month)s
        order by revision desc limit 1
        """,
        name=name, site=site, month=month_on,
    )  # fmt: skip
    return found


def document(
    books: Books,
    run_id: int,
    kind: str = "attendance_draft",
    period: str = "2026-10",
    site: str = "GM",
    revision: int = 1,
) -> int:
    """Register the document of a run, as its release does; returns the artifact."""
    asked = parse(period)
    return books.connection.execute(
        """
        insert into ops.artifact (
            workflow, document_kind, site_id, period, revision, content_hash, title, as_of_on, known_at, run_id,
            issued_at
        )
        select run.workflow, %(kind)s, %(site)s, %(days)s, %(revision)s,
            md5(result.base_on::text || result.result_hash), '考勤月报表', %(last)s, run.known_at,
            run.run_id, run.known_at + interval '1 hour'
        from ops.run
        cross join lateral (
            select * from ops.result
            where workflow = run.workflow and site_id = %(site)s and base_on = %(first)s
            order by revision desc limit 1
        ) as result
        where run.run_id = %(run)s
        returning artifact_id
        """,
        {
            "kind": kind, "site": site, "days": DateRange(asked.starts_on, asked.until_on), "revision": revision,
            "last": asked.last_on, "first": asked.starts_on, "run": run_id,
        },
    ).fetchone()[0]  # fmt: skip


def written(books: Books, artifact_id: int, folder: Path) -> Path:
    """The file of a document."""
    book = timesheet_workbook(books.connection, artifacts.read(books.connection, artifact_id))
    return write_workbook(folder / book.file_name, book).path
