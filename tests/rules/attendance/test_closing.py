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


def month_run(house, *, known_at, mode="normal", site="GM"):
    """A run of the month sheet that holds October of a site."""
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
        "values (%s, 'monthly_attendance', %s, '[2026-10-01,2026-11-01)', 'asked')",
        [run_id, site],
    )
    return run_id


PERSON = "book.employee\nemployee_id | effective_from | employee_name | site_id | badge_no | joined_on | left_on\n"


def close_october(house, *sites):
    """The day was computed in its month, and the month has closed since."""
    compute(house, DAY, *sites, known_at="2026-10-13 09:30")
    compute(house, DAY, *sites, known_at="2026-11-08 09:30")


def correct(house, line, recorded_at):
    """Another version of ann in the place of the one that held."""
    house.connection.execute(
        "update book.employee set superseded_at = %s where employee_id = 'ann' and superseded_at = 'infinity'",
        [recorded_at],
    )
    house.given(PERSON + line, recorded_at=recorded_at)


def test_ATT_19_who_turns_out_to_have_left_is_no_open_question_of_a_closed_month(house, staff):
    staff("ann", shift=None)
    close_october(house, "GM")
    assert verdict(house) == [("待确认", "0.00")]
    correct(house, "ann | 2020-01-01 | ann | GM | ann | 2020-01-01 | 2026-10-05", "2026-11-09 10:00")
    close_months(house.connection, month_run(house, known_at="2026-11-10 09:30"), of_period=True)
    assert verdict(house) == []
    house.expect("attendance.day_change\nemployee_id | action\nann | DELETE")
    house.expect("attendance.adjustment\nemployee_id")


@pytest.mark.parametrize("runs", [[("GM", "HQ")], [("GM",), ("HQ",)], [("HQ",), ("GM",), ("GM", "HQ")]])
def test_ATT_10_a_transfer_known_after_the_close_is_a_difference_of_both_sites(house, staff, runs):
    """Whatever order the two sites are run in: what one gives back the other takes."""
    staff("ann")
    house.given(
        """
        attendance.shift
        site_id | shift_code | valid_from | shift_name | starts_at | ends_at
        HQ      | A          | 2026-01-01 | 案场班     | 08:30     | 18:00
        """
    )
    close_october(house, "GM", "HQ")
    house.given(PERSON + "ann | 2026-10-01 | ann | HQ | ann | 2020-01-01 | -", recorded_at="2026-11-09 10:00")
    for sites in runs:
        compute(house, DAY, *sites, known_at="2026-11-10 09:30")
    house.expect(
        "attendance.adjustment\nemployee_id | site_id | counted_in | absent_days_delta\n"
        "ann | GM | 2026-11-01 | -1.00\nann | HQ | 2026-11-01 | 1.00"
    )


@pytest.mark.parametrize(
    ("known_at", "booked"),
    [("2026-11-12 09:30", ""), ("2026-12-20 09:30", "2026-11-01 | 1.00\n2026-12-01 | -1.00")],
)
def test_ATT_10_a_difference_of_somebody_who_was_not_there_after_all_is_taken_back(house, staff, known_at, booked):
    """In the month that bears it, or, when that has closed, in the next one."""
    close_october(house, "GM")
    house.given(PERSON + "ann | 2020-01-01 | ann | GM | ann | 2020-01-01 | -", recorded_at="2026-11-09 10:00")
    house.given(
        f"attendance.roster\nemployee_id | work_on | shift_code\nann | {DAY} | A", recorded_at="2026-11-09 10:00"
    )
    compute(house, DAY, "GM", known_at="2026-11-10 09:30")
    house.expect("attendance.adjustment\ncounted_in | absent_days_delta\n2026-11-01 | 1.00")
    correct(house, "ann | 2020-01-01 | ann | GM | ann | 2026-12-30 | -", "2026-11-11 10:00")
    compute(house, DAY, "GM", known_at=known_at)
    house.expect(f"attendance.adjustment\ncounted_in | absent_days_delta\n{booked}")


def test_ATT_14_a_lateness_that_was_an_open_question_at_the_close_is_not_fined_by_clock_and_slip(house, staff):
    staff("ann", shift=None)
    punches(house, f"ann | {DAY} 08:40")
    house.given(
        f"""
        attendance.conduct_slip
        slip_no | employee_id | event_on | cause | amount | issued_by | is_signed
        C1      | ann         | {DAY}    | 迟到  | 10    | 王某      | yes
        """
    )
    close_october(house, "GM")
    house.expect("attendance.conduct_fine\nslip_no | state | fine_amount\nC1 | 有效 | 10.00")
    house.given(
        f"attendance.roster\nemployee_id | work_on | shift_code\nann | {DAY} | A", recorded_at="2026-11-09 10:00"
    )
    close_months(house.connection, month_run(house, known_at="2026-11-10 09:30"), of_period=True)
    house.expect("attendance.attendance_day\nstatus | fine_amount\n迟到 | 10.00", where="employee_id = 'ann'")
    house.expect("attendance.conduct_fine\nslip_no | state | fine_amount\nC1 | 同因重复 | 0.00")


def test_a_fine_that_an_answer_after_the_close_brings_has_its_cause(house, staff):
    """Else the ledger would call a meeting's fine 迟到, and a waiver of it would find nothing."""
    staff("ann", shift=None)
    punches(house, f"ann | {DAY} 08:20")
    house.given(
        """
        book.rule
        rule_set | rule_id | parameter        | value | valid_from | clause
        guomao   | GM-A8   | gatherings_count | 是    | 2026-01-01 | 会议迟到同上班迟到
        """,
        f"""
        attendance.gathering
        gathering_no | gathering_kind | gathering_name | site_id | starts_at   | ends_at
        H1           | 会议           | 晨会           | GM      | {DAY} 10:00 | {DAY} 11:00
        """,
        f"attendance.gathering_attendee\ngathering_no | employee_id | signed_in_at\nH1 | ann | {DAY} 10:10",
    )
    close_october(house, "GM")
    house.given(
        f"attendance.roster\nemployee_id | work_on | shift_code\nann | {DAY} | A", recorded_at="2026-11-09 10:00"
    )
    close_months(house.connection, month_run(house, known_at="2026-11-10 09:30"), of_period=True)
    house.expect("attendance.offence\noffence_kind | fine_amount | late_minutes\n会议迟到 | 10.00 | 10")
    due = house.query("select fine_kind, amount from attendance.fine_due('GM', '2026-10-01', '2026-11-10 10:00')")
    assert [(row["fine_kind"], str(row["amount"])) for row in due] == [("会议培训", "10.00")]


# -- what an earlier closed month leaves to the one that closes --------------------------------------------------------

SEPTEMBER = "2026-09-10"
OF_SEPTEMBER = f"""
    attendance.leave
    slip_no | employee_id | leave_type | starts_at         | ends_at           | asked_at         | approver_level | submitted_on | status
    L1      | ann         | 事假       | {SEPTEMBER} 08:30 | {SEPTEMBER} 18:00 | 2026-09-08 09:00 | 总经理         | 2026-09-11   | 批准
"""  # noqa: E501
OCTOBER_CLOSES = "2026-11-07 00:00"


@pytest.fixture
def september(house, staff):
    """A day of September that cost a whole day's absence, and a slip without a rate; the month is closed."""
    staff("ann", on=SEPTEMBER)
    staff("bob", on=SEPTEMBER)
    punches(house, f"bob | {SEPTEMBER} 08:40")
    compute(house, SEPTEMBER, "GM", known_at="2026-09-11 09:30")
    compute(house, DAY, "GM", known_at="2026-10-20 09:30")
    house.expect("ops.period_close\nperiod | closed_at\n[2026-09-01, 2026-10-01) | 2026-10-14 00:00")
    return house


def borne(house):
    """What months bear of earlier ones, as the ledger would have it."""
    adjusted = house.query(
        "select employee_id, counted_in, absent_days_delta, leave_days_delta, fine_amount_delta, new_status, reason "
        "from attendance.adjustment order by employee_id, counted_in"
    )
    fined = house.query("select slip_no, counted_in, state, fine_amount from attendance.conduct_fine order by slip_no")
    due = [
        (month, [tuple(row.values()) for row in house.query(
            "select * from attendance.fine_due('GM', %(month)s, '2026-12-31') order by 1, 2, 3, 4, 5", month=month
        )])
        for month in ("2026-09-01", "2026-10-01", "2026-11-01")
    ]  # fmt: skip
    return [tuple(row.values()) for row in (*adjusted, *fined)], due


@pytest.mark.parametrize(
    "runs", [[], ["2026-10-30 09:30"], ["2026-11-06 23:30"], ["2026-10-30 09:30", "2026-11-06 09:30"]]
)
def test_Q7_what_a_month_bears_of_the_one_before_depends_on_facts_and_not_on_who_ran_when(september, runs):
    """A leave of September and a slip land in October; whether a daily run looks at them in October, or nobody does."""
    house = september
    house.given(OF_SEPTEMBER, recorded_at="2026-10-29 10:00")
    house.given(
        "attendance.conduct_slip\nslip_no | employee_id | event_on | cause | amount | is_signed\n"
        f"C1 | bob | {SEPTEMBER} | 工作差错 | 35.00 | yes",
        recorded_at="2026-10-29 10:00",
    )
    for known_at in runs:
        compute(house, SEPTEMBER, "GM", known_at=known_at)
    compute(house, "2026-11-20", "GM", known_at="2026-11-21 09:30")
    found, due = borne(house)
    assert [(row[0], str(row[1]), str(row[2]), str(row[3])) for row in found] == [
        ("ann", "2026-10-01", "-1.00", "1.00"),
        ("C1", "2026-10-01", "有效", "35.00"),
    ]
    assert [(month, len(entries)) for month, entries in due] == [
        ("2026-09-01", 1),
        ("2026-10-01", 1),
        ("2026-11-01", 0),
    ]
    if not runs:
        house.expect("ops.run\nnote\n补记｜2026-09｜GM", where="reason = '补记'")


def test_Q7_a_run_that_holds_the_day_itself_books_what_came_before_the_close_in_the_month_that_closes(september):
    house = september
    house.given(OF_SEPTEMBER, recorded_at="2026-10-29 10:00")
    compute(house, SEPTEMBER, "GM", known_at="2026-11-21 09:30")
    house.expect("attendance.adjustment\nemployee_id | counted_in | absent_days_delta\nann | 2026-10-01 | -1.00")


@pytest.mark.parametrize(
    ("recorded_at", "month"), [("2026-11-06 23:59:59.999999", "2026-10-01"), (OCTOBER_CLOSES, "2026-11-01")]
)
def test_Q7_a_fact_of_the_last_moment_is_borne_by_the_month_and_one_at_the_close_by_the_next(
    september, recorded_at, month
):
    house = september
    house.given(OF_SEPTEMBER, recorded_at=recorded_at)
    compute(house, "2026-11-20", "GM", known_at="2026-11-21 09:30")
    compute(house, SEPTEMBER, "GM", known_at="2026-11-22 09:30")
    house.expect(f"attendance.adjustment\nemployee_id | counted_in | absent_days_delta\nann | {month} | -1.00")


def test_Q7_a_month_does_not_close_while_another_run_is_judging_days_before_it(september):
    house = september
    run_id = month_run(house, known_at="2026-11-22 10:00")
    house.connection.execute(
        "update ops.run_scope set is_live = true where run_id = (select min(run_id) from ops.run_scope)"
    )
    with pytest.raises(PeriodBusy, match="2026-10以前的日子另有一次每日考勤正在计算，不能补记上月"):
        close_months(house.connection, run_id)
