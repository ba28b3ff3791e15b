"""The first sheet, the same in every document (outputs §0): who, what, when, figures, proofs, signatures."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from backoffice.workbook import wording
from backoffice.workbook.body import Body, tall_row
from backoffice.workbook.cells import empty_cell, encoder, line_count, text_cell
from backoffice.workbook.spec import Column, Comparison, Cover, WorkbookSpec, walk
from backoffice.workbook.styles import Look

WIDTHS = {1: 18.0, 2: 28.0, 3: 18.0, 4: 18.0, 5: 24.0}
HOLDS, FAILS = "✔", "✘"
CODE_LENGTH = 8  # characters of a hash that people compare


def cover_body(body: Body, book: WorkbookSpec, cover: Cover, exception_count: int) -> Body:
    """Fill the cover, in the order that every reader knows.

    :param exception_count: rows of the sheet 异常; `cover.exception_count` overrides it.
    """
    page = Page(body, WIDTHS)
    known_at = wording.moment_text(book.known_at)
    page.title(book.title, f"{book.scope}  ·  {book.period_text}  ·  {book.revision_text}")
    page.field("单据名称", book.title)
    page.field("范围", book.scope)
    page.field("期间", wording.span_text(book.first_on, book.end_on))
    page.field("版次", book.revision_text)
    page.field("数据截止", f"业务日期至 {book.as_of_on}")
    page.field("资料入库截止", known_at)
    page.field("编制时间", known_at)
    is_full = book.has_standard_sheets
    if is_full or cover.rules:
        rules = [{2: (name, "text"), 4: (f"自 {since} 起", "text")} for name, since in cover.rules]
        page.group("适用制度及生效日", rules)
    page.group("主要合计", [{2: (one.label, "text"), 4: (one.value, one.kind)} for one in cover.totals])
    page.group("户数/人数/张数", [{2: (one.label, "text"), 4: (one.value, one.kind)} for one in cover.counts])
    if is_full:
        count = exception_count if cover.exception_count is None else cover.exception_count
        words = f"{count} 条" + ("，见“异常”表" if count and not book.is_cover_only else "")
        page.field("异常条数", words, role="alarm" if count else "value")
        page.group("与上期对比", _comparison_lines(cover.comparisons))
    if cover.control:
        page.proofs("控制总数", [(cover.control.text, cover.control.holds)])
    else:
        page.field("控制总数", "—（本单据不接收资料）")
    if cover.checks:
        page.proofs("核对", [(check.text, check.holds) for check in cover.checks])
    if is_full:
        page.group("审批情况", _approval_lines(book), nothing=cover.no_approval)
        page.signatures()
    page.field("校验码", book.content_hash[:CODE_LENGTH], role="strong")
    for chart in cover.charts:
        body.add_chart(chart, None, first_column=2)
    page.technical({**dict(cover.technical), "内容校验(全)": book.content_hash})
    return body


def _comparison_lines(comparisons: Iterable[Comparison]) -> list[dict[int, tuple[Any, str]]]:
    lines = [
        {
            2: (one.label, "text"),
            3: (one.current, one.kind),
            4: (one.previous, one.kind),
            5: (_change(one), "rate"),
        }
        for one in comparisons
    ]
    head = {at: (word, "head") for at, word in enumerate(("项目", "本期", "上期", "环比"), 2)}
    return [head, *lines] if lines else []


def _change(one: Comparison) -> Decimal | None:
    return (Decimal(one.current) - one.previous) / one.previous if one.previous else None


def _approval_lines(book: WorkbookSpec) -> list[dict[int, tuple[Any, str]]]:
    with walk(book.approvals) as (names, records):
        approvals = [dict(zip(names, record, strict=True)) for record in records]
    lines = [
        {
            2: (f"{row['approver_name']}（{row['duty']}）" if row.get("duty") else row["approver_name"], "text"),
            3: (row["decided_at"], "moment"),
            4: (row["verdict"], "text"),
            5: (row["opinion"], "text"),
        }
        for row in approvals
    ]
    head = {at: (word, "head") for at, word in enumerate(("何人", "何时", "结论", "意见"), 2)}
    return [head, *lines] if lines else []


class Page:
    """Rows of a form: a label in the first column, the value over the others.

    :param widths: of its columns, which are counted from 1.
    """

    def __init__(self, body: Body, widths: Mapping[int, float]) -> None:
        self.body = body
        self.styles = body.styles
        self.widths = widths
        self.last = max(widths)
        body.widths.update(widths)

    def room(self, first: int, last: int) -> float:
        """Characters across these columns, both included."""
        return sum(self.widths[at] for at in range(first, last + 1))

    def title(self, title: str, subtitle: str) -> None:
        row = self.body.line({1: text_cell(self.styles, title, Look("text", "title"))}, height=38)
        self.body.merge(1, self.last, row)
        row = self.body.line({1: text_cell(self.styles, subtitle, Look("text", "subtitle"))}, height=22)
        self.body.merge(1, self.last, row)
        self.body.skip()

    def field(self, label: str, value: str, role: str = "value") -> None:
        cells = {1: self._label(label), 2: text_cell(self.styles, value, Look("text", role, wrap=True))}
        cells |= {at: empty_cell(self.styles, Look("text", role, wrap=True)) for at in range(3, self.last + 1)}
        self.body.merge(2, self.last, self.body.line(cells, height=_height(value, self.room(2, self.last))))

    def group(self, label: str, lines: list[dict[int, tuple[Any, str]]], nothing: str = "—") -> None:
        """Several lines under one label; a line maps columns to (value, kind) and a cell reaches to the next one."""
        if not lines:
            self.field(label, nothing)
            return
        first = self.body.next_row
        for line in lines:
            self._group_line(label, line)
        self.body.merge(1, 1, first, self.body.next_row - 1)

    def _group_line(self, label: str, line: Mapping[int, tuple[Any, str]]) -> None:
        starts = sorted(line)
        ends = [*(start - 1 for start in starts[1:]), self.last]
        cells, height = {1: self._label(label)}, 22.0
        for start, end in zip(starts, ends, strict=True):
            value, kind = line[start]
            room = self.room(start, end)
            cells[start] = self._cell(value, kind)
            cells |= {at: empty_cell(self.styles, Look("text", "value")) for at in range(start + 1, end + 1)}
            height = max(height, _height(value, room)) if isinstance(value, str) else height
        row = self.body.line(cells, height=height)
        for start, end in zip(starts, ends, strict=True):
            self.body.merge(start, end, row)

    def _cell(self, value: Any, kind: str) -> str:
        if kind == "head":
            return text_cell(self.styles, value, Look("text", "caption"))
        return encoder(self.styles, Column("", "封面", kind=kind, blank="—"), role="value")(value)[0]

    def proofs(self, label: str, proofs: list[tuple[str, bool]]) -> None:
        """Identities, each with ✔ or with a red ✘."""
        first = self.body.next_row
        for text, holds in proofs:
            self.field(label, f"{HOLDS if holds else FAILS} {text}", role="value" if holds else "alarm")
        self.body.merge(1, 1, first, self.body.next_row - 1)

    def signatures(self) -> None:
        look = Look("text", "value")
        cells = {1: self._label("制表/复核/审批")}
        cells |= {at: empty_cell(self.styles, look) for at in range(2, self.last + 1)}
        for at, who in ((2, "制表："), (3, "复核："), (5, "审批：")):
            cells[at] = text_cell(self.styles, who, look)
        self.body.merge(3, 4, self.body.line(cells, height=40))

    def technical(self, pairs: Mapping[str, str]) -> None:
        self.body.skip()
        look = Look("text", "technical")
        for label, value in {"技术信息": "", **pairs}.items():
            cells = {1: text_cell(self.styles, label, look)}
            if value:
                cells[2] = text_cell(self.styles, str(value), look)
            self.body.line(cells, height=13)

    def _label(self, label: str) -> str:
        return text_cell(self.styles, label, Look("text", "label"))


def _height(text: str, room: float) -> float:
    return max(22.0, tall_row(line_count(text, room - 2)))
