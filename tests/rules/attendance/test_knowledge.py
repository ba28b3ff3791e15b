"""What a run may not know yet does not count, whatever day it is about; and what a month's quota counts."""

import pytest

from tests.rules.attendance.conftest import compute, punches

LATER = "2026-10-20 09:00"
BEFORE, AFTER = "2026-10-14 09:30", "2026-10-21 09:30"


def status_of_ann(house, work_on: str = "2026-10-12") -> str:
    [row] = house.query(
        "select status from attendance.attendance_day where employee_id = 'ann' and work_on = %(work_on)s",
        work_on=work_on,
    )
    return row["status"]


def signed(house, *slips: str, level: str = "项目总监", recorded_at: str = "2026-01-01") -> None:
    """Signed missed punches of ann's leaving, drawn as `slip day signed`."""
    for slip in slips:
        slip_no, work_on, signed_on = slip.split()
        house.given(
            "attendance.missed_punch\n"
            "slip_no | employee_id | work_on | punch_kind | signer | signer_level | signed_at | status\n"
            f"{slip_no} | ann | {work_on} | 下班 | zhao | {level} | {signed_on} 09:00 | 批准",
            recorded_at=recorded_at,
        )


@pytest.mark.parametrize(("known_at", "status"), [(BEFORE, "旷工"), (AFTER, "出勤")])
def test_punches_that_came_in_later_do_not_count_before(house, staff, known_at, status):
    staff("ann")
    punches(house, "ann | 2026-10-12 08:20", recorded_at=LATER)
    compute(house, "2026-10-12", "GM", known_at=known_at)
    assert status_of_ann(house) == status


@pytest.mark.parametrize(("known_at", "status"), [(BEFORE, "旷工"), (AFTER, "公出")])
def test_an_outing_that_was_told_later_does_not_count_before(house, staff, known_at, status):
    staff("ann")
    house.given(
        """
        attendance.outing
        employee_id | out_at           | back_at          | outing_kind | approver
        ann         | 2026-10-12 08:00 | 2026-10-12 19:00 | 因公        | sun
        """,
        recorded_at=LATER,
    )
    compute(house, "2026-10-12", "GM", known_at=known_at)
    assert status_of_ann(house) == status


@pytest.mark.parametrize(("known_at", "status"), [(BEFORE, "缺卡"), (AFTER, "出勤")])
def test_a_signature_that_came_in_later_does_not_count_before(house, staff, known_at, status):
    staff("ann", site="HQ", shift="H")
    punches(house, "ann | 2026-10-12 08:55", site="HQ")
    signed(house, "B1 2026-10-12 2026-10-13", recorded_at=LATER)
    compute(house, "2026-10-12", "HQ", known_at=known_at)
    assert status_of_ann(house) == status


def test_an_unknown_badge_is_nobody_before_its_punches_came_in(house):
    house.connection.execute("update book.site set is_admitting_unknown = true where site_id = 'HO'")
    punches(house, "777 | 2026-10-12 08:20\n777 | 2026-10-12 18:20", site="HO", recorded_at=LATER)
    compute(house, "2026-10-12", "HO", known_at=BEFORE)
    house.expect("attendance.attendance_day\nemployee_id\nwitness-HO")
    compute(house, "2026-10-12", "HO", known_at=AFTER)
    house.expect("attendance.attendance_day\nemployee_id\nwitness-HO\nHO-777")


def test_ATT_12_the_quota_begins_anew_each_month(house, staff):
    staff("ann", site="HQ", shift="H", on="2026-10-12")
    punches(house, "ann | 2026-10-12 08:55", site="HQ")
    signed(house, "A1 2026-09-07 2026-09-08", "A2 2026-09-08 2026-09-09", "A3 2026-09-09 2026-09-10")
    signed(house, "B1 2026-10-12 2026-10-13")
    compute(house, "2026-10-12", "HQ")
    assert status_of_ann(house) == "出勤"


def test_ATT_12_slips_signed_by_somebody_else_use_up_nothing_of_the_quota(house, staff):
    staff("ann", site="HQ", shift="H")
    punches(house, "ann | 2026-10-12 08:55", site="HQ")
    signed(house, "A1 2026-10-07 2026-10-08", "A2 2026-10-08 2026-10-09", "A3 2026-10-09 2026-10-10", level="主管")
    signed(house, "B1 2026-10-12 2026-10-13")
    compute(house, "2026-10-12", "HQ")
    assert status_of_ann(house) == "出勤"


@pytest.mark.parametrize(("submitted_on", "verdict"), [("2026-10-19", "有效"), ("2026-10-20", "假条逾期")])
def test_GM_A4_who_follows_the_calendar_has_until_the_next_working_day(house, staff, submitted_on, verdict):
    """Leave on a Friday: the weekend is not a day on which a slip is filed."""
    house.connection.execute(
        "update book.rule set value = 'official' where rule_set = 'guomao' and parameter = 'works_calendar'"
    )
    staff("ann", shift="A", on="2026-10-16")
    house.given(
        f"""
        attendance.leave
        slip_no | employee_id | leave_type | starts_at        | ends_at          | asked_at         | asked_by | approver_level | submitted_on   | status
        L1      | ann         | 事假       | 2026-10-16 08:30 | 2026-10-16 12:00 | 2026-10-15 10:00 | 本人     | 部门经理       | {submitted_on} | 批准
        """  # noqa: E501 - a row is a row
    )
    compute(house, "2026-10-16", "GM", known_at="2026-10-25 09:30")
    [row] = house.query("select slip_verdict from attendance.attendance_day where employee_id = 'ann'")
    assert row["slip_verdict"] == verdict


def test_OPS_21_somebody_who_becomes_known_after_the_close_is_an_adjustment_and_no_new_day(house, staff):
    compute(house, "2026-10-12", "GM", known_at="2026-10-13 09:30")
    compute(house, "2026-10-12", "GM", known_at="2026-11-07 09:30")
    staff("ann")
    compute(house, "2026-10-12", "GM", known_at="2026-11-10 09:30")
    house.expect("attendance.attendance_day\nemployee_id\nwitness-GM")
    house.expect("attendance.adjustment\nemployee_id | counted_in | absent_days_delta\nann | 2026-11-01 | 1.00")
