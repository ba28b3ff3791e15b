"""Letters: a template and one row of variables become a subject, an HTML body and the same words as plain text.

The environment is our own: autoescape on, unknown variables are errors, and the only filters are `money`, `day` and
`month` (so nothing can be marked safe, and no template computes). A template extends `document.html.j2` or
`base.html.j2` and names its subject in the block `subject`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from html import unescape
from html.parser import HTMLParser
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from backoffice.database import ROOT
from backoffice.workbook.wording import moment_text

TEMPLATES = ROOT / "templates"
WEEKDAYS = "一二三四五六日"
NO_VALUE = "—"
CELL = "\x1f"  # stands between the cells of a row until they are joined
CENT = Decimal("0.01")
#: where `outbox` puts the link when a file is too large to attach
LINK_MARK = "<!-- link to the file -->"


@dataclass(frozen=True)
class LetterFile:
    """A file that goes along with a letter.

    :param file_path: relative to the files folder.
    """

    file_path: str
    sha256: str
    byte_count: int


@dataclass(frozen=True)
class Letter:
    """A composed letter; the subject is one line.

    :param files: the letter's own files, in the order in which they are attached; without any, the file of its document
        goes along.
    """

    subject: str
    html: str
    text: str
    files: tuple[LetterFile, ...] = ()


def money(value: Decimal | int | str | None) -> str:
    """1,234,567.89; “—” for no value.

    :raises TypeError: for a float, which is not money.
    """
    if value is None:
        return NO_VALUE
    if isinstance(value, float | bool):
        raise TypeError(f"{value!r} is not money: pass numeric from the database.")
    return f"{Decimal(value).quantize(CENT, ROUND_HALF_UP):,}"


def day(value: date | str | None) -> str:
    """2026-10-12(周一); accepts a date, an instant on the house clock, or ISO text."""
    if value is None:
        return NO_VALUE
    on = _date_of(value)
    return f"{on.isoformat()}(周{WEEKDAYS[on.weekday()]})"


def month(value: date | str | None) -> str:
    """2026年10月; accepts a day of the month, or ISO text (2026-10 too)."""
    if value is None:
        return NO_VALUE
    on = _date_of(f"{value}-01" if isinstance(value, str) and len(value) == 7 else value)
    return f"{on.year}年{on.month}月"


def _date_of(value: date | str) -> date:
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        return datetime.fromisoformat(moment_text(value)).date()
    return value


def readable(value: Any) -> Any:
    """What is printed for a value that has no filter: never None, True or a UTC time."""
    if value is None:
        return NO_VALUE
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, float):
        raise TypeError(f"{value!r} reached a letter as a float: pass numeric or text from the database.")
    return value


@cache
def environment() -> Environment:
    """The one Jinja environment for letters."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=readable,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.clear()
    made.filters.update(money=money, day=day, month=month)
    made.globals.clear()
    made.globals["link_mark"] = _Mark(LINK_MARK)
    made.globals["parts"] = made.get_template("parts.html.j2").module
    return made


class _Mark(str):
    """Markup of ours that autoescape leaves alone."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


def render(template: str, variables: Mapping[str, Any], *, files: tuple[LetterFile, ...] = ()) -> Letter:
    """Compose a letter from `templates/<template>.html.j2`.

    :param template: e.g. ``ops/failure``.
    :param variables: the columns of the `mail_…` query.
    :param files: the letter's own files.
    :raises jinja2.UndefinedError: when the template asks for something that is not there.
    """
    page = environment().get_template(f"{template}.html.j2")
    html = page.render(variables)
    subject = "".join(page.blocks["subject"](page.new_context(dict(variables))))
    return Letter(one_line(unescape(subject)), html, plain_text(html), files)


def one_line(text: str) -> str:
    """Text without line breaks or runs of blanks, as a header needs it."""
    return " ".join(text.split())


def plain_text(html: str) -> str:
    """The words of an HTML letter for readers that show no HTML: a line per block and table row, links spelled out."""
    reader = _PlainText()
    reader.feed(html)
    reader.close()
    return reader.text


class _PlainText(HTMLParser):
    BLOCKS = frozenset({"p", "div", "table", "tr", "h1", "h2", "h3", "ul", "ol", "li", "hr"})
    SILENT = frozenset({"head", "style", "title"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[list[str]] = [[]]
        self._silent = 0
        self._links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.SILENT:
            self._silent += 1
        elif tag in self.BLOCKS or tag == "br":
            self._break()
            if tag == "li":
                self._lines[-1].append("· ")
        elif tag in {"td", "th"} and self._lines[-1]:
            self._lines[-1].append(CELL)
        elif tag == "a":
            self._links.append(dict(attrs).get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.SILENT:
            self._silent -= 1
        elif tag in self.BLOCKS:
            self._break()
        elif tag == "a" and self._links:
            address = self._links.pop()
            if address and address not in "".join(self._lines[-1]):
                self._lines[-1].append(f" {address} ")

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if words := one_line(data):
            lead = " " if data[:1].isspace() else ""
            self._lines[-1].append(lead + words + (" " if data[-1:].isspace() else ""))

    def _break(self) -> None:
        if self._lines[-1]:
            self._lines.append([])

    @property
    def text(self) -> str:
        cells = ("".join(line).split(CELL) for line in self._lines)
        lines = ("  ".join(one_line(cell) for cell in line).strip() for line in cells)
        return "\n".join(line for line in lines if line) + "\n"
