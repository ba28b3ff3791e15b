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


def offence(books: Books, name: str, on: str, kind: str, fine: str, **also: str) -> None:
    """Something found beside the clock; its fine is part of the day's."""
    given = {
        "employee_id": name, "work_on": on, "offence_kind": kind, "source_no": "M1", "site_id": "GM",
        "absent_days": "0", "fine_amount": fine, "rule_id": "YJ-A4", "rule_version": "1", "reason": kind,
    } | also  # fmt: skip
    books.given(f"attendance.offence\n{' | '.join(given)}\n{' | '.join(given.values())}")


def slip(books: Books, number: str, name: str, on: str, fine: str, charge: str = "0", **also: str) -> None:
    """A conduct slip of GM as it was judged; `charge` is what a call cost."""
    run = books.query("select max(run_id) as run_id from ops.run")[0]["run_id"]
    given = {
        "slip_no": number, "employee_id": name, "site_id": "GM", "event_on": on, "counted_in": f"{on[:7]}-01",
        "state": "有效", "fine_amount": fine, "charge_amount": charge, "rule_id": "GM-A9", "rule_version": "1",
        "reason": "坐着接待", "run_id": str(run),
    } | also  # fmt: skip
    books.given(f"attendance.conduct_fine\n{' | '.join(given)}\n{' | '.join(given.values())}")


def waive(books: Books, number: str, name: str, on: str, kind: str, amount: str = "-", **also: str) -> None:
    """A waiver of a fine; the amount `-` is all of it."""
    recorded = {"recorded_at": also.pop("recorded_at", "2026-10-31 00:00+08")}
    given = {
        "waiver_no": number, "employee_id": name, "event_on": on, "fine_kind": kind, "amount": amount, "reason": "首次",
        "approver": "王总", "approved_on": on, "status": "批准",
    } | also  # fmt: skip
    books.given(f"attendance.fine_waiver\n{' | '.join(given)}\n{' | '.join(given.values())}", **recorded)


def adjust(books: Books, name: str, on: str, absent: str, leave: str, fine: str) -> None:
    """What October bears of a day of September."""
    run = books.query("select max(run_id) as run_id from ops.run")[0]["run_id"]
    given = {
        "employee_id": name, "work_on": on, "counted_in": "2026-10-01", "site_id": "GM", "absent_days_delta": absent,
        "leave_days_delta": leave, "late_minutes_delta": "0", "fine_amount_delta": fine, "old_status": "旷工",
        "new_status": "请假", "rule_id": "GM-A4", "reason": "补交", "run_id": str(run),
    }  # fmt: skip
    books.given(f"attendance.adjustment\n{' | '.join(given)}\n{' | '.join(given.values())}")


PEOPLE = {
    "E01": ("张晓", "销售部", "置业顾问"), "E02": ("李越", "销售部", "置业顾问"), "E03": ("王敏", "销售部", "置业顾问"),
    "E04": ("赵凯", "客服部", "客服专员"), "E05": ("钱多", "客服部", "客服专员"), "E06": ("孙宁", "工程部", "夜班保安"),
    "E07": ("周全", "工程部", "夜班保安"), "E08": ("吴桐", "销售部", "置业顾问"),
}  # fmt: skip


@pytest.fixture
def busy(house: Books) -> Books:
    """GM in October 2026, with every situation that its sheets can show."""
    marks = {
        "E01": "√√√√休迟√√√√√休√√病√√√休√√√√√√休√√√√√",
        "E02": "休√√早√√√休√×√√√√休√√√√√半休√√√√√√休√√",
        "E03": "√休√√√事√√休√√√√√√休√√√年√√休√√√√√√休√",
        "E04": "√√休√公√√√√休√√√缺√√休√√√√√√休√√√调√√√",
        "E05": "○○○○○○○○○○○○○○√√√休√√√√√√休√√√√√√",
        "E06": "夜夜休夜夜夜夜夜夜休夜夜夜夜夜夜休夜夜夜夜夜夜休夜夜夜夜夜夜夜",
        "E07": "夜休夜夜夜夜夜夜休夜夜夜夜夜夜休夜夜夜夜夜夜休夜夜夜夜○○○○",
    }
    for number, (name, department, post) in PEOPLE.items():
        joined = "2026-10-15" if number == "E05" else "2020-01-01"
        left = "2026-10-27" if number == "E07" else "-"
        hire(house, number, employee_name=name, department=department, post=post, joined_on=joined, left_on=left)
        said = {"employee_name": name, "department": department, "post": post}
        if number in marks:
            fill(house, number, marks[number], **said)
    for number in range(1, 32):
        _two_spells(house, number)
    _papers(house)
    return house


def _two_spells(house: Books, number: int) -> None:
    """E08, whose mornings and afternoons are judged apart."""
    on = f"2026-10-{number:02}"
    said = {"employee_name": "吴桐"} | {
        name: f"{on} {hour}+08"
        for name, hour in (
            ("due_in_at", "08:30"), ("due_out_at", "12:00"), ("second_due_in_at", "14:30"),
            ("second_due_out_at", "18:00"), ("in_at", "08:40" if number == 8 else "08:20"), ("out_at", "12:01"),
            ("second_in_at", "15:10" if number == 9 else "14:20"), ("second_out_at", "18:03"),
        )
    }  # fmt: skip
    if number % 7 == 5:
        day(house, "E08", on, "休", employee_name="吴桐")
    else:
        day(house, "E08", on, {8: "迟", 9: "半"}.get(number, "√"), **said)


def _papers(house: Books) -> None:
    """Slips of every kind: leave, missed punches, swaps, conduct, waivers, and what September left behind."""
    change = "update attendance.attendance_day set {} where employee_id = %s and work_on = %s"
    for number, on, set_to in (
        ("E01", "2026-10-15", "leave_slip_no = '101'"),
        ("E03", "2026-10-06", "leave_slip_no = '102'"),
        ("E03", "2026-10-20", "leave_slip_no = '103'"),
        ("E02", "2026-10-10", "leave_slip_no = '104', slip_verdict = '事后补请', reason = '事后补请'"),
        ("E04", "2026-10-28", "leave_slip_no = '105'"),
        ("E06", "2026-10-12", "missed_punch_slip_no = 'B1'"),
        ("E06", "2026-10-13", "swap_no = 'H1'"),
        ("E07", "2026-10-14", "swap_no = 'H1'"),
        ("E06", "2026-10-01", "overtime_kind = '法定节假日', overtime_hours = 12"),
        ("E01", "2026-10-09", "overtime_kind = '平日', overtime_hours = 2.5"),
    ):
        house.connection.execute(change.format(set_to), [number, on])
    house.given(
        """
        attendance.leave
        slip_no | employee_id | leave_type | starts_at        | ends_at          | asked_at         | submitted_on
        101     | E01         | 病假       | 2026-10-15 08:30 | 2026-10-15 18:00 | 2026-10-15 07:50 | 2026-10-16
        102     | E03         | 事假       | 2026-10-06 08:30 | 2026-10-06 18:00 | 2026-10-05 16:00 | 2026-10-05
        103     | E03         | 年假       | 2026-10-20 08:30 | 2026-10-20 18:00 | 2026-10-18 16:00 | 2026-10-18
        104     | E02         | 事假       | 2026-10-10 08:30 | 2026-10-10 18:00 | 2026-10-11 09:00 | 2026-10-11
        105     | E04         | 调休       | 2026-10-28 13:30 | 2026-10-28 18:00 | 2026-10-27 10:00 | 2026-10-27
        """,
        status="批准",
        approver="王总",
        approver_level="总经理",
    )
    house.given(
        """
        attendance.missed_punch
        slip_no | employee_id | work_on    | punch_kind | signer | signer_level | signed_at           | status
        B1      | E06         | 2026-10-12 | 下班       | 王总   | 总经理       | 2026-10-13 10:00+08 | 批准
        B2      | E04         | 2026-10-14 | 上班       | -      | -            | -                   | 未批准
        """,
        """
        attendance.swap
        swap_no | first_employee_id | second_employee_id | first_on   | second_on  | is_second_agreed | status
        H1      | E06               | E07                | 2026-10-13 | 2026-10-14 | yes              | 批准
        H2      | E01               | E02                | 2026-10-21 | 2026-10-21 | no               | 未批准
        """,
        swap_kind="换班",
        approver="王总",
        is_first_agreed=True,
    )
    house.given(
        "attendance.conduct_slip\nslip_no | employee_id | event_on | cause | amount | issued_by | is_signed\n"
        "W1 | E03 | 2026-10-12 | 坐着接待 | 10 | 王主管 | yes\n"
        "W2 | E02 | 2026-10-16 | 工作延误 | 20 | 王主管 | no\n"
        "W0 | E01 | 2026-09-20 | 坐着接待 | 10 | 王主管 | yes"
    )
    slip(house, "W1", "E03", "2026-10-12", "10")
    slip(house, "W2", "E02", "2026-10-16", "0", state="待确认", reason="工作延误")
    slip(house, "W3", "E04", "2026-10-19", "25.60", "12.80", reason="收费电话")
    slip(house, "W0", "E01", "2026-09-20", "10", counted_in="2026-10-01")
    waive(house, "J1", "E01", "2026-10-06", "迟到", "5")
    waive(house, "J2", "E03", "2026-10-12", "违纪", "99")
    adjust(house, "E02", "2026-09-12", "-1", "1", "0")
    house.given(
        "attendance.fine_execution\nexecution_no | employee_id | month_on | decision | confirmed_by | confirmed_on\n"
        "Z1 | E03 | 2026-10-01 | 不执行 | 法务 | 2026-10-31"
    )


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
