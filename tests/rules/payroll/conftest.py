"""A site whose month sheet is final: people are drawn by their fines, and a month is released as the DAG does."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from psycopg.types.range import DateRange

from backoffice import artifacts
from backoffice.database import execute, rows
from backoffice.periods import parse
from backoffice.workbook import write_workbook
from tests.drawing import Books
from workbooks.payroll import deductions_workbook, import_workbook

WORKFLOW = "monthly_attendance"
#: what the release of a final month sheet carries out, in order
RELEASE = ("payroll/post_fine_entries", "ops/close_period")
BUILD = {"wage_deductions": deductions_workbook, "payroll_import": import_workbook}
TITLES = {"wage_deductions": "工资扣款核对表", "payroll_import": "薪资导入表"}

SITES = """
    book.site
    site_id | site_name    | region
    GM      | 国贸大厦     | 江苏
    HO      | 总部         | 全国
    HQ      | 威新国际大厦 | -
"""
LIMITS = """
    attendance.wage_limit
    region | valid_from | profile  | minimum_wage_amount | cap_rate | law
    江苏   | 2026-01-01 | 限额扣除 | 2490.00             | 0.2      | 江苏省工资支付条例第十二条
    全国   | 2026-01-01 | 待确认   | 2490.00             | 0.2      | 工资支付暂行规定第十六条
"""
RULES = """
    book.rule
    rule_set | rule_id | parameter         | value | valid_from | clause
    guomao   | GM-A2   | late_fine_amount  | 10.00 | 2026-01-01 | 迟到30分钟以内罚款10元
    guomao   | GM-A1   | early_fine_amount | 15.00 | 2026-01-01 | 早退罚款15元
    guomao   | GM-A9   | call_fine_factor  | 2     | 2026-01-01 | 收费电话按话费两倍罚款
"""


@pytest.fixture
def house(books: Books) -> Books:
    """Books with a site in 江苏 (GM), one under the national profile (HO), and one without a region (HQ)."""
    return furnish(books)


def furnish(books: Books) -> Books:
    """Put the sites into empty books."""
    books.given(SITES, LIMITS, RULES)
    books.given("book.rule_set\nrule_set | rule_set_name | rank\nguomao | 国贸大厦案场管理制度 | 10")
    books.given(
        "book.site_rule_set\nsite_id | rule_set | valid_from\nGM | guomao | 2026-01-01\nHO | guomao | 2026-01-01"
    )
    return books


def put(books: Books, table: str, row: dict[str, str], **defaults: str) -> None:
    """One row, as drawn."""
    books.given(f"{table}\n{' | '.join(row)}\n{' | '.join(value or '-' for value in row.values())}", **defaults)


def hire(books: Books, *names: str, site: str = "GM") -> None:
    """People by name, which is their number, too."""
    for name in names:
        put(books, "book.employee", {"employee_id": name, "effective_from": "2020-01-01", "employee_name": name,
            "site_id": site, "joined_on": "2020-01-01"})  # fmt: skip


def day(books: Books, name: str, on: str, fine: str = "10.00", site: str = "GM", **also: str) -> None:
    """A day that the clock fined: by default 10.00 for 12 minutes."""
    row = {
        "employee_id": name,
        "work_on": on,
        "site_id": site,
        "employee_name": name,
        "department": "销售部",
        "post": "置业顾问",
        "badge_no": name,
        "rule_set": "guomao",
        "shift_code": "A",
        "shift_name": "案场班",
        "is_in_required": "yes",
        "is_out_required": "no",
        "status": "迟到",
        "late_minutes": "12",
        "early_minutes": "0",
        "absent_days": "0",
        "leave_days": "0",
        "fine_amount": fine,
        "rule_id": "GM-A2",
    } | also
    empty = ("leave_type", "leave_slip_no", "slip_verdict", "missed_punch_slip_no", "rule_version", "reason",
        "pending_verdict", "remark")  # fmt: skip
    columns = [*row, *empty]
    books.connection.execute(
        f"insert into attendance.attendance_day ({', '.join(columns)}) values ({', '.join(['%s'] * len(columns))})",
        [*row.values(), *[""] * len(empty)],
    )


def slip(
    books: Books, number: str, name: str, on: str, fine: str, charge: str = "0", month: str = "", site: str = "GM"
) -> None:
    """A conduct slip as fine_conduct leaves it; its month is that of the event where no other bears it."""
    books.connection.execute(
        """
        insert into attendance.conduct_fine (
            slip_no, employee_id, site_id, event_on, counted_in, state, fine_amount, charge_amount, rule_id,
            rule_version, reason, run_id
        )
        values (%s, %s, %s, %s, %s, '有效', %s, %s, 'GM-A9', '', '违纪', %s)
        """,
        [number, name, site, on, month or on[:7] + "-01", fine, charge, run_of(books, on[:7], site)],
    )


def adjust(books: Books, name: str, on: str, month: str, fine: str = "0", absent: str = "0", site: str = "GM") -> None:
    """What late facts changed about a day of a closed month, borne by `month`."""
    books.connection.execute(
        """
        insert into attendance.adjustment (
            employee_id, work_on, counted_in, site_id, absent_days_delta, leave_days_delta, late_minutes_delta,
            fine_amount_delta, old_status, new_status, rule_id, reason, run_id
        )
        values (%s, %s, %s, %s, %s, 0, 0, %s, '迟到', '出勤', 'GM-A2', '补交外出登记', %s)
        """,
        [name, on, month, site, absent, fine, run_of(books, month[:7], site)],
    )


def waive(books: Books, number: str, name: str, on: str, kind: str = "迟到", amount: str = "", **also: str) -> None:
    """An approved waiver; all of the fine where no amount is given."""
    recorded = {name: also.pop(name) for name in ("recorded_at", "superseded_at") if name in also}
    row = {"waiver_no": number, "employee_id": name, "event_on": on, "fine_kind": kind, "amount": amount,
        "reason": "首次提醒", "approver": "王经理", "approved_on": on, "status": "批准"} | also  # fmt: skip
    put(books, "attendance.fine_waiver", row, **recorded)


def decide(
    books: Books, number: str, name: str, month: str, decision: str = "已确认", amount: str = "", **also: str
) -> None:
    """What HR and legal say of a month's fines."""
    row = {"execution_no": number, "employee_id": name, "month_on": month + "-01", "decision": decision,
        "amount": amount, "confirmed_by": "李法务", "confirmed_on": month + "-28"}  # fmt: skip
    put(books, "attendance.fine_execution", row, **also)


def pay(books: Books, name: str, monthly: str, payable: str, month: str = "2026-10", **also: str) -> None:
    """A wage."""
    put(books, "attendance.wage", {"employee_id": name, "month_on": month + "-01", "monthly_wage_amount": monthly,
        "payable_wage_amount": payable}, **also)  # fmt: skip


def run_of(books: Books, month: str, site: str = "GM", known_at: str = "") -> int:
    """A run of the month sheet, at the close of its month by default."""
    asked = parse(month)
    run_id = books.connection.execute(
        """
        insert into ops.run (
            workflow, airflow_run_id, period, mode, as_of_on, known_at, requested_by, wants_mail, state
        )
        values (
            %s, gen_random_uuid()::text, %s, 'normal', %s, coalesce(nullif(%s, '')::timestamptz, %s::date + 6), 'test',
            false, 'done'
        )
        returning run_id
        """,
        [WORKFLOW, DateRange(asked.starts_on, asked.until_on), asked.last_on, known_at, asked.until_on],
    ).fetchone()[0]
    books.connection.execute(
        "insert into ops.run_scope (run_id, workflow, site_id, period, cause, is_live) "
        "values (%s, %s, %s, %s, 'asked', false)",
        [run_id, WORKFLOW, site, DateRange(asked.starts_on, asked.until_on)],
    )
    return run_id


#: a line of a month sheet of somebody who was always there; `line` makes its days add up
LINE = {
    "department": "销售部", "post": "置业顾问", "rule_set": "guomao", "statutory_days": "0", "unemployed_days": "0",
    "outing_days": "0", "gathering_count": "0", "absent_days": "0", "pending_days": "0", "late_count": "0",
    "late_minutes": "0", "early_count": "0", "missing_count": "0", "signed_count": "0", "night_count": "0",
    "workday_overtime_hours": "0", "rest_overtime_hours": "0", "statutory_overtime_hours": "0",
    "adjusted_absent_days": "0", "adjusted_leave_days": "0", "late_fine_amount": "0", "early_fine_amount": "0",
    "gathering_fine_amount": "0", "conduct_fine_amount": "0", "call_charge_amount": "0", "call_fine_amount": "0",
    "waived_amount": "0", "adjusted_fine_amount": "0", "leave_days": "{}",
}  # fmt: skip


def line(month: str, name: str, **also: str) -> dict[str, str]:
    """A line of 26 days due, unless other days are given."""
    row = LINE | {"employee_name": name} | also
    asked = parse(month)
    calendar = (asked.until_on - asked.starts_on).days
    away = Decimal(row["absent_days"]) + Decimal(row["pending_days"])
    away += sum(Decimal(str(days)) for days in json.loads(row["leave_days"]).values())
    attended = Decimal(also.get("attended_days", 26 - away))
    counted = {
        "calendar_days": calendar,
        "attended_days": attended,
        "due_days": attended + away,
        "rest_days": calendar - attended - away,
        "marks": ["√"] * calendar,
    }
    return row | counted


def lines(
    books: Books, month: str, *names: str, site: str = "GM", run_id: int = 0, revision: int = 1, state: str = "issued",
    **also: str,
) -> int:  # fmt: skip
    """The month sheet of a site in one revision, and its result, of a month that is closed; returns the run."""
    run_id = run_id or run_of(books, month, site)
    books.connection.execute(
        "insert into ops.period_close (workflow, site_id, period, closed_at, closed_by, run_id) "
        "select 'daily_attendance', %s, period, known_at, 'test', run_id from ops.run where run_id = %s "
        "on conflict do nothing",
        [site, run_id],
    )
    for name in names:
        row = line(month, name, **also)
        columns = ["site_id", "month_on", "revision", "employee_id", *row]
        books.connection.execute(
            f"insert into attendance.month_line ({', '.join(columns)}) values ({', '.join(['%s'] * len(columns))})",
            [site, month + "-01", revision, name, *row.values()],
        )
    books.connection.execute(
        """
        insert into ops.result (
            workflow, site_id, base_on, revision, result_hash, state, run_id, as_of_on, known_at, row_count, issued_at
        )
        select workflow, %s, lower(period), %s, md5(%s || %s), %s, run_id, as_of_on, known_at, 1, known_at
        from ops.run where run_id = %s
        on conflict do nothing
        """,
        [site, revision, month, str(revision), state, run_id],
    )
    return run_id


def release(books: Books, month: str, site: str = "GM", known_at: str = "", run_id: int = 0) -> int:
    """Carry out what the release of a final month sheet does; returns the run."""
    run_id = run_id or run_of(books, month, site, known_at)
    given = released(month, site, run_id)
    for name in RELEASE:
        execute(books.connection, name, given)
    return run_id


def released(month: str, site: str, run_id: int) -> dict[str, object]:
    """What a statement of a release may use."""
    asked = parse(month)
    return {"run_id": run_id, "site_id": site, "base_on": asked.starts_on, "until_on": asked.until_on,
        "released_on": asked.until_on}  # fmt: skip


def document(books: Books, run_id: int, month: str, kind: str = "wage_deductions", site: str = "GM", revision: int = 1):
    """Register a document of the release; returns the artifact."""
    return books.connection.execute(
        """
        insert into ops.artifact (
            workflow, document_kind, site_id, period, revision, content_hash, title, as_of_on, known_at, run_id,
            issued_at
        )
        select workflow, %s, %s, period, %s, md5(%s), %s, as_of_on, known_at, run_id, known_at + interval '1 hour'
        from ops.run where run_id = %s
        returning artifact_id
        """,
        [kind, site, revision, month, TITLES[kind], run_id],
    ).fetchone()[0]


def written(books: Books, artifact_id: int, folder: Path) -> Path:
    """The file of a document."""
    artifact = artifacts.read(books.connection, artifact_id)
    book = BUILD[artifact["document_kind"]](books.connection, artifact)
    return write_workbook(folder / book.file_name, book).path


def deductions(books: Books, month: str, site: str = "GM", known_at: str = "2027-12-31") -> dict[str, dict]:
    """The rows of the sheet 工资扣款核对 by person, with money as text; `-` where there is none."""
    asked = parse(month)
    parameters = {"site_id": site, "starts_on": asked.starts_on, "last_on": asked.last_on, "known_at": known_at}
    found = rows(books.connection, "payroll/sheet_deductions", parameters)
    assert len({row["employee_id"] for row in found}) == len(found), "one row per person"
    return {row["employee_id"]: {name: as_money(value) for name, value in row.items()} for row in found}


def as_money(value):
    """Money as one draws it; more than two decimals are an error of the query."""
    if isinstance(value, Decimal):
        assert value == round(value, 2), value
        return f"{value:.2f}"
    return "-" if value is None else value
