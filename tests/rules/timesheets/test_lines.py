"""A month of a person as one line: a symbol a day, days that add up, fines by kind, what earlier months left behind."""

from decimal import Decimal

import psycopg
import pytest

from backoffice.database import rows
from backoffice.runs import carry_out
from tests.drawing import Books
from tests.rules.timesheets.conftest import (
    FINAL_AT,
    KEPT,
    RECKON,
    adjust,
    close,
    day,
    fill,
    gaps,
    heard,
    hire,
    line,
    offence,
    problems,
    reckon,
    slip,
    waive,
)

ALL_KINDS = "节节节休√√√休迟早×半事病年假调公夜缺√√√休√√√√√√√"


def test_every_day_of_a_month_is_one_symbol_and_the_days_add_up_to_the_calendar(house: Books):
    fill(house, "ann", ALL_KINDS)
    house.given("attendance.wage\nemployee_id | month_on | monthly_wage_amount\nann | 2026-10-01 | 4500.00")
    reckon(house)
    found = line(house, "ann")
    assert "".join(found["marks"]) == ALL_KINDS
    house.expect(
        """
        attendance.month_line
        calendar_days | due_days | attended_days | rest_days | statutory_days | absent_days | outing_days | night_count
        31.00         | 25.00    | 19.00         | 3.00      | 3.00           | 1.50        | 1.00        | 1
        """
    )
    assert found["leave_days"] == {"事假": 1, "病假": 1, "年休假": 1, "调休": Decimal("0.5"), "陪产假": 1}
    assert found["remark"] == "其他假：陪产假1天"
    # the 45 minutes of 半 became absence
    assert (found["late_count"], found["late_minutes"], found["early_count"]) == (1, 12, 1)
    house.expect(
        "ops.result\nhold_reason\n1人 应出勤25.0天 旷工1.5天 请假4.5天 罚款15.00元 待确认0天", "workflow like 'm%'"
    )


def test_who_signs_is_told_of_how_many_people_no_wage_is_known_by_the_settlement(house: Books):
    fill(house, "ann", ALL_KINDS)
    fill(house, "bob", ALL_KINDS)
    wage = "attendance.wage\nemployee_id | month_on | monthly_wage_amount\n"
    house.given(wage + "bob | 2026-09-01 | 4500.00")  # of another month
    reckon(house)
    assert "其中2人没有本月工资标准" in asked(house)
    house.given(wage + "ann | 2026-10-01 | 4500.00", recorded_at="2026-11-02 09:00+08")
    close(house)
    carry_out(house.connection, reckon(house, known_at=FINAL_AT), ["timesheets/renew_results"])
    assert "其中1人没有本月工资标准" in asked(house)
    house.given(wage + "bob | 2026-10-01 | 4500.00", recorded_at="2026-11-10 09:00+08")
    carry_out(house.connection, reckon(house, known_at="2026-11-11 09:00+08"), ["timesheets/renew_results"])
    assert asked(house).endswith("待确认0天")


def asked(books: Books) -> str:
    """What the gate asks; the sheet's lines stay one revision."""
    [held] = books.query("select hold_reason from ops.result where workflow = 'monthly_attendance'")
    return held["hold_reason"]


@pytest.mark.parametrize(
    ("said", "mark", "also"),
    [
        ("×", "×", {"late_minutes": 50}),
        ("半", "半", {"leave_days": 0.5, "attended_days": 0, "leave_type": "事假"}),
        ("调", "调", {"late_minutes": 10, "fine_amount": 10}),
        ("缺", "缺", {"late_minutes": 10}),
        ("缺", "半", {"absent_days": 0.5, "attended_days": 0.5}),
        ("缺", "?", {"pending_days": 1, "attended_days": 0}),
        ("迟", "迟", {"early_minutes": 5, "is_night": True}),
        ("早", "早", {"is_night": True}),
        ("公", "公", {"is_night": True}),
        ("夜", "夜", {}),
        ("√", "√", {"overtime_kind": "法定节假日", "overtime_hours": 8}),
        ("休", "休", {"overtime_kind": "休息日", "overtime_hours": 3}),
    ],
)
def test_of_several_symbols_the_one_that_matters_most_is_shown(house: Books, said: str, mark: str, also: dict):
    fill(house, "ann", "√" * 30 + "○")
    day(house, "ann", "2026-10-31", said, **also)
    reckon(house)
    assert line(house, "ann")["marks"][30] == mark


SPELLS = {
    "due_in_at": "2026-10-31 08:30+08",
    "due_out_at": "2026-10-31 12:00+08",
    "second_due_in_at": "2026-10-31 14:30+08",
    "second_due_out_at": "2026-10-31 18:00+08",
    "in_at": "2026-10-31 08:25+08",
    "out_at": "2026-10-31 12:00+08",
    "second_in_at": "2026-10-31 14:25+08",
    "second_out_at": "2026-10-31 18:02+08",
}


@pytest.mark.parametrize(
    ("said", "marks", "late_count", "also"),
    [
        ("√", "√√", 0, {}),
        ("迟", "迟√", 1, {"in_at": "2026-10-31 08:40+08"}),
        ("迟", "√迟", 1, {"second_in_at": "2026-10-31 14:42+08"}),
        ("迟", "迟迟", 2, {"in_at": "2026-10-31 08:40+08", "second_in_at": "2026-10-31 14:42+08", "fine_amount": 20}),
        ("半", "√×", 0, {"second_in_at": "2026-10-31 15:15+08"}),
        ("半", "×√", 0, {"in_at": None, "out_at": None, "late_minutes": 0}),
        ("半", "迟×", 1, {"in_at": "2026-10-31 08:40+08", "second_in_at": "2026-10-31 15:05+08", "fine_amount": 10}),
        ("调", "√调", 0, {"second_in_at": None, "second_out_at": None}),
        ("调", "调√", 0, {"due_in_at": None, "in_at": None, "out_at": None}),
        ("早", "√早", 0, {}),
        ("×", "×", 0, {}),
        ("病", "病", 0, {}),
        ("休", "休", 0, {}),
    ],
)
def test_a_day_of_two_spells_has_a_symbol_for_each_half(house: Books, said, marks, late_count, also):
    fill(house, "ann", "√" * 29 + "○○")
    day(house, "ann", "2026-10-30", "√", **{name: at.replace("-31", "-30") for name, at in SPELLS.items()})
    day(house, "ann", "2026-10-31", said, **(SPELLS | also))
    reckon(house)
    found = line(house, "ann")
    assert found["marks"][30] + found["afternoon_marks"][30] == marks
    assert (found["late_count"], found["marks"][0], found["afternoon_marks"][0]) == (late_count, "√", "")


def test_who_never_has_two_spells_has_no_second_line(house: Books):
    fill(house, "ann", "√")
    reckon(house)
    assert line(house, "ann")["afternoon_marks"] is None


def test_before_joining_and_after_leaving_a_person_is_not_employed(house: Books):
    hire(house, "ann", joined_on="2026-10-15", left_on="2026-10-20")
    fill(house, "ann", "○" * 14 + "√" * 6 + "○")
    reckon(house)
    found = line(house, "ann")
    assert "".join(found["marks"]) == "○" * 14 + "√" * 6 + "○" * 11
    assert (found["due_days"], found["unemployed_days"]) == (6, 25)
    assert (str(found["joined_on"]), str(found["left_on"])) == ("2026-10-15", "2026-10-20")


def test_a_transfer_in_mid_month_gives_a_line_at_each_site_and_together_they_are_the_month(house: Books):
    fill(house, "ann", "√" * 15 + "○", site="GM")
    fill(house, "ann", "○" * 15 + "√", site="CN")
    reckon(house, sites=("GM", "CN"))
    here, there = line(house, "ann", "GM"), line(house, "ann", "CN")
    assert (here["due_days"], here["unemployed_days"], here["remark"]) == (15, 16, "调动：10-16至10-31在城南壹号")
    assert (there["due_days"], there["unemployed_days"], there["remark"]) == (16, 15, "调动：10-01至10-15在国贸大厦")


def test_a_day_of_two_slips_is_shared_between_their_types(house: Books):
    fill(house, "ann", "√" * 30 + "○")
    day(house, "ann", "2026-10-31", "事", leave_slip_no="1、2")
    house.given(
        """
        attendance.leave
        slip_no | employee_id | leave_type | starts_at           | ends_at             | status
        1       | ann         | 事假       | 2026-10-31 08:30+08 | 2026-10-31 12:00+08 | 批准
        2       | ann         | 病假       | 2026-10-31 13:30+08 | 2026-10-31 18:00+08 | 批准
        """
    )
    reckon(house)
    assert line(house, "ann")["leave_days"] == {"事假": Decimal("0.5"), "病假": Decimal("0.5")}


def test_a_day_of_three_slips_is_shared_to_the_last_hundredth_and_other_slips_have_no_part_of_it(house: Books):
    fill(house, "ann", "√" * 30 + "○")
    day(house, "ann", "2026-10-31", "事", leave_slip_no="1、2、3")
    house.given(
        """
        attendance.leave
        slip_no | employee_id | leave_type | starts_at           | ends_at             | status
        1       | ann         | 事假       | 2026-10-31 08:30+08 | 2026-10-31 12:00+08 | 批准
        2       | ann         | 病假       | 2026-10-31 13:30+08 | 2026-10-31 16:00+08 | 批准
        3       | ann         | 年假       | 2026-10-31 16:00+08 | 2026-10-31 18:00+08 | 批准
        4       | ann         | 婚假       | 2026-11-02 08:30+08 | 2026-11-02 18:00+08 | 批准
        """
    )
    reckon(house)
    shares = line(house, "ann")["leave_days"]
    assert {kind: str(days) for kind, days in shares.items()} == {"事假": "0.34", "年休假": "0.33", "病假": "0.33"}


def test_a_line_names_department_and_post_as_they_were_on_the_last_day(house: Books):
    fill(house, "ann", "√" * 30 + "○")
    day(house, "ann", "2026-10-31", department="后勤部", post="主管")
    reckon(house)
    found = line(house, "ann")
    assert (found["department"], found["post"]) == ("后勤部", "主管")


def test_lateness_that_was_fined_is_counted_although_half_a_day_is_absence(house: Books):
    fill(house, "ann", "√" * 29 + "○")
    day(house, "ann", "2026-10-30", "半")
    day(house, "ann", "2026-10-31", "半", fine_amount=10)
    reckon(house)
    found = line(house, "ann")
    assert (found["absent_days"], found["late_count"], found["late_minutes"]) == (1, 1, 45)


def test_trainings_are_a_symbol_and_with_meetings_a_number(house: Books):
    fill(house, "ann", "√")
    house.given(
        """
        attendance.gathering
        site_id | gathering_no | gathering_kind | gathering_name | starts_at           | ends_at
        GM      | P1           | 培训           | 产品培训       | 2026-10-12 09:00+08 | 2026-10-12 11:00+08
        GM      | M1           | 会议           | 周会           | 2026-10-13 09:00+08 | 2026-10-13 10:00+08
        GM      | M2           | 会议           | 周会           | 2026-10-20 09:00+08 | 2026-10-20 10:00+08
        """,
        """
        attendance.gathering_attendee
        gathering_no | employee_id | signed_in_at
        P1           | ann         | 2026-10-12 08:59+08
        M1           | ann         | 2026-10-13 09:00+08
        M2           | ann         | -
        """,
    )
    reckon(house)
    found = line(house, "ann")
    assert (found["marks"][11], found["marks"][12], found["gathering_count"]) == ("培", "√", 2)


def test_overtime_stands_in_three_columns_that_are_never_mixed(house: Books):
    fill(house, "ann", "√" * 28 + "○")
    for number, kind in enumerate(("平日", "休息日", "法定节假日"), 29):
        day(house, "ann", f"2026-10-{number}", overtime_kind=kind, overtime_hours=number - 26.5)
    reckon(house)
    house.expect(
        """
        attendance.month_line
        workday_overtime_hours | rest_overtime_hours | statutory_overtime_hours
        2.50                   | 3.50                | 4.50
        """
    )


# Fines ----------------------------------------------------------------------------------------------------


def fines(books: Books, name: str = "ann", month_on: str = "2026-10-01") -> dict[str, str]:
    """What is not zero, by kind, and the sum."""
    names = ("late", "early", "gathering", "conduct", "call", "charge", "waived", "adjusted", "total")
    found = line(books, name, month_on=month_on)
    amounts = [
        found[column]
        for column in (
            "late_fine_amount", "early_fine_amount", "gathering_fine_amount", "conduct_fine_amount", "call_fine_amount",
            "call_charge_amount", "waived_amount", "adjusted_fine_amount", "fine_total",
        )
    ]  # fmt: skip
    return {kind: str(amount) for kind, amount in zip(names, amounts, strict=True) if amount}


def test_a_day_s_fine_is_told_apart_into_late_early_and_meetings_and_adds_up(house: Books):
    fill(house, "ann", "√" * 27 + "○")
    day(house, "ann", "2026-10-28", "迟")
    day(house, "ann", "2026-10-29", "早")
    # both: what the rule says of leaving early is the early part
    day(house, "ann", "2026-10-30", "迟", early_minutes=10, fine_amount=15)
    # late for a meeting beside a late arrival: the day's fine is the sum, its minutes are the clock's alone
    day(house, "ann", "2026-10-31", "迟", fine_amount=17.5)
    offence(house, "ann", "2026-10-31", "会议迟到", "7.5", late_minutes="8")
    reckon(house)
    assert fines(house) == {"late": "30.00", "early": "10.00", "gathering": "7.50", "total": "47.50"}
    found = line(house, "ann")
    assert (found["late_count"], found["late_minutes"], found["early_count"]) == (4, 12 + 12 + 12 + 8, 2)


def test_conduct_slips_that_hold_are_fined_and_what_a_call_cost_is_no_fine(house: Books):
    fill(house, "ann", "√")
    slip(house, "1", "ann", "2026-10-12", "10")
    slip(house, "2", "ann", "2026-10-13", "25.60", "12.80")
    slip(house, "3", "ann", "2026-10-14", "0", state="待确认")
    reckon(house)
    assert fines(house) == {"conduct": "10.00", "call": "25.60", "charge": "12.80", "total": "35.60"}


@pytest.mark.parametrize(
    ("waivers", "waived"),
    [
        ([("迟到", "4", {})], "4.00"),
        ([("迟到", "-", {})], "10.00"),
        ([("迟到", "99", {})], "10.00"),
        ([("迟到", "6", {}), ("迟到", "6", {})], "10.00"),
        ([("迟到", "4", {"status": "未批准"})], None),
        ([("早退", "4", {})], None),
        ([("违纪", "-", {"slip_no": "1"})], "20.00"),
        ([("违纪", "-", {})], "50.00"),
        ([("违纪", "25", {"slip_no": "1"}), ("违纪", "-", {"slip_no": "1"})], "20.00"),
        ([("违纪", "15", {"slip_no": "1"}), ("违纪", "45", {})], "50.00"),
        ([("违纪", "-", {"slip_no": "9"})], None),
        ([("收费电话", "-", {})], "8.00"),
    ],
)
def test_no_more_is_waived_than_was_levied_of_that_kind_on_that_day(house: Books, waivers, waived):
    fill(house, "ann", "√" * 30 + "迟")
    slip(house, "1", "ann", "2026-10-31", "20")
    slip(house, "2", "ann", "2026-10-31", "30")
    slip(house, "3", "ann", "2026-10-31", "8", "4")
    for number, (kind, amount, also) in enumerate(waivers):
        waive(house, f"W{number}", "ann", "2026-10-31", kind, amount, **also)
    reckon(house)
    assert fines(house).get("waived") == waived
    assert Decimal(fines(house)["total"]) == Decimal(68) - Decimal(waived or 0)


def test_a_waiver_is_seen_from_the_moment_it_is_known(house: Books):
    fill(house, "ann", "迟√")
    waive(house, "W1", "ann", "2026-10-01", "迟到", recorded_at="2026-11-02 00:00+08")
    reckon(house)
    assert "waived" not in fines(house)
    reckon(house, known_at=FINAL_AT)
    assert fines(house) == {"late": "10.00", "waived": "10.00"}


def test_ATT_10_and_ATT_14_what_an_earlier_month_left_behind_stands_outside_the_sums(house: Books):
    fill(house, "ann", "迟√")
    adjust(house, "ann", "2026-09-12", "-1", "1", "-10")
    slip(house, "118", "ann", "2026-09-13", "50", "6", counted_in="2026-10-01")
    reckon(house)
    found = line(house, "ann")
    assert (found["adjusted_absent_days"], found["adjusted_leave_days"]) == (-1, 1)
    assert (found["due_days"], found["absent_days"], found["leave_days"]) == (31, 0, {})
    assert fines(house) == {"late": "10.00", "charge": "6.00", "adjusted": "40.00", "total": "50.00"}


def test_a_waiver_that_comes_after_the_close_is_borne_by_the_open_month(house: Books):
    heard(house, "2026-11")
    fill(house, "ann", "迟√")
    fill(house, "ann", "√", "2026-11")
    close(house)
    waive(house, "W1", "ann", "2026-10-01", "迟到", recorded_at="2026-11-20 00:00+08")
    run = reckon(house, known_at=FINAL_AT)
    house.run("payroll/post_fine_entries", run_id=run, site_id="GM", base_on="2026-10-01")
    reckon(house, "2026-11", "2026-12-01 10:30+08")
    assert fines(house) == {"late": "10.00", "total": "10.00"}
    assert fines(house, month_on="2026-11-01") == {"adjusted": "-10.00", "total": "-10.00"}


def test_who_left_and_still_bears_something_has_a_line_of_days_not_employed(house: Books):
    hire(house, "bob", left_on="2026-09-30", employee_name="老王")
    fill(house, "ann", "√")
    slip(house, "118", "bob", "2026-09-13", "50", counted_in="2026-10-01")
    reckon(house)
    found = line(house, "bob")
    assert (found["employee_name"], found["unemployed_days"], found["due_days"]) == ("老王", 31, 0)
    assert set(found["marks"]) == {"○"} and fines(house, "bob") == {"adjusted": "50.00", "total": "50.00"}


# Running again, issuing, gaps -----------------------------------------------------------------------------


def test_running_again_writes_nothing_and_what_differs_is_a_revision(house: Books):
    fill(house, "ann", "√" * 30 + "?")
    reckon(house)
    before = house.row_versions(*KEPT)
    reckon(house)
    assert house.row_versions(*KEPT) == before
    house.connection.execute("delete from attendance.attendance_day where work_on = '2026-10-31'")
    day(house, "ann", "2026-10-31", "√")
    reckon(house)
    house.expect("attendance.month_line\nrevision | pending_days\n1 | 1.00\n2 | 0.00")
    house.expect("ops.result\nrevision | state\n1 | held\n2 | held", "workflow = 'monthly_attendance'")


def test_somebody_who_is_gone_from_the_days_is_gone_from_the_next_revision(house: Books):
    fill(house, "ann", "√")
    fill(house, "bob", "√")
    reckon(house)
    house.connection.execute("delete from attendance.attendance_day where employee_id = 'bob'")
    reckon(house)
    house.expect("attendance.month_line\nrevision | employee_id\n1 | ann\n1 | bob\n2 | ann")


def test_OPS_21_an_issued_month_stands_whatever_its_days_say_since(house: Books):
    fill(house, "ann", "√")
    close(house)
    run = reckon(house, known_at=FINAL_AT)
    house.run("ops/close_period", run_id=run, site_id="GM", base_on="2026-10-01", until_on="2026-11-01")
    house.connection.execute("delete from attendance.attendance_day where work_on = '2026-10-31'")
    before = house.row_versions(*KEPT)
    reckon(house, known_at=FINAL_AT)
    assert house.row_versions(*KEPT) == before


def test_an_empty_month_has_no_lines_and_no_result(house: Books):
    reckon(house)
    assert house.query("select from attendance.month_line") == []
    assert house.query("select from ops.result where workflow = 'monthly_attendance'") == []


def test_sites_and_months_of_one_run_are_kept_apart(house: Books):
    heard(house, "2026-11")
    fill(house, "ann", "√")
    fill(house, "bob", "√", site="CN")
    fill(house, "ann", "休", "2026-11")
    reckon(house, "2026-10-01..2026-11-30", "2026-12-01 10:30+08", sites=("GM", "CN"))
    house.expect(
        """
        attendance.month_line
        site_id | month_on   | employee_id | due_days | rest_days
        GM      | 2026-10-01 | ann         | 31.00    | 0.00
        CN      | 2026-10-01 | bob         | 31.00    | 0.00
        GM      | 2026-11-01 | ann         | 0.00     | 30.00
        """
    )


def test_a_draft_shows_days_never_computed_as_pending_for_who_was_employed(house: Books):
    hire(house, "ann")
    hire(house, "bob", left_on="2026-10-30")
    fill(house, "ann", "√" * 30 + "○")
    fill(house, "bob", "√" * 30 + "○")
    house.connection.execute("delete from ops.result where base_on = '2026-10-31'")
    run = reckon(house)
    assert gaps(house, run) == []
    assert (line(house, "ann")["marks"][30], line(house, "ann")["pending_days"]) == ("?", 1)
    assert (line(house, "bob")["marks"][30], line(house, "bob")["pending_days"]) == ("○", 0)


def test_a_site_that_opened_in_mid_month_misses_no_day_before(house: Books):
    house.connection.execute("update book.site set opened_on = '2026-10-16' where site_id = 'GM'")
    house.connection.execute("delete from ops.result where site_id = 'GM' and base_on < '2026-10-16'")
    hire(house, "ann")
    fill(house, "ann", "○" * 15 + "√")
    close(house)
    assert gaps(house, reckon(house, known_at=FINAL_AT)) == []
    assert (line(house, "ann")["unemployed_days"], line(house, "ann")["pending_days"]) == (15, 0)


def test_ATT_19_a_closed_month_with_something_pending_has_no_final_and_says_whose(house: Books):
    for number, name in enumerate(("张一", "张二", "张三", "张四")):
        fill(house, f"e{number}", "√" * (4 - number) + "?" + "√", employee_name=name)
    house.connection.execute("delete from ops.result where base_on in ('2026-10-12', '2026-10-13') and site_id = 'GM'")
    assert gaps(house, reckon(house)) == []  # while the month is open, the draft shows them as pending
    close(house)
    run = reckon(house, known_at=FINAL_AT)
    [missing] = gaps(house, run)
    assert missing.split("；") == [
        "2天没有考勤结果：10-12、10-13，请补报打卡资料或花名册后重跑考勤日报",
        "待确认4天：张四（10-02）、张三（10-03）、张二（10-04）等4人，请补齐签字、假条、排班或考勤认定单后重算",
    ]
    assert settled(house, run) == []
    house.expect("ops.result\nrevision\n1", "workflow = 'monthly_attendance'")
    house.connection.execute(
        "update attendance.attendance_day set pending_days = 0, attended_days = 1, status = '出勤'"
    )
    heard_again(house, "2026-10-12", "2026-10-13")
    run = reckon(house, known_at=FINAL_AT)
    assert (gaps(house, run), settled(house, run)) == ([], ["GM"])
    house.expect("ops.result\nrevision\n1\n2", "workflow = 'monthly_attendance'")


def settled(books: Books, run_id: int) -> list[str]:
    return [row["site_id"] for row in rows(books.connection, "timesheets/list_closed", {"run_id": run_id})]


def heard_again(books: Books, *days: str) -> None:
    for on in days:
        books.connection.execute(
            "insert into ops.result (workflow, site_id, base_on, revision, result_hash, run_id, as_of_on, known_at, "
            "row_count) select workflow, site_id, %s, revision, result_hash, run_id, as_of_on, known_at, 1 "
            "from ops.result where workflow = 'daily_attendance' and site_id = 'GM' limit 1",
            [on],
        )


def test_a_gap_that_was_filled_is_one_no_longer_in_the_same_run(house: Books):
    fill(house, "ann", "√" * 30 + "?")
    close(house)
    run = reckon(house, known_at=FINAL_AT)
    assert len(gaps(house, run)) == 1
    house.connection.execute("update attendance.attendance_day set pending_days = 0, attended_days = 1")
    carry_out(house.connection, run, RECKON)
    assert gaps(house, run) == [] and line(house, "ann")["pending_days"] == 0


def test_a_month_is_not_settled_before_the_one_that_it_follows(house: Books):
    """What November would take back of October's fines must have been booked by October first."""
    fill(house, "ann", "√" * 31)
    october = reckon(house)
    heard(house, "2026-11")
    close(house, "2026-11", at="2026-12-08 00:00+08")
    november = reckon(house, "2026-11", known_at="2026-12-08 10:30+08")
    assert gaps(house, november) == ["2026-10考勤月报表还没有定稿，本月不能先出，请先补齐资料发布该月"]
    assert settled(house, november) == [] and gaps(house, october) == []
    house.connection.execute(
        "insert into ops.period_close (workflow, site_id, period, closed_at, closed_by) "
        "values ('monthly_attendance', 'GM', '[2026-10-01,2026-11-01)', '2026-11-09', '办公室')"
    )
    assert gaps(house, reckon(house, "2026-11", known_at="2026-12-09 10:30+08")) == []


def test_days_of_an_older_judging_are_pending_and_are_computed_again_before_a_final(house: Books):
    fill(house, "ann", "√" * 30 + "○")
    day(house, "ann", "2026-10-31", "事", day_kind="", due_days=0)
    assert gaps(house, reckon(house)) == []
    found = line(house, "ann")
    assert (found["marks"][30], found["pending_days"], found["leave_days"]) == ("?", 1, {})
    close(house)
    assert gaps(house, reckon(house, known_at=FINAL_AT)) == ["旧版判定1天：ann（10-31），请用考勤日报重算这些天"]


# Walls ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "wall"),
    [
        ("rest_days = rest_days + 1", "days_of_the_calendar_add_up"),
        ("attended_days = attended_days - 0.5", "days_due_add_up"),
        ("leave_days = '{\"事假\": 1}'", "days_due_add_up"),
        ("marks = marks[1:30]", "every_day_has_its_mark"),
        ("afternoon_marks = '{√}'", "every_day_has_its_mark"),
        ("waived_amount = 0.01", "no_more_is_waived_than_was_levied"),
    ],
)
def test_ATT_19_a_line_that_does_not_add_up_cannot_be_written(house: Books, change: str, wall: str):
    fill(house, "ann", "√")
    reckon(house)
    with pytest.raises(psycopg.errors.CheckViolation, match=wall):
        house.connection.execute(f"update attendance.month_line set {change}")


def issue(books: Books) -> None:
    books.connection.execute("update ops.result set state = 'issued' where workflow = 'monthly_attendance'")


def test_ATT_19_a_month_with_something_pending_cannot_be_issued_by_anybody(house: Books):
    fill(house, "ann", "√" * 30 + "?")
    reckon(house)
    close(house)
    with pytest.raises(psycopg.errors.RaiseException, match="还有待确认的天数，不能出定稿。请按“异常”补齐资料后重算"):
        issue(house)


def test_a_month_that_is_not_closed_cannot_be_issued_and_one_that_is_can(house: Books):
    fill(house, "ann", "√")
    reckon(house)
    with (
        pytest.raises(psycopg.errors.RaiseException, match="2026年10月考勤尚未关账"),
        house.connection.transaction(),
    ):
        issue(house)
    close(house)
    issue(house)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ("update attendance.attendance_day set attended_days = 0.5, leave_days = 0.5", "天数、加班与每日结果之和不符"),
        (
            "update attendance.attendance_day set overtime_hours = 1, overtime_kind = '平日'",
            "天数、加班与每日结果之和不符",
        ),
        ("update attendance.attendance_day set fine_amount = 1", "罚款与每日结果之和不符"),
        ("update attendance.attendance_day set employee_id = 'eve'", "eve ann：考勤表没有此人"),
        ("update attendance.conduct_fine set fine_amount = 11", "合计10.00元，登记合计11.00元"),
        ("update attendance.month_line set marks[1] = '○'", "未在职天数与符号不符"),
    ],
)
def test_a_sheet_that_contradicts_its_days_is_found(house: Books, change: str, complaint: str):
    fill(house, "ann", "√")
    slip(house, "1", "ann", "2026-10-12", "10")
    run = reckon(house)
    house.connection.execute(change)
    assert complaint in "".join(problems(house, run))
