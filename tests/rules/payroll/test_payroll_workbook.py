"""工资扣款核对表 and 薪资导入表: every sheet, its totals, its bytes, its letter, and who may not read a wage in it."""

import re
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from backoffice import artifacts, letters
from backoffice.database import rows
from backoffice.workbook import TotalsError
from tests.drawing import Books
from tests.rules.fees.test_fee_workbook import figures, table, total
from tests.rules.payroll.conftest import (
    adjust,
    day,
    decide,
    document,
    hire,
    lines,
    pay,
    release,
    run_of,
    slip,
    waive,
    written,
)
from tests.workbooks import text_of_workbook

SHEETS = ["封面", "工资扣款核对", "罚款明细", "罚款结转", "扣款口径", "异常", "计算依据", "审批记录"]
IMPORTED = [
    "工号", "姓名", "期间", "应出勤", "实出勤", "事假", "病假", "旷工", "迟到次数", "夜班次数", "平日加班",
    "休息日加班", "法定加班", "上月调整", "上月平日加班", "上月休息日加班", "上月法定加班",
]  # fmt: skip


@pytest.fixture
def october(house: Books) -> tuple[Books, int]:
    """A month with every case; returns the books and the run that issued it."""
    hire(house, "ann", "bob", "cyd", "dan", "eve", "old")
    day(house, "bob", "2026-09-12", "30.00")
    release(house, "2026-09", run_id=lines(house, "2026-09", "bob"))
    slip(house, "118", "ann", "2026-10-12", "590.00")
    day(house, "ann", "2026-10-13")
    day(house, "bob", "2026-10-14")
    waive(house, "W1", "bob", "2026-10-14")
    waive(house, "W2", "bob", "2026-10-15", amount="5.00")
    adjust(house, "bob", "2026-09-12", "2026-10-01", fine="-30.00")
    slip(house, "119", "cyd", "2026-10-20", "12.70", "6.35")
    slip(house, "120", "old", "2026-09-20", "20.00", month="2026-10-01")
    decide(house, "Z1", "ann", "2026-10", "不执行", "100.00")
    run = run_of(house, "2026-10")
    lines(house, "2026-10", "ann", run_id=run, late_fine_amount="10.00", late_count="1")
    lines(house, "2026-10", "bob", run_id=run, absent_days="0.5")
    lines(house, "2026-10", "cyd", "eve", run_id=run)
    lines(house, "2026-10", "dan", run_id=run, leave_days='{"事假": 1.5, "病假": 2}', night_count="3",
        workday_overtime_hours="2.5", rest_overtime_hours="8", statutory_overtime_hours="11",
        adjusted_absent_days="-1")  # fmt: skip
    for name in ("ann", "bob", "cyd", "dan"):
        pay(house, name, "3050.00", "2800.00" if name == "ann" else "3050.00")
    pay(house, "bob", "3050.00", "3050.00", month="2026-09")
    release(house, "2026-10", run_id=run)
    return house, run


def letter(books: Books, artifact_id: int, name: str) -> letters.Letter:
    [variables] = rows(books.connection, f"payroll/mail_{name}", {"artifact_id": artifact_id})
    if name == "deductions":
        variables |= artifacts.exceptions_of(books.connection, artifact_id, "payroll/sheet_exceptions")
    return letters.render(f"payroll/{name}", variables)


def test_the_months_deductions_have_every_sheet_and_say_what_they_add_up_to(october, tmp_path):
    books, run = october
    path = written(books, document(books, run, "2026-10"), tmp_path)
    assert path.name == "2026年10月工资扣款核对表-国贸大厦-定稿.xlsx"
    assert load_workbook(path).sheetnames == SHEETS
    words = [cell for sheet in text_of_workbook(path).values() for row in sheet for cell in row]
    assert not {"None", "nan", "NULL", "True", "False"} & set(words)
    assert "✘" not in "".join(words)
    summed = [
        total(path, "工资扣款核对", heading)
        for heading in ("制度罚款合计", "不执行或已缴", "可扣", "不得扣", "缺勤减发")
    ]
    assert summed == [Decimal(amount) for amount in ("602.70", "100", "322.70", "190", "70.11")]
    assert total(path, "罚款明细", "金额") == Decimal("509.05")  # with the cost of the call
    assert (total(path, "罚款结转", "上月结转"), total(path, "罚款结转", "结转下月")) == (30, Decimal("539.05"))


def test_the_headings_say_the_figures_that_are_settings(october, tmp_path):
    books, run = october
    path = written(books, document(books, run, "2026-10"), tmp_path)
    headings = text_of_workbook(path)["工资扣款核对"][0]
    assert "日工资(÷21.75)" in headings and "扣款上限(20%)" in headings
    order = ["工号", "姓名", "月工资标准", "应发工资", "日工资(÷21.75)", "旷工天数", "缺勤减发", "制度罚款合计", "地区",
        "当地最低工资", "扣款上限(20%)", "可扣", "不得扣", "处理意见", "法务确认"]  # fmt: skip
    assert [heading for heading in headings if heading in order] == order


def test_what_is_missing_or_does_not_fit_is_listed_first_what_must_be_done(october, tmp_path):
    books, run = october
    path = written(books, document(books, run, "2026-10"), tmp_path)
    listed = [(row["严重程度"], row["对象"], row["问题"]) for row in table(path, "异常")]
    assert listed == [
        ("必须处理", "eve eve", "没有本月工资标准，相关金额以“—”列示，没有计算"),
        ("必须处理", "old old", "没有本月工资标准、不在本月考勤表，相关金额以“—”列示，没有计算"),
        ("请核对", "bob bob", "制度罚款合计为负：以前月份多计的罚款退回"),
        ("请核对", "减免单W2", "bob 2026-10-15 迟到：没有对应的罚款，未减免"),
    ]


def test_each_deduction_is_a_sentence_with_its_figures(october, tmp_path):
    books, run = october
    said = [row["计算过程"] for row in table(written(books, document(books, run, "2026-10"), tmp_path), "计算依据")]
    assert "月工资3,050.00元×旷工0.5天÷21.75＝70.11元（一次取整到分）" in said
    assert (
        "应发2,800.00元×20%＝560.00元；应发－最低工资2,490.00元＝310.00元；取小，不低于0，为310.00元；"
        "应执行罚款500.00元，可扣310.00元，不得扣190.00元"
    ) in said


def test_a_region_without_limits_is_listed_once_and_no_figure_is_assumed(house: Books, tmp_path):
    for name in ("ann", "bob"):
        slip(house, name, name, "2026-10-12", "600.00", site="HQ")
        pay(house, name, "3050.00", "2800.00")
    run = lines(house, "2026-10", "ann", "bob", site="HQ")
    release(house, "2026-10", "HQ", run_id=run)
    path = written(house, document(house, run, "2026-10", site="HQ"), tmp_path)
    assert [row["问题"] for row in table(path, "异常")] == ["案场没有登记地区，2人的扣款上限没有计算，不采用任何默认值"]
    row = table(path, "工资扣款核对")[0]
    assert (row["扣款上限"], row["可扣"], row["不得扣"], row["制度罚款—待人事/法务确认"]) == ("—", "—", "—", "—")
    assert figures(text_of_workbook(path)["封面"])["罚款台账结转下月"] == "1,200.00"


def test_the_same_rows_give_the_same_bytes_whatever_lands_later(october, tmp_path):
    books, run = october
    artifact = document(books, run, "2026-10")
    before = written(books, artifact, tmp_path / "before").read_bytes()
    pay(books, "eve", "9000.00", "9000.00", recorded_at="2026-11-20")
    waive(books, "W9", "ann", "2026-10-13", recorded_at="2026-11-20")
    day(books, "ann", "2026-11-03")
    release(books, "2026-11", run_id=lines(books, "2026-11", "ann"))
    assert written(books, artifact, tmp_path / "after").read_bytes() == before


def test_a_draft_is_no_sheet_to_pay_by(house: Books, tmp_path):
    run = lines(house, "2026-10", "ann", state="held")
    for kind in ("wage_deductions", "payroll_import"):
        with pytest.raises(TotalsError, match="还没有定稿"):
            written(house, document(house, run, "2026-10", kind), tmp_path)


def test_a_ledger_that_does_not_add_up_stops_the_document(october, tmp_path, monkeypatch):
    books, run = october
    books.connection.execute("alter table attendance.fine_entry disable trigger user")
    books.connection.execute("update attendance.fine_entry set amount = -40 where entry_kind = '减免'")
    with pytest.raises(TotalsError, match="减免不超过"):
        written(books, document(books, run, "2026-10"), tmp_path)


# -- 薪资导入表 --------------------------------------------------------------------------------------------------------


def test_the_import_is_one_flat_table_with_one_row_of_headings(october, tmp_path):
    books, run = october
    path = written(books, document(books, run, "2026-10", "payroll_import"), tmp_path)
    assert path.name == "2026年10月薪资导入表-国贸大厦-定稿.xlsx"
    book = load_workbook(path)
    [sheet] = book.worksheets
    assert not sheet.merged_cells.ranges
    found = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert found[0] == IMPORTED
    assert [row[0] for row in found[1:]] == ["ann", "bob", "cyd", "dan", "eve"]
    assert found[4] == ["dan", "dan", "2026-10", 26, 22.5, 1.5, 2, 0, 0, 3, 2.5, 8, 11, -1, 0, 0, 0]
    assert found[1] == ["ann", "ann", "2026-10", 26, 26, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]


def test_ATT_21_hours_that_late_facts_changed_reach_the_import_by_kind_and_apart_from_the_months_own(
    house: Books, tmp_path
):
    """Two days of September and one of August for ann; what another month bears, or another site, is not here."""
    hire(house, "ann")
    for on, month, site in (
        ("2026-09-10", "2026-10-01", "GM"),
        ("2026-08-10", "2026-10-01", "GM"),
        ("2026-09-11", "2026-11-01", "GM"),
        ("2026-09-12", "2026-10-01", "HO"),
    ):
        adjust(house, "ann", on, month, site=site)
    house.connection.execute(
        "update attendance.adjustment set workday_overtime_delta = 1.25, rest_overtime_delta = -8, "
        "statutory_overtime_delta = 7.5"
    )
    run = lines(house, "2026-10", "ann", workday_overtime_hours="3")
    artifact = document(house, run, "2026-10", "payroll_import")
    [row] = table(written(house, artifact, tmp_path), "薪资导入")
    assert [row[name] for name in IMPORTED[10:]] == [3, 0, 0, 0, 2.5, -16, 15]
    assert "上月加班(小时)" in letter(house, artifact, "import").text


def test_the_import_of_a_month_without_people_has_its_headings_and_nothing_else(house: Books, tmp_path):
    run = lines(house, "2026-10")
    sheet = load_workbook(written(house, document(house, run, "2026-10", "payroll_import"), tmp_path)).worksheets[0]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [IMPORTED]
    assert not sheet.merged_cells.ranges


def test_the_import_is_of_the_newest_revision_that_its_run_knew(house: Books, tmp_path):
    run = lines(house, "2026-10", "ann", attended_days="20")
    lines(house, "2026-10", "ann", revision=2, run_id=run, attended_days="25")
    lines(
        house, "2026-10", "ann", revision=3, run_id=run_of(house, "2026-10", known_at="2026-11-20"), attended_days="26"
    )
    path = written(house, document(house, run, "2026-10", "payroll_import"), tmp_path)
    assert table(path, "薪资导入")[0]["实出勤"] == 25


# -- letters -----------------------------------------------------------------------------------------------------------


def test_the_letter_of_the_deductions_says_no_figure_from_which_a_wage_could_be_told(october, tmp_path):
    books, run = october
    artifact = document(books, run, "2026-10")
    written(books, artifact, tmp_path)
    brought = letter(books, artifact, "deductions")
    assert brought.subject == "【工资扣款核对表】国贸大厦 2026年10月 6人 旷工0.5天 制度罚款602.70元 待补资料2人"
    amounts = set(re.findall(r"\d[\d,]*\.\d\d", brought.text))
    assert amounts == {"602.70", "0.00"}
    assert "None" not in brought.html


def test_the_letter_of_the_import_says_what_to_check(october, tmp_path):
    books, run = october
    artifact = document(books, run, "2026-10", "payroll_import")
    written(books, artifact, tmp_path)
    brought = letter(books, artifact, "import")
    assert brought.subject == "【薪资导入表】国贸大厦 2026年10月 5人 应出勤130天 实出勤126天 旷工0.5天"
    assert "异常" not in brought.text


def test_a_corrected_edition_says_what_differs(house: Books, tmp_path):
    slip(house, "1", "ann", "2026-10-12", "600.00")
    pay(house, "ann", "3050.00", "2800.00", superseded_at="2026-11-20")
    run = lines(house, "2026-10", "ann")
    release(house, "2026-10", run_id=run)
    document(house, run, "2026-10")
    pay(house, "ann", "3050.00", "2900.00", recorded_at="2026-11-20")
    again = document(house, run_of(house, "2026-10", known_at="2026-11-21"), "2026-10", revision=2)
    path = written(house, again, tmp_path)
    assert path.name == "2026年10月工资扣款核对表-国贸大厦-第2版(更正).xlsx"
    assert [(row["项目"], row["原值"], row["新值"], row["差额"]) for row in table(path, "差异")] == [
        ("应发工资", "2800", "2900", 100),
        ("扣款上限", "310", "410", 100),
        ("可扣", "310", "410", 100),
        ("不得扣", "290", "190", -100),
    ]
    assert letter(house, again, "deductions").subject.startswith("【更正】【工资扣款核对表】")


def test_what_was_paid_beyond_the_cap_and_what_was_confirmed_late_is_listed_in_the_next_month(house: Books, tmp_path):
    slip(house, "1", "ann", "2026-10-12", "600.00")
    slip(house, "2", "bob", "2026-10-12", "100.00")
    pay(house, "ann", "3050.00", "2800.00")
    pay(house, "bob", "3050.00", "2800.00")
    run = lines(house, "2026-10", "ann", "bob")
    release(house, "2026-10", run_id=run)
    decide(house, "Z1", "ann", "2026-10", "已执行", "310.01", recorded_at="2026-11-20")
    decide(house, "Z2", "bob", "2026-10", "已执行", "100.00", recorded_at="2026-11-20")
    decide(house, "Z3", "ann", "2026-10", "已确认", recorded_at="2026-11-20")
    decide(house, "Z4", "bob", "2026-10", "已执行", "5.00", recorded_at="2026-11-20", confirmed_on="2026-11-21")
    run = lines(house, "2026-11", "ann", "bob")
    for name in ("ann", "bob"):
        pay(house, name, "3050.00", "2800.00", month="2026-11")
    release(house, "2026-11", run_id=run)
    path = written(house, document(house, run, "2026-11"), tmp_path)
    assert [(row["严重程度"], row["对象"], row["影响金额"]) for row in table(path, "异常")] == [
        ("请核对", "执行单Z4", 5),
        ("请核对", "ann 2026-10", 0.01),
        ("请核对", "bob 2026-10", 5),
        ("提示", "执行单Z3", "—"),
    ]
