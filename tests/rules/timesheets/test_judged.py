"""A month that was really judged, from punches to the month sheet."""

from backoffice.database import rows
from backoffice.runs import carry_out
from tests.drawing import Books
from tests.rules.attendance.conftest import compute, punches
from tests.rules.attendance.conftest import house as judging_house  # noqa: F401  (a fixture)
from tests.rules.attendance.test_gatherings import gather
from tests.rules.attendance.test_offences import YIJING
from tests.rules.timesheets.conftest import RECKON, line, problems, register


def test_ATT_19_a_judged_month_adds_up_from_the_punches_on(judging_house: Books):  # noqa: F811
    books = judging_house
    books.given(
        """
        book.employee
        employee_id | effective_from | employee_name | site_id | badge_no | joined_on  | left_on
        ann         | 2026-10-12     | 安安          | GM      | a        | 2026-10-12 | 2026-10-17
        """,
        """
        attendance.roster
        employee_id | work_on    | shift_code
        ann         | 2026-10-12 | A
        ann         | 2026-10-13 | A
        ann         | 2026-10-14 | 休
        ann         | 2026-10-15 | N
        ann         | 2026-10-16 | A
        ann         | 2026-10-17 | A
        """,
    )
    punches(
        books,
        """
        a | 2026-10-12 08:20
        a | 2026-10-13 08:45
        a | 2026-10-15 18:20
        a | 2026-10-16 08:00
        a | 2026-10-17 08:20
        """,
    )
    compute(books, "2026-10", "GM", known_at="2026-11-01 09:30")
    run = register(books, "monthly_attendance", "2026-10", "2026-11-01 10:30+08", ("GM",))
    carry_out(books.connection, run, RECKON)
    assert problems(books, run) == []
    found = line(books, "ann")
    assert "".join(found["marks"])[:17] == "○" * 11 + "√迟休夜" + "".join(found["marks"])[15:17]
    assert (found["unemployed_days"], found["rest_days"], found["late_fine_amount"]) == (25, 1, 10)
    assert line(books, "witness-GM")["attended_days"] == 31


def test_ATT_21_hours_of_overtime_reach_the_month_sheet_and_the_payroll_import_to_the_hundredth(judging_house: Books):  # noqa: F811
    """A statutory shift of 7.5 hours, come 10 minutes late; a day off half paid, half for time off; an evening."""
    books = judging_house
    books.given(
        """
        book.employee
        employee_id | effective_from | employee_name | site_id | badge_no | joined_on  | left_on
        ann         | 2020-01-01     | 安安          | HQ      | a        | 2020-01-01 | -
        """,
        """
        attendance.roster
        employee_id | work_on    | shift_code
        ann         | 2026-10-01 | H
        ann         | 2026-10-05 | 休
        ann         | 2026-10-12 | H
        """,
        """
        attendance.overtime
        slip_no | employee_id | work_on    | starts_at        | ends_at          | status | compensation
        O1      | ann         | 2026-10-05 | 2026-10-05 09:00 | 2026-10-05 12:00 | 批准   | 加班费
        O2      | ann         | 2026-10-05 | 2026-10-05 13:00 | 2026-10-05 17:00 | 批准   | 调休
        O3      | ann         | 2026-10-12 | 2026-10-12 18:00 | 2026-10-12 19:25 | 批准   | 加班费
        """,
    )
    punches(
        books,
        "\n".join(
            f"a | 2026-10-{day} {at}"
            for day, first, last in (("01", "09:10", "18:02"), ("05", "08:50", "17:05"), ("12", "08:50", "19:20"))
            for at in (first, last)
        ),
        site="HQ",
    )
    compute(books, "2026-10", "HQ", known_at="2026-11-01 09:30")
    run = register(books, "monthly_attendance", "2026-10", "2026-11-01 10:30+08", ("HQ",))
    carry_out(books.connection, run, RECKON)
    assert problems(books, run) == []
    hours = ("workday_overtime_hours", "rest_overtime_hours", "statutory_overtime_hours")
    asked = {"site_id": "HQ", "starts_on": "2026-10-01", "known_at": "2026-11-01 10:30+08"}
    [imported] = [row for row in rows(books.connection, "payroll/sheet_import", asked) if row["employee_id"] == "ann"]
    for told in (line(books, "ann", site="HQ"), imported):
        assert [str(told[name]) for name in hours] == ["1.33", "3.00", "7.33"]


def test_YJ_A4_late_by_the_clock_and_at_a_meeting_is_late_twice_and_minutes_add_up(judging_house: Books):  # noqa: F811
    """25 minutes at the meeting hide nothing of 10 by the clock; a lateness that became absence is no lateness."""
    books = judging_house
    books.given(
        *YIJING,
        """
        book.rule
        rule_set | rule_id | parameter             | value | valid_from | clause
        yijing   | YJ-A5   | late_limit_minutes    | 30    | 2026-01-01 | 三十分钟
        yijing   | YJ-A5   | late_fine_amount      | 10.00 | 2026-01-01 | 十元
        yijing   | YJ-A5   | late_over_absent_days | 0.5   | 2026-01-01 | 半天
        """,
        """
        book.employee
        employee_id | effective_from | employee_name | site_id | badge_no | joined_on  | left_on
        ann         | 2026-10-11     | 安安          | YJ      | ann      | 2026-10-11 | 2026-10-13
        bob         | 2026-10-11     | 白白          | YJ      | bob      | 2026-10-11 | 2026-10-13
        """,
        """
        attendance.roster
        employee_id | work_on    | shift_code
        ann         | 2026-10-11 | 休
        ann         | 2026-10-12 | Y
        ann         | 2026-10-13 | 休
        bob         | 2026-10-11 | 休
        bob         | 2026-10-12 | Y
        bob         | 2026-10-13 | 休
        """,
    )
    for name, came in (("ann", "08:40"), ("bob", "08:20")):
        punches(books, f"{name} | 2026-10-12 {came}\n{name} | 2026-10-12 18:10", site="YJ")
    gather(books, "ann | 15:25 | - | no\nbob | 15:31 | - | no")
    compute(books, "2026-10", "YJ", known_at="2026-11-01 09:30")
    run = register(books, "monthly_attendance", "2026-10", "2026-11-01 10:30+08", ("YJ",))
    carry_out(books.connection, run, RECKON)
    assert problems(books, run) == []
    told = ("late_count", "late_minutes", "absent_days", "late_fine_amount", "gathering_fine_amount")
    assert [str(line(books, "ann", "YJ")[name]) for name in told] == ["2", "35", "0.00", "10.00", "10.00"]
    assert [str(line(books, "bob", "YJ")[name]) for name in told] == ["0", "0", "0.50", "0.00", "0.00"]
