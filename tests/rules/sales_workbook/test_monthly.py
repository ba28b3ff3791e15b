"""销售月报: the draft that finance checks, the final edition, and what differs between them."""

from openpyxl import load_workbook

from backoffice import artifacts
from backoffice.database import rows
from tests.drawing import Books
from tests.rules.fees.test_fee_workbook import figures, table
from tests.rules.sales_workbook.conftest import document, pay, reckon, sign, unit, written
from tests.rules.sales_workbook.test_weekly import letter
from tests.workbooks import text_of_workbook
from workbooks import SALES_DRAFT, SALES_MONTHLY


def month(books: Books, kind: str, known_at: str, **also) -> int:
    return document(books, reckon(books, "2026-11", known_at), kind, "2026-11", **also)


def test_a_month_is_a_draft_first_and_then_a_final_edition_with_its_differences(busy: Books, tmp_path):
    draft = written(busy, month(busy, "sales_draft", "2026-12-01 08:30+08"), tmp_path)
    pay(busy, "S88", "2026-11-29", "88888", "HT11", recorded_at="2026-12-01 20:00")
    busy.connection.execute("update sales.receipt set superseded_at = '2026-12-01 21:00' where receipt_no = 'S42'")
    pay(busy, "S42", "2026-11-21", "12345.00", "HT99", recorded_at="2026-12-01 21:00")
    busy.connection.execute("update sales.receipt set superseded_at = '2026-12-01 22:00' where receipt_no = 'S02'")
    final = written(busy, month(busy, "sales_monthly", "2026-12-02 09:30+08"), tmp_path)
    assert (draft.name, final.name) == (
        "2026年11月销售月报-江湾一期-初稿.xlsx",
        "2026年11月销售月报-江湾一期-定稿.xlsx",
    )
    assert "差异" not in load_workbook(draft).sheetnames
    assert load_workbook(final).sheetnames[13:18] == ["目标与计划", "内控", "内控问题", "周月衔接", "补记与更正"]
    assert [(row["单据号"], row["变动类型"], row["差额"]) for row in table(final, "差异")] == [
        ("S02", "取消", -100000.1),
        ("S42", "变更", -0.67),
        ("S88", "新增", 88888),
    ]


def test_a_final_edition_without_a_draft_differs_in_nothing(house: Books, tmp_path):
    unit(house)
    final = written(house, month(house, "sales_monthly", "2026-12-02 09:30+08"), tmp_path)
    assert text_of_workbook(final)["差异"][1][0] == "本期无"


def test_the_draft_asks_finance_by_the_second_at_half_past_nine(busy: Books):
    brought = letter(busy, month(busy, "sales_draft", "2026-12-01 08:30+08"), SALES_DRAFT)
    assert brought.subject.startswith("【待审批】江湾一期 2026年11月销售月报初稿 来访14 认购3套 净签约4套 ")
    assert "请财务于12-02 09:30前按“回款”核对银行到账（本期回款7笔，其中6笔 400,000.40元未确认）" in brought.text


def test_the_final_letter_points_to_the_differences_and_a_later_one_replaces_it(busy: Books):
    first = month(busy, "sales_monthly", "2026-12-02 09:30+08")
    assert "与初稿不同之处见“差异”" in letter(busy, first, SALES_MONTHLY).text
    pay(busy, "S88", "2026-11-29", "88888", "HT11", recorded_at="2026-12-03")
    second = month(busy, "sales_monthly", "2026-12-04 09:30+08", revision=2)
    brought = letter(busy, second, SALES_MONTHLY)
    assert brought.subject.startswith("【更正】江湾一期 2026年11月销售月报 第2版 ")
    assert "本件替代 第1版" in brought.text
    [row] = rows(busy.connection, "sales/sheet_differences", {"artifact_id": second})
    assert (row["slip_number"], row["change_kind"], row["delta_amount"]) == ("S88", "新增", 88888)


def test_who_checked_the_receipts_stands_on_the_cover_with_the_opinion(busy: Books, tmp_path):
    artifact = month(busy, "sales_monthly", "2026-12-02 09:30+08")
    found = artifacts.read(busy.connection, artifact)
    busy.connection.execute(
        "insert into ops.decision (workflow, site_id, period, content_hash, verdict, opinion, decided_by, decided_at, "
        "run_id) values ('monthly_sales', 'XM1', %s, %s, 'approved', '与银行流水一致', '李会计', "
        "'2026-12-02 09:10+08', %s)",
        [found["period"], found["content_hash"], found["run_id"]],
    )
    path = written(busy, artifact, tmp_path)
    [row] = table(path, "审批记录")
    assert (row["步骤"], row["审批人"], row["结论"], row["意见"]) == ("财务核对", "李会计", "同意", "与银行流水一致")
    assert row["所批户数/金额"] == "7笔，412,346.07元"
    assert figures(text_of_workbook(path)["封面"])["财务核对状态"] == "已核对（李会计）"


def test_what_the_checks_of_contracts_found_is_listed_one_by_one(busy: Books, tmp_path):
    busy.given(
        "sales.contract_check\nsite_id | check_no | contract_no | checked_on | is_passed | fault\n"
        "XM1 | C1 | HT11 | 2026-11-20 | no | 缺身份证复印件",
        recorded_at="2026-11-21",
    )
    path = written(busy, month(busy, "sales_draft", "2026-12-01 08:30+08"), tmp_path)
    assert "缺身份证复印件" in [row["问题"] for row in table(path, "内控问题")]


def test_what_falls_due_in_the_next_month_or_week_is_the_next_receivable(house: Books):
    sign(
        house, "HT1", "首付 2026-12-01 1", "分期 2026-12-07 2", "分期 2026-12-31 4", "尾款 2027-01-01 8",
        amount="15", signed_on="2026-11-01",
    )  # fmt: skip
    told = house.query(
        """
        select
            (select next_amount from sales.contract_age('XM1', '2026-11-01', '2026-11-30', '2027-01-01')) as of_month,
            (select next_amount from sales.contract_age('XM1', '2026-11-23', '2026-11-29', '2027-01-01')) as of_week,
            sales.next_period('2027-02-01', '2027-02-28')::text as after_february
        """
    )
    assert told == [{"of_month": 7, "of_week": 1, "after_february": "[2027-03-01,2027-04-01)"}]
