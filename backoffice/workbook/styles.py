"""How cells look: fonts, colours, borders and number formats, registered once with the workbook."""

from functools import cached_property
from typing import NamedTuple

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.differential import DifferentialStyle

FONT = "微软雅黑"  # on every Windows and in WPS; others fall back to their own CJK sans
INK, GREY, LINE, RED = "1F2933", "7B8794", "CBD2D9", "B42318"
HEADING_FILL, TOTAL_FILL, LABEL_FILL = "DDE5EE", "F0F3F6", "F5F7FA"
BAND_FILL = "F8FAFC"
TONE_FILL = {
    "bad": "F8D7DA",
    "warn": "FFF0CC",
    "good": "DDEFDD",
    "muted": "EDEEF0",
    "calm": "DCE9F7",
    "clay": "EBD3BA",
    "grape": "DCD0EE",
}
SERIES_INK = ("2F5D8A", "C0792A", "5B8C5A", "8A4B4B", "7A8B99", "5E548E")

NUMBER_FORMAT = {
    "date": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm",
    "time": "hh:mm",
    "amount": "#,##0.00",
    "rate": "0.00%",
    "days": "0.0#",
    "quantity": "#,##0.00##",
    "price": "#,##0.00##",
    "integer": "#,##0",
    "halves": "General",
    "mixed": "[>=10000]#,##0.00;[<=-10000]-#,##0.00;General",
    "mark": "@",
    "serial": "0",
    "ordinal": "0",
    "id": "@",
}
ALIGN = {
    **dict.fromkeys(("amount", "rate", "days", "quantity", "price", "integer", "halves", "mixed", "serial"), "right"),
    **dict.fromkeys(("date", "moment", "time", "ordinal", "yes_no", "ink", "mark"), "center"),
}


class Look(NamedTuple):
    """Everything that tells one cell's looks from another's; equal looks share one style of the workbook."""

    kind: str = "text"
    role: str = "body"
    align: str = ""
    tint: str = ""
    wrap: bool = False
    quote: bool = False  # the text would start a formula: shown with Excel's leading apostrophe, not evaluated
    faint: bool = False


class Styles:
    """Numbers of cell styles in a workbook, made on first use."""

    def __init__(self, workbook: Workbook) -> None:
        self._sheet = workbook.active
        self._numbers: dict[Look, int] = {}

    def number(self, look: Look) -> int:
        """The style number that a cell with this look carries in the file."""
        if look not in self._numbers:
            self._numbers[look] = self._register(look)
        return self._numbers[look]

    def _register(self, look: Look) -> int:
        cell = Cell(self._sheet, row=1, column=1)
        cell.font = self._font(look)
        cell.number_format = NUMBER_FORMAT.get(look.kind, "General")
        horizontal = look.align or self._role_align(look) or ALIGN.get(look.kind, "left")
        cell.alignment = Alignment(
            horizontal=horizontal,
            vertical="center",
            indent=1 if horizontal in {"left", "right"} and look.role not in {"note", "technical"} else 0,
            wrap_text=look.wrap or look.role in {"heading", "note", "value"} or None,
        )
        heading_fill = TONE_FILL.get(look.tint, HEADING_FILL)
        fill = {"heading": heading_fill, "total": TOTAL_FILL, "label": LABEL_FILL, "caption": LABEL_FILL}.get(
            look.role, TONE_FILL.get(look.tint)
        )
        if fill:
            cell.fill = PatternFill("solid", fgColor=fill)
        if look.role not in {"title", "subtitle", "note", "technical"}:
            cell.border = self._total_border if look.role == "total" else self._border
        cell.quotePrefix = look.quote
        return cell.style_id

    @staticmethod
    def _role_align(look: Look) -> str:
        return {"heading": "center", "title": "center", "subtitle": "center", "caption": "center"}.get(look.role, "")

    @staticmethod
    def _font(look: Look) -> Font:
        size = {"title": 18, "subtitle": 10.5, "technical": 8, "note": 9, "caption": 9, "tile": 9}.get(look.role, 10)
        grey = look.faint or look.role in {"subtitle", "technical", "note", "caption"}
        colour = RED if look.role == "alarm" else GREY if grey else INK
        bold = look.role in {"title", "heading", "total", "alarm", "strong"}
        return Font(name=FONT, size=size, bold=bold, color=colour)

    @cached_property
    def _border(self) -> Border:
        side = Side(style="thin", color=LINE)
        return Border(left=side, right=side, top=side, bottom=side)

    @cached_property
    def _total_border(self) -> Border:
        side, strong = Side(style="thin", color=LINE), Side(style="thin", color=GREY)
        return Border(left=side, right=side, top=strong, bottom=strong)


def tone(name: str) -> DifferentialStyle:
    """The looks of a conditional fill."""
    return DifferentialStyle(fill=PatternFill(bgColor=TONE_FILL[name], fill_type="solid"))


def band() -> DifferentialStyle:
    """The looks of every other row, so that the eye keeps the line across a wide table."""
    return DifferentialStyle(fill=PatternFill(bgColor=BAND_FILL, fill_type="solid"))
