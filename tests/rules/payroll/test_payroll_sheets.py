"""What the sheets of payroll say of a month: opinions, balances, papers that do not fit, proofs that must hold."""

from decimal import Decimal

import pytest

from backoffice.database import rows
from backoffice.workbook import TotalsError
from tests.drawing import Books
from tests.rules.payroll.conftest import (
    adjust,
    day,
    decide,
    deductions,
    document,
    hire,
    lines,
    pay,
    put,
    release,
    run_of,
    slip,
    waive,
    written,
)
from workbooks import payroll


def sheet(
    books: Books, name: str, month: str = "2026-10", site: str = "GM", known_at: str = "2027-12-31"
) -> list[dict]:
    first, last = f"{month}-01", f"{month}-{'30' if month.endswith(('09', '11')) else '31'}"
    given = {"site_id": site, "starts_on": first, "last_on": last, "known_at": known_at}
    return rows(books.connection, f"payroll/{name}", given)


# -- 工资扣款核对 ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fine", "payable", "opinion", "confirmed"),
    [
        ("0", "2800.00", "", "无须确认"),
        ("310.00", "2800.00", "可扣", "按地区规定限额扣除"),
        ("310.01", "2800.00", "按上限扣，超出部分不得扣，留在罚款台账", "按地区规定限额扣除"),
        ("50.00", "2490.00", "不得扣，留在罚款台账", "按地区规定限额扣除"),  # the minimum wage itself is not below it
        ("50.00", "2489.99", "应发工资低于当地最低工资，不得扣罚款；不得扣，留在罚款台账", "按地区规定限额扣除"),
    ],
)
def test_ATT_17_the_opinion_says_what_may_be_deducted(house: Books, fine, payable, opinion, confirmed):
    if fine != "0":
        slip(house, "1", "ann", "2026-10-12", fine)
    pay(house, "ann", "3050.00", payable)
    release(house, "2026-10", run_id=lines(house, "2026-10", "ann"))
    row = deductions(house, "2026-10")["ann"]
    assert (row["opinion"], row["confirmed_text"]) == (opinion, confirmed)


def test_the_opinion_of_who_owes_the_cost_of_a_call_speaks_of_no_other_site(house: Books):
    pay(house, "ann", "3050.00", "5000.00")
    slip(house, "1", "ann", "2026-10-12", "12.70", "6.35")
    release(house, "2026-10", run_id=lines(house, "2026-10", "ann"))
    opinion = deductions(house, "2026-10")["ann"]["opinion"]
    assert opinion == "可扣；赔偿话费不是罚款，按劳动合同约定另行处理，先占扣款上限"


def test_the_opinion_says_what_was_settled_and_what_was_corrected(house: Books):
    for name in ("ann", "bob", "cyd"):
        pay(house, name, "3050.00", "5000.00")
        pay(house, name, "3050.00", "5000.00", month="2026-09")
    slip(house, "1", "ann", "2026-10-12", "50.00")
    decide(house, "Z1", "ann", "2026-10", "不执行", "50.00")
    day(house, "bob", "2026-09-12", "0", absent_days="1")
    adjust(house, "bob", "2026-09-12", "2026-10-01", absent="-1")
    adjust(house, "cyd", "2026-09-12", "2026-10-01", absent="0.5")
    run = run_of(house, "2026-10")
    lines(house, "2026-10", "ann", run_id=run)
    lines(house, "2026-10", "bob", run_id=run, adjusted_absent_days="-1")
    lines(house, "2026-10", "cyd", run_id=run, adjusted_absent_days="0.5", absent_days="1")
    release(house, "2026-10", run_id=run)
    said = {name: row["opinion"] for name, row in deductions(house, "2026-10").items()}
    assert said == {
        "ann": "不执行或已另行缴纳的不再扣",
        "bob": "更正以前月份的旷工",
        "cyd": "旷工不计薪；更正以前月份的旷工",
    }
    # all of it was taken back: nothing is left that anybody would have to confirm
    assert deductions(house, "2026-10")["ann"]["confirmed_text"] == "不执行（李法务 2026-10-28）"


# -- the ledger in its sheets ------------------------------------------------------------------------------------------


def test_what_is_about_the_first_of_the_month_is_of_the_month_and_not_of_the_one_before(house: Books):
    pay(house, "ann", "3050.00", "5000.00")
    day(house, "ann", "2026-10-01")
    waive(house, "W1", "ann", "2026-10-01", amount="4.00")
    slip(house, "1", "ann", "2026-10-01", "20.00")
    release(house, "2026-10", run_id=lines(house, "2026-10", "ann"))
    row = deductions(house, "2026-10")["ann"]
    assert (row["fine_amount"], row["adjusted_fine_amount"]) == ("26.00", "0.00")


def test_balances_are_of_one_site_and_month_as_they_were_known(house: Books):
    day(house, "ann", "2026-09-12", "30.00")
    day(house, "ann", "2026-09-13", "7.00", site="HO")
    day(house, "ann", "2026-10-12", "10.00")
    day(house, "ann", "2026-11-12", "5.00")
    for month in ("2026-09", "2026-10", "2026-11"):
        release(house, month, run_id=lines(house, month, "ann"))
    release(house, "2026-09", "HO", run_id=lines(house, "2026-09", "ann", site="HO"))

    def said(month: str, known_at: str) -> list[tuple[str, ...]]:
        names = ("opening_amount", "levied_amount", "closing_amount")
        return [
            tuple(str(row[name]) for name in names) for row in sheet(house, "sheet_balances", month, known_at=known_at)
        ]

    assert said("2026-09", "2027-12-31") == [("0", "30.00", "30.00")]
    assert said("2026-10", "2027-12-31") == [("30.00", "10.00", "40.00")], "November's entries are not October's"
    assert said("2026-10", "2026-11-06") == [("30.00", "0", "30.00")], "before October was entered"
    assert [str(row["entry_amount"]) for row in sheet(house, "sheet_entries")] == ["10.00"]
    assert sheet(house, "sheet_entries", known_at="2026-11-06") == []
    assert [str(row["entry_amount"]) for row in sheet(house, "sheet_entries", "2026-09")] == ["30.00"]
    grounds = [row["item"] for row in sheet(house, "sheet_grounds", "2026-09")]
    assert grounds == ["2026-09-12 迟到"]
    assert sheet(house, "sheet_grounds", known_at="2026-11-06") == []


def test_a_sheet_that_is_made_anew_after_the_next_month_was_entered_still_adds_up(house: Books, tmp_path):
    for month in ("2026-10", "2026-11"):
        day(house, "ann", f"{month}-12")
        pay(house, "ann", "3050.00", "5000.00", month=month)
        run = lines(house, month, "ann")
        release(house, month, run_id=run)
        document(house, run, month)
    again = run_of(house, "2026-10", known_at="2026-12-20")
    path = written(house, document(house, again, "2026-10", revision=2), tmp_path)
    assert path.exists()


@pytest.mark.parametrize(
    ("statement", "change", "broken"),
    [
        ("payroll/sheet_cover", {"is_carried": False}, "每人上月结转下月"),
        ("payroll/sheet_cover", {"is_waived_within": False}, "减免不超过"),
        ("payroll/sheet_cover", {"entered_amount": Decimal("10.01")}, "罚款台账"),
        ("payroll/sheet_cover", {"opening_amount": Decimal("0.01")}, "罚款台账"),
        ("payroll/sheet_cover", {"opening_amount": Decimal(1), "closing_amount": Decimal(11)}, "罚款台账"),
        ("payroll/sheet_balances", {"closing_amount": Decimal("10.01")}, "罚款台账"),
        ("payroll/sheet_deduction_totals", {"open_amount": Decimal("10.01")}, "应执行罚款"),
        ("payroll/sheet_deduction_totals", {"deductible_amount": Decimal("9.99")}, "应执行罚款"),
    ],
)
def test_a_proof_that_does_not_hold_stops_the_document(house: Books, tmp_path, monkeypatch, statement, change, broken):
    day(house, "ann", "2026-10-12")
    pay(house, "ann", "3050.00", "5000.00")
    run = lines(house, "2026-10", "ann")
    release(house, "2026-10", run_id=run)
    artifact = document(house, run, "2026-10")
    assert written(house, artifact, tmp_path).exists()

    def wrong(connection, name, parameters):
        return [row | (change if name == statement else {}) for row in rows(connection, name, parameters)]

    monkeypatch.setattr(payroll, "rows", wrong)
    with pytest.raises(TotalsError, match=broken):
        written(house, artifact, tmp_path)


def test_ATT_17_what_waits_for_hr_and_legal_is_not_counted_again_as_unknown(house: Books, tmp_path):
    slip(house, "1", "ann", "2026-10-12", "600.00", site="HO")
    slip(house, "2", "bob", "2026-10-12", "50.00", site="HO")
    decide(house, "Z1", "ann", "2026-10", "已确认", "100.00")
    for name in ("bob", "cyd"):
        pay(house, name, "3050.00", "5000.00")
    run = lines(house, "2026-10", "ann", "bob", "cyd", site="HO")
    release(house, "2026-10", "HO", run_id=run)
    [total] = sheet(house, "sheet_deduction_totals", site="HO")
    names = ("open_amount", "pending_amount", "unknown_amount", "deductible_amount", "fault_count", "person_count")
    assert [str(total[name]) for name in names] == ["650.00", "550.00", "100.00", "0", "1", "3"]
    assert written(house, document(house, run, "2026-10", site="HO"), tmp_path).exists()


def test_executions_and_people_on_no_sheet_are_the_ledgers_alone_and_contradict_no_sheet(house: Books):
    day(house, "ann", "2026-10-12", "15.00", late_minutes="0", early_minutes="20", status="早退")
    decide(house, "Z1", "ann", "2026-10", "不执行", "5.00")
    slip(house, "7", "old", "2026-09-12", "20.00", month="2026-10-01")
    run = lines(house, "2026-10", "ann", early_fine_amount="15.00", early_count="1")
    given = {"site_id": "GM", "base_on": "2026-10-01", "run_id": run}
    assert rows(house.connection, "payroll/check_fines", given) == []


def test_the_sheet_that_is_held_against_the_ledger_is_the_one_that_the_run_knew(house: Books):
    day(house, "ann", "2026-10-12")
    run = lines(house, "2026-10", "ann", late_fine_amount="10.00", late_count="1")
    later = run_of(house, "2026-10", known_at="2026-11-20")
    lines(house, "2026-10", "ann", revision=2, run_id=later)
    given = {"site_id": "GM", "base_on": "2026-10-01"}
    assert rows(house.connection, "payroll/check_fines", given | {"run_id": run}) == []
    [found] = rows(house.connection, "payroll/check_fines", given | {"run_id": later})
    assert found["problem"].startswith("ann ann：考勤月报表的考勤为0元，台账应记10.00元，两者不等")


# -- 异常 --------------------------------------------------------------------------------------------------------------


def subjects(books: Books, month: str = "2026-10", known_at: str = "2027-12-31") -> list[tuple[str, str]]:
    return [(row["subject"], row["problem"]) for row in sheet(books, "sheet_exceptions", month, known_at=known_at)]


def test_a_paper_that_fits_is_no_exception_and_one_of_long_ago_is_not_listed_again(house: Books):
    hire(house, "ann")
    pay(house, "ann", "3050.00", "5000.00", month="2026-10")
    pay(house, "ann", "3050.00", "5000.00", month="2026-09")
    day(house, "ann", "2026-09-12")
    waive(house, "W1", "ann", "2026-09-12", amount="10.00")  # all of the fine
    waive(house, "W2", "ann", "2026-09-13", amount="10.00")  # of no fine
    decide(house, "Z1", "ann", "2026-09", "不执行", "5.00")  # of nothing that is open
    release(house, "2026-09", run_id=lines(house, "2026-09", "ann"))
    day(house, "ann", "2026-10-12")
    decide(house, "Z2", "ann", "2026-10", "已执行", "10.00")
    waive(house, "W3", "ann", "2026-10-14", amount="10.00", superseded_at="2026-11-01")
    release(house, "2026-10", run_id=lines(house, "2026-10", "ann"))
    assert [subject for subject, _ in subjects(house, "2026-09", "2026-10-07")] == ["减免单W2", "执行单Z1"]
    assert subjects(house, known_at="2026-11-07") == []


def test_a_wage_below_the_minimum_and_fines_of_two_sites_are_asked_about(house: Books):
    house.connection.execute("update book.site set region = '江苏' where site_id = 'HO'")
    pay(house, "ann", "3050.00", "2800.00")
    pay(house, "bob", "3050.00", "2489.99")
    pay(house, "cyd", "3050.00", "2490.00")
    day(house, "ann", "2026-10-05", "300.00", site="GM")
    day(house, "ann", "2026-10-25", "100.00", site="HO")
    release(house, "2026-10", "GM", run_id=lines(house, "2026-10", "ann"))
    release(house, "2026-10", "HO", run_id=lines(house, "2026-10", "ann", "bob", "cyd", site="HO"))
    found = sheet(house, "sheet_exceptions", site="HO")
    assert [(row["subject"], row["problem"], row["impact_amount"]) for row in found] == [
        ("bob bob", "应发工资低于当地最低工资，不得扣罚款", None),
        ("ann ann", "本月在其他案场也有罚款或赔偿，扣款上限按人合计", Decimal(300)),
    ]


def test_who_gets_back_what_was_settled_too_is_owed_the_rest(house: Books):
    pay(house, "ann", "3050.00", "5000.00")
    slip(house, "1", "ann", "2026-10-12", "50.00")
    decide(house, "Z1", "ann", "2026-10", "已执行", "50.00")
    release(house, "2026-10", run_id=lines(house, "2026-10", "ann"))
    assert subjects(house) == []
    assert deductions(house, "2026-10")["ann"]["deductible_amount"] == "0.00"


def test_what_was_confirmed_before_the_sheet_is_not_told_in_the_next_month(house: Books):
    for month in ("2026-09", "2026-10"):
        pay(house, "ann", "3050.00", "5000.00", month=month)
    slip(house, "1", "ann", "2026-09-12", "50.00")
    decide(house, "Z1", "ann", "2026-09")
    decide(house, "Z2", "ann", "2026-09", recorded_at="2026-10-20")
    for month in ("2026-09", "2026-10"):
        release(house, month, run_id=lines(house, month, "ann"))
    assert subjects(house) == [("执行单Z2", "ann 2026-09的罚款在该月定稿后才确认，没有自动扣款")]


# -- 扣款口径, letters -------------------------------------------------------------------------------------------------


def test_Q8_the_terms_are_told_with_their_source_and_what_is_not_registered_is_empty(house: Books):
    names = ("item", "value_text", "basis")
    assert [tuple(row[name] for name in names) for row in sheet(house, "sheet_terms")] == [
        ("地区", "江苏", "案场登记表"),
        ("扣款口径", "限额扣除", "江苏省工资支付条例第十二条"),
        ("当地最低工资（元）", "2,490.00", "江苏省工资支付条例第十二条"),
        ("扣款上限", "20%", "江苏省工资支付条例第十二条"),
        ("月计薪天数", "21.75", "默认（人社部发〔2025〕2号）"),
    ]
    assert [row["value_text"] for row in sheet(house, "sheet_terms", site="HQ")] == [None, None, None, None, "21.75"]


def test_the_letter_of_a_third_edition_replaces_the_second_and_names_the_site_as_it_was_known(house: Books):
    house.connection.execute("update book.site set superseded_at = '2026-11-01' where site_id = 'GM'")
    put(house, "book.site", {"site_id": "GM", "site_name": "国贸新名", "region": "江苏"}, recorded_at="2026-11-01")
    put(house, "book.site", {"site_id": "GM", "site_name": "后来的名", "region": "江苏"}, recorded_at="2027-01-01",
        superseded_at="2027-01-02")  # fmt: skip
    lines(house, "2026-10", "ann")
    for revision in (1, 2, 3):
        run = run_of(house, "2026-10", known_at=f"2026-11-{6 + revision:02d} 09:00")
        artifact = document(house, run, "2026-10", revision=revision)
    [said] = rows(house.connection, "payroll/mail_import", {"artifact_id": artifact})
    assert said["scope_text"] == "国贸新名"
    assert said["correction"]["replaces"] == "第2版（2026-11-08 10:00）"
