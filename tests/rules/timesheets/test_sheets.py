"""The sheets of a month, edge by edge: which paper counts, as it was known, and what became of it."""

from typing import Any

import pytest

from backoffice.database import rows
from tests.drawing import Books
from tests.rules.timesheets.conftest import DRAFT_AT, FINAL_AT, adjust, close, day, document, fill, reckon, slip, waive

#: told after the sheet, and withdrawn before it
NOT_KNOWN = [{"recorded_at": "2026-11-20 09:00"}, {"superseded_at": "2026-10-31 09:00"}]


def sheet(books: Books, name: str, *columns: str, site: str = "GM", known_at: str = DRAFT_AT) -> list[Any]:
    """The rows of a sheet of October: of one column its values, else tuples."""
    given = {"site_id": site, "starts_on": "2026-10-01", "last_on": "2026-10-31", "known_at": known_at}
    found = rows(books.connection, f"timesheets/{name}", given)
    return [row[columns[0]] if len(columns) == 1 else tuple(row[column] for column in columns) for row in found]


def leave(books: Books, number: str, starts_at: str, ends_at: str, status: str = "批准", **also: str) -> None:
    books.given(
        "attendance.leave\nslip_no | employee_id | leave_type | starts_at | ends_at | approver | status\n"
        f"{number} | ann | 事假 | {starts_at} | {ends_at} | 王总 | {status}",
        **also,
    )


def change(books: Books, on: str, **to: str) -> None:
    """Say something else of ann's day."""
    said = ", ".join(f"{name} = %s" for name in to)
    books.connection.execute(
        f"update attendance.attendance_day set {said} where employee_id = 'ann' and work_on = %s", [*to.values(), on]
    )


# -- 请假明细 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("known", NOT_KNOWN)
def test_a_slip_of_leave_is_of_the_month_that_it_touches_and_as_it_was_known(house: Books, known):
    fill(house, "ann", "√")
    leave(house, "L0", "2026-09-30 08:30", "2026-10-01 00:00")
    leave(house, "L1", "2026-09-30 08:30", "2026-10-01 00:01")
    leave(house, "L2", "2026-10-31 23:59", "2026-11-02 18:00")
    leave(house, "L3", "2026-11-01 00:00", "2026-11-02 18:00")
    leave(house, "L4", "2026-10-12 08:30", "2026-10-12 18:00", **known)
    leave(house, "L5", "2026-10-13 08:30", "2026-10-13 18:00", "未批准")
    reckon(house)
    assert sheet(house, "sheet_leaves", "slip_id", "verdict") == [
        ("L1", "当日不应出勤"),
        ("L5", "未批准"),
        ("L2", "当日不应出勤"),
    ]


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "level"),
    [
        ("2026-10-12 12:00", "2026-10-12 18:00", "部门经理、销售部经理"),  # the afternoon
        ("2026-10-12 11:59", "2026-10-12 18:00", "总经理"),
        ("2026-10-12 08:30", "2026-10-12 13:30", "部门经理、销售部经理"),  # the morning
        ("2026-10-12 08:30", "2026-10-12 13:31", "总经理"),
        ("2026-10-12 12:00", "2026-10-13 12:00", "总经理"),  # two halves
        ("2026-10-12 08:30", "2026-10-13 12:00", "董事长"),
        ("2026-10-12 00:00", "2026-10-13 00:00", "总经理"),  # midnight ends the day before
    ],
)
def test_GM_A4_the_level_that_a_leave_needs_follows_from_its_length_in_half_days(
    house: Books, starts_at, ends_at, level
):
    house.given(
        "book.rule\nrule_set | rule_id | parameter | value | valid_from | clause\n"
        "guomao | GM-A4 | leave_checks_request | 是 | 2026-01-01 | 请假须事先批准"
    )
    fill(house, "ann", "√")
    leave(house, "L1", starts_at, ends_at)
    reckon(house)
    assert sheet(house, "sheet_leaves", "needed_level", "reported_back") == [(level, "不要求")]


def test_the_days_of_a_slip_are_those_of_the_month_and_two_slips_share_a_day(house: Books):
    fill(house, "ann", "事事√")
    day(house, "ann", "2026-09-30", "事", leave_slip_no="L1")
    change(house, "2026-10-01", leave_slip_no="L1")
    change(house, "2026-10-02", leave_slip_no="L1、L2", slip_verdict="待交假条")
    leave(house, "L1", "2026-09-30 08:30", "2026-10-02 12:00")
    leave(house, "L2", "2026-10-02 13:30", "2026-10-02 18:00")
    reckon(house)
    told = sheet(house, "sheet_leaves", "slip_id", "leave_days", "is_late", "verdict")
    assert [(number, str(days.normalize()), late, verdict) for number, days, late, verdict in told] == [
        ("L1", "1.5", "待交", "待交假条"),
        ("L2", "0.5", "待交", "待交假条"),
    ]


# -- 补卡换班 ----------------------------------------------------------------------------------------------------------


def signed(books: Books, number: str, on: str, status: str = "批准", **also: str) -> None:
    books.given(
        "attendance.missed_punch\nslip_no | employee_id | work_on | punch_kind | signer | signed_at | status\n"
        f"{number} | ann | {on} | 上班 | 王总 | {on} 19:00 | {status}",
        **also,
    )


@pytest.mark.parametrize("known", NOT_KNOWN)
def test_HQ_A1_signatures_are_counted_as_they_were_approved_and_say_what_became_of_them(house: Books, known):
    fill(house, "ann", "√")
    for number, on, status, also in (
        ("B0", "2026-09-30", "批准", {}),
        ("B1", "2026-10-12", "未批准", {}),
        ("B2", "2026-10-13", "批准", {}),
        ("B3", "2026-10-14", "批准", {}),
        ("B4", "2026-10-15", "批准", {}),
        ("B5", "2026-10-16", "批准", known),
        ("B6", "2026-11-01", "批准", {}),
    ):
        signed(house, number, on, status, **also)
    change(house, "2026-10-13", missed_punch_slip_no="B9、B2")
    change(house, "2026-10-14", missed_punch_slip_no="B3", reason="补卡超过当月次数")
    reckon(house)
    assert sheet(house, "sheet_corrections", "slip_id", "nth_count", "verdict") == [
        ("B1", None, "未批准"),
        ("B2", 1, "有效"),
        ("B3", 2, "超过次数，不计"),
        ("B4", 3, "未采用"),
    ]


def swap(books: Books, number: str, first_on: str, second_on: str, agreed: str = "yes", **also: str) -> None:
    books.given(
        "attendance.swap\nswap_no | swap_kind | first_employee_id | second_employee_id | first_on | second_on"
        " | is_first_agreed | is_second_agreed | approver | status\n"
        f"{number} | 换班 | ann | bob | {first_on} | {second_on} | yes | {agreed} | 王总 | 批准",
        **also,
    )


@pytest.mark.parametrize("known", NOT_KNOWN)
def test_ATT_11_swaps_are_told_by_the_days_of_the_month_with_the_shift_that_was_due(house: Books, known):
    fill(house, "ann", "√")
    swap(house, "H1", "2026-10-31", "2026-11-01")
    swap(house, "H2", "2026-10-12", "2026-10-12", "no")
    swap(house, "H3", "2026-10-13", "2026-10-13", **known)
    for code, also in (
        ("旧", {"superseded_at": "2026-10-20"}),
        ("新", {"superseded_at": "2026-11-20"}),
        ("后", {"recorded_at": "2026-11-20"}),
    ):
        house.given(f"attendance.roster\nemployee_id | work_on | shift_code\nann | 2026-10-12 | {code}", **also)
    reckon(house)
    assert sheet(house, "sheet_corrections", "slip_id", "old_shift", "verdict") == [
        ("H2", "新", "未经双方同意，不采用"),
        ("H1", None, "未采用"),
    ]


# -- 制度罚款, 上月调整 ------------------------------------------------------------------------------------------------


def decide(books: Books, number: str, on: str, decision: str, month_on: str = "2026-10-01", **also: str) -> None:
    books.given(
        "attendance.fine_execution\nexecution_no | employee_id | month_on | decision | confirmed_by | confirmed_on\n"
        f"{number} | ann | {month_on} | {decision} | 法务 | {on}",
        **also,
    )


@pytest.mark.parametrize("known", NOT_KNOWN)
def test_ATT_17_a_months_fines_are_as_its_last_paper_says(house: Books, known):
    fill(house, "ann", "迟迟√")
    decide(house, "Z3", "2026-10-28", "已确认")
    decide(house, "Z1", "2026-10-29", "不执行")
    decide(house, "Z2", "2026-10-30", "已确认", **known)
    decide(house, "Z4", "2026-10-30", "已确认", "2026-09-01")
    waive(house, "J1", "ann", "2026-10-01", "迟到", approver="王总")
    waive(house, "J2", "ann", "2026-10-02", "迟到", approver="李总")
    slip(house, "W1", "ann", "2026-10-05", "10")
    reckon(house)
    assert sheet(house, "sheet_fines", "state", "approvers") == [("不执行", "李总、王总")]


def test_ATT_10_what_is_told_of_earlier_months_is_of_this_site_and_borne_by_this_month(house: Books):
    fill(house, "ann", "迟√")
    fill(house, "ann2", "√", site="CN")
    adjust(house, "ann", "2026-09-12", "-1", "1", "0")
    adjust(house, "ann", "2026-09-13", "-0.5", "0", "0")
    house.connection.execute("update attendance.adjustment set counted_in = '2026-11-01' where work_on = '2026-09-13'")
    adjust(house, "ann", "2026-09-14", "-0.5", "0", "0")
    house.connection.execute("update attendance.adjustment set site_id = 'CN' where work_on = '2026-09-14'")
    slip(house, "W1", "ann", "2026-10-12", "10")
    slip(house, "W2", "ann", "2026-09-20", "20", counted_in="2026-10-01")
    slip(house, "W3", "ann", "2026-09-21", "0", counted_in="2026-10-01", state="待确认")
    waive(house, "J1", "ann", "2026-10-01", "迟到")
    reckon(house)
    told = sheet(house, "sheet_adjustments", "event_on", "new_verdict")
    assert [(f"{on:%m-%d}", verdict) for on, verdict in told] == [("09-12", "请假"), ("09-20", "违纪单W2")]


@pytest.mark.parametrize("known", NOT_KNOWN)
def test_who_approved_a_correction_is_read_from_the_slip_that_was_known(house: Books, known):
    fill(house, "ann", "√")
    adjust(house, "ann", "2026-09-12", "-1", "1", "0")
    leave(house, "L1", "2026-09-12 08:30", "2026-09-12 18:00", **known)
    reckon(house)
    assert sheet(house, "sheet_adjustments", "approver") == [None]
    leave(house, "L2", "2026-09-12 08:30", "2026-09-12 18:00")
    assert sheet(house, "sheet_adjustments", "approver") == ["王总"]


# -- 异常 --------------------------------------------------------------------------------------------------------------


def test_a_matter_that_waits_until_midnight_is_due_on_the_day_before(house: Books):
    fill(house, "ann", "√" * 30 + "?", pending_until="2026-11-04 00:00+08")
    reckon(house)
    assert [str(on) for on in sheet(house, "sheet_exceptions", "due_on")] == ["2026-11-03"]


@pytest.mark.parametrize("known", NOT_KNOWN)
def test_a_waiver_that_fits_is_no_exception_and_one_that_does_not_is_told_as_it_was_known(house: Books, known):
    fill(house, "ann", "迟迟√")
    waive(house, "J1", "ann", "2026-10-01", "迟到", "10")
    waive(house, "J2", "ann", "2026-10-02", "迟到", "99")
    waive(house, "J3", "ann", "2026-10-03", "迟到", "5")
    waive(house, "J4", "ann", "2026-10-04", "迟到", "5", status="未批准")
    waive(house, "J5", "ann", "2026-09-04", "迟到", "5")
    house.given(
        "attendance.fine_waiver\nwaiver_no | employee_id | event_on | fine_kind | amount | reason | approver"
        " | approved_on | status\nJ6 | ann | 2026-10-05 | 迟到 | 5 | 首次 | 王总 | 2026-10-06 | 批准",
        **known,
    )
    slip(house, "W1", "ann", "2026-10-12", "0", state="待确认", site_id="CN")
    slip(house, "W2", "ann", "2026-10-13", "0", state="同因重复")
    reckon(house)
    assert sheet(house, "sheet_exceptions", "subject", "severity", "impact_amount") == [
        ("违纪单W2", "请核对", None),
        ("减免单J2", "请核对", 89),
        ("减免单J3", "请核对", 5),
    ]


# -- 差异, 审批记录 ----------------------------------------------------------------------------------------------------


def test_a_corrected_final_edition_is_compared_with_the_final_one_before_it_and_not_with_the_draft(house: Books):
    fill(house, "ann", "迟√")
    document(house, reckon(house))
    waive(house, "J1", "ann", "2026-10-01", "迟到", "4", recorded_at="2026-11-02 09:00")
    close(house)
    document(house, reckon(house, known_at=FINAL_AT), "monthly_attendance")
    day_later = "2026-11-10 10:30+08"
    change(house, "2026-10-02", late_minutes="5", status="迟到", fine_amount="10")
    artifact = document(house, reckon(house, known_at=day_later), "monthly_attendance", revision=2)
    told = rows(house.connection, "timesheets/sheet_differences", {"artifact_id": artifact})
    assert [(row["item"], row["delta_amount"]) for row in told] == [
        ("10-02", None),
        ("迟到次数", None),
        ("迟到罚款", 10),
    ]


def test_a_waiver_between_draft_and_final_edition_is_told_with_its_sign(house: Books):
    fill(house, "ann", "迟√")
    document(house, reckon(house))
    waive(house, "J1", "ann", "2026-10-01", "迟到", "4", recorded_at="2026-11-02 09:00")
    close(house)
    artifact = document(house, reckon(house, known_at=FINAL_AT), "monthly_attendance")
    told = rows(house.connection, "timesheets/sheet_differences", {"artifact_id": artifact})
    assert [(row["item"], row["old_value"], row["new_value"], row["delta_amount"]) for row in told] == [
        ("减免", "0.00元", "4.00元", 4)
    ]


def test_WA_D6_a_decision_is_shown_on_the_content_that_it_was_given_on(house: Books):
    fill(house, "ann", "√")
    run = reckon(house)
    artifact = document(house, run)
    [found] = house.query("select period, content_hash from ops.artifact")
    for content, verdict in ((found["content_hash"], "approved"), ("0" * 32, "rejected")):
        house.connection.execute(
            """
            insert into ops.decision (
                workflow, site_id, period, content_hash, verdict, opinion, decided_by, decided_at, run_id
            )
            values ('monthly_attendance', 'GM', %s, %s, %s, '看过', '人事李', '2026-11-09 11:10+08', %s)
            """,
            [found["period"], content, verdict, run],
        )
    told = rows(house.connection, "timesheets/sheet_approvals", {"artifact_id": artifact})
    assert [(row["verdict"], row["version_code"]) for row in told] == [("同意", found["content_hash"][:8])]
