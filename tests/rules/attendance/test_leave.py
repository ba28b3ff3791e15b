"""Leave: asked for in time, approved at its level, filed by its deadline (GM-A4, GM-A5, ATT-09, ATT-10)."""

import pytest

from tests.rules.attendance.conftest import compute, punches

AFTER_DEADLINE = "2026-10-20 09:30"


def leave(house, **changes):
    """One approved half day of ann's on Monday morning, 12 October; changes say what is different."""
    row = {
        "slip_no": "L1",
        "employee_id": "ann",
        "leave_type": "事假",
        "starts_at": "2026-10-12 08:30",
        "ends_at": "2026-10-12 12:00",
        "asked_at": "2026-10-11 10:00",
        "asked_by": "本人",
        "approver": "sun",
        "approver_level": "部门经理",
        "submitted_on": "2026-10-12",
        "status": "批准",
        **changes,
    }
    recorded_at = row.pop("recorded_at", "2026-01-01 00:00")
    drawn = "attendance.leave\n" + " | ".join(row) + "\n" + " | ".join(row.values())
    house.given(drawn, recorded_at=recorded_at)


def verdict(house):
    [row] = house.query(
        "select status, leave_days, late_minutes, fine_amount, absent_days, slip_verdict "
        "from attendance.attendance_day where employee_id = 'ann' and work_on = '2026-10-12'"
    )
    return row


@pytest.mark.parametrize(
    ("arrived_at", "late_minutes", "fine"), [("13:25", 0, "0.00"), ("13:30", 0, "0.00"), ("13:40", 10, "10.00")]
)
def test_ATT_09_after_a_morning_of_leave_the_afternoon_begins_at_half_past_one(
    house, staff, arrived_at, late_minutes, fine
):
    staff("ann", shift="D")
    leave(house, starts_at="2026-10-12 09:00")
    punches(house, f"ann | 2026-10-12 {arrived_at}")
    compute(house, "2026-10-12", "GM")
    row = verdict(house)
    assert (str(row["leave_days"]), row["late_minutes"], str(row["fine_amount"])) == ("0.50", late_minutes, fine)
    assert row["absent_days"] == 0


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "有效"),
        ({"asked_by": "他人"}, "他人代请"),
        ({"asked_by": "bob"}, "他人代请"),
        ({"asked_by": "ann"}, "有效"),
        ({"asked_by": "-"}, "有效"),
        ({"asked_at": "2026-10-12 08:30"}, "事后补请"),
        ({"asked_at": "2026-10-12 08:29"}, "有效"),
        ({"leave_type": "病假", "asked_at": "2026-10-12 08:00", "submitted_on": "2026-10-13"}, "有效"),
        ({"leave_type": "调休", "asked_at": "2026-10-12 07:00"}, "未提前一天"),
        ({"leave_type": "调休", "asked_at": "2026-10-11 23:59"}, "有效"),
        ({"ends_at": "2026-10-12 18:00"}, "批准级别不够"),
        ({"ends_at": "2026-10-12 18:00", "approver_level": "总经理"}, "有效"),
        (
            {"ends_at": "2026-10-13 12:00", "approver_level": "总经理", "submitted_on": "2026-10-14"},
            "批准级别不够",
        ),
        ({"ends_at": "2026-10-13 12:00", "approver_level": "董事长", "submitted_on": "2026-10-14"}, "有效"),
        ({"submitted_on": "2026-10-13"}, "有效"),
        ({"submitted_on": "2026-10-14"}, "假条逾期"),
        ({"submitted_on": "-"}, "假条未交"),
        ({"status": "未批准"}, "未批准"),
    ],
)
def test_GM_A4_leave_that_breaks_a_condition_is_a_day_of_absence_even_with_punches(house, staff, changes, expected):
    staff("ann")
    house.given("attendance.roster\nemployee_id | work_on | shift_code\nann | 2026-10-13 | A\nann | 2026-10-14 | A")
    leave(house, **changes)
    punches(house, "ann | 2026-10-12 08:20\nann | 2026-10-12 13:20\nann | 2026-10-12 18:05")
    compute(house, "2026-10-12", "GM", known_at=AFTER_DEADLINE)
    row = verdict(house)
    assert row["slip_verdict"] == expected
    if expected == "有效":
        assert row["absent_days"] == 0 and row["leave_days"] > 0
    else:
        assert (row["status"], row["absent_days"], row["leave_days"]) == ("旷工", 1, 0)


def test_a_slip_deadline_on_a_rest_day_ends_on_the_next_working_day(house, staff):
    staff("ann")
    house.given("attendance.roster\nemployee_id | work_on | shift_code\nann | 2026-10-13 | 休\nann | 2026-10-14 | A")
    leave(house, submitted_on="2026-10-14")
    compute(house, "2026-10-12", "GM", known_at=AFTER_DEADLINE)
    assert verdict(house)["slip_verdict"] == "有效"


def test_until_its_deadline_a_missing_slip_is_pending_and_says_what_it_would_cost(house, staff):
    staff("ann")
    house.given("attendance.roster\nemployee_id | work_on | shift_code\nann | 2026-10-13 | A")
    leave(house, submitted_on="-")
    punches(house, "ann | 2026-10-12 13:20")
    compute(house, "2026-10-12", "GM", known_at="2026-10-13 09:30")
    house.expect(
        """
        attendance.attendance_day
        status | leave_days | absent_days | pending_until    | pending_verdict
        请假   | 0.50       | 0.00        | 2026-10-14 00:00 | 旷工1天
        """,
        where="employee_id = 'ann'",
    )
    compute(house, "2026-10-12", "GM", known_at="2026-10-14 00:00")
    assert verdict(house)["slip_verdict"] == "假条未交"


def test_half_a_day_of_leave_and_no_punch_is_half_a_day_absent(house, staff):
    staff("ann")
    leave(house)
    compute(house, "2026-10-12", "GM", known_at=AFTER_DEADLINE)
    row = verdict(house)
    assert (row["status"], str(row["leave_days"]), str(row["absent_days"])) == ("旷工", "0.50", "0.50")


def test_ATT_10_a_leave_that_lands_late_before_the_close_changes_the_day_and_keeps_old_and_new(house, staff):
    staff("ann")
    compute(house, "2026-10-12", "GM", known_at="2026-10-13 09:30")
    assert verdict(house)["status"] == "旷工"
    leave(house, ends_at="2026-10-12 18:00", approver_level="总经理", recorded_at="2026-10-15 10:00")
    run_id = compute(house, "2026-10-12", "GM", known_at="2026-10-16 09:30")
    assert verdict(house)["status"] == "请假"
    [change] = house.query(
        "select action, old_row ->> 'status' as old, new_row ->> 'status' as new, "
        "new_row ->> 'leave_slip_no' as slip from attendance.day_change where run_id = %(run_id)s",
        run_id=run_id,
    )
    assert change == {"action": "UPDATE", "old": "旷工", "new": "请假", "slip": "L1"}
    house.expect(
        "ops.result\nrevision | as_of_on\n1 | 2026-10-12\n2 | 2026-10-12",
        where="site_id = 'GM' and base_on = '2026-10-12'",
    )


def test_ATT_10_after_the_close_the_day_stays_and_the_open_month_bears_the_difference(house, staff):
    staff("ann")
    compute(house, "2026-10-12", "GM", known_at="2026-10-13 09:30")
    october = house.row_versions("attendance.attendance_day", "ops.result")
    leave(
        house,
        ends_at="2026-10-12 18:00",
        approver_level="总经理",
        recorded_at="2026-11-09 10:00",
    )
    compute(house, "2026-10-12", "GM", known_at="2026-11-10 09:30")
    assert house.row_versions("attendance.attendance_day", "ops.result") == october
    adjustment = """
        attendance.adjustment
        employee_id | work_on    | counted_in | absent_days_delta | leave_days_delta | old_status | new_status
        ann         | 2026-10-12 | 2026-11-01 | -1.00             | 1.00             | 旷工       | 请假
        """
    house.expect(adjustment)
    compute(house, "2026-10-12", "GM", known_at="2026-11-12 09:30")
    house.expect(adjustment)


def test_ATT_10_a_leave_revoked_later_restores_the_original_verdict_in_the_open_month(house, staff):
    test_ATT_10_after_the_close_the_day_stays_and_the_open_month_bears_the_difference(house, staff)
    house.connection.execute("update attendance.leave set superseded_at = '2026-11-20 10:00' where slip_no = 'L1'")
    leave(house, status="撤销", recorded_at="2026-11-20 10:00")
    compute(house, "2026-10-12", "GM", known_at="2026-11-21 09:30")
    house.expect("attendance.adjustment\nemployee_id | work_on")
    assert verdict(house)["status"] == "旷工"


def test_ATT_10_a_leave_revoked_after_the_next_close_is_taken_back_in_the_month_then_open(house, staff):
    test_ATT_10_after_the_close_the_day_stays_and_the_open_month_bears_the_difference(house, staff)
    house.connection.execute("update attendance.leave set superseded_at = '2026-12-20 10:00' where slip_no = 'L1'")
    leave(house, status="撤销", recorded_at="2026-12-20 10:00")
    compute(house, "2026-10-12", "GM", known_at="2026-12-21 09:30")
    house.expect(
        """
        attendance.adjustment
        counted_in | absent_days_delta
        2026-11-01 | -1.00
        2026-12-01 | 1.00
        """
    )


def test_the_month_closes_at_the_end_of_its_fifth_working_day(house, staff):
    staff("ann")
    compute(house, "2026-10-12", "GM", known_at="2026-10-13 09:30")
    leave(house, ends_at="2026-10-12 18:00", approver_level="总经理", recorded_at="2026-10-15 10:00")
    compute(house, "2026-10-12", "GM", known_at="2026-11-06 23:59")
    assert verdict(house)["status"] == "请假"
    house.expect("ops.period_close\nsite_id | closed_at")
    compute(house, "2026-10-12", "GM", known_at="2026-11-07 00:00")
    house.expect("ops.period_close\nsite_id | closed_at\nGM | 2026-11-07 00:00")


def test_a_slip_turned_down_is_not_heard_once_a_good_one_covers_the_same_time(house, staff):
    staff("ann")
    leave(house, status="未批准")
    leave(house, slip_no="L2")
    punches(house, "ann | 2026-10-12 13:20")
    compute(house, "2026-10-12", "GM", known_at=AFTER_DEADLINE)
    row = verdict(house)
    assert (row["status"], row["slip_verdict"], row["absent_days"]) == ("请假", "有效", 0)


def test_a_house_without_rules_about_requests_takes_no_offence_at_a_request_turned_down(house, staff):
    staff("ann", site="HO", shift=None)
    leave(house, status="未批准")
    punches(house, "ann | 2026-10-12 08:20\nann | 2026-10-12 17:40", site="HO")
    compute(house, "2026-10-12", "HO", known_at=AFTER_DEADLINE)
    assert verdict(house)["status"] == "出勤"


def test_slips_that_overlap_are_one_stretch_of_leave(house, staff):
    staff("ann")
    leave(house, ends_at="2026-10-12 10:00")
    leave(house, slip_no="L2", starts_at="2026-10-12 09:30", ends_at="2026-10-12 15:00", approver_level="总经理")
    punches(house, "ann | 2026-10-12 14:50")
    compute(house, "2026-10-12", "GM", known_at=AFTER_DEADLINE)
    row = verdict(house)
    assert (row["late_minutes"], str(row["leave_days"]), row["absent_days"]) == (0, "0.50", 0)


def test_a_day_of_leave_until_midnight_is_one_day(house, staff):
    staff("ann")
    leave(house, starts_at="2026-10-12 00:00", ends_at="2026-10-13 00:00", approver_level="总经理")
    compute(house, "2026-10-12", "GM", known_at=AFTER_DEADLINE)
    assert verdict(house)["slip_verdict"] == "有效"


def test_a_person_who_had_left_before_the_close_is_taken_out_of_the_books_in_the_open_month(house, staff):
    staff("ann")
    compute(house, "2026-10-12", "GM", known_at="2026-10-13 09:30")
    compute(house, "2026-10-12", "GM", known_at="2026-11-07 09:30")
    house.connection.execute("update book.employee set left_on = '2026-10-10' where employee_id = 'ann'")
    compute(house, "2026-10-12", "GM", known_at="2026-11-10 09:30")
    house.expect("attendance.adjustment\nemployee_id | absent_days_delta | new_status\nann | -1.00 | 不在职")


def test_a_transfer_known_late_takes_no_day_from_a_site_whose_month_is_closed(house, staff):
    staff("ann")
    compute(house, "2026-10-12", "GM", known_at="2026-10-13 09:30")
    compute(house, "2026-10-12", "GM", known_at="2026-11-08 09:30")
    house.given(
        """
        book.employee
        employee_id | effective_from | employee_name | site_id | badge_no | joined_on
        ann         | 2026-10-10     | ann           | HQ      | ann      | 2020-01-01
        """,
        recorded_at="2026-11-09 10:00",
    )
    compute(house, "2026-10-12", "HQ", known_at="2026-11-10 09:30")
    house.expect("attendance.attendance_day\nsite_id\nGM", where="employee_id = 'ann'")


def test_nothing_closes_while_the_next_year_is_not_announced(house, staff):
    staff("ann", on="2026-12-20")
    compute(house, "2026-12-20", "GM", known_at="2026-12-21 09:30")
    leave(
        house,
        starts_at="2026-12-20 08:30",
        ends_at="2026-12-20 18:00",
        asked_at="2026-12-19 10:00",
        submitted_on="2026-12-20",
        approver_level="总经理",
    )
    compute(house, "2026-12-20", "GM", known_at="2027-01-01 09:30")
    house.expect("ops.period_close\nsite_id")
    house.expect("attendance.attendance_day\nstatus\n请假", where="employee_id = 'ann'")
