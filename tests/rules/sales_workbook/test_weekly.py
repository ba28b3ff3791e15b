"""销售周报: every sheet of a project and of a group, its totals, its bytes, its letter."""

import re
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from backoffice import artifacts, letters
from backoffice.artifacts import parameters_of
from backoffice.database import rows
from backoffice.workbook import TotalsError, write_workbook
from tests.drawing import Books
from tests.rules.fees.test_fee_workbook import figures, table, total
from tests.rules.sales_workbook.conftest import document, pay, reckon, sign, unit, written
from tests.workbooks import text_of_workbook
from workbooks import SALES_WEEKLY
from workbooks.sales import weekly_workbook

PROJECT_SHEETS = [
    "封面",
    "主要指标",
    "销售情况表",
    "销控表",
    "来电来访",
    "认购未签约",
    "签约明细",
    "退订退房换房",
    "回款",
    "应收账龄",
    "按揭进度",
    "置业顾问业绩",
    "客户归属判定",
    "补记与更正",
    "指标口径",
    "异常",
    "计算依据",
    "审批记录",
]
PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")


def words_of(path) -> list[str]:
    return [cell for sheet in text_of_workbook(path).values() for row in sheet for cell in row]


def letter(books: Books, artifact_id: int, paper=SALES_WEEKLY) -> letters.Letter:
    [variables] = rows(books.connection, paper.statement, {"artifact_id": artifact_id})
    return letters.render(
        paper.template, variables | artifacts.exceptions_of(books.connection, artifact_id, paper.exceptions)
    )


@pytest.fixture
def week(busy: Books) -> tuple[Books, int]:
    return busy, document(busy, reckon(busy))


def test_a_week_of_a_project_has_every_sheet_in_order_and_a_readable_name(week, tmp_path):
    path = written(*week, tmp_path)
    assert path.name == "2026年第47周销售周报-江湾一期-第1版.xlsx"
    assert load_workbook(path).sheetnames == PROJECT_SHEETS
    assert not {"None", "nan", "NULL", "True", "False"} & set(words_of(path))
    assert "✘" not in "".join(words_of(path))


def test_every_total_is_the_sum_of_the_registers(week, tmp_path):
    books, artifact = week
    path = written(books, artifact, tmp_path)
    [summed] = books.query(
        """
        select
            (select sum(open_amount) from sales.receivable_at('XM1', '2026-11-22', '2026-11-23 08:00+08')) as owed,
            (select sum(amount) from sales.receipt where site_id = 'XM1'
                and value_on between '2026-11-16' and '2026-11-22') as received,
            (select sum(amount) from sales.contract where site_id = 'XM1' and source = '项目'
                and signed_on between '2026-11-16' and '2026-11-22') as signed
        """
    )
    assert total(path, "应收账龄", "应收") == summed["owed"] == Decimal("11150000.60")
    assert total(path, "回款", "金额") == summed["received"] == Decimal("362346.07")
    assert total(path, "签约明细", "总价") == summed["signed"] == Decimal("5540000.00")
    parts = [total(path, "应收账龄", heading) for heading in ("未到期", "1–30天", "31–60天", "61–90天", "90天以上")]
    assert sum(parts) == summed["owed"]
    assert total(path, "认购未签约", "定金") == 100000
    assert total(path, "退订退房换房", "签约金额变动") == -1190000
    assert total(path, "退订退房换房", "认购金额变动") == -1200000
    assert total(path, "退订退房换房", "待批金额") == -1150000
    assert total(path, "按揭进度", "未放款") == 2471000
    assert total(path, "销售情况表", "净签约金额") == total(path, "置业顾问业绩", "净签约金额") == 4350000


def test_a_total_that_is_not_the_sum_of_its_rows_stops_the_workbook(week, tmp_path, monkeypatch):
    books, artifact = week
    monkeypatch.setitem(
        __import__("workbooks.sales").sales.LIST_TOTALS, "sales/sheet_receipts", {"amount": "confirmed_amount"}
    )
    with pytest.raises(TotalsError, match="回款"):
        written(books, artifact, tmp_path)


def test_the_same_rows_give_the_same_bytes(week, tmp_path):
    books, artifact = week
    book = weekly_workbook(books.connection, artifacts.read(books.connection, artifact))
    first = write_workbook(tmp_path / "a.xlsx", book)
    assert write_workbook(tmp_path / "b.xlsx", book).sha256 == first.sha256


def test_SAL_21_no_telephone_number_and_no_full_name_stands_in_a_wide_workbook(week, tmp_path):
    path = written(*week, tmp_path)
    text = "\n".join(words_of(path))
    assert not PHONE.search(text)
    assert "139****8888" in text  # typed into a reason by somebody
    assert not {"李某某", "赵某某"} & set(words_of(path))
    assert {row["客户"] for row in table(path, "应收账龄")[:-1]} == {"李**", "赵**", "钱*"}


def test_SAL_21_the_workbook_of_a_group_names_no_customer_and_shows_no_units(busy: Books, tmp_path):
    run = reckon(busy, sites=("XM1", "XM2", "JT"))
    path = written(busy, document(busy, run, site="JT"), tmp_path)
    assert path.name == "2026年第47周销售周报-江湾集团-第1版.xlsx"
    names = load_workbook(path).sheetnames
    assert names[:7] == ["封面", "主要指标", "项目排名", "销售情况表", "来电来访", "应收账龄", "置业顾问业绩"]
    assert not {"销控表", "认购未签约", "签约明细", "回款", "按揭进度", "客户归属判定"} & set(names)
    assert not PHONE.search("\n".join(words_of(path)))
    owed = {row["项目"]: row["应收"] for row in table(path, "应收账龄")}
    assert owed == {"江湾一期": 11150000.6, "江湾二期": 1200000, "合计": 12350000.6}
    assert [row["项目"] for row in table(path, "项目排名")] == ["江湾一期", "江湾二期"]


def test_a_week_without_anything_says_so_on_every_sheet(house: Books, tmp_path):
    unit(house)
    path = written(house, document(house, reckon(house)), tmp_path)
    sheets = text_of_workbook(path)
    for name in ("认购未签约", "签约明细", "退订退房换房", "回款", "应收账龄", "按揭进度", "计算依据"):
        assert sheets[name][1][0] == "本期无", name


def test_the_letter_says_the_figures_of_the_cover(week, tmp_path):
    books, artifact = week
    written(books, artifact, tmp_path)
    brought = letter(books, artifact)
    assert brought.subject == (
        "【销售周报】江湾一期 2026年第47周（11-16至11-22） 来访5 认购1套 净签约4套 4,350,000.00元"
        " 回款362,346.07元 完成率21.75%"
    )
    cover = text_of_workbook(tmp_path / "2026年第47周销售周报-江湾一期-第1版.xlsx")["封面"]
    said = figures(cover)
    assert said["净签约金额完成率（本月）"] == "21.75%" and said["本期净签约金额"] == "4,350,000.00"
    assert said["本期回款净额"] == "362,346.07" and said["回款净额完成率（本月）"] == "20.62%"
    assert "21.75% / 20.62%" in brought.text
    assert f"{said['应收未收合计']} / {said['其中逾期']}" in brought.text
    assert "以下为前5条" in brought.text
    assert "本期回款6笔，其中5笔 350,000.40元未确认" in brought.text
    assert "None" not in brought.html


def test_SAL_17_without_a_target_the_completion_is_a_dash(house: Books, tmp_path):
    unit(house)
    artifact = document(house, reckon(house))
    assert "完成率—" in letter(house, artifact).subject
    said = figures(text_of_workbook(written(house, artifact, tmp_path))["封面"])
    assert said["净签约金额完成率（本月）"] == "—"


def test_SAL_01_a_week_that_crosses_the_year_has_the_number_of_its_iso_year(house: Books, tmp_path):
    unit(house)
    artifact = document(house, reckon(house, "2026-W53", "2027-01-04 08:00+08"), period="2026-W53")
    path = written(house, artifact, tmp_path)
    assert path.name == "2026年第53周销售周报-江湾一期-第1版.xlsx"
    assert text_of_workbook(path)["封面"][5][:2] == ["期间", "2026-12-28 至 2027-01-03"]


def test_the_trend_shows_thirteen_weeks_and_the_funnel_four_steps(week):
    books, artifact = week
    parameters = parameters_of(artifacts.read(books.connection, artifact))
    weeks = rows(books.connection, "sales/sheet_weeks", parameters)
    assert len(weeks) == 13
    assert weeks[-1] == {
        "week_text": "2026-W47",
        "visit_quantity": 5,
        "subscribed_quantity": 1,
        "signed_quantity": 5,
    }
    steps = {row["step"]: row["moved_quantity"] for row in rows(books.connection, "sales/sheet_funnel", parameters)}
    assert steps == {"来电": 7, "来访": 5, "认购": 1, "签约": 5}


def test_what_came_after_the_cut_off_does_not_change_a_workbook_that_is_written_again(week, tmp_path):
    books, artifact = week
    before = written(books, artifact, tmp_path / "before").read_bytes()
    pay(books, "S99", "2026-11-20", "1000", "HT11", recorded_at="2026-11-24")
    sign(books, "HT77", "首付 2026-11-20 1000", unit_no="1-502", signed_on="2026-11-20", recorded_at="2026-11-24")
    assert written(books, artifact, tmp_path / "after").read_bytes() == before
