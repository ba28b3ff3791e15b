"""The close of a month: what was known at its instant is in it, what came after is not, whenever anybody ran what."""

import pytest

from backoffice.attendance import WORKFLOW, close_months
from backoffice.runs import PeriodBusy
from tests.rules.attendance.conftest import compute, punches

DAY = "2026-10-12"
LEAVE = """
    attendance.leave
    slip_no | employee_id | leave_type | starts_at        | ends_at          | asked_at         | approver_level | submitted_on | status
    L1      | ann         | 事假       | 2026-10-12 08:30 | 2026-10-12 18:00 | 2026-10-10 09:00 | 总经理         | 2026-10-13   | 批准
"""  # noqa: E501


def verdict(house):
    return [
        (row["status"], str(row["absent_days"]))
        for row in house.query(
            "select status, absent_days from attendance.attendance_day "
            "where employee_id = 'ann' and work_on = '2026-10-12'"
        )
    ]


def test_ATT_10_what_came_after_the_last_run_and_before_the_close_is_still_in_the_month(house, staff):
    staff("ann")
    compute(house, DAY, "GM", known_at="2026-10-13 09:30")
    assert verdict(house) == [("旷工", "1.00")]
    house.given(LEAVE, recorded_at="2026-11-06 21:00")
    compute(house, "2026-11-07", "GM", known_at="2026-11-08 09:30")
    assert verdict(house) == [("请假", "0.00")]
    house.expect("attendance.adjustment\nemployee_id")
    house.expect("ops.period_close\nsite_id | period | closed_at\nGM | [2026-10-01, 2026-11-01) | 2026-11-07 00:00")


def test_ATT_10_what_came_after_the_close_is_borne_by_the_next_month_even_if_nobody_ran_between(house, staff):
    staff("ann")
    compute(house, DAY, "GM", known_at="2026-10-13 09:30")
    house.given(LEAVE, recorded_at="2026-11-07 00:01")
    compute(house, DAY, "GM", known_at="2026-11-20 09:30")
    assert verdict(house) == [("旷工", "1.00")]
    house.expect(
        "attendance.adjustment\nemployee_id | work_on | counted_in | absent_days_delta | leave_days_delta\n"
        "ann | 2026-10-12 | 2026-11-01 | -1.00 | 1.00"
    )


def test_a_closing_is_a_run_of_its_own_that_names_what_it_closed(house, staff):
    staff("ann")
    compute(house, DAY, "GM", known_at="2026-10-13 09:30")
    compute(house, DAY, "GM", known_at="2026-11-09 09:30")
    house.expect(
        "ops.run\nknown_at | state | note\n2026-11-07 00:00 | done | 关账｜2026-10｜GM",
        where="reason = '关账'",
    )


def test_a_month_first_computed_after_its_day_of_closing_waits_for_its_month_sheet(house, staff):
    staff("ann")
    compute(house, DAY, "GM", known_at="2026-11-20 09:30")
    house.given(LEAVE, recorded_at="2026-11-20 15:00")
    compute(house, DAY, "GM", known_at="2026-11-21 09:30")
    house.expect("ops.period_close\nsite_id")
    assert verdict(house) == [("请假", "0.00")]
    run_id = month_run(house, known_at="2026-11-22 10:00")
    assert close_months(house.connection, run_id, of_period=True) == ["2026-10 GM"]
    house.expect("ops.period_close\nsite_id | closed_at\nGM | 2026-11-22 10:00")


def test_a_question_that_was_open_at_the_close_may_still_be_answered(house, staff):
    """A day that nobody planned waits for an answer: the closed month takes it, and only it."""
    staff("ann", "bob", shift=None)
    house.given("attendance.roster\nemployee_id | work_on | shift_code\nbob | 2026-10-12 | A")
    punches(house, "ann | 2026-10-12 08:20\nbob | 2026-10-12 08:20")
    compute(house, DAY, "GM", known_at="2026-10-13 09:30")
    compute(house, DAY, "GM", known_at="2026-11-08 09:30")
    assert verdict(house)[0][0] == "待确认"
    house.given(
        "attendance.roster\nemployee_id | work_on | shift_code\nann | 2026-10-12 | A\n",
        recorded_at="2026-11-09 10:00",
    )
    close_months(house.connection, month_run(house, known_at="2026-11-10 09:30"), of_period=True)
    assert verdict(house) == [("出勤", "0.00")]
    house.expect("attendance.adjustment\nemployee_id")
    house.expect("attendance.day_change\nemployee_id | work_on | action\nann | 2026-10-12 | UPDATE")
    house.expect("ops.run\nnote\n补判｜2026-10｜GM", where="reason = '补判'")
    house.expect("ops.result\nbase_on | revision\n2026-10-12 | 1\n2026-10-12 | 2", where="base_on = '2026-10-12'")


def test_a_trial_closes_nothing(house, staff):
    staff("ann")
    compute(house, DAY, "GM", known_at="2026-10-13 09:30")
    run_id = month_run(house, known_at="2026-11-22 10:00", mode="trial")
    assert close_months(house.connection, run_id, of_period=True) == []


def test_days_that_another_run_is_judging_are_not_closed_beside_it(house, staff):
    staff("ann")
    compute(house, DAY, "GM", known_at="2026-10-13 09:30")
    run_id = month_run(house, known_at="2026-11-22 10:00")
    house.connection.execute("update ops.run_scope set is_live = true where workflow = %s", [WORKFLOW])
    with pytest.raises(PeriodBusy, match="2026-10 另有一次每日考勤正在计算"):
        close_months(house.connection, run_id)


def month_run(house, *, known_at, mode="normal"):
    """A run of the month sheet that holds October of GM."""
    run_id = house.connection.execute(
        """
        insert into ops.run (
            workflow, airflow_run_id, period, mode, as_of_on, known_at, requested_by, wants_mail
        )
        values (
            'monthly_attendance', gen_random_uuid()::text, '[2026-10-01,2026-11-01)', %s, '2026-10-31', %s, 'test',
            false
        )
        returning run_id
        """,
        [mode, known_at],
    ).fetchone()[0]
    house.connection.execute(
        "insert into ops.run_scope (run_id, workflow, site_id, period, cause) "
        "values (%s, 'monthly_attendance', 'GM', '[2026-10-01,2026-11-01)', 'asked')",
        [run_id],
    )
    return run_id
