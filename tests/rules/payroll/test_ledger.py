"""The ledger of fines: what each month enters, what later months take back, and that it carries over to the cent."""

import pytest
from psycopg import errors

from backoffice.database import rows
from tests.drawing import Books
from tests.rules.payroll.conftest import (
    adjust,
    as_money,
    day,
    decide,
    lines,
    put,
    release,
    released,
    run_of,
    slip,
    waive,
)


def entries(books: Books, month: str, *columns: str) -> list[tuple]:
    """The month's entries: by default kind of entry, kind of fine, day and amount, in the order of entering."""
    names = columns or ("entry_kind", "fine_kind", "event_on", "amount")
    found = books.query(
        "select * from attendance.fine_entry where month_on = %(on)s order by entry_id", on=month + "-01"
    )
    return [tuple(str(row[name]) for name in names) for row in found]


def balance(
    books: Books, month: str, name: str = "ann", account: str = "制度罚款", site: str = "GM"
) -> tuple[str, str]:
    """Opening and closing balance of somebody."""
    [row] = books.query(
        "select * from attendance.fine_balance(%(site)s, %(on)s, '2030-01-01') "
        "where employee_id = %(name)s and account = %(account)s",
        site=site, on=month + "-01", name=name, account=account,
    )  # fmt: skip
    return as_money(row["opening_amount"]), as_money(row["closing_amount"])


# -- levied ------------------------------------------------------------------------------------------------------------


def test_a_month_enters_what_was_levied_by_person_day_and_kind(house: Books):
    day(house, "ann", "2026-10-12")
    day(house, "ann", "2026-10-13", "15.00", status="早退", late_minutes="0", early_minutes="20", rule_id="GM-A1")
    day(
        house, "ann", "2026-10-14", "25.00", early_minutes="20"
    )  # late and early: the rule's 15.00 are for leaving early
    slip(house, "118", "ann", "2026-10-15", "50.00")
    slip(house, "119", "ann", "2026-10-20", "12.70", "6.35")
    run = release(house, "2026-10")
    house.expect(
        """
        attendance.fine_entry
        employee_id | month_on   | entry_kind | fine_kind  | source_no | event_on   | amount | rule_id | reason
        ann         | 2026-10-01 | 罚款       | 迟到       | -         | 2026-10-12 | 10.00  | GM-A2   | 迟到12分钟
        ann         | 2026-10-01 | 罚款       | 早退       | -         | 2026-10-13 | 15.00  | GM-A1   | 早退20分钟
        ann         | 2026-10-01 | 罚款       | 迟到       | -         | 2026-10-14 | 10.00  | GM-A2   | 迟到12分钟
        ann         | 2026-10-01 | 罚款       | 早退       | -         | 2026-10-14 | 15.00  | GM-A2   | 早退20分钟
        ann         | 2026-10-01 | 罚款       | 违纪       | 118       | 2026-10-15 | 50.00  | GM-A9   | 违纪
        ann         | 2026-10-01 | 罚款       | 收费电话   | 119       | 2026-10-20 | 12.70  | GM-A9   | 违纪
        ann         | 2026-10-01 | 罚款       | 收费电话费 | 119       | 2026-10-20 | 6.35   | GM-A9   | 违纪
        """
    )
    assert {row["run_id"] for row in house.query("select run_id from attendance.fine_entry")} == {run}


def test_a_meeting_missed_is_told_apart_from_the_clock(house: Books):
    day(house, "ann", "2026-10-12", "20.00", late_minutes="12")
    day(house, "bob", "2026-10-12", "10.00", late_minutes="0")
    day(house, "eve", "2026-10-12", "25.00", late_minutes="0", early_minutes="20")
    for name in ("ann", "bob", "eve"):
        put(house, "attendance.offence", {"employee_id": name, "work_on": "2026-10-12", "offence_kind": "会议迟到",
            "source_no": "H1", "site_id": "GM", "absent_days": "0", "late_minutes": "10", "fine_amount": "10.00",
            "rule_id": "YJ-A4", "rule_version": "1", "reason": "晨会迟到10分钟"})  # fmt: skip
    release(house, "2026-10")
    assert entries(house, "2026-10", "employee_id", "fine_kind", "amount", "rule_id", "reason") == [
        ("ann", "会议培训", "10.00", "YJ-A4", "晨会迟到10分钟"),
        ("ann", "迟到", "10.00", "GM-A2", "迟到12分钟"),
        ("bob", "会议培训", "10.00", "YJ-A4", "晨会迟到10分钟"),
        ("eve", "会议培训", "10.00", "YJ-A4", "晨会迟到10分钟"),
        ("eve", "早退", "15.00", "GM-A2", "早退20分钟"),
    ]


def test_minutes_of_a_meeting_are_not_the_clocks(house: Books):
    # 30.00 for leaving both spells early, late at a meeting only; late by the clock, left a meeting early;
    # late and early by the clock, and later still for a meeting that costs nothing
    day(house, "ann", "2026-10-12", "30.00", late_minutes="0", early_minutes="20")
    day(house, "bob", "2026-10-12", "10.00", late_minutes="12")
    day(house, "eve", "2026-10-12", "25.00", late_minutes="12", early_minutes="20")
    for name, late, early in (("ann", "10", "0"), ("bob", "0", "20"), ("eve", "25", "0")):
        put(house, "attendance.offence", {"employee_id": name, "work_on": "2026-10-12", "offence_kind": "会议迟到",
            "source_no": "H1", "site_id": "GM", "absent_days": "0", "late_minutes": late, "early_minutes": early,
            "rule_id": "YJ-A4", "rule_version": "1", "reason": "晨会"})  # fmt: skip
    release(house, "2026-10")
    assert entries(house, "2026-10", "employee_id", "fine_kind", "amount") == [
        ("ann", "早退", "30.00"),
        ("bob", "迟到", "10.00"),
        ("eve", "早退", "15.00"),
        ("eve", "迟到", "10.00"),
    ]


def test_more_than_the_day_costs_is_never_entered_for_a_meeting(house: Books):
    day(house, "ann", "2026-10-12", "6.00")
    put(house, "attendance.offence", {"employee_id": "ann", "work_on": "2026-10-12", "offence_kind": "会议迟到",
        "source_no": "H1", "site_id": "GM", "absent_days": "0", "fine_amount": "10.00", "rule_id": "YJ-A4",
        "rule_version": "1", "reason": "晨会"})  # fmt: skip
    release(house, "2026-10")
    assert entries(house, "2026-10", "fine_kind", "amount") == [("会议培训", "6.00")]


def test_only_the_months_days_and_the_sites_people_are_entered(house: Books):
    day(house, "ann", "2026-09-30")
    day(house, "ann", "2026-10-01")
    day(house, "ann", "2026-10-31")
    day(house, "ann", "2026-11-01")
    day(house, "bob", "2026-10-12", site="HO")
    slip(house, "1", "ann", "2026-10-05", "5.00", month="2026-11-01")
    release(house, "2026-10")
    assert entries(house, "2026-10", "employee_id", "event_on") == [("ann", "2026-10-01"), ("ann", "2026-10-31")]


def test_ATT_14_a_slip_that_came_after_the_close_is_entered_in_the_month_that_bears_it_with_its_own_day(house: Books):
    slip(house, "118", "ann", "2026-10-12", "50.00", month="2026-11-01")
    release(house, "2026-10")
    release(house, "2026-11")
    assert entries(house, "2026-10") == []
    assert entries(house, "2026-11") == [("罚款", "违纪", "2026-10-12", "50.00")]


def test_a_slip_that_waits_for_a_signature_enters_nothing(house: Books):
    slip(house, "118", "ann", "2026-10-12", "0.00")
    release(house, "2026-10")
    assert entries(house, "2026-10") == []


def test_entering_twice_adds_nothing(house: Books):
    day(house, "ann", "2026-10-12")
    day(house, "ann", "2026-10-13", "30.00")
    slip(house, "1", "ann", "2026-10-14", "12.70", "6.35")
    waive(house, "W1", "ann", "2026-10-12", amount="4.00")
    decide(house, "Z1", "ann", "2026-10", "已执行", "20.00")
    run = release(house, "2026-10")
    before = house.row_versions("attendance.fine_entry")
    assert len(before["attendance.fine_entry"]) == 6
    release(house, "2026-10", run_id=run)
    release(house, "2026-10")
    assert house.row_versions("attendance.fine_entry") == before


def test_what_is_due_is_the_same_before_it_is_entered_and_after(house: Books):
    slip(house, "1", "ann", "2026-10-12", "50.00")
    waive(house, "W1", "ann", "2026-10-12", "违纪", "80.00", slip_no="1")
    slip(house, "2", "ann", "2026-10-13", "50.00")
    decide(house, "Z1", "ann", "2026-10", "已执行", "70.00")
    due = "select * from attendance.fine_due('GM', '2026-10-01', '2026-11-07')"
    before = house.query(due)
    release(house, "2026-10")
    assert house.query(due) == before and len(before) == 4


def test_what_is_entered_is_neither_changed_nor_deleted(house: Books):
    day(house, "ann", "2026-10-12")
    release(house, "2026-10")
    for change in (
        "update attendance.fine_entry set amount = 0",
        "delete from attendance.fine_entry",
        "truncate attendance.fine_entry",
    ):
        with pytest.raises(errors.RestrictViolation, match="不能修改或删除"), house.connection.transaction():
            house.connection.execute(change)


# -- adjusted and waived -----------------------------------------------------------------------------------------------


def test_what_late_facts_changed_is_entered_with_its_sign_and_its_day(house: Books):
    day(house, "ann", "2026-10-12")
    release(house, "2026-10")
    adjust(house, "ann", "2026-10-12", "2026-11-01", fine="-10.00")
    release(house, "2026-11")
    assert entries(house, "2026-11") == [("上月调整", "考勤", "2026-10-12", "-10.00")]
    assert balance(house, "2026-11") == ("10.00", "0.00")


def test_a_waiver_names_its_reason_and_who_approved_it(house: Books):
    day(house, "ann", "2026-10-12")
    waive(house, "W1", "ann", "2026-10-12", amount="4.00")
    release(house, "2026-10")
    assert entries(house, "2026-10", "entry_kind", "source_no", "amount", "reason", "approver")[1:] == [
        ("减免", "W1", "-4.00", "首次提醒", "王经理")
    ]


@pytest.mark.parametrize(
    ("amount", "waived"), [("-", "-10.00"), ("9.99", "-9.99"), ("10.00", "-10.00"), ("10.01", "-10.00")]
)
def test_no_more_is_waived_than_was_levied_of_that_kind_on_that_day(house: Books, amount, waived):
    day(house, "ann", "2026-10-12")
    day(house, "ann", "2026-10-13")
    slip(house, "1", "ann", "2026-10-12", "50.00")
    waive(house, "W1", "ann", "2026-10-12", amount=amount)
    release(house, "2026-10")
    assert [entry[-1] for entry in entries(house, "2026-10") if entry[0] == "减免"] == [waived]


@pytest.mark.parametrize(
    "also",
    [
        {"approver": "' '"},
        {"reason": "' '"},
        {"status": "未批准"},
        {"status": "撤销"},
        {"fine_kind": "早退"},
        {"event_on": "2026-10-13"},
        {"employee_id": "bob"},
        {"recorded_at": "2026-11-08"},
        {"superseded_at": "2026-11-01"},
    ],
    ids=lambda also: " ".join(also.values()),
)
def test_a_waiver_is_heard_only_if_it_was_approved_fits_and_was_known(house: Books, also):
    day(house, "ann", "2026-10-12")
    waive(house, "W1", "ann", "2026-10-12")
    also = {name: value.strip("'") for name, value in also.items()}
    for name, value in also.items():
        house.connection.execute(f"update attendance.fine_waiver set {name} = %s", [value])
    release(house, "2026-10")
    assert balance(house, "2026-10") == ("0.00", "10.00")


def test_of_several_waivers_the_first_approved_come_first(house: Books):
    day(house, "ann", "2026-10-12")
    waive(house, "W1", "ann", "2026-10-12", amount="6.00", approved_on="2026-10-20")
    waive(house, "W2", "ann", "2026-10-12", amount="3.00", approved_on="2026-10-14")
    waive(house, "W3", "ann", "2026-10-12", amount="6.00", approved_on="2026-10-15")
    release(house, "2026-10")
    assert entries(house, "2026-10", "source_no", "amount")[1:] == [("W1", "-1.00"), ("W2", "-3.00"), ("W3", "-6.00")]


def test_a_slips_waiver_is_about_that_slip(house: Books):
    slip(house, "1", "ann", "2026-10-12", "50.00")
    slip(house, "2", "ann", "2026-10-12", "20.00")
    slip(house, "3", "ann", "2026-10-12", "12.70", "6.35")
    waive(house, "W1", "ann", "2026-10-12", "违纪", "70.00", slip_no="2")
    waive(house, "W2", "ann", "2026-10-12", "收费电话", "-", slip_no="3")
    release(house, "2026-10")
    assert [entry for entry in entries(house, "2026-10", "source_no", "amount") if entry[0].startswith("W")] == [
        ("W2", "-12.70"),
        ("W1", "-20.00"),
    ]
    assert balance(house, "2026-10", account="赔偿话费") == ("0.00", "6.35")  # what it cost is no fine


def test_a_waiver_that_landed_after_the_close_is_entered_in_the_next_month_with_its_day(house: Books):
    day(house, "ann", "2026-10-12")
    release(house, "2026-10")
    waive(house, "W1", "ann", "2026-10-12", recorded_at="2026-11-20")
    release(house, "2026-11")
    assert entries(house, "2026-11") == [("减免", "迟到", "2026-10-12", "-10.00")]
    assert (balance(house, "2026-10"), balance(house, "2026-11")) == (("0.00", "10.00"), ("10.00", "0.00"))


def test_a_waiver_of_a_month_that_comes_waits_for_it(house: Books):
    day(house, "ann", "2026-10-12")
    waive(house, "W1", "ann", "2026-11-02")
    release(house, "2026-10")
    day(house, "ann", "2026-11-02")
    release(house, "2026-11")
    assert balance(house, "2026-11") == ("10.00", "10.00")


def test_a_waiver_that_is_withdrawn_or_said_smaller_is_taken_back_in_the_open_month(house: Books):
    day(house, "ann", "2026-10-12")
    day(house, "ann", "2026-10-13")
    waive(house, "W1", "ann", "2026-10-12", superseded_at="2026-11-20")
    waive(house, "W2", "ann", "2026-10-13", superseded_at="2026-11-20")
    release(house, "2026-10")
    waive(house, "W1", "ann", "2026-10-12", recorded_at="2026-11-20", status="撤销")
    waive(house, "W2", "ann", "2026-10-13", amount="4.00", recorded_at="2026-11-20")
    release(house, "2026-11")
    assert entries(house, "2026-11", "entry_kind", "fine_kind", "source_no", "amount") == [
        ("上月调整", "迟到", "W1", "10.00"),
        ("上月调整", "迟到", "W2", "6.00"),
    ]
    release(house, "2026-12")
    assert balance(house, "2026-12") == ("16.00", "16.00")


def test_what_is_excused_after_it_was_waived_costs_nobody_less_than_nothing(house: Books):
    day(house, "ann", "2026-10-12")
    waive(house, "W1", "ann", "2026-10-12")
    release(house, "2026-10")
    adjust(house, "ann", "2026-10-12", "2026-11-01", fine="-10.00")
    release(house, "2026-11")
    assert (balance(house, "2026-10"), balance(house, "2026-11")) == (("0.00", "0.00"), ("0.00", "0.00"))


def test_a_fine_that_came_by_an_adjustment_can_be_waived_too(house: Books):
    adjust(house, "ann", "2026-10-12", "2026-11-01", fine="10.00")
    waive(house, "W1", "ann", "2026-10-12")
    release(house, "2026-11")
    assert balance(house, "2026-11") == ("0.00", "0.00")


# -- taken back and paid -----------------------------------------------------------------------------------------------


def test_no_more_is_executed_than_is_open(house: Books):
    slip(house, "1", "ann", "2026-10-12", "50.00", "6.35")
    decide(house, "Z1", "ann", "2026-10", "不执行", "20.00")
    decide(house, "Z2", "ann", "2026-10", "已执行", "45.00")
    release(house, "2026-10")
    assert entries(house, "2026-10", "entry_kind", "source_no", "amount")[2:] == [
        ("不执行", "Z1", "-20.00"),
        ("已执行", "Z2", "-30.00"),
    ]
    assert balance(house, "2026-10", account="赔偿话费") == ("0.00", "6.35")


def test_an_execution_takes_no_more_than_its_month_bore_and_nothing_of_the_compensation(house: Books):
    slip(house, "1", "ann", "2026-10-12", "50.00", "6.35")
    release(house, "2026-10")
    slip(house, "2", "ann", "2026-11-12", "30.00")
    decide(house, "Z1", "ann", "2026-10", "已执行", "60.00", recorded_at="2026-11-20")
    release(house, "2026-11")
    assert balance(house, "2026-11") == ("50.00", "30.00")


def test_what_an_earlier_paper_took_and_what_was_excused_since_is_open_no_more(house: Books):
    slip(house, "1", "ann", "2026-10-12", "50.00")
    day(house, "bob", "2026-10-12", "50.00")
    decide(house, "Z1", "ann", "2026-10", "已执行", "50.00")
    release(house, "2026-10")
    slip(house, "2", "ann", "2026-11-12", "30.00")
    adjust(house, "bob", "2026-10-12", "2026-11-01", fine="-50.00")
    decide(house, "Z2", "ann", "2026-10", "已执行", "20.00", recorded_at="2026-11-20")
    decide(house, "Z3", "bob", "2026-10", "已执行", "20.00", recorded_at="2026-11-20")
    release(house, "2026-11")
    assert balance(house, "2026-11") == ("0.00", "30.00")
    assert balance(house, "2026-11", "bob") == ("50.00", "0.00")


def test_all_that_is_open_of_the_month_is_taken_back_where_no_amount_is_given(house: Books):
    slip(house, "1", "ann", "2026-10-12", "50.00")
    release(house, "2026-10")
    slip(house, "2", "ann", "2026-11-12", "30.00")
    decide(house, "Z1", "ann", "2026-10", "不执行", recorded_at="2026-11-20")
    release(house, "2026-11")
    assert balance(house, "2026-11") == ("50.00", "30.00")


def test_what_was_confirmed_moves_nothing(house: Books):
    slip(house, "1", "ann", "2026-10-12", "50.00")
    decide(house, "Z1", "ann", "2026-10", "已确认")
    release(house, "2026-10")
    assert balance(house, "2026-10") == ("0.00", "50.00")


def test_what_was_paid_and_is_excused_later_is_owed_to_the_person(house: Books):
    day(house, "ann", "2026-10-12")
    decide(house, "Z1", "ann", "2026-10", "已执行", "10.00")
    release(house, "2026-10")
    adjust(house, "ann", "2026-10-12", "2026-11-01", fine="-10.00")
    release(house, "2026-11")
    release(house, "2026-12")
    assert balance(house, "2026-12") == ("-10.00", "-10.00")


def test_a_payment_that_was_entered_by_mistake_is_taken_back(house: Books):
    slip(house, "1", "ann", "2026-10-12", "50.00")
    decide(house, "Z1", "ann", "2026-10", "已执行", "50.00", superseded_at="2026-11-20")
    release(house, "2026-10")
    decide(house, "Z1", "ann", "2026-10", "已执行", "15.00", recorded_at="2026-11-20")
    release(house, "2026-11")
    assert entries(house, "2026-11", "entry_kind", "fine_kind", "source_no", "amount") == [
        ("上月调整", "制度罚款", "Z1", "35.00")
    ]
    release(house, "2026-12")
    assert balance(house, "2026-12") == ("35.00", "35.00")


def test_a_payment_that_turns_out_to_be_a_mere_confirmation_is_taken_back(house: Books):
    slip(house, "1", "ann", "2026-10-12", "50.00")
    decide(house, "Z1", "ann", "2026-10", "已执行", "50.00", superseded_at="2026-11-20")
    release(house, "2026-10")
    decide(house, "Z1", "ann", "2026-10", "已确认", recorded_at="2026-11-20")
    release(house, "2026-11")
    assert balance(house, "2026-11") == ("0.00", "50.00")


def test_the_ledger_carries_over_three_months(house: Books):
    slip(house, "1", "ann", "2026-10-12", "600.00")
    decide(house, "Z1", "ann", "2026-10", "已执行", "310.00", recorded_at="2026-11-15")
    day(house, "ann", "2026-11-03")
    waive(house, "W1", "ann", "2026-11-03", recorded_at="2026-12-20")
    decide(house, "Z2", "ann", "2026-10", "不执行", "90.00", recorded_at="2026-12-20")
    for month in ("2026-10", "2026-11", "2026-12"):
        release(house, month)
    house.expect(
        """
        attendance.fine_entry
        month_on   | entry_kind | source_no | event_on   | amount
        2026-10-01 | 罚款       | 1         | 2026-10-12 | 600.00
        2026-11-01 | 罚款       | -         | 2026-11-03 | 10.00
        2026-11-01 | 已执行     | Z1        | 2026-10-28 | -310.00
        2026-12-01 | 减免       | W1        | 2026-11-03 | -10.00
        2026-12-01 | 不执行     | Z2        | 2026-10-28 | -90.00
        """
    )
    assert [balance(house, month) for month in ("2026-10", "2026-11", "2026-12", "2027-01")] == [
        ("0.00", "600.00"),
        ("600.00", "300.00"),
        ("300.00", "200.00"),
        ("200.00", "200.00"),
    ]


def test_papers_of_two_registers_may_bear_the_same_number(house: Books):
    day(house, "ann", "2026-10-12")
    waive(house, "1", "ann", "2026-10-12", amount="2.00")
    decide(house, "1", "ann", "2026-10", "已执行", "3.00")
    release(house, "2026-10")
    release(house, "2026-11")
    assert balance(house, "2026-11") == ("5.00", "5.00")


def test_no_wage_stands_in_the_ledger(house: Books):
    columns = house.query(
        "select attname from pg_attribute where attrelid = 'attendance.fine_entry'::regclass and attnum > 0"
    )
    assert not [row["attname"] for row in columns if "wage" in row["attname"] or "absen" in row["attname"]]


# -- the sheet and the ledger ------------------------------------------------------------------------------------------


def problems(books: Books, month: str, run_id: int) -> list[str]:
    return [row["problem"] for row in rows(books.connection, "payroll/check_fines", released(month, "GM", run_id))]


def test_a_sheet_that_says_other_fines_than_the_ledger_is_not_released(house: Books):
    day(house, "ann", "2026-10-12")
    day(house, "bob", "2026-10-12")
    slip(house, "1", "ann", "2026-10-12", "12.70", "6.35")
    waive(house, "W1", "bob", "2026-10-12")
    run = run_of(house, "2026-10")
    lines(house, "2026-10", "ann", run_id=run, late_fine_amount="10.00", call_fine_amount="12.70",
        call_charge_amount="6.35")  # fmt: skip
    slip(house, "2", "bob", "2026-09-20", "30.00", month="2026-10-01")
    waive(house, "W2", "bob", "2026-09-20", "违纪", "5.00", slip_no="2")
    lines(house, "2026-10", "bob", run_id=run, late_fine_amount="10.00", waived_amount="10.00",
        adjusted_fine_amount="25.00")  # fmt: skip
    assert problems(house, "2026-10", run) == []
    house.connection.execute("update attendance.month_line set waived_amount = 9 where employee_id = 'bob'")
    house.connection.execute("update attendance.month_line set call_charge_amount = 0 where employee_id = 'ann'")
    first, second = problems(house, "2026-10", run)
    assert "ann" in first and "收费电话费为0元，台账应记6.35元" in first
    assert "减免为-9.00元，台账应记-10.00元" in second


# -- two sites ---------------------------------------------------------------------------------------------------------


def of_sites(books: Books, kind: str) -> list[tuple]:
    """Entries of a kind: site, month and amount."""
    found = books.query(
        "select * from attendance.fine_entry where entry_kind = %(kind)s order by site_id, month_on", kind=kind
    )
    return [(row["site_id"], f"{row['month_on']:%Y-%m}", str(row["amount"])) for row in found]


def test_ATT_10_a_day_that_a_late_transfer_moves_to_another_site_is_entered_at_both(house: Books):
    adjust(house, "ann", "2026-10-05", "2026-11-01", "-10.00")
    adjust(house, "ann", "2026-10-05", "2026-11-01", "10.00", site="HO")
    release(house, "2026-11")
    release(house, "2026-11", site="HO")
    assert of_sites(house, "上月调整") == [("GM", "2026-11", "-10.00"), ("HO", "2026-11", "10.00")]


@pytest.mark.parametrize(
    ("order", "executed"),
    [
        (("GM", "HO"), [("GM", "2026-10", "-10.00"), ("HO", "2026-10", "-10.00")]),
        (("HO", "GM"), [("HO", "2026-10", "-20.00")]),
    ],
)
def test_a_paper_about_a_person_of_two_sites_is_executed_once(house: Books, order, executed):
    day(house, "ann", "2026-10-05", "10.00")
    day(house, "ann", "2026-10-25", "20.00", site="HO")
    decide(house, "E1", "ann", "2026-10", "已执行", "20.00", recorded_at="2026-11-01")
    for month in ("2026-10", "2026-11"):
        for site in order:
            release(house, month, site)
    assert of_sites(house, "已执行") == executed


@pytest.mark.parametrize("order", [("GM", "HO"), ("HO", "GM")])
@pytest.mark.parametrize(
    ("now", "left"),
    [("25.00", "25.00"), ("20.00", "20.00"), ("5.00", "5.00"), ("30.00", "30.00"), ("", "0.00")],
    ids=["less", "less by one site", "less than either", "as it was", "withdrawn"],
)
def test_a_paper_of_two_sites_that_says_less_later_leaves_what_it_says_now(house: Books, order, now, left):
    """30.00 were executed, 10.00 of them at GM; the next month gives back what is too much, the first site first."""
    day(house, "ann", "2026-10-05", "10.00")
    day(house, "ann", "2026-10-25", "20.00", site="HO")
    decide(house, "E1", "ann", "2026-10", "已执行", "30.00", recorded_at="2026-11-01", superseded_at="2026-11-20")
    for site in order:
        release(house, "2026-10", site)
    assert sorted(of_sites(house, "已执行")) == [("GM", "2026-10", "-10.00"), ("HO", "2026-10", "-20.00")]
    if now:
        decide(house, "E1", "ann", "2026-10", "已执行", now, recorded_at="2026-11-20")
    for month in ("2026-11", "2026-12"):
        for site in order:
            release(house, month, site)
    assert executed_in_all(house) == left
    assert not of_sites(house, "上月调整") or {month for _, month, _ in of_sites(house, "上月调整")} == {"2026-11"}


def executed_in_all(books: Books) -> str:
    """What papers have executed, over all sites, less what was given back."""
    [row] = books.query("select -sum(amount) as amount from attendance.fine_entry where fine_kind = '制度罚款'")
    return str(row["amount"])


def test_a_paper_without_an_amount_gives_nothing_back_at_either_site(house: Books):
    day(house, "ann", "2026-10-05", "10.00")
    day(house, "ann", "2026-10-25", "20.00", site="HO")
    decide(house, "E1", "ann", "2026-10", "不执行", recorded_at="2026-11-01")
    for month in ("2026-10", "2026-11"):
        for site in ("GM", "HO"):
            release(house, month, site)
    assert executed_in_all(house) == "30.00" and of_sites(house, "上月调整") == []
