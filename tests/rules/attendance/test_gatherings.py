"""Meetings and trainings (YJ-A4): late is a late arrival, missed an early leave, being there attendance."""

import pytest

from backoffice.database import statement
from tests.rules.attendance.conftest import compute, punches
from tests.rules.attendance.test_offences import YIJING, out


@pytest.fixture
def yijing(house):
    """Site YJ, where meetings count; a site GM, where they do not."""
    house.given(*YIJING)
    return house


@pytest.fixture
def people(yijing, staff):
    """Hire people at YJ who come at 08:20 and go at 18:10 on the 12th."""

    def hire(*names: str) -> None:
        staff(*names, site="YJ", shift="Y")
        for name in names:
            punches(yijing, f"{name} | 2026-10-12 08:20\n{name} | 2026-10-12 18:10", site="YJ")

    return hire


def gather(books, drawn: str, *, number: str = "M1", site: str = "YJ", held: str = "15:00 16:00") -> None:
    """A meeting on the 12th and its attendance list, drawn as `who | signed in | left | excused`."""
    starts, ends = held.split()
    books.given(
        "attendance.gathering\nsite_id | gathering_no | gathering_kind | gathering_name | starts_at | ends_at\n"
        f"{site} | {number} | 会议 | 周例会 | 2026-10-12 {starts} | 2026-10-12 {ends}"
    )
    lines = [line.split("|") for line in drawn.strip().splitlines()]

    def at(time: str) -> str:
        return "-" if time.strip() == "-" else f"2026-10-12 {time.strip()}"

    books.given(
        "attendance.gathering_attendee\ngathering_no | employee_id | signed_in_at | left_at | is_excused\n"
        + "\n".join(
            f"{number} | {who.strip()} | {at(came)} | {at(left)} | {excused}" for who, came, left, excused in lines
        )
    )


def test_YJ_A4_late_for_a_meeting_is_a_late_arrival_and_missing_it_an_early_leave(yijing, people):
    people("ann", "bob", "cid", "dan", "eve")
    gather(
        yijing,
        """
        ann | 14:58    | - | no
        bob | 15:00:59 | - | no
        cid | 15:12    | - | no
        dan | -        | - | no
        eve | -        | - | yes
        """,
    )
    compute(yijing, "2026-10-12", "YJ")
    yijing.expect(
        """
        attendance.offence
        employee_id | offence_kind | source_no | absent_days | late_minutes | early_minutes | fine_amount | rule_id
        cid         | 会议迟到     | M1        | 0.00        | 12           | 0             | 0.00        | YJ-A4
        dan         | 会议缺席     | M1        | 0.00        | 0            | 60            | 0.00        | YJ-A4
        """
    )
    yijing.expect(
        """
        attendance.offence
        employee_id | reason
        cid         | 15:00会议“周例会”，15:12签到，迟到12分钟
        dan         | 15:00至16:00会议“周例会”缺席，按早退计
        """
    )


def test_YJ_A4_where_seconds_count_they_count_at_a_meeting_too(yijing, people):
    yijing.given(
        "book.rule\nrule_set | rule_id | parameter | value | valid_from | clause\n"
        "yijing | YJ-A1 | seconds_mode | exact_second | 2026-01-01 | 精确到秒"
    )
    people("ann", "bob")
    gather(yijing, "ann | 15:00 | - | no\nbob | 15:00:01 | - | no")
    compute(yijing, "2026-10-12", "YJ")
    yijing.expect("attendance.offence\nemployee_id | offence_kind | late_minutes\nbob | 会议迟到 | 1")


def test_YJ_A4_a_house_with_figures_fines_a_late_meeting_like_a_late_arrival(yijing, people):
    yijing.given(
        """
        book.rule
        rule_set | rule_id | parameter             | value | valid_from | clause
        yijing   | YJ-A5   | late_limit_minutes    | 30    | 2026-01-01 | 三十分钟
        yijing   | YJ-A5   | late_fine_amount      | 10.00 | 2026-01-01 | 十元
        yijing   | YJ-A5   | late_over_absent_days | 0.5   | 2026-01-01 | 半天
        yijing   | YJ-A5   | early_fine_amount     | 5.00  | 2026-01-01 | 五元
        """
    )
    people("ann", "bob", "cid")
    gather(yijing, "ann | 15:30:59 | - | no\nbob | 15:31 | - | no\ncid | - | - | no")
    compute(yijing, "2026-10-12", "YJ")
    yijing.expect(
        """
        attendance.offence
        employee_id | offence_kind | absent_days | late_minutes | early_minutes | fine_amount
        ann         | 会议迟到     | 0.00        | 30           | 0             | 10.00
        bob         | 会议迟到     | 0.50        | 31           | 0             | 0.00
        cid         | 会议缺席     | 0.00        | 0            | 60            | 5.00
        """
    )


def test_YJ_A4_leave_business_outside_rest_and_absence_all_day_excuse_from_a_meeting(yijing, staff, people):
    people("ann", "bob", "dan")
    staff("cid", "eve", site="YJ", shift="Y")
    yijing.connection.execute("update attendance.roster set shift_code = '休' where employee_id in ('cid', 'dan')")
    yijing.given(
        "attendance.leave\nslip_no | employee_id | leave_type | starts_at | ends_at | status | approver\n"
        "L1 | ann | 事假 | 2026-10-12 14:30 | 2026-10-12 18:00 | 批准 | sun"
    )
    out(yijing, "bob | 2026-10-12 14:40 | 2026-10-12 17:00 | 因公 | 组长 | - | -")
    gather(yijing, "ann | - | - | no\nbob | - | - | no\ncid | - | - | no\ndan | 15:20 | - | no\neve | - | - | no")
    compute(yijing, "2026-10-12", "YJ")
    yijing.expect(
        """
        attendance.offence
        employee_id | late_minutes | early_minutes | reason
        cid         | 0            | 0             | 15:00至16:00会议“周例会”缺席，当日休息，不计
        dan         | 0            | 0             | 15:00会议“周例会”，15:20签到，迟到20分钟，当日休息，不计
        """
    )


@pytest.mark.parametrize(("known_at", "count"), [("2026-10-12 15:59:59", 0), ("2026-10-12 16:00", 1)])
def test_YJ_A4_nobody_has_missed_a_meeting_before_it_is_over(yijing, people, known_at, count):
    people("ann")
    gather(yijing, "ann | - | - | no")
    compute(yijing, "2026-10-12", "YJ", known_at=known_at)
    assert len(yijing.query("select from attendance.offence")) == count


def test_a_house_where_meetings_do_not_count_judges_nobody_by_them(house, staff):
    staff("ann", "bob")
    punches(house, "ann | 2026-10-12 08:20\nbob | 2026-10-12 08:20")
    gather(house, "ann | 15:40 | - | no\nbob | - | - | no", site="GM")
    compute(house, "2026-10-12", "GM")
    house.expect("attendance.offence\nemployee_id", where="true")


def test_YJ_A4_a_training_at_the_start_or_end_of_a_shift_is_attendance(yijing, staff):
    staff("ann", "bob", "cid", "dan", site="YJ", shift="Y")
    punches(yijing, "ann | 2026-10-12 11:00\nann | 2026-10-12 18:10", site="YJ")
    punches(yijing, "bob | 2026-10-12 08:20", site="YJ")
    punches(yijing, "dan | 2026-10-12 11:00\ndan | 2026-10-12 18:10", site="YJ")
    gather(yijing, "ann | 08:10 | - | no\ndan | - | - | yes", held="08:15 10:30")
    gather(yijing, "bob | 15:00 | - | no", number="M2", held="15:00 18:30")
    gather(yijing, "cid | 08:20 | - | no", number="M3", held="08:30 18:00")
    compute(yijing, "2026-10-12", "YJ")
    yijing.expect(
        """
        attendance.attendance_day
        employee_id | status | late_minutes | early_minutes | absent_days
        ann         | 出勤   | 0            | 0             | 0.00
        bob         | 出勤   | 0            | 0             | 0.00
        cid         | 出勤   | 0            | 0             | 0.00
        dan         | 迟到   | 150          | 0             | 0.00
        """
    )


def test_YJ_A4_who_left_the_training_before_the_shift_was_over_is_not_covered(yijing, staff):
    staff("ann", "bob", site="YJ", shift="Y")
    punches(yijing, "ann | 2026-10-12 08:20\nbob | 2026-10-12 08:20", site="YJ")
    gather(yijing, "ann | 15:00 | 17:59 | no\nbob | 15:00 | 18:00 | no", held="15:00 18:30")
    compute(yijing, "2026-10-12", "YJ")
    yijing.expect("attendance.attendance_day\nemployee_id | status\nann | 缺卡\nbob | 出勤")


def test_where_meetings_do_not_count_only_who_came_in_time_is_excused_at_the_gate(house, staff):
    staff("ann", "bob")
    punches(house, "ann | 2026-10-12 09:00\nbob | 2026-10-12 09:00")
    gather(house, "ann | 08:30:59 | - | no\nbob | 08:31 | - | no", site="GM", held="08:00 09:00")
    compute(house, "2026-10-12", "GM")
    house.expect(
        "attendance.attendance_day\nemployee_id | status | late_minutes\nann | 出勤 | 0\nbob | 迟到 | 30",
        where="employee_id in ('ann', 'bob')",
    )


def test_the_sheet_names_who_was_due_who_came_and_who_did_not(yijing, people):
    people("ann", "bob", "cid", "dan", "eve")
    gather(yijing, "ann | 14:58 | - | no\nbob | 15:12 | - | no\ncid | - | - | no\ndan | - | - | yes")
    gather(yijing, "eve | 16:30 | - | no", number="M2", held="16:30 17:00")
    compute(yijing, "2026-10-12", "YJ")
    rows = yijing.query(
        statement("attendance/sheet_gatherings"),
        site_id="YJ",
        starts_on="2026-10-12",
        last_on="2026-10-12",
        known_at="2026-10-13 09:30",
    )
    assert [(row["meeting_name"], row["due_count"], row["present_count"], row["missed_by"]) for row in rows] == [
        ("会议：周例会", 3, 2, "bob（迟到12分钟）、cid（缺席）、dan（准假）"),
        ("会议：周例会", 1, 1, None),
    ]


def test_ATT_15_on_the_day_of_joining_nobody_is_late_for_a_meeting(yijing, people):
    people("ann")
    yijing.connection.execute("update book.employee set joined_on = '2026-10-12' where employee_id = 'ann'")
    gather(yijing, "ann | 15:12 | - | no")
    compute(yijing, "2026-10-12", "YJ")
    assert yijing.query("select from attendance.offence") == []
