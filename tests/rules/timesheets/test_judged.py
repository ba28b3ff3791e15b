"""A month that was really judged, from punches to the month sheet."""

from backoffice.runs import carry_out
from tests.drawing import Books
from tests.rules.attendance.conftest import compute, punches
from tests.rules.attendance.conftest import house as judging_house  # noqa: F401  (a fixture)
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
