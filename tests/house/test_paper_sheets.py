"""Papers as sheets: what the PDF says, in cells that an accountant can add up (outputs §5.2)."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from backoffice.letters import money
from backoffice.notices import Paper
from backoffice.notices.capitals import in_capitals
from backoffice.notices.sheet import sheet_of
from tests.papers import EXAMPLES, ORDERS, QUIET, WEST, asked, confirmed, deducted, head, many, released, shared

SENT = [name for name in EXAMPLES if EXAMPLES[name]().has_sheet]


def opened(paper: Paper) -> Worksheet:
    [page] = load_workbook(io.BytesIO(sheet_of(paper))).worksheets
    return page


def cells(page: Worksheet) -> Iterator[Cell]:
    return (cell for row in page.iter_rows() for cell in row if cell.value is not None)


def found(page: Worksheet, value: Any) -> Cell:
    """The first cell that says this."""
    return next(cell for cell in cells(page) if cell.value == value)


def beside(page: Worksheet, label: str) -> Any:
    """What stands behind a label."""
    cell = found(page, label)
    return page.cell(cell.row, cell.column + 1).value


def below(page: Worksheet, title: str) -> list[list[Any]]:
    """The rows of a table by its title: heading, records, 合计; what joined cells leave empty is passed over."""
    rows = page.iter_rows(min_row=found(page, title).row + 1)
    table = []
    for row in rows:
        if all(cell.value is None for cell in row):
            break
        table.append([cell.value for cell in row if type(cell) is Cell])
    return table


def test_a_paper_has_a_sheet_when_there_is_an_amount_and_somebody_outside_who_books_it():
    assert SENT == ["confirmed", "shared", "many", "deducted"]
    assert (asked().has_sheet, released().has_sheet) == (False, False)
    with pytest.raises(ValueError, match="TH-QY-202610-0001 has no sheet"):
        sheet_of(released())


@pytest.mark.parametrize("name", SENT)
def test_OPS_16_the_same_paper_gives_the_same_bytes_whatever_the_day(name, monkeypatch):
    import openpyxl.writer.excel

    first = sheet_of(EXAMPLES[name]())

    class AnotherDay(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime(2031, 5, 6, tzinfo=tz)

    monkeypatch.setattr(openpyxl.writer.excel.datetime, "datetime", AnotherDay)
    monkeypatch.setattr("time.time", lambda: 1_900_000_000.0)
    assert sheet_of(EXAMPLES[name]()) == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize("name", SENT)
def test_every_figure_and_every_sentence_of_the_paper_stands_on_its_sheet(name):
    paper = EXAMPLES[name]()
    page = opened(paper)
    said = "\n".join(str(cell.value) for cell in cells(page))
    for words in (paper.title, paper.sender, paper.number, paper.addressee, paper.contact, *paper.opening,
                  *paper.closing, in_capitals(paper.amount)):  # fmt: skip
        assert words in said
    for words in (words for fact in paper.facts for words in fact):
        assert words in said
    for block in paper.blocks:
        for words in (block.title, *block.choices, *(words for line in block.lines for words in line)):
            assert words in said
    for section in paper.sections:
        figures = [term.amount for account in section.accounts for term in (*account.terms, account.result)]
        for table in section.tables:
            assert table.title in said
            figures += [*table.totals, *(cell for row in table.rows for cell in row if isinstance(cell, Decimal))]
            for cell in (cell for row in table.rows for cell in row if isinstance(cell, str)):
                assert cell in said
        shown = {money(Decimal(str(cell.value))) for cell in cells(page) if cell.data_type == "n" and not cell.is_date}
        assert {money(figure) for figure in figures} <= shown | ({"0.00"} if not table.rows else set())


def test_OPS_15_money_is_a_number_with_two_decimals_a_day_is_a_day_and_an_id_is_text():
    page = opened(confirmed())
    amount, number = found(page, 4860), found(page, "PG-202609-0086")
    day = page.cell(amount.row, amount.column - 1)
    assert (amount.number_format, amount.alignment.horizontal) == ("#,##0.00", "right")
    assert (day.number_format, day.value.date()) == ("yyyy-mm-dd", date(2026, 10, 9))
    assert (number.number_format, number.data_type) == ("@", "s")
    assert beside(page, "审定金额合计(元)") == 22147.23
    assert beside(page, "期限").date() == date(2026, 11, 20)


def test_OPS_15_the_total_row_carries_the_totals_of_the_books():
    assert below(opened(shared()), "费用明细（4项）")[-2] == ["合计", 22147.23, None, 20935.74]
    [heading, *records, total] = below(opened(deducted()), "本期扣款")
    assert heading == ["派工单号", "部位", "缺陷", "确认方式", "扣款(元)"]
    assert [row[-1] for row in records] == [4860, 12735.5, 1218.4, 3333.33]
    assert [value for value in total if value] == ["合计", 22147.23]


def test_WAR_22_the_balance_rolls_forward_line_by_line_and_says_what_is_added_and_what_taken_off():
    page = opened(deducted((WEST,)))
    first = found(page, "期初余额").row
    rolled = [(page.cell(row, 1).value, page.cell(row, 2).value) for row in range(first - 1, first + 8)]
    assert rolled == [
        ("项目", "金额(元)"),
        ("期初余额", 58200),
        ("加：本期增加", 1800),
        ("减：本期扣款", 22147.23),
        ("加：冲回", 1200),
        ("减：退还", 0),
        ("期末余额", 39052.77),
        ("减：冻结", 1800),
        ("可用余额", 37252.77),
    ]


def test_a_contract_without_movements_says_so():
    assert below(opened(deducted((QUIET,))), "本期扣款") == [["本期无"]]


def test_the_money_of_narrower_tables_stands_below_the_money_of_the_widest():
    page = opened(deducted())
    last = [found(page, heading).column for heading in ("转索赔(元)", "扣款(元)", "冲回(元)", "冻结(元)")]
    assert last == [7, 7, 7, 7]


@pytest.mark.parametrize("text", ["=1+1", "+8613800000000", "-1", "@SUM(A1)", '=HYPERLINK("http://x")'])
def test_OPS_14_text_that_looks_like_a_formula_stays_text(text):
    orders = (replace(ORDERS[0], defect=text, place=text), *ORDERS[1:])
    page = opened(confirmed(orders=orders, head=head("QR-QY-202611-0003", contractor=text)))
    like = [cell for cell in cells(page) if cell.value == text]
    assert len(like) == 3
    assert {(cell.data_type, cell.quotePrefix) for cell in like} == {("s", True)}
    assert not [cell for cell in cells(page) if cell.data_type == "f"]


def test_long_text_is_wrapped_and_its_row_made_high_enough():
    page = opened(confirmed())
    cell = found(page, ORDERS[0].defect)
    assert cell.alignment.wrap_text
    assert page.row_dimensions[cell.row].height > 80
    assert page.row_dimensions[found(page, ORDERS[3].defect).row].height < 60


@pytest.mark.parametrize("paper", [confirmed(), many(), deducted(), deducted((QUIET,))], ids=lambda paper: paper.number)
def test_the_sheet_prints_on_a4_as_wide_as_the_page_and_says_which_paper_it_is(paper):
    page = opened(paper)
    assert (page.title, page.page_setup.paperSize, page.page_setup.fitToWidth) == (paper.number, 9, 1)
    assert page.page_setup.fitToHeight == 0
    assert paper.number in page.oddFooter.left.text
    assert page.oddFooter.right.text == "第 &P 页 / 共 &N 页"
