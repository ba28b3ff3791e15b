"""What the feeds are: one TOML file per kind of file in `feeds/`, the only place where they are defined.

A definition names the fact table, the columns with the headings people write over them, what a good value
looks like, and the checks over several rows. Everything else here is derived from it.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from backoffice.database import ROOT, SQL
from backoffice.feeds.adapters import ADAPTERS
from backoffice.feeds.errors import FeedError
from backoffice.feeds.headings import BRACKETS, half_width, normalise, spellings

FOLDER = ROOT / "feeds"
SQL_CHECKS = SQL / "feeds"
KINDS = ("event", "register")
TYPES = (
    "text",
    "id",
    "date",
    "month",
    "time",
    "timestamp",
    "integer",
    "decimal",
    "rate",
    "boolean",
    "choice",
    "phone",
    "roc_date",
)
#: name endings of each format; what a file is called decides how it is read
SUFFIXES = {
    "csv": (".csv", ".txt", ".tsv"),
    "xlsx": (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"),
    "attlog": (".dat",),
    "holiday_json": (".json",),
}
#: columns of a fact row that no file brings (`run_id` where an answer in the UI or a letter of ours may be the source)
BOOKKEEPING = ("recorded_at", "superseded_at", "file_id", "line_no", "run_id")


def _threats(text: str) -> list[str]:
    # The notice is set by a package of its own; only who reads its wordings needs it.
    from backoffice.notices.threats import threats_in

    return threats_in(text)


def _bare_signature(text: str) -> list[str]:
    # Decisions in the UI are judged by the same words; the feeds need nothing else of the documents.
    from backoffice.documents import says_something

    return [] if says_something(text) else [text]


#: what Python judges, because another place must judge alike; each returns what it found in the text of a cell
JUDGES = {"threats": _threats, "bare_signature": _bare_signature}


@dataclass(frozen=True)
class Column:
    """One column of a feed.

    :param name: column of the fact table.
    :param headings: what people write over it, best first: of several that are present the first one counts.
    :param kind: one of `TYPES`.
    :param choices: canonical value to accepted spellings (kind ``choice``).
    :param default: text that stands in for an empty cell or an absent column.
    :param default_from: column whose value stands in for an empty cell.
    :param low: smallest plausible value, text that Postgres casts to the column's type.
    :param days_ahead: latest plausible date or instant, in days after the run's ``as_of_on``.
    :param advice: what to do about an empty or unreadable cell, where the usual words do not help.
    """

    name: str
    headings: tuple[str, ...]
    kind: str
    is_required: bool = False
    is_key: bool = False
    from_folder: bool = False
    default: str | None = None
    default_from: str | None = None
    choices: dict[str, tuple[str, ...]] = field(default_factory=dict)
    low: str | None = None
    high: str | None = None
    days_ahead: int | None = None
    scale: int = 2
    advice: str = ""

    @property
    def title(self) -> str:
        """The heading that messages use."""
        return self.headings[0]

    @property
    def must_be_in_file(self) -> bool:
        """Whether a file without this column is refused (when it does not come from a folder)."""
        return self.is_required and self.default is None and self.default_from is None


@dataclass(frozen=True)
class RowRule:
    """What has to hold between the columns of one row; the row is quarantined where it is false.

    :param must: an SQL expression over the columns; or
    :param judge: one of `JUDGES`, which reads the column and finds what may not be in it.
    """

    column: str
    reason: str
    advice: str
    must: str = ""
    judge: str = ""


@dataclass(frozen=True)
class Matrix:
    """The layout with one column per day of the month: which columns the days and the cells fill."""

    day_column: str
    value_column: str
    month_headings: tuple[str, ...]


@dataclass(frozen=True)
class Feed:
    """A kind of file. See `docs/feeds.md` for the keys of the TOML file.

    :param is_confidential: that what goes back shows neither the line nor the cell (wages).
    :param returned_to: kind of document whose recipients are told what goes back; empty: those of 资料退回表.
    """

    name: str
    title: str
    table: str
    kind: str
    order: int
    patterns: tuple[str, ...]
    formats: tuple[str, ...]
    columns: tuple[Column, ...]
    ignored: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    rows: tuple[RowRule, ...] = ()
    row_checks: tuple[str, ...] = ()
    trials: tuple[str, ...] = ()
    looks_again: bool = False
    matrix: Matrix | None = None
    attlog: tuple[str, ...] = ()
    effect: str = ""
    resend_days: int = 1
    adapter: str = ""
    is_confidential: bool = False
    returned_to: str = ""

    @property
    def key(self) -> tuple[Column, ...]:
        """Columns that identify a row: of an event all of them."""
        return self.columns if self.kind == "event" else tuple(column for column in self.columns if column.is_key)

    @property
    def payload(self) -> tuple[Column, ...]:
        """Columns that a later file may change."""
        return tuple(column for column in self.columns if column not in self.key)

    def column(self, name: str) -> Column:
        """Return the column of that name."""
        return next(column for column in self.columns if column.name == name)

    def format_of(self, file_name: str) -> str | None:
        """Return the format by the ending of the name, None if this feed does not take it."""
        suffix = Path(file_name).suffix.lower()
        return next((name for name in self.formats if suffix in SUFFIXES[name]), None)

    def required(self, site_id: str | None) -> tuple[Column, ...]:
        """Columns without which a file is refused, for a file found in the folder of `site_id` (None: no site's)."""
        return tuple(
            column
            for column in self.columns
            if column.must_be_in_file and not (column.from_folder and site_id is not None)
        )

    def is_ignored(self, heading: str) -> bool:
        """Whether the column under this heading is left out on purpose (a pattern such as ``签字*`` may say so).

        Whatever unit stands in brackets behind it: the column is not read.
        """
        plain = normalise(heading)
        names = (plain, BRACKETS.sub("", plain))
        return any(fnmatchcase(name, pattern) for pattern in self._plain_ignored for name in names)

    def is_known(self, heading: str) -> bool:
        """Whether a column stands under this heading, or one that is left out on purpose."""
        return not self._plain_headings.isdisjoint(spellings(heading)) or self.is_ignored(heading)

    @cached_property
    def _plain_headings(self) -> frozenset[str]:
        return frozenset(normalise(text) for column in self.columns for text in (*column.headings, column.name))

    @cached_property
    def _plain_ignored(self) -> tuple[str, ...]:
        # at the end of a heading a star marks what is obligatory, at the end of a pattern it stands for anything
        return tuple(normalise(text) + "*" * text.endswith("*") for text in self.ignored)

    def positions(
        self, header: Sequence[str], *, file: str, line: int | None = None, site_id: str | None = None
    ) -> dict[str, int]:
        """Find each column in a heading row.

        :returns: column name to 1-based position; columns that may be absent and are, are left out.
        :raises FeedError: on an unknown, doubled or missing heading.
        """
        found, unknown = self.match(header)
        for column, places in found.items():
            if len(places) > 1:
                raise FeedError(
                    file,
                    f"列名“{header[places[0] - 1]}”出现了{len(places)}次，不知道以哪一列为准",
                    "请只保留一列后重新放入收件夹。",
                    line=line,
                    heading=self.column(column).title,
                )
        missing = [column.title for column in self.required(site_id) if column.name not in found]
        if missing:
            folder = any(column.from_folder for column in self.required(site_id) if column.title in missing)
            raise FeedError(
                file,
                f"缺少必需的列：{'、'.join(missing)}" + (f"（不认识的列：{'、'.join(unknown)}）" if unknown else ""),
                f"请按《{self.title}》的表头补上"
                + ("，或把文件放到该案场自己的文件夹（收件夹/案场编号/）里" if folder else "")
                + "，再重新放入收件夹。",
                line=line,
                heading=missing[0],
            )
        if unknown:
            raise FeedError(
                file,
                f"不认识的列：{'、'.join(unknown)}",
                f"请改成《{self.title}》认识的列名（{'、'.join(column.title for column in self.columns)}），"
                "没有用的列请删去，再重新放入收件夹。",
                line=line,
                heading=unknown[0],
            )
        return {column: places[0] for column, places in found.items()}

    def match(self, header: Sequence[str]) -> tuple[dict[str, list[int]], list[str]]:
        """Match headings without judging them: column to positions of its best heading, and unknown headings."""
        places: dict[str, list[int]] = {}
        for position, heading in enumerate(header, 1):
            for plain in spellings(heading):
                places.setdefault(plain, []).append(position)
        found, known = {}, set()
        for column in self.columns:
            for heading in (*column.headings, column.name):
                if positions := places.get(normalise(heading)):
                    found.setdefault(column.name, positions)
                    known.update(positions)
        unknown = [
            heading.strip()
            for position, heading in enumerate(header, 1)
            if position not in known and normalise(heading) and not self.is_ignored(heading)
        ]
        return found, unknown


@cache
def feeds(folder: Path = FOLDER) -> dict[str, Feed]:
    """All feeds by name, in the order in which their files are admitted (sites before people before punches)."""
    found = [read_definition(path) for path in sorted(folder.glob("*.toml"))]
    return {feed.name: feed for feed in sorted(found, key=lambda feed: (feed.order, feed.name))}


def feed_of(file_name: str, among: Sequence[Feed]) -> Feed | None:
    """Return the feed whose pattern fits the name best (the longest one), None if none or two equally do."""
    plain = half_width(file_name).lower()
    stem = Path(plain).stem
    fits = [
        (len(pattern), feed)
        for feed in among
        if feed.format_of(plain)
        for pattern in feed.patterns
        if fnmatchcase(stem, pattern.lower())
    ]
    if not fits:
        return None
    longest = max(length for length, _ in fits)
    best = {feed.name: feed for length, feed in fits if length == longest}
    return next(iter(best.values())) if len(best) == 1 else None


def read_definition(path: Path) -> Feed:
    """Read one TOML file.

    :raises ValueError: when the definition contradicts itself; the message names file and key.
    """
    raw = tomllib.loads(path.read_text(encoding="utf-8"))

    def refuse(problem: str) -> None:
        raise ValueError(f"{path.name}: {problem}")

    columns = tuple(_column(given, refuse) for given in raw.pop("columns", []))
    names = [column.name for column in columns]
    kind = raw.pop("kind", "")
    if kind not in KINDS:
        refuse(f"kind must be one of {KINDS}, not {kind!r}")
    if len(set(names)) != len(names):
        refuse("a column is named twice")
    if kind == "register" and not any(column.is_key for column in columns):
        refuse("a register needs key columns")
    spoken_for: dict[str, str] = {}
    for column in columns:
        for heading in column.headings:
            if (other := spoken_for.setdefault(normalise(heading), column.name)) != column.name:
                refuse(f"heading {heading!r} belongs to both {other} and {column.name}")
        if column.default_from and column.default_from not in names:
            refuse(f"{column.name}: default_from names no column")
    formats = tuple(raw.pop("formats"))
    if unknown := set(formats) - set(SUFFIXES):
        refuse(f"unknown formats {unknown}")
    matrix = raw.pop("matrix", None)
    feed = Feed(
        name=path.stem,
        title=raw.pop("title"),
        table=raw.pop("table"),
        kind=kind,
        order=raw.pop("order"),
        patterns=tuple(raw.pop("files")),
        formats=formats,
        columns=columns,
        ignored=tuple(raw.pop("ignored", [])),
        checks=tuple(raw.pop("checks", [])),
        rows=tuple(RowRule(**rule) for rule in raw.pop("rows", [])),
        row_checks=tuple(raw.pop("row_checks", [])),
        trials=tuple(raw.pop("trials", [])),
        looks_again=raw.pop("looks_again", False),
        matrix=matrix and Matrix(matrix["day_column"], matrix["value_column"], tuple(matrix["month_headings"])),
        attlog=tuple(raw.pop("attlog", [])),
        effect=raw.pop("effect"),
        resend_days=raw.pop("resend_days", 1),
        adapter=raw.pop("adapter", ""),
        is_confidential=raw.pop("confidential", False),
        returned_to=raw.pop("returned_to", ""),
    )
    if raw:
        refuse(f"unknown keys {sorted(raw)}")
    judges = any(rule.judge for rule in feed.rows)
    if (feed.row_checks or feed.trials or feed.looks_again or judges) and kind != "register":
        refuse("row_checks, trials, looks_again and judges belong to a register")
    if not all(bool(rule.must) != (rule.judge in JUDGES) for rule in feed.rows):
        refuse(f"a rule of rows needs either must or judge, one of {sorted(JUDGES)}")
    _check_confidence(feed, refuse)
    _check_formats(feed, refuse)
    return feed


def _check_confidence(feed: Feed, refuse: Any) -> None:
    if feed.is_confidential != bool(feed.returned_to):
        refuse("confidential and returned_to belong together: what is confidential goes back to those who may read it")
    if feed.is_confidential and feed.checks:
        refuse("what refuses a file names its rows; of a confidential one use row_checks")


def _check_formats(feed: Feed, refuse: Any) -> None:
    if feed.adapter and (feed.adapter not in ADAPTERS or not set(feed.formats) <= {"csv", "xlsx"} or feed.matrix):
        refuse(f"adapter must be one of {sorted(ADAPTERS)}, and reads csv and xlsx without a matrix")
    if "attlog" in feed.formats and not feed.attlog:
        refuse("format attlog needs the key attlog, the meaning of its fields in order")


def _column(given: dict[str, Any], refuse: Any) -> Column:
    name, kind = given.pop("name"), given.pop("type")
    if kind not in TYPES:
        refuse(f"{name}: type must be one of {TYPES}, not {kind!r}")
    choices = {value: (value, *others) for value, others in given.pop("choices", {}).items()}
    if (kind == "choice") != bool(choices):
        refuse(f"{name}: choices belong to type choice, and to no other")
    column = Column(
        name=name,
        headings=tuple(given.pop("headings")),
        kind=kind,
        is_required=given.pop("required", False),
        is_key=given.pop("key", False),
        from_folder=given.pop("from_folder", False),
        default=given.pop("default", None),
        default_from=given.pop("default_from", None),
        choices=choices,
        low=given.pop("low", None),
        high=given.pop("high", None),
        days_ahead=given.pop("days_ahead", None),
        scale=given.pop("scale", 2),
        advice=given.pop("advice", ""),
    )
    if given:
        refuse(f"{name}: unknown keys {sorted(given)}")
    return column
