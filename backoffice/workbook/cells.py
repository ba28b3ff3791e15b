"""From a value to the XML of a cell (OPS-14, OPS-15).

Text is always stored as an inline string, so nothing that comes from outside is ever evaluated; text that would start a
formula also carries Excel's leading apostrophe, so that it stays text when somebody edits the cell. Content is not
changed. Numbers are written digit by digit from Decimal: no float, no exponent.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any
from xml.sax.saxutils import escape

from backoffice.workbook.spec import Column
from backoffice.workbook.styles import Look, Styles
from backoffice.workbook.wording import house_time

FORMULA_START = ("=", "+", "-", "@", "\t", "\r")
MAX_DIGITS = 15  # Excel keeps no more; an account number stored as a number would end in zeros
LONGEST = 10**MAX_DIGITS
KEPT = Context(prec=MAX_DIGITS, rounding=ROUND_HALF_UP)
MAX_TEXT = 32_767
CUT_MARK = "…（超长，以下从略）"
MIN_WIDTH, MAX_WIDTH = 6.0, 42.0
EDGES = 2.0  # characters of a declared width that the indent and the borders take
EPOCH = date(1899, 12, 30)
FIRST_SAFE_DAY = date(1900, 3, 1)  # Excel believes in 29 February 1900
YES_NO = {True: "是", False: "否"}

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def _visible(match: re.Match[str]) -> str:
    code = ord(match[0])
    return chr(0x2400 + code) if code < 0x20 else "␡" if code == 0x7F else "\ufffd"


def clean_text(text: str) -> str:
    """Text that XML and Excel can hold: control characters become their pictures (␀), excess length is cut and said."""
    text = _ILLEGAL.sub(_visible, text)
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - len(CUT_MARK)] + CUT_MARK


def display_width(text: str) -> int:
    """Width of the longest line in characters; a Chinese character takes two."""
    if "\n" in text:
        return max(map(display_width, text.split("\n")))
    return len(text) if text.isascii() else len(text.encode("gb18030", "replace")) - 2 * _four_byte_count(text)


def line_count(text: str, room: float) -> int:
    """Lines that a text takes in a cell that is so many characters wide."""
    return sum(-(-max(1, display_width(part)) // max(1, int(room))) for part in text.split("\n"))


def _four_byte_count(text: str) -> int:
    return sum(len(character.encode("gb18030", "replace")) == 4 for character in text if not character.isascii())


def number_text(value: Decimal | int, *, decimals: int | None = None) -> str:
    """Digits of a number for the file, without exponent. A quotient is rounded to the 15 digits that Excel keeps.

    :param decimals: how many decimals there may be; money has two, so that what is printed adds up.
    :raises ValueError: not a number, a whole number longer than Excel keeps, or more decimals than allowed.
    """
    value = Decimal(value)
    if not value.is_finite():
        raise ValueError(f"{value} is not a number that a cell can hold.")
    if abs(value) >= LONGEST:
        raise ValueError(f"{value:f} is longer than {MAX_DIGITS} digits: Excel would change it. Declare it as id.")
    if decimals is not None and value != round(value, decimals):
        raise ValueError(f"{value:f} has more than {decimals} decimals: round it per line, in the query.")
    digits = f"{value:f}"
    return digits if len(digits) <= MAX_DIGITS else f"{KEPT.plus(value):f}"


def serial_text(value: date | time | datetime) -> str:
    """Excel's number of a day, of a time of day, or of an instant on the house clock."""
    if isinstance(value, time):
        return repr((value.hour * 3600 + value.minute * 60 + value.second) / 86400)
    moment = house_time(value) if isinstance(value, datetime) else None
    day = moment.date() if moment else value
    if day < FIRST_SAFE_DAY:
        raise ValueError(f"{day} lies before the calendar of Excel.")
    days = (day - EPOCH).days
    if not moment:
        return str(days)
    seconds = moment.hour * 3600 + moment.minute * 60 + moment.second
    return repr(days + seconds / 86400) if seconds else str(days)


def text_content(text: str) -> str:
    """The inside of a text cell."""
    safe = _LOOKS_ESCAPED.sub("_x005F_", escape(text, {"\r": "&#13;"}))
    space = ' xml:space="preserve"' if text != text.strip() or "\n" in text else ""
    return f' t="inlineStr"><is><t{space}>{safe}</t></is></c>'


def is_formula_like(text: str) -> bool:
    """Whether a spreadsheet would take the text for a formula when it is typed."""
    return text.startswith(FORMULA_START)


def text_cell(styles: Styles, text: str, look: Look) -> str:
    """A text cell from its style attribute on; the caller writes `<c r="A1"` before it."""
    text = clean_text(text)
    style = styles.number(look._replace(quote=is_formula_like(text)))
    return f' s="{style}"{text_content(text)}'


def number_cell(styles: Styles, digits: str, look: Look) -> str:
    """A number cell from its style attribute on."""
    return f' s="{styles.number(look)}"><v>{digits}</v></c>'


def empty_cell(styles: Styles, look: Look) -> str:
    """An empty cell with borders and fill."""
    return f' s="{styles.number(look)}"/>'


def _days_shown(value: Decimal) -> str:
    return f"{value:.1f}" if value == round(value, 1) else f"{value:.2f}"


def _four_places(value: Decimal) -> str:
    return f"{value:,.4f}".removesuffix("00")


SHOWN: dict[str, Callable[[Any], str]] = {
    "amount": "{:,.2f}".format,
    "rate": lambda value: f"{value * 100:.2f}%",
    "days": _days_shown,
    "quantity": _four_places,
    "price": _four_places,
    "integer": "{:,}".format,
    "halves": lambda value: f"{value.normalize():f}" if isinstance(value, Decimal) else f"{value}",
    "mixed": "{:,.2f}".format,
    "date": "{:%Y-%m-%d}".format,
    "moment": lambda value: f"{house_time(value):%Y-%m-%d %H:%M}",
    "time": lambda value: f"{house_time(value) if isinstance(value, datetime) else value:%H:%M}",
}


def shown(kind: str, value: Any) -> str:
    """What Excel shows for a value of this kind; measures the column's width."""
    return SHOWN.get(kind, str)(value)


TYPES: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("amount", "rate", "days", "quantity", "price", "halves", "mixed"), (Decimal, int)),
    "integer": (int,),
    "serial": (int,),
    "ordinal": (int,),
    "date": (date,),
    "moment": (datetime,),
    "time": (datetime, time),
}


class TallCell(str):
    """A text cell that is broken into lines; the row is given the height that it needs."""

    __slots__ = ("lines",)


def encoder(styles: Styles, column: Column, *, role: str = "body") -> Callable[[Any], tuple[str, int]]:
    """A function that turns a value of the column into (XML from the style attribute on, display width).

    It raises TypeError for a value that the column's kind cannot hold, naming the column, and KeyError's likeness
    (ValueError) for a value that `words` does not name: an English status word must not reach a reader.
    """
    look = Look(column.kind, role, column.align, column.tint)
    room = column.width - EDGES if column.width and column.kind != "mark" else MAX_WIDTH
    blank_look = look._replace(kind="text", align=column.align or "center", faint=True)
    yes_no_look = look._replace(kind="text", align=column.align or "center")

    def text(value: str, of: Look) -> tuple[str, int]:
        width = display_width(value)
        if width <= room and "\n" not in value:
            return text_cell(styles, value, of), width
        tall = TallCell(text_cell(styles, value, of._replace(wrap=True)))
        tall.lines = line_count(value, room)
        return tall, width

    def encode(value: Any) -> tuple[str, int]:
        if column.words is not None and value is not None:
            if value not in column.words:
                raise ValueError(f"Column {column.name!r} ({column.heading}): no word is declared for {value!r}.")
            value = column.words[value]
        if value is None or value == "":
            return text(column.blank, blank_look) if column.blank else (empty_cell(styles, look), 0)
        if isinstance(value, bool):
            return text(YES_NO[value], yes_no_look)
        if isinstance(value, str) and column.kind in {"text", "id", "serial", "mark"}:
            return text(
                value, look._replace(kind="id", align=column.align or "left") if column.kind == "serial" else look
            )
        accepted = TYPES.get(column.kind, ())
        if not isinstance(value, accepted) or (column.kind == "date" and isinstance(value, datetime)):
            raise TypeError(
                f"Column {column.name!r} ({column.heading}) is of kind {column.kind} and cannot hold "
                f"{type(value).__name__} {value!r}: name it with another ending, or declare its kind."
            )
        if column.kind in {"date", "moment", "time"}:
            digits = serial_text(value)
        else:
            digits = number_text(value, decimals=2 if column.kind == "amount" else None)
        return number_cell(styles, digits, look), len(shown(column.kind, value))

    return encode
