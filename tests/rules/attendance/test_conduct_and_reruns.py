"""Conduct slips (GM-A9, ATT-14), late files (ATT-22), reruns that change nothing (OPS-16), holds."""

from datetime import date, timedelta

import pytest
from psycopg import errors

from backoffice.database import statement
from tests.rules.attendance.conftest import compute, punches
from tests.rules.payroll.conftest import release

TABLES = (
    "attendance.attendance_day",
    "attendance.conduct_fine",
    "attendance.adjustment",
    "attendance.day_change",
    "ops.result",
    "ops.period_close",
    "ops.artifact",
    "ops.outbox",
)


def test_GM_A9_a_slip_is_fined_by_the_rule_set_and_a_premium_call_at_twice_its_cost_on_top(house, staff):
    staff("ann")
    house.given(
        """
        attendance.conduct_slip
        slip_no | employee_id | event_on   | cause                 | amount | call_cost_amount | is_signed
        W1      | ann         | 2026-10-12 | 前台坐着接待客户      | -      | -                | yes
        W2      | ann         | 2026-10-12 | 工作延误              | 35.00  | -                | yes
        W3      | ann         | 2026-10-12 | 拨打收费电话          | -      | 6.35             | yes
        """
    )
    compute(house, "2026-10-12", "GM")
    house.expect(
        """
        attendance.conduct_fine
        slip_no | state | fine_amount | charge_amount | rule_id
        W1      | 有效  | 10.00       | 0.00          | GM-A9
        W2      | 有效  | 35.00       | 0.00          | GM-A9
        W3      | 有效  | 12.70       | 6.35          | GM-A9
        """
    )


def test_ATT_14_an_unsigned_slip_waits_and_one_for_a_fined_lateness_counts_only_when_decided(house, staff):
    staff("ann")
    punches(house, "ann | 2026-10-12 08:47")
    house.given(
        """
        attendance.conduct_slip
        slip_no | employee_id | event_on   | cause   | amount | is_signed
        118     | ann         | 2026-10-12 | 休息区外休息 | 50.00  | yes
        119     | ann         | 2026-10-12 | 10月12日迟到 | 10.00  | yes
        120     | ann         | 2026-10-12 | 工作差错     | 20.00  | no
        """
    )
    compute(house, "2026-10-12", "GM")
    house.expect(
        """
        attendance.conduct_fine
        slip_no | state    | fine_amount | counted_in
        118     | 有效     | 50.00       | 2026-10-01
        119     | 同因重复 | 0.00        | 2026-10-01
        120     | 待确认   | 0.00        | 2026-10-01
        """
    )


def test_ATT_14_a_slip_received_after_the_close_is_borne_by_november(house, staff):
    staff("ann")
    compute(house, "2026-10-12", "GM", known_at="2026-10-13 09:30")
    house.given(
        """
        attendance.conduct_slip
        slip_no | employee_id | event_on   | cause        | amount | is_signed
        118     | ann         | 2026-10-12 | 休息区外休息 | 50.00  | yes
        """,
        recorded_at="2026-11-09 10:00",
    )
    compute(house, "2026-10-12", "GM", known_at="2026-11-10 09:30")
    compute(house, "2026-10-12", "GM", known_at="2026-11-11 09:30")
    house.expect(
        "attendance.conduct_fine\nslip_no | event_on | counted_in | fine_amount\n118 | 2026-10-12 | 2026-11-01 | 50.00"
    )


def test_ATT_14_a_slip_received_on_the_last_open_day_is_borne_by_october(house, staff):
    staff("ann")
    compute(house, "2026-10-12", "GM", known_at="2026-10-13 09:30")
    house.given(
        "attendance.conduct_slip\nslip_no | employee_id | event_on | cause | amount | is_signed\n"
        "118 | ann | 2026-10-12 | 休息区外休息 | 50.00 | yes",
        recorded_at="2026-11-06 23:59",
    )
    compute(house, "2026-10-12", "GM", known_at="2026-11-10 09:30")
    house.expect("attendance.conduct_fine\nslip_no | counted_in\n118 | 2026-10-01")


def test_OPS_16_the_same_inputs_computed_again_write_no_row(house, staff):
    staff("ann", "bob")
    punches(house, "ann | 2026-10-12 08:47\nbob | 2026-10-12 08:20")
    compute(house, "2026-10-12", known_at="2026-10-13 09:30")
    before = house.row_versions(*TABLES)
    compute(house, "2026-10-12", known_at="2026-10-13 15:00")
    assert house.row_versions(*TABLES) == before


def test_a_day_is_the_same_whether_run_alone_or_within_a_month(house, staff):
    staff("ann", "bob")
    punches(house, "ann | 2026-10-12 08:47\nbob | 2026-10-12 08:20")
    compute(house, "2026-10-12", known_at="2026-11-01 09:30")
    before = house.row_versions(*TABLES[:5])
    compute(house, "2026-10", known_at="2026-11-01 09:31")
    after = house.row_versions(*TABLES[:5])
    assert all(set(before[table]) <= set(after[table]) for table in before)
    house.expect("ops.result\nbase_on | revision\n2026-10-12 | 1", where="base_on = '2026-10-12' and site_id = 'GM'")


def test_ATT_22_a_punch_file_two_days_late_withdraws_the_absence_and_is_found_by_the_next_run(house, staff):
    staff("ann")
    compute(house, "2026-10-12", "GM", known_at="2026-10-13 09:30")
    house.expect("attendance.attendance_day\nstatus | absent_days\n旷工 | 1.00", where="employee_id = 'ann'")
    punches(house, "ann | 2026-10-12 08:29", recorded_at="2026-10-14 08:00")
    late = house.query(
        statement("attendance/find_late_days"),
        starts_on="2026-10-13",
        last_on="2026-10-13",
        known_at="2026-10-14 09:30",
        workflow="daily_attendance",
    )
    assert [(row["site_id"], str(row["base_on"])) for row in late] == [("GM", "2026-10-12")]
    compute(house, "2026-10-12", "GM", known_at="2026-10-14 09:30")
    house.expect("attendance.attendance_day\nstatus | absent_days\n出勤 | 0.00", where="employee_id = 'ann'")
    house.expect("ops.result\nrevision\n1\n2", where="site_id = 'GM'")


def test_OPS_25_a_resumed_run_uses_the_rules_it_knew_and_the_document_can_say_which(house, staff):
    staff("ann")
    punches(house, "ann | 2026-10-12 08:47")
    compute(house, "2026-10-12", "GM", known_at="2026-10-13 09:30")
    house.connection.execute(
        "update book.rule set superseded_at = '2026-10-14 10:00' where parameter = 'late_fine_amount'"
    )
    house.given(
        """
        book.rule
        rule_set | rule_id | parameter        | value | valid_from | clause
        guomao   | GM-A2   | late_fine_amount | 99.00 | 2026-01-01 | 误改
        """,
        recorded_at="2026-10-14 10:00",
    )
    before = house.row_versions(*TABLES)
    compute(house, "2026-10-12", "GM", known_at="2026-10-13 09:30")
    assert house.row_versions(*TABLES) == before
    compute(house, "2026-10-12", "GM", known_at="2026-10-15 09:30")
    house.expect("attendance.attendance_day\nfine_amount\n99.00", where="employee_id = 'ann'")


def test_the_hash_does_not_change_with_a_rule_that_played_no_part(house, staff):
    staff("ann")
    punches(house, "ann | 2026-10-12 08:20")
    compute(house, "2026-10-12", "GM", known_at="2026-10-13 09:30")
    house.connection.execute("update book.rule set value = '77' where parameter = 'late_fine_amount'")
    compute(house, "2026-10-12", "GM", known_at="2026-10-13 09:31")
    house.expect("ops.result\nrevision\n1", where="site_id = 'GM'")


def test_a_site_where_more_than_its_share_would_be_fined_is_held_and_one_at_its_share_is_not(house, staff):
    staff("ann", "bob", "cat", site="HQ", shift="H")
    punches(house, "\n".join(f"{name} | 2026-10-12 18:05" for name in ("ann", "bob", "cat")), site="HQ")
    punches(house, "ann | 2026-10-12 08:50\nbob | 2026-10-12 08:50", site="HQ")
    house.connection.execute("update book.site set fined_share_limit = 0.25 where site_id = 'HQ'")
    compute(house, "2026-10-12", "HQ")
    house.expect("ops.result\nstate | row_count\ncomputed | 4")  # one of four: exactly its share
    house.connection.execute("delete from attendance.punch where badge_no = 'bob' and punched_at::time < '12:00'")
    compute(house, "2026-10-12", "HQ")
    house.expect("ops.result\nstate | revision\nheld | 2", where="revision = 2")


def test_a_person_who_turns_out_not_to_have_been_employed_disappears_with_a_trace(house, staff):
    staff("ann")
    compute(house, "2026-10-12", "GM", known_at="2026-10-13 09:30")
    house.connection.execute("update book.employee set left_on = '2026-10-10' where employee_id = 'ann'")
    run_id = compute(house, "2026-10-12", "GM", known_at="2026-10-14 09:30")
    house.expect("attendance.attendance_day\nemployee_id\nwitness-GM")
    house.expect("attendance.day_change\nemployee_id | action\nann | DELETE", where=f"run_id = {run_id}")


def test_a_month_first_computed_after_its_nominal_close_bears_its_own_slips(house, staff):
    staff("ann")
    house.given(
        "attendance.conduct_slip\nslip_no | employee_id | event_on | cause | amount | is_signed\n"
        "118 | ann | 2026-10-12 | 休息区外休息 | 50.00 | yes",
        recorded_at="2026-11-20 10:00",
    )
    compute(house, "2026-10-12", "GM", known_at="2026-11-21 09:30")
    compute(house, "2026-10-12", "GM", known_at="2026-11-22 09:30")
    house.expect("attendance.conduct_fine\nslip_no | counted_in\n118 | 2026-10-01")


def test_OPS_21_a_closed_day_run_again_only_reprints_what_it_said(house, staff):
    staff("ann")
    punches(house, "ann | 2026-10-12 08:47")
    compute(house, "2026-10-12", "GM", known_at="2026-10-13 09:30")
    compute(house, "2026-10-12", "GM", known_at="2026-11-07 09:30")
    frozen = house.row_versions("attendance.attendance_day", "ops.result", "attendance.day_change")
    house.connection.execute("update book.rule set value = '99.00' where parameter = 'late_fine_amount'")
    compute(house, "2026-10-12", "GM", known_at="2026-11-10 09:30")
    assert house.row_versions("attendance.attendance_day", "ops.result", "attendance.day_change") == frozen
    house.expect("attendance.adjustment\nemployee_id | counted_in | fine_amount_delta\nann | 2026-11-01 | 89.00")


def test_OPS_22_the_cut_off_day_ends_at_24_00(house, staff):
    """A night shift's late evening punch belongs to its day; a slip handed in on the last day is in time."""
    staff("night", shift="N")
    punches(house, "night | 2026-10-12 23:59:59\nnight | 2026-10-13 08:05")
    compute(house, "2026-10-12", "GM", known_at="2026-10-14 00:30")
    [row] = house.query(
        "select in_at::text as at, late_minutes from attendance.attendance_day where employee_id = 'night'"
    )
    assert row["at"].startswith("2026-10-12 23:59:59") and row["late_minutes"] == 329


def test_ATT_14_a_slip_signed_only_after_the_close_is_borne_by_the_open_month(house, staff):
    staff("ann")
    slip = "attendance.conduct_slip\nslip_no | employee_id | event_on | cause | amount | is_signed\n"
    house.given(slip + "118 | ann | 2026-10-12 | 休息区外休息 | 50.00 | no", recorded_at="2026-10-13 08:00")
    compute(house, "2026-10-12", "GM", known_at="2026-10-13 09:30")
    house.expect("attendance.conduct_fine\nstate | fine_amount | counted_in\n待确认 | 0.00 | 2026-10-01")
    house.connection.execute("update attendance.conduct_slip set superseded_at = '2026-11-09 10:00'")
    house.given(slip + "118 | ann | 2026-10-12 | 休息区外休息 | 50.00 | yes", recorded_at="2026-11-09 10:00")
    compute(house, "2026-10-12", "GM", known_at="2026-11-10 09:30")
    house.expect("attendance.conduct_fine\nstate | fine_amount | counted_in\n有效 | 50.00 | 2026-11-01")


def test_a_month_that_goes_from_a_to_b_and_back_to_a_has_three_revisions(house, staff):
    staff("ann")
    for minute in ("08:47", "08:20", "08:47"):
        house.connection.execute("delete from attendance.punch where badge_no = 'ann'")
        punches(house, f"ann | 2026-10-12 {minute}")
        compute(house, "2026-10-12", "GM", known_at="2026-10-14 09:30")
    house.expect("ops.result\nrevision\n1\n2\n3", where="site_id = 'GM'")


def late_days(house, day, known_at):
    return [
        (row["site_id"], str(row["base_on"]))
        for row in house.query(
            statement("attendance/find_late_days"),
            starts_on=day,
            last_on=day,
            known_at=known_at,
            workflow="daily_attendance",
        )
    ]


def test_ATT_22_a_slip_that_moves_to_another_day_is_news_for_both_days(house, staff):
    staff("ann")
    house.given("attendance.roster\nemployee_id | work_on | shift_code\nann | 2026-10-15 | A")
    leave = "attendance.leave\nslip_no | employee_id | leave_type | starts_at | ends_at | status\n"
    house.given(leave + "L1 | ann | 事假 | 2026-10-12 08:30 | 2026-10-12 18:00 | 批准", recorded_at="2026-10-12 07:00")
    compute(house, "2026-10-12..2026-10-15", "GM", known_at="2026-10-16 09:30")
    house.connection.execute("update attendance.leave set superseded_at = '2026-10-17 08:00'")
    house.given(leave + "L1 | ann | 事假 | 2026-10-15 08:30 | 2026-10-15 18:00 | 批准", recorded_at="2026-10-17 08:00")
    found = late_days(house, "2026-10-17", "2026-10-17 09:30")
    assert {("GM", "2026-10-12"), ("GM", "2026-10-15")} <= set(found)


def test_ATT_22_rules_shifts_and_calendars_that_change_are_news_too(house, staff):
    staff("ann")
    compute(house, "2026-10-12", "GM", known_at="2026-10-13 09:30")
    assert late_days(house, "2026-10-14", "2026-10-14 09:30") == []
    for change in (
        "update book.rule set recorded_at = '2026-10-14 08:00' where parameter = 'late_fine_amount'",
        "update attendance.shift set superseded_at = '2026-10-14 08:00' where shift_code = 'N'",
        "update book.site set recorded_at = '2026-10-14 08:00' where site_id = 'GM'",
    ):
        house.connection.execute("savepoint before")
        house.connection.execute(change)
        assert late_days(house, "2026-10-14", "2026-10-14 09:30") == [("GM", "2026-10-12")], change
        house.connection.execute("rollback to before")


def test_ATT_22_a_run_that_held_a_late_day_and_died_before_computing_has_not_seen_its_facts(house, staff):
    staff("ann")
    compute(house, "2026-10-12", "GM", known_at="2026-10-13 09:30")
    punches(house, "ann | 2026-10-12 08:29", recorded_at="2026-10-14 08:00")
    house.connection.execute(
        """
        with died as (
            insert into ops.run (
                workflow, airflow_run_id, period, mode, as_of_on, known_at, requested_by, wants_mail, state
            )
            values (
                'daily_attendance', 'died', '[2026-10-13,2026-10-14)', 'normal', '2026-10-13', '2026-10-14 09:30', 'x',
                false, 'taken_over'
            )
            returning run_id
        )
        insert into ops.run_scope (run_id, workflow, site_id, period, cause, is_live)
        select run_id, 'daily_attendance', 'GM', '[2026-10-12,2026-10-13)', 'late_facts', false from died
        """
    )
    assert late_days(house, "2026-10-14", "2026-10-15 09:30") == [("GM", "2026-10-12")]


def test_GM_A9_seated_at_the_desk_costs_ten_each_time_and_a_slip_may_name_another_amount(house, staff):
    staff("ann")
    house.given(
        """
        attendance.conduct_slip
        slip_no | employee_id | event_on   | cause                 | amount | is_signed
        W1      | ann         | 2026-10-12 | 前台坐着接待客户      | -      | yes
        W2      | ann         | 2026-10-12 | 前台坐着接待客户      | -      | yes
        W3      | ann         | 2026-10-12 | 前台坐着接待客户      | 0.00   | yes
        W4      | ann         | 2026-10-12 | 在非休息区休息        | -      | yes
        """
    )
    compute(house, "2026-10-12", "GM")
    house.expect(
        """
        attendance.conduct_fine
        slip_no | state | fine_amount | charge_amount
        W1      | 有效  | 10.00       | 0.00
        W2      | 有效  | 10.00       | 0.00
        W3      | 有效  | 0.00        | 0.00
        W4      | 有效  | 20.00       | 0.00
        """
    )


@pytest.mark.parametrize(
    ("cost", "fine"),
    [("6.35", "12.70"), ("0.01", "0.02"), ("1234.56", "2469.12")],
)
def test_GM_A9_a_premium_call_is_charged_at_cost_and_fined_at_twice_the_cost_whatever_the_slip_says(
    house, staff, cost, fine
):
    staff("ann")
    house.given(
        "attendance.conduct_slip\nslip_no | employee_id | event_on | cause | amount | call_cost_amount | is_signed\n"
        f"W1 | ann | 2026-10-12 | 拨打收费电话 | 50.00 | {cost} | yes"
    )
    compute(house, "2026-10-12", "GM")
    house.expect(f"attendance.conduct_fine\nslip_no | charge_amount | fine_amount\nW1 | {cost} | {fine}")


def test_GM_A9_the_fine_of_a_call_is_rounded_half_up_to_the_cent(house, staff):
    house.connection.execute("update book.rule set value = '1.5' where parameter = 'call_fine_factor'")
    staff("ann")
    house.given(
        "attendance.conduct_slip\nslip_no | employee_id | event_on | cause | call_cost_amount | is_signed\n"
        "W1 | ann | 2026-10-12 | 拨打收费电话 | 6.35 | yes\nW2 | ann | 2026-10-12 | 拨打收费电话 | 6.34 | yes"
    )
    compute(house, "2026-10-12", "GM")
    house.expect("attendance.conduct_fine\nslip_no | fine_amount\nW1 | 9.53\nW2 | 9.51")


def test_ATT_14_an_unsigned_call_slip_costs_nothing_yet_neither_fine_nor_charge(house, staff):
    staff("ann")
    house.given(
        "attendance.conduct_slip\nslip_no | employee_id | event_on | cause | call_cost_amount | is_signed\n"
        "W1 | ann | 2026-10-12 | 拨打收费电话 | 6.35 | no"
    )
    compute(house, "2026-10-12", "GM")
    house.expect("attendance.conduct_fine\nslip_no | state | fine_amount | charge_amount\nW1 | 待确认 | 0.00 | 0.00")


def test_ATT_14_a_slip_that_comes_twice_counts_once_as_it_stands_now(house, staff):
    staff("ann")
    house.given(
        "attendance.conduct_slip\nslip_no | employee_id | event_on | cause | amount | is_signed | superseded_at\n"
        "118 | ann | 2026-10-12 | 休息区外休息 | 50.00 | yes | 2026-10-13 08:00"
    )
    house.given(
        "attendance.conduct_slip\nslip_no | employee_id | event_on | cause | amount | is_signed\n"
        "118 | ann | 2026-10-12 | 休息区外休息 | 30.00 | yes",
        recorded_at="2026-10-13 08:00",
    )
    compute(house, "2026-10-12", "GM", known_at="2026-10-13 09:30")
    house.expect("attendance.conduct_fine\nslip_no | fine_amount\n118 | 30.00")
    with pytest.raises(errors.UniqueViolation):
        house.given(
            "attendance.conduct_slip\nslip_no | employee_id | event_on | cause | amount | is_signed\n"
            "118 | ann | 2026-10-12 | 休息区外休息 | 50.00 | yes"
        )


# -- one lateness, the clock and a slip --------------------------------------------------------------------------------

CAME_LATE = "2026-10-12"


def business(house, recorded_at, superseded_at="infinity", until="10:00"):
    """An outing on business that covers the start of the shift: while it is known, nobody was late."""
    house.given(
        "attendance.outing\nemployee_id | outing_kind | out_at | back_at | approver\n"
        f"ann | 因公 | {CAME_LATE} 08:00 | {CAME_LATE} {until} | 贺某",
        recorded_at=recorded_at,
        superseded_at=superseded_at,
    )


def slip_for_lateness(house, number="C1", amount="10.00", recorded_at="2026-10-13 08:00"):
    house.given(
        "attendance.conduct_slip\nslip_no | employee_id | event_on | cause | amount | is_signed\n"
        f"{number} | ann | {CAME_LATE} | 10月12日迟到 | {amount} | yes",
        recorded_at=recorded_at,
    )


def look(house, *instants):
    """Daily runs about the day, at these instants, and about the one before them, so that every month has its close."""
    for known_at in instants:
        yesterday = date.fromisoformat(known_at[:10]) - timedelta(1)
        for day in {CAME_LATE, str(yesterday)}:
            compute(house, day, "GM", known_at=known_at)


def ledger(house, *months):
    """Enter the months, as their release does; what each bears of the person, by kind of entry."""
    for month, known_at in months:
        release(house, month, known_at=known_at)
    return [
        (f"{row['month_on']:%Y-%m}", row["entry_kind"], row["fine_kind"], str(row["amount"]))
        for row in house.query(
            "select * from attendance.fine_entry where employee_id = 'ann' and event_on = %(on)s "
            "order by month_on, entry_kind, fine_kind",
            on=CAME_LATE,
        )
    ]


OCTOBER, NOVEMBER, DECEMBER = (
    ("2026-10", "2026-11-08 10:00"),
    ("2026-11", "2026-12-09 10:00"),
    ("2026-12", "2027-01-11"),
)


@pytest.fixture
def winter(house, staff):
    """Ann came 17 minutes late on 12 October; the calendar reaches into 2027."""
    staff("ann")
    punches(house, f"ann | {CAME_LATE} 08:47")
    house.given(
        "book.calendar_day\nday_on | year_no | day_name | is_off | is_statutory\n2027-01-01 | 2027 | 元旦 | yes | yes"
    )
    return house


def test_ATT_14_a_slip_bears_the_lateness_that_the_clock_gave_back_after_the_close_once(winter):
    """Fined by the clock; excused in November, so that the slip stands; not excused after all in December."""
    slip_for_lateness(winter)
    business(winter, "2026-11-09 10:00", superseded_at="2026-12-10 10:00")
    look(winter, "2026-10-13 09:30", "2026-11-08 09:30")
    winter.expect("attendance.conduct_fine\nstate | fine_amount | counted_in\n同因重复 | 0.00 | 2026-10-01")
    assert ledger(winter, OCTOBER) == [("2026-10", "罚款", "迟到", "10.00")]
    look(winter, "2026-11-10 09:30", "2026-11-11 09:30", "2026-12-08 09:30")
    november = [("2026-10", "罚款", "迟到", "10.00"), ("2026-11", "上月调整", "考勤", "-10.00"),
        ("2026-11", "罚款", "违纪", "10.00")]  # fmt: skip
    winter.expect("attendance.conduct_fine\nstate | fine_amount | counted_in\n有效 | 10.00 | 2026-11-01")
    assert ledger(winter, NOVEMBER) == sorted(november)
    look(winter, "2026-12-11 09:30", "2027-01-08 09:30")
    winter.expect("attendance.conduct_fine\nstate | fine_amount | counted_in\n有效 | 10.00 | 2026-11-01")
    winter.expect("attendance.adjustment\ncounted_in | fine_amount_delta\n2026-11-01 | -10.00\n2026-12-01 | 0.00")
    assert ledger(winter, DECEMBER) == sorted(november)


def test_ATT_14_a_lateness_that_goes_and_comes_back_in_one_open_month_leaves_everything_as_it_was(winter):
    slip_for_lateness(winter)
    business(winter, "2026-11-09 10:00", superseded_at="2026-11-20 10:00")
    look(winter, "2026-10-13 09:30", "2026-11-08 09:30", "2026-11-10 09:30", "2026-11-21 09:30", "2026-12-08 09:30")
    winter.expect("attendance.conduct_fine\nstate | fine_amount\n同因重复 | 0.00")
    winter.expect("attendance.adjustment\nemployee_id")
    assert ledger(winter, OCTOBER, NOVEMBER) == [("2026-10", "罚款", "迟到", "10.00")]


def test_ATT_14_a_lateness_that_comes_after_a_closed_month_bore_the_slip_is_not_fined_on_top(winter):
    """Excused in October, so that the slip stood; in November the outing is withdrawn, and another slip comes."""
    slip_for_lateness(winter)
    business(winter, "2026-10-13 08:00", superseded_at="2026-11-09 10:00")
    slip_for_lateness(winter, "C2", "30.00", "2026-11-12 08:00")
    look(winter, "2026-10-13 09:30", "2026-11-08 09:30")
    assert ledger(winter, OCTOBER) == [("2026-10", "罚款", "违纪", "10.00")]
    look(winter, "2026-11-10 09:30", "2026-11-13 09:30", "2026-12-08 09:30")
    winter.expect(
        "attendance.conduct_fine\nslip_no | state | fine_amount | counted_in\n"
        "C1 | 有效 | 10.00 | 2026-10-01\nC2 | 同因重复 | 0.00 | 2026-11-01"
    )
    winter.expect(
        "attendance.adjustment\ncounted_in | late_minutes_delta | fine_amount_delta | reason\n"
        "2026-11-01 | 17 | 0.00 | 同一迟到已按违纪单罚款，不另罚"
    )
    assert ledger(winter, NOVEMBER) == [("2026-10", "罚款", "违纪", "10.00")]
    business(winter, "2026-12-10 10:00")
    look(winter, "2026-12-11 09:30", "2027-01-08 09:30")
    winter.expect(
        "attendance.conduct_fine\nslip_no | fine_amount | counted_in\nC1 | 10.00 | 2026-10-01\nC2 | 30.00 | 2026-12-01"
    )


def test_ATT_14_only_the_lateness_is_spared_what_else_the_day_costs_is_not(winter):
    winter.given(
        """
        book.rule
        rule_set | rule_id | parameter         | value | valid_from | clause
        guomao   | GM-A1   | early_fine_amount | 15.00 | 2026-01-01 | 早退罚款15元
        """
    )
    punches(winter, f"ann | {CAME_LATE} 17:00")
    slip_for_lateness(winter)
    business(winter, "2026-10-13 08:00", superseded_at="2026-11-09 10:00", until="18:30")
    look(winter, "2026-10-13 09:30", "2026-11-08 09:30", "2026-11-10 09:30")
    winter.expect(
        "attendance.adjustment\nlate_minutes_delta | fine_amount_delta\n17 | 15.00", where="employee_id = 'ann'"
    )


def test_ATT_14_a_slip_that_the_open_month_would_bear_gives_way_to_the_clock_while_that_month_is_open(winter):
    """Excused at the close and no slip yet: the slip comes in November, the outing is withdrawn behind it."""
    business(winter, "2026-10-13 08:00", superseded_at="2026-11-20 10:00")
    slip_for_lateness(winter, recorded_at="2026-11-09 08:00")
    look(winter, "2026-10-13 09:30", "2026-11-08 09:30", "2026-11-10 09:30")
    winter.expect("attendance.conduct_fine\nstate | fine_amount | counted_in\n有效 | 10.00 | 2026-11-01")
    look(winter, "2026-11-21 09:30")
    winter.expect("attendance.conduct_fine\nstate | fine_amount\n同因重复 | 0.00")
    winter.expect("attendance.adjustment\ncounted_in | fine_amount_delta\n2026-11-01 | 10.00")


@pytest.mark.parametrize("is_issued", [True, False])
def test_ATT_14_a_slip_that_gets_its_rate_after_the_close_is_borne_by_the_open_month(winter, is_issued):
    winter.connection.execute(
        "update book.rule set recorded_at = '2026-11-20 10:00' where parameter = 'late_work_slip_amount'"
    )
    winter.given(
        "attendance.conduct_slip\nslip_no | employee_id | event_on | cause | amount | is_signed\n"
        f"C1 | ann | {CAME_LATE} | 工作延误 | - | yes"
    )
    look(winter, "2026-10-13 09:30", "2026-11-08 09:30")
    winter.expect("attendance.conduct_fine\nstate | fine_amount | counted_in\n有效 | 0.00 | 2026-10-01")
    if is_issued:
        ledger(winter, OCTOBER)
    look(winter, "2026-11-21 09:30", "2026-12-08 09:30")
    winter.expect("attendance.conduct_fine\nstate | fine_amount | counted_in\n有效 | 20.00 | 2026-11-01")
    assert ledger(winter, *([] if is_issued else [OCTOBER]), NOVEMBER) == [
        ("2026-10", "罚款", "迟到", "10.00"),
        ("2026-11", "罚款", "违纪", "20.00"),
    ]


def test_ATT_14_what_a_closed_month_bore_stays_also_before_its_sheet_is_issued(winter):
    """The lateness comes back behind November's close, while its sheet waits to be signed."""
    slip_for_lateness(winter)
    business(winter, "2026-11-09 10:00", superseded_at="2026-12-10 10:00")
    look(winter, "2026-10-13 09:30", "2026-11-08 09:30", "2026-11-10 09:30", "2026-12-08 09:30", "2026-12-11 09:30")
    winter.expect("attendance.conduct_fine\nstate | fine_amount | counted_in\n有效 | 10.00 | 2026-11-01")
