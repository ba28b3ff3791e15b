"""Edges of what is judged beside the clock: what was not known, whose entry it is, who had come, which shift it was."""

import pytest

from tests.rules.attendance.conftest import compute, punches
from tests.rules.attendance.test_gatherings import gather, people, yijing  # noqa: F401
from tests.rules.attendance.test_offences import check, found, guomao, out, swap  # noqa: F401

#: told after the run that asks, and withdrawn before it
NOT_KNOWN = [{"recorded_at": "2026-10-14 09:00"}, {"superseded_at": "2026-10-13 09:00"}]


@pytest.mark.parametrize("known", NOT_KNOWN)
def test_an_outing_or_a_meeting_that_is_not_known_is_no_offence(guomao, people, staff, known):  # noqa: F811
    staff("ann")
    punches(guomao, "ann | 2026-10-12 08:20")
    guomao.given(
        "attendance.outing\nemployee_id | out_at | back_at | outing_kind\n"
        "ann | 2026-10-12 10:00 | 2026-10-12 11:00 | 因私",
        **known,
    )
    people("bob", "cid", "dan")
    gather(guomao, "cid | - | - | yes\ndan | - | - | yes")
    guomao.given(
        "attendance.gathering\nsite_id | gathering_no | gathering_kind | gathering_name | starts_at | ends_at\n"
        "YJ | M2 | 会议 | 晨会 | 2026-10-12 09:00 | 2026-10-12 10:00",
        **known,
    )
    for number, who in (("M1", "bob"), ("M2", "cid")):
        also = known if number == "M1" else {}
        guomao.given(
            "attendance.gathering_attendee\ngathering_no | employee_id | is_excused\n" + f"{number} | {who} | no",
            **also,
        )
    compute(guomao, "2026-10-12", "GM", "YJ", known_at="2026-10-13 09:30")
    assert found(guomao) == []


@pytest.mark.parametrize("known", NOT_KNOWN)
def test_a_training_that_is_not_known_covers_no_start_of_a_shift(yijing, staff, known):  # noqa: F811
    staff("ann", "bob", site="YJ", shift="Y")
    for who in ("ann", "bob"):
        punches(yijing, f"{who} | 2026-10-12 08:50\n{who} | 2026-10-12 18:10", site="YJ")
    gather(yijing, "dan | 08:10 | - | no", held="08:15 09:00")
    yijing.given(
        "attendance.gathering\nsite_id | gathering_no | gathering_kind | gathering_name | starts_at | ends_at\n"
        "YJ | M2 | 培训 | 早训 | 2026-10-12 08:15 | 2026-10-12 09:00",
        **known,
    )
    for number, who, also in (("M1", "ann", known), ("M2", "bob", {})):
        yijing.given(
            "attendance.gathering_attendee\ngathering_no | employee_id | signed_in_at | is_excused\n"
            f"{number} | {who} | 2026-10-12 08:10 | no",
            **also,
        )
    compute(yijing, "2026-10-12", "YJ", known_at="2026-10-13 09:30")
    yijing.expect(
        "attendance.attendance_day\nemployee_id | status | late_minutes\nann | 迟到 | 20\nbob | 迟到 | 20",
        where="employee_id in ('ann', 'bob')",
    )


def test_leave_that_was_shortened_covers_no_check_outside_its_new_hours(guomao, staff):  # noqa: F811
    staff("ann")
    punches(guomao, "ann | 2026-10-12 08:20")
    for starts_at, also in (("13:30", {"superseded_at": "2026-10-12 12:00"}), ("16:00", {})):
        guomao.given(
            "attendance.leave\nslip_no | employee_id | leave_type | starts_at | ends_at | asked_at | asked_by"
            " | approver | approver_level | submitted_on | status\n"
            f"L1 | ann | 事假 | 2026-10-12 {starts_at} | 2026-10-12 18:00 | 2026-10-11 10:00 | 本人 | sun"
            " | 部门经理 | 2026-10-12 | 批准",
            **also,
        )
    check(guomao, "ann 2026-10-12 15:00 不在岗", "ann 2026-10-12 16:30 不在岗")
    compute(guomao, "2026-10-12", "GM")
    guomao.expect("attendance.offence\nsource_no\n查岗2026-10-12 15:00:00")


def test_a_tap_of_the_night_before_or_one_told_later_is_no_arrival(guomao, staff):  # noqa: F811
    staff("ann", "bob")
    punches(guomao, "ann | 2026-10-12 00:30")
    punches(guomao, "bob | 2026-10-12 08:20", recorded_at="2026-10-14 09:00")
    check(guomao, "ann 2026-10-12 10:20 不在岗", "bob 2026-10-12 10:20 不在岗")
    compute(guomao, "2026-10-12", "GM", known_at="2026-10-13 09:30")
    assert found(guomao) == []


def test_whom_a_signature_or_a_meeting_shows_at_work_can_leave_the_post(guomao, staff):  # noqa: F811
    staff("ann", "bob")
    guomao.given(
        "attendance.missed_punch\nslip_no | employee_id | work_on | punch_kind | signer | signed_at | status\n"
        "B1 | ann | 2026-10-12 | 上班 | 孙经理 | 2026-10-12 09:00 | 批准"
    )
    gather(guomao, "bob | 08:25 | - | no", site="GM", held="08:30 09:30")
    check(guomao, "ann 2026-10-12 10:20 不在岗", "bob 2026-10-12 10:20 不在岗")
    compute(guomao, "2026-10-12", "GM")
    assert found(guomao) == [("ann", "12", "脱岗", "1.00"), ("bob", "12", "脱岗", "1.00")]


def test_who_need_not_punch_can_leave_the_post(guomao, staff):  # noqa: F811
    guomao.connection.execute("update book.rule set value = '否' where parameter = 'is_in_required'")
    staff("ann")
    check(guomao, "ann 2026-10-12 10:20 不在岗")
    compute(guomao, "2026-10-12", "GM")
    assert found(guomao) == [("ann", "12", "脱岗", "1.00")]


def test_the_outing_of_a_colleague_excuses_nobody_else_at_a_check(guomao, staff):  # noqa: F811
    staff("ann", "bob")
    punches(guomao, "ann | 2026-10-12 08:20\nbob | 2026-10-12 08:20")
    out(guomao, "bob | 2026-10-12 10:00 | 2026-10-12 11:00 | 因公 | 孙经理 | - | -")
    check(guomao, "ann 2026-10-12 10:30 不在岗", "bob 2026-10-12 10:30 不在岗")
    compute(guomao, "2026-10-12", "GM")
    assert found(guomao) == [("ann", "12", "脱岗", "1.00")]


@pytest.mark.parametrize(
    ("time", "is_away"),
    [
        ("09:59:59", True),  # before signing in
        ("10:00:00", False),
        ("10:29:59", False),
        ("10:30:00", True),  # left it early
    ],
)
def test_who_sits_in_a_meeting_has_left_no_post_from_signing_in_until_leaving_it(guomao, staff, time, is_away):  # noqa: F811
    staff("ann", "bob")
    punches(guomao, "ann | 2026-10-12 08:20\nbob | 2026-10-12 08:20")
    gather(guomao, "ann | 10:00 | 10:30 | no\nbob | 10:00 | - | no", site="GM", held="09:50 11:00")
    check(guomao, f"ann 2026-10-12 {time} 不在岗", "bob 2026-10-12 10:59:59 不在岗", "bob 2026-10-12 11:00 不在岗")
    compute(guomao, "2026-10-12", "GM")
    assert found(guomao) == [("ann", "12", "脱岗", "1.00")] * is_away + [("bob", "12", "脱岗", "1.00")]


def test_an_outing_on_business_nobody_agreed_to_or_a_private_one_brings_nobody_to_work(guomao, staff):  # noqa: F811
    staff("ann", "bob", "cid")
    out(
        guomao,
        """
        ann | 2026-10-12 08:00 | 2026-10-12 09:00 | 因公 | -      | - | -
        bob | 2026-10-12 08:00 | 2026-10-12 09:00 | 因私 | 孙经理 | - | -
        cid | 2026-10-12 08:00 | 2026-10-12 09:00 | 因公 | 孙经理 | - | -
        """,
    )
    check(guomao, *(f"{who} 2026-10-12 10:20 不在岗" for who in ("ann", "bob", "cid")))
    compute(guomao, "2026-10-12", "GM")
    assert found(guomao) == [("cid", "12", "脱岗", "1.00")]


def test_lunch_outside_the_break_nobody_agreed_to_is_leaving_the_post_and_not_measured_too(guomao, staff):  # noqa: F811
    guomao.given(
        "book.rule\nrule_set | rule_id | parameter | value | valid_from | clause\n"
        "guomao | GM-A8 | lunch_over_absent_days | 0.5 | 2026-01-01 | 超时半天"
    )
    staff("ann")
    punches(guomao, "ann | 2026-10-12 08:20")
    out(guomao, "ann | 2026-10-12 11:00 | 2026-10-12 12:30 | 用餐 | - | - | -")
    compute(guomao, "2026-10-12", "GM")
    assert found(guomao) == [("ann", "12", "脱岗", "1.00")]


def test_one_offence_is_never_more_than_a_day(guomao, staff):  # noqa: F811
    guomao.connection.execute("update book.rule set value = '2' where parameter = 'left_post_absent_days'")
    staff("ann")
    punches(guomao, "ann | 2026-10-12 08:20")
    check(guomao, "ann 2026-10-12 10:20 不在岗")
    compute(guomao, "2026-10-12", "GM")
    assert found(guomao) == [("ann", "12", "脱岗", "1.00")]


# Meetings -----------------------------------------------------------------------------------------------

COUNTED = """
    book.rule
    rule_set | rule_id | parameter             | value | valid_from | clause
    guomao   | YJ-A4   | gatherings_count      | 是    | 2026-01-01 | 会议培训计考勤
    guomao   | YJ-A5   | early_fine_amount     | 5.00  | 2026-01-01 | 早退五元
"""


def test_YJ_A4_a_meeting_at_dawn_belongs_to_the_night_shift_within_which_it_begins(guomao, staff):  # noqa: F811
    guomao.given(COUNTED)
    staff("ann", shift="N", on="2026-10-11")
    guomao.given("attendance.roster\nemployee_id | work_on | shift_code\nann | 2026-10-12 | N")
    punches(guomao, "ann | 2026-10-11 18:20\nann | 2026-10-12 08:05\nann | 2026-10-12 18:20\nann | 2026-10-13 08:05")
    gather(guomao, "ann | 06:12 | - | no", site="GM", held="06:00 07:00")
    compute(guomao, "2026-10-11..2026-10-12", "GM")
    assert found(guomao) == [("ann", "11", "会议迟到", "0.00")]


def test_YJ_A4_a_house_that_only_counts_lateness_fines_every_late_meeting(guomao, staff):  # noqa: F811
    guomao.given(COUNTED)
    guomao.connection.execute("delete from book.rule where parameter = 'late_over_absent_days'")
    staff("ann")
    punches(guomao, "ann | 2026-10-12 08:20")
    gather(guomao, "ann | 15:31 | - | no", site="GM")
    compute(guomao, "2026-10-12", "GM")
    guomao.expect("attendance.offence\noffence_kind | absent_days | fine_amount\n会议迟到 | 0.00 | 10.00")


def test_YJ_A4_a_meeting_on_a_day_of_rest_costs_nothing_in_a_house_with_figures_either(guomao, staff):  # noqa: F811
    guomao.given(COUNTED)
    staff("ann", "bob", shift="休")
    gather(guomao, "ann | 15:12 | - | no\nbob | - | - | no", site="GM")
    compute(guomao, "2026-10-12", "GM")
    guomao.expect(
        """
        attendance.offence
        employee_id | offence_kind | absent_days | late_minutes | early_minutes | fine_amount
        ann         | 会议迟到     | 0.00        | 0            | 0             | 0.00
        bob         | 会议缺席     | 0.00        | 0            | 0             | 0.00
        """
    )


def test_YJ_A4_who_was_out_on_business_or_on_leave_when_it_began_may_come_late_to_a_meeting(guomao, staff):  # noqa: F811
    guomao.given(COUNTED)
    staff("ann", "bob", "cid")
    punches(guomao, "ann | 2026-10-12 08:20\nbob | 2026-10-12 08:20\ncid | 2026-10-12 08:20")
    out(
        guomao,
        "ann | 2026-10-12 14:00 | 2026-10-12 15:10 | 因公 | 孙经理 | - | -\n"
        "cid | 2026-10-12 14:00 | 2026-10-12 15:00 | 因公 | 孙经理 | - | -",
    )
    guomao.given(
        "attendance.leave\nslip_no | employee_id | leave_type | starts_at | ends_at | asked_at | asked_by"
        " | approver | approver_level | submitted_on | status\n"
        "L1 | bob | 事假 | 2026-10-12 13:30 | 2026-10-12 15:10 | 2026-10-11 10:00 | 本人 | sun"
        " | 部门经理 | 2026-10-12 | 批准"
    )
    gather(guomao, "ann | 15:12 | - | no\nbob | 15:12 | - | no\ncid | 15:12 | - | no", site="GM")
    compute(guomao, "2026-10-12", "GM")
    assert found(guomao) == [("cid", "12", "会议迟到", "0.00")], "cid was back when it began"


@pytest.mark.parametrize(
    ("signed_in", "left", "held", "status"),
    [
        ("08:25", "-", "08:30 09:00", "出勤"),  # begins with the shift
        ("08:35", "-", "08:31 09:00", "迟到"),  # begins after it
        ("08:10", "08:30", "08:15 09:00", "迟到"),  # left before the shift began
        ("08:10", "08:31", "08:15 09:00", "出勤"),
    ],
)
def test_YJ_A4_a_training_covers_the_start_if_it_is_on_then(yijing, staff, signed_in, left, held, status):  # noqa: F811
    staff("ann", site="YJ", shift="Y")
    punches(yijing, "ann | 2026-10-12 09:05\nann | 2026-10-12 18:10", site="YJ")
    gather(yijing, f"ann | {signed_in} | {left} | no", held=held)
    compute(yijing, "2026-10-12", "YJ")
    yijing.expect(f"attendance.attendance_day\nemployee_id | status\nann | {status}", where="employee_id = 'ann'")


@pytest.mark.parametrize(
    ("signed_in", "held", "status"),
    [
        ("15:00", "15:00 18:00", "出勤"),  # ends with the shift
        ("15:00", "15:00 17:59", "缺卡"),
        ("18:00", "15:00 18:30", "缺卡"),  # came when the shift was over
        ("17:59", "15:00 18:30", "出勤"),
    ],
)
def test_YJ_A4_a_training_covers_the_end_of_who_was_there(guomao, staff, signed_in, held, status):  # noqa: F811
    guomao.connection.execute("update book.rule set value = '是' where parameter = 'is_out_required'")
    staff("ann")
    punches(guomao, "ann | 2026-10-12 08:20")
    gather(guomao, f"ann | {signed_in} | - | no", site="GM", held=held)
    compute(guomao, "2026-10-12", "GM")
    guomao.expect(f"attendance.attendance_day\nemployee_id | status\nann | {status}", where="employee_id = 'ann'")


@pytest.mark.parametrize(
    ("left", "held", "status"),
    [
        ("-", "12:00 14:30", "出勤"),
        ("14:30", "11:00 15:00", "出勤"),
        ("14:29", "11:00 15:00", "缺卡"),  # left before the noon was over
        ("-", "11:00 14:29", "缺卡"),
        ("-", "12:01 15:00", "缺卡"),
    ],
)
def test_YJ_A4_a_training_covers_the_noon_if_it_is_on_all_of_it(yijing, staff, left, held, status):  # noqa: F811
    yijing.given(
        "book.rule\nrule_set | rule_id | parameter | value | valid_from | clause\n"
        "yijing | YJ-A1 | are_noon_punches_required | 是 | 2026-01-01 | 中午也打卡"
    )
    staff("ann", site="YJ", shift="Y")
    punches(yijing, "ann | 2026-10-12 08:20\nann | 2026-10-12 18:10", site="YJ")
    gather(yijing, f"ann | 11:00 | {left} | no", held=held)
    compute(yijing, "2026-10-12", "YJ")
    yijing.expect(f"attendance.attendance_day\nemployee_id | status\nann | {status}", where="employee_id = 'ann'")


# Swaps --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("agreed", "status", "count"),
    [
        ("no | yes", "批准", 2),  # who is said to have asked did not agree
        ("yes | yes", "撤销", 0),  # nobody asks any more
    ],
)
def test_GM_A6_who_swapped_without_agreeing_and_who_withdrew(guomao, staff, agreed, status, count):  # noqa: F811
    staff("ann", shift="A")
    staff("bob", shift="N")
    punches(guomao, "ann | 2026-10-12 18:25\nann | 2026-10-13 08:05\nbob | 2026-10-12 08:20\nbob | 2026-10-12 18:05")
    swap(guomao, f"H1 | 换班 | ann | bob | 2026-10-12 | 2026-10-12 | 2026-10-10 09:00 | {agreed} | 孙经理 | {status}")
    compute(guomao, "2026-10-12", "GM")
    assert len(found(guomao)) == count


def test_YJ_A4_where_nobody_punches_a_swap_of_rest_days_nobody_told_of_is_a_day_of_absence(yijing, staff):  # noqa: F811
    yijing.connection.execute(
        "update book.rule set value = '否' where rule_set = 'yijing' and parameter like 'is%%required'"
    )
    staff("ann", site="YJ", shift="Y", on="2026-10-12")
    staff("bob", site="YJ", shift="Y", on="2026-10-13")
    yijing.given("attendance.roster\nemployee_id | work_on | shift_code\nann | 2026-10-13 | 休\nbob | 2026-10-12 | 休")
    punches(yijing, "bob | 2026-10-12 08:20", site="YJ")
    punches(yijing, "bob | 2026-10-13 08:20", site="YJ")
    swap(yijing, "T1 | 调休 | ann | bob | 2026-10-12 | 2026-10-13 | 2026-10-12 09:00 | yes | yes | 孙经理 | 批准")
    compute(yijing, "2026-10-12..2026-10-13", "YJ")
    assert found(yijing) == [("ann", "12", "未告知调休", "1.00")], "bob came on the 13th all the same"
