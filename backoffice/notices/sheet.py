"""A paper as a sheet of a spreadsheet: what its PDF says, with money as numbers and days as days (outputs §5.2).

For the contractor's accountant, who wants to filter, add up and copy rather than type. All tables of a paper stand on
one grid: a table of fewer columns than the widest gives the room that is left to its most talkative column, so that the
last columns, which are money, stand below each other. Same paper, same bytes; nothing on it is a formula.
"""

import io
import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from backoffice.notices.capitals import in_capitals
from backoffice.notices.paper import Account, Block, Cell, Column, Paper, Section, Table
from backoffice.workbook.body import PADDING, Body, tall_row
from backoffice.workbook.cells import (
    EDGES,
    MAX_WIDTH,
    display_width,
    empty_cell,
    line_count,
    number_cell,
    number_text,
    serial_text,
    shown,
    text_cell,
)
from backoffice.workbook.cover import Page
from backoffice.workbook.frame import LANDSCAPE_FROM, dress, set_a4
from backoffice.workbook.styles import Look
from backoffice.workbook.writer import bind, blank_book

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
#: characters that the columns of text of a table share by their shares
TEXT_ROOM = 84
LEAST_COLUMNS = 4
#: of the first column, which carries labels, and of the second, which carries the amounts of an account
LEAST_WIDTHS = {1: 16.0, 2: 18.0}
LONGEST_NAME = 31  # of a tab in Excel
SIGNED = {"": "", "+": "加：", "-": "减："}
INK = "＿＿＿＿＿＿"
SAME = "本表与同号PDF内容一致，供核对、记账使用；如有不同，以PDF为准。"

Span = tuple[int, int]


def sheet_of(paper: Paper) -> bytes:
    """The .xlsx of a paper that `has_sheet`.

    :raises ValueError: for another paper: its opinions would be left out.
    """
    if not paper.has_sheet:
        raise ValueError(f"{paper.name()} has no sheet: it names no amount, or stays in the house.")
    workbook, styles = blank_book()
    body = Body(styles, paper.number[:LONGEST_NAME], io.BytesIO())
    _fill(_Form(body, _widths(paper)), paper)
    page = workbook.create_sheet(body.name)
    dress(page, body)
    footer = "　·　".join(part for part in (paper.footer, f"{paper.number}　{paper.revision}") if part)
    set_a4(page, is_upright=sum(body.widths.values()) <= LANDSCAPE_FROM, is_one_page=False, footer=footer)
    out = io.BytesIO()
    bind(workbook, [body], out, title=paper.name(), on=paper.issued_on)
    return out.getvalue()


def _fill(form: "_Form", paper: Paper) -> None:
    form.title(paper.title, f"{paper.sender}　　No. {paper.number}　{paper.revision}")
    form.field("单号", paper.number)
    form.field("致", paper.addressee, role="strong")
    for label, value in paper.facts:
        form.field(label, value)
    form.answer(f"{paper.amount_label}(元)", paper.amount, f"大写　{in_capitals(paper.amount)}")
    if paper.due_on:
        form.answer("期限", paper.due_on, f"{paper.due_label}（含当日）")
    for sentence in paper.opening:
        form.field("正文", sentence)
    for section in paper.sections:
        form.section(section)
    form.body.skip()
    form.fields("说明", [f"{number}. {sentence}" for number, sentence in enumerate(paper.closing, 1)])
    form.fields("签章", [_signed(block) for block in paper.blocks])
    form.field("联系方式", paper.contact)
    form.body.skip()
    form.body.notes([SAME], form.last)


def _signed(block: Block) -> str:
    """A block of the paper as one text: who signs, what is ticked, the labels with what is known or room for ink."""
    lines = "　　".join(f"{label}：{value or INK}" for label, value in block.lines)
    choices = "　　".join(f"□ {choice}" for choice in block.choices)
    head = f"{block.title}{'（盖章）' if block.has_stamp else ''}"
    return "\n".join(part for part in (head, block.says, choices, lines) if part)


def _grid(paper: Paper) -> int:
    """How many columns the tables of a paper share."""
    return max(LEAST_COLUMNS, *(len(table.columns) for section in paper.sections for table in section.tables))


def _spans(columns: Sequence[Column], last: int) -> list[Span]:
    """First and last grid column of each column of a table; what is left of the grid goes to the one that says most."""
    widest = max(range(len(columns)), key=lambda at: (columns[at].share, at if columns[at].share else -at))
    spans, first = [], 1
    for at in range(len(columns)):
        end = first + (last - len(columns) if at == widest else 0)
        spans.append((first, end))
        first = end + 1
    return spans


def _widths(paper: Paper) -> dict[int, float]:
    """Of the grid, in characters: what does not wrap stands in one line, the rest shares what A4 has room for."""
    last = _grid(paper)
    widths = {at: LEAST_WIDTHS.get(at, 10.0) for at in range(1, last + 1)}
    labels = [f"{paper.amount_label}(元)", *(label for label, _ in paper.facts)]
    labels += [label for section in paper.sections for label, _ in section.facts]
    widths[1] = max(widths[1], *(min(MAX_WIDTH, display_width(label) + PADDING) for label in labels))
    for table in (table for section in paper.sections for table in section.tables):
        shares = sum(column.share for column in table.columns)
        totals = iter(table.totals)
        for at, (column, (first, end)) in enumerate(zip(table.columns, _spans(table.columns, last), strict=True)):
            cells = [column.heading, *(_words(row[at]) for row in table.rows)]
            if column.is_total:
                cells.append(_words(next(totals)))
            needed = max(map(display_width, cells)) + PADDING
            if column.share:
                needed = min(needed, max(MAX_WIDTH / 3, TEXT_ROOM * column.share / shares))
            if first == end:
                widths[first] = max(widths[first], min(needed, MAX_WIDTH))
    return widths


def _words(cell: Cell) -> str:
    """What a cell shows; measures it."""
    return shown("amount", cell) if isinstance(cell, Decimal) else cell


def _placed(cell: Cell, column: Column, span: Span) -> tuple[Cell | date, int, int, Look]:
    """A cell of a table with its place and its look: money is a number, a day is a day, an id stays text."""
    if isinstance(cell, Decimal):
        return cell, *span, Look("amount")
    if not column.share and DAY.fullmatch(cell):
        return date.fromisoformat(cell), *span, Look("date")
    return cell, *span, Look("text" if column.share else "id", align="right" if column.is_money else "", wrap=True)


class _Form(Page):
    """Rows of a paper's sheet."""

    def fields(self, label: str, values: Sequence[str]) -> None:
        """Several texts under one label."""
        first = self.body.next_row
        for value in values:
            self.field(label, value)
        if values:
            self.body.merge(1, 1, first, self.body.next_row - 1)

    def answer(self, label: str, value: Decimal | date, words: str) -> None:
        """What the paper comes to, and what is to be said of it."""
        look = Look("amount" if isinstance(value, Decimal) else "date", "strong")
        told = Look("text", "value")
        self._line([(label, 1, 1, Look("text", "label")), (value, 2, 2, look), (words, 3, self.last, told)])

    def section(self, section: Section) -> None:
        if section.heading:
            self.body.skip()
        if section.heading:
            self._across(section.heading, Look("text", "total", align="left", wrap=True))
        for label, value in section.facts:
            self.field(label, value)
        if section.accounts:
            self._accounts(section.accounts)
        for table in section.tables:
            self._table(table)
        for remark in section.remarks:
            self.field("备注", remark)

    def _accounts(self, accounts: Sequence[Account]) -> None:
        """One figure below the other, as a balance rolls forward; an account goes on where the one before closed."""
        self._line([("项目", 1, 1, Look("text", "heading")), ("金额(元)", 2, 2, Look("text", "heading"))])
        closed = ""
        for account in accounts:
            for term in account.terms:
                if term.label != closed:
                    self._figure(f"{SIGNED[term.sign]}{term.label}", term.amount, "body")
            self._figure(account.result.label, account.result.amount, "total")
            closed = account.result.label

    def _figure(self, label: str, amount: Decimal, role: str) -> None:
        self._line([(label, 1, 1, Look("text", role)), (amount, 2, 2, Look("amount", role))])

    def _table(self, table: Table) -> None:
        self.body.skip()
        if table.title:
            self._across(table.title, Look("text", "strong", wrap=True))
        if not table.rows:
            self._across(table.empty, Look("text", faint=True, align="center"))
            return
        spans = _spans(table.columns, self.last)
        heading = Look("text", "heading")
        self._line([(column.heading, *span, heading) for column, span in zip(table.columns, spans, strict=True)])
        for row in table.rows:
            self._line([_placed(*told) for told in zip(row, table.columns, spans, strict=True)])
        if table.totals:
            self._total(table, spans)

    def _total(self, table: Table, spans: Sequence[Span]) -> None:
        totals = iter(table.totals)
        line: list[tuple[Cell | date, int, int, Look]] = []
        for column, (first, end) in zip(table.columns, spans, strict=True):
            if column.is_total:
                line.append((next(totals), first, end, Look("amount", "total")))
            elif line and line[-1][0] != table.total_label:
                line.append(("", first, end, Look("text", "total")))
            else:  # the label reaches as far as the first sum
                line[:] = [(table.total_label, 1, end, Look("text", "total", align="center"))]
        self._line(line)

    def _across(self, text: str, look: Look) -> None:
        self._line([(text, 1, self.last, look)])

    def _line(self, cells: Sequence[tuple[Cell | date, int, int, Look]]) -> None:
        """Write a row of (content, first column, last column, look), as high as its longest text needs."""
        written, lines = {}, 1
        for content, first, end, look in cells:
            written |= {at: empty_cell(self.styles, look) for at in range(first, end + 1)}
            if isinstance(content, Decimal):
                written[first] = number_cell(self.styles, number_text(content, decimals=2), look)
            elif isinstance(content, date):
                written[first] = number_cell(self.styles, serial_text(content), look)
            elif content:
                written[first] = text_cell(self.styles, content, look)
                lines = max(lines, line_count(content, self.room(first, end) - EDGES))
        row = self.body.line(written, height=max(22.0, tall_row(lines)))
        for _, first, end, _ in cells:
            self.body.merge(first, end, row)
