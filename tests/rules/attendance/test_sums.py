"""What was found beside the clock is added to the day's own consequences, and never makes more than a day."""

import pytest

from backoffice.attendance import JUDGE
from backoffice.runs import carry_out
from tests.rules.attendance import conftest
from tests.rules.attendance.conftest import compute, punches

DAY = "2026-10-12"


@pytest.fixture
def found(monkeypatch):
    """What gathering finds: lines of `employee | absent | fine | reason`."""
    lines = []

    def carry(connection, run_id, statements):
        gather = statements.index("attendance/gather_offences") + 1
        carry_out(connection, run_id, statements[:gather])
        for number, line in enumerate(lines):
            employee, absent, fine, reason = (cell.strip() for cell in line.split("|"))
            connection.execute(
                "insert into found_offence (employee_id, work_on, offence_kind, source_no, site_id, absent_days, "
                "late_minutes, early_minutes, fine_amount, rule_id, rule_version, reason) "
                "values (%s, %s, '脱岗', %s, 'GM', %s, 0, 0, %s, 'GM-A8', 'v', %s)",
                [employee, DAY, str(number), absent, fine, reason],
            )
        carry_out(connection, run_id, statements[gather:])

    monkeypatch.setattr(conftest, "carry_out", carry)
    assert JUDGE.count("attendance/gather_offences") == 1
    return lines.extend


def test_consequences_of_one_day_add_up_and_are_capped_at_one_day(house, staff, found):
    staff("ann", "bob", "cid", "dan", "eve", "fay")
    staff("gil", shift="休")
    house.given(
        f"""
        attendance.leave
        slip_no | employee_id | leave_type | starts_at   | ends_at     | asked_by | approver_level | status
        J1      | eve         | 事假       | {DAY} 08:30 | {DAY} 12:00 | 本人     | 部门经理       | 批准
        """,
        asked_at="2026-10-10",
        submitted_on=DAY,
    )
    punches(house, "\n".join(f"{name} | {DAY} 08:25" for name in ("ann", "bob", "fay")))
    punches(house, f"cid | {DAY} 08:40\ndan | {DAY} 09:20\neve | {DAY} 13:25")
    found(
        [
            "ann | 1 | 0 | 查岗不在岗",
            "bob | 0.5 | 0 | 查岗不在岗",
            "cid | 0.5 | 0 | 查岗不在岗",
            "dan | 1 | 0 | 查岗不在岗",
            "eve | 1 | 0 | 查岗不在岗",
            "fay | 0 | 10 | 会议迟到",
            "fay | 0 | 0 | 用餐超时",
            "gil | 1 | 5.5 | 会议缺席",
        ]
    )
    compute(house, DAY, "GM")
    house.expect(
        """
        attendance.attendance_day
        employee_id | status   | absent_days | leave_days | attended_days | fine_amount | rule_id | reason
        ann         | 旷工     | 1.00        | 0.00       | 0.00          | 0.00        | GM-A8   | 查岗不在岗
        bob         | 旷工半天 | 0.50        | 0.00       | 0.50          | 0.00        | GM-A8   | 查岗不在岗
        cid         | 旷工半天 | 0.50        | 0.00       | 0.50          | 10.00       | GM-A2   | 查岗不在岗
        dan         | 旷工     | 1.00        | 0.00       | 0.00          | 0.00        | GM-A2   | 查岗不在岗
        eve         | 旷工     | 0.50        | 0.50       | 0.00          | 0.00        | GM-A8   | 查岗不在岗
        fay         | 出勤     | 0.00        | 0.00       | 1.00          | 10.00       | GM-A8   | 会议迟到；用餐超时
        gil         | 休息     | 0.00        | 0.00       | 0.00          | 5.50        | GM-A8   | 会议缺席
        """,
        where="employee_id not like 'witness%'",
    )


def test_a_day_that_waits_goes_on_waiting_with_what_was_found(house, staff, found):
    staff("ann", shift=None)
    found(["ann | 0.5 | 0 | 查岗不在岗"])
    compute(house, DAY, "GM")
    house.expect(
        "attendance.attendance_day\nstatus | absent_days | pending_days | attended_days\n待确认 | 0.50 | 0.50 | 0.00",
        where="employee_id = 'ann'",
    )
