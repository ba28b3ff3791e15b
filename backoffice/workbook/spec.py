"""Declarations of a workbook: columns, sheets, charts, the cover. Data only; `writer` turns them into a file.

A document is declared once, beside nothing but its queries::

    DAYS = Sheet(
        "出勤明细",
        statement="attendance/sheet_days",
        columns=(
            Column("work_on", "日期"),                      # _on: a real date
            Column("employee_id", "工号"),                  # _id: text, leading zeros stay
            Column("first_punch_at", "上班打卡", kind="time", blank="本岗不要求"),
            Column("status", "状态"),
            Column("fine_amount", "制度罚款"),              # _amount: money, two decimals
        ),
        totals="attendance/sheet_days_totals",              # one row, e.g. fine_amount
        fills=(Fill("旷工", "bad", columns=("status",)),),
        freeze_columns=2,
    )

    def build(connection, artifact):
        parameters = {"artifact_id": artifact["artifact_id"]}
        return WorkbookSpec.of(
            artifact,
            scope="国贸大厦",
            cover=Cover(totals=(Figure("制度罚款合计", Decimal("10.00"), "amount"),)),
            sheets=(DAYS.read(connection, parameters),),
            exceptions=Rows(connection, "attendance/sheet_exceptions", parameters),
            grounds=Rows(connection, "attendance/sheet_grounds", parameters),
            approvals=Rows(connection, "attendance/sheet_approvals", parameters),
        )
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import Any, Self

import psycopg

from backoffice import database
from backoffice.workbook import wording

#: what the ending of a column's name says about its cells
KIND_BY_SUFFIX = {
    "on": "date",
    "at": "moment",
    "amount": "amount",
    "rate": "rate",
    "days": "days",
    "hours": "days",
    "quantity": "quantity",
    "area": "quantity",
    "price": "price",
    "count": "integer",
    "minutes": "integer",
    "no": "serial",
    "id": "id",
    "phone": "id",
    "code": "id",
    "number": "id",
}
#: kinds whose column sum means something, so that a total is verified against it
ADDITIVE = {"amount", "integer", "days", "quantity", "halves"}
KINDS = {*KIND_BY_SUFFIX.values(), "halves", "mixed", "mark", "time", "text", "ink", "ordinal"}
TONES = {"bad", "warn", "good", "muted", "calm", "clay", "grape"}
CHART_KINDS = {"line", "bar", "across"}
PAPERS = {"A4", "A3"}


@dataclass(frozen=True)
class Column:
    """A column of a sheet.

    :param name: column of the query (ASCII); its ending gives the kind (`KIND_BY_SUFFIX`), text when it has none.
        `halves` are counts that may be shared (12, 12.5), `mixed` holds counts and amounts of money below each other;
        a `mark` is a symbol of one character that is never broken, for columns as narrow as a day of a month.
        Not needed for the kinds `ink` (empty cell to sign) and `ordinal` (1, 2, 3 …).
    :param heading: what readers see; a line break in it is kept (the day above its weekday).
    :param blank: what a null cell says: nothing, "—", or a reason such as 本岗不要求.
    :param kind: overrides the ending: one of `KINDS`. `time` shows hh:mm only.
    :param words: word for each value, e.g. `{True: "有", False: "无"}`; a value without a word is an error.
    :param width: in characters; by default as wide as the content, within limits.
    :param align: left, center or right; by default what suits the kind.
    :param tint: tone of the whole column (`TONES`).
    :param is_folded_empty: fold the column away while no row has a value in it; whoever unfolds it finds it in place.
    """

    name: str
    heading: str
    blank: str = ""
    kind: str = ""
    words: Mapping[Any, str] | None = None
    width: float | None = None
    align: str = ""
    tint: str = ""
    is_folded_empty: bool = False

    def __post_init__(self) -> None:
        kind = self.kind or KIND_BY_SUFFIX.get(self.name.rsplit("_", 1)[-1] if "_" in self.name else "", "text")
        if kind not in KINDS:
            raise ValueError(f"Column {self.name!r}: no kind {kind!r}; there are {', '.join(sorted(KINDS))}.")
        if self.tint and self.tint not in TONES:
            raise ValueError(f"Column {self.name!r}: no tone {self.tint!r}; there are {', '.join(sorted(TONES))}.")
        object.__setattr__(self, "kind", kind)

    @property
    def is_read(self) -> bool:
        """Whether the cells come from the query."""
        return self.kind not in {"ink", "ordinal"}


@dataclass(frozen=True)
class Rows:
    """The rows of a query, fetched in chunks each time they are walked, so that memory stays flat."""

    connection: psycopg.Connection
    statement: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    chunk: int = 2_000

    @contextmanager
    def walk(self) -> Iterator[tuple[list[str], Iterator[tuple]]]:
        """The names of the columns and an iterator over tuples; the connection is busy until this is left.

        Left half-way, by an error as well, the query is cancelled: a stream that nobody closes would keep the
        connection locked, and the rollback that follows would wait for it for ever.
        """
        cursor = self.connection.cursor()
        query = cursor.stream(database.statement(self.statement), self.parameters, size=self.chunk)
        with database.planned(self.connection, self.statement), closing(query) as stream:
            first = next(stream, None)
            names = [column.name for column in cursor.description or ()]
            yield names, chain([] if first is None else [first], stream)


RowSource = Rows | Iterable[Mapping[str, Any]]


@contextmanager
def walk(rows: RowSource) -> Iterator[tuple[list[str], Iterator[tuple]]]:
    """Column names and tuples of a query or of dicts; no names when there are no rows to learn them from."""
    if isinstance(rows, Rows):
        with rows.walk() as walked:
            yield walked
        return
    records = iter(rows)
    first = next(records, None)
    names = list(first or ())
    yield names, (tuple(row[name] for name in names) for row in chain([first] if first else [], records))


@dataclass(frozen=True)
class Fill:
    """Colours cells that hold exactly this word (a conditional format, so that it follows when people edit).

    :param tone: bad, warn, good, muted or calm.
    :param columns: names of columns that are looked at; all when empty.
    :param whole_row: colour the row, not only the cell.
    """

    word: str
    tone: str
    columns: tuple[str, ...] = ()
    whole_row: bool = False


@dataclass(frozen=True)
class Chart:
    """A line or bar chart under the table, where people look rather than read.

    :param kind: line, bar (upright) or across (lying, the first category on top: a funnel, a ranking).
    :param category: column of the x axis; of `across`, of the upright one.
    :param series: columns drawn.
    :param first: only the first so many rows of the sheet; last: only the last so many.
    :param statement: a query of its own (e.g. the last 14 days); its rows are printed as a small table under the
        chart, with these `columns`. Without it the chart shows rows of the sheet.
    :param stacked: bars of one category on top of each other.
    :param is_share: then each category fills the whole bar, and the axis says per cent.
    :param is_labelled: print the figure at every point or bar.
    """

    title: str
    category: str
    series: tuple[str, ...]
    kind: str = "line"
    first: int | None = None
    last: int | None = None
    statement: str = ""
    columns: tuple[Column, ...] = ()
    rows: RowSource = ()
    stacked: bool = False
    is_share: bool = False
    is_labelled: bool = False

    def __post_init__(self) -> None:
        if self.kind not in CHART_KINDS:
            raise ValueError(f"Chart {self.title}: no kind {self.kind!r}; there are {', '.join(sorted(CHART_KINDS))}.")

    def read(self, connection: psycopg.Connection, parameters: Mapping[str, Any]) -> Self:
        """The chart with the rows of its own query, if it has one."""
        return replace(self, rows=Rows(connection, self.statement, parameters)) if self.statement else self


@dataclass(frozen=True)
class Sheet:
    """A sheet: one query, one table.

    :param name: at most 31 characters, as it stands on the tab.
    :param columns: in order; every column of the query is declared here or in `hidden`.
    :param statement: `sql/<statement>.sql`, read by :meth:`read`.
    :param totals: statement that returns the one row of totals (names of columns), or that row itself. Sums of
        `ADDITIVE` kinds are verified against the rows; a rate is printed as given.
    :param notes: lines under the table (legend, definitions).
    :param freeze_columns: so many leading columns stay when scrolling.
    :param row_height: in points, for sheets that are signed by hand.
    :param is_list: a table that may be long beside its chart: it is printed as large as it can be read, the chart is
        for the screen. Other sheets of up to a month's rows are printed on one page with their charts.
    :param continues: column of the query (a boolean, in `hidden`) that tells of a record that it is the second line of
        the one above: where it has nothing of its own, both share one cell.
    :param paper: A3 for a table that nobody could read on A4.
    :param legend: what the symbols of its marks mean, printed in their colours under the table.
    :param is_flat: read by another program: the heading and the records, and nothing where there are none.
    """

    name: str
    columns: tuple[Column, ...]
    statement: str = ""
    rows: RowSource = ()
    totals: str | Mapping[str, Any] = ""
    hidden: tuple[str, ...] = ()
    fills: tuple[Fill, ...] = ()
    charts: tuple[Chart, ...] = ()
    notes: tuple[str, ...] = ()
    freeze_columns: int = 0
    row_height: float | None = None
    is_list: bool = False
    continues: str = ""
    paper: str = "A4"
    legend: tuple["Tile", ...] = ()
    is_flat: bool = False

    def __post_init__(self) -> None:
        if self.paper not in PAPERS:
            raise ValueError(f"Sheet {self.name}: no paper {self.paper!r}; there are {', '.join(sorted(PAPERS))}.")

    def read(self, connection: psycopg.Connection, parameters: Mapping[str, Any]) -> Self:
        """The sheet with its rows (streamed when written) and its totals (read now).

        :raises ValueError: when the totals are not exactly one row.
        """
        totals = self.totals
        if isinstance(totals, str) and totals:
            found = database.rows(connection, totals, dict(parameters))
            if len(found) != 1:
                raise ValueError(f"{totals} gives the totals of sheet {self.name}: one row expected, got {len(found)}.")
            totals = found[0]
        return replace(
            self,
            rows=Rows(connection, self.statement, parameters),
            totals=totals,
            charts=tuple(chart.read(connection, parameters) for chart in self.charts),
        )


@dataclass(frozen=True)
class Tile:
    """A state that a cell can be in: its word, the letter that tells it in black and white, its tone."""

    word: str
    letter: str
    tone: str = ""

    def __post_init__(self) -> None:
        if self.tone and self.tone not in TONES:
            raise ValueError(f"Tile {self.word}: no tone {self.tone!r}; there are {', '.join(sorted(TONES))}.")


@dataclass(frozen=True)
class Grid:
    """A sheet that is looked at like a plan: a coloured cell per record, in blocks that stand side by side.

    The query gives exactly the columns `GRID_COLUMNS`: the block (in the order in which they come), the row as a number
    (the highest on top) and as people call it, the column from 1 on, the label, and the state, which is a tile's word.

    :param tiles: in the order of the legend.
    :param lead: the line above the legend, e.g. of when the plan is.
    :param totals: records in each state, by word, given by SQL and verified against the cells.
    :param across: columns after which the next block starts below.
    """

    name: str
    tiles: tuple[Tile, ...]
    statement: str = ""
    rows: RowSource = ()
    lead: str = ""
    totals: Mapping[str, int] | None = None
    notes: tuple[str, ...] = ()
    across: int = 20

    def read(self, connection: psycopg.Connection, parameters: Mapping[str, Any]) -> Self:
        """The grid with its rows."""
        return replace(self, rows=Rows(connection, self.statement, parameters))


GRID_COLUMNS = ("block", "row_no", "row_label", "column_no", "label", "state")


@dataclass(frozen=True)
class Figure:
    """A labelled figure on the cover; `kind` as for columns, text when it is a sentence."""

    label: str
    value: Any
    kind: str = "text"


@dataclass(frozen=True)
class Comparison:
    """A figure beside that of the period before; 环比 is computed, “—” when there is nothing to compare with."""

    label: str
    current: Decimal | int
    previous: Decimal | int | None
    kind: str = "integer"


@dataclass(frozen=True)
class Control:
    """Control totals of the input: received = admitted + superseding (更正) + duplicates + returned."""

    received: int
    admitted: int
    duplicate: int
    returned: int
    superseding: int = 0

    @property
    def text(self) -> str:
        """收到120行 = 入账100 + 重复15 + 退回5."""
        superseding = f" + 更正{self.superseding:,}" if self.superseding else ""
        return (
            f"收到{self.received:,}行 = 入账{self.admitted:,}{superseding}"
            f" + 重复{self.duplicate:,} + 退回{self.returned:,}"
        )

    @property
    def holds(self) -> bool:
        """Whether nothing got lost on the way in."""
        return self.received == self.admitted + self.superseding + self.duplicate + self.returned


@dataclass(frozen=True)
class Check:
    """An identity printed on the cover with ✔ or ✘, e.g. 日历=应出勤+公休+法定节假日+未在职."""

    text: str
    holds: bool


@dataclass(frozen=True)
class Cover:
    """What the first sheet says beyond the identity of the document (outputs §0).

    :param rules: (name of the rule book, first day in force).
    :param totals: 主要合计.
    :param counts: 户数/人数/张数.
    :param comparisons: 与上期对比.
    :param control: 控制总数; None when the document has no input of its own.
    :param checks: identities with ✔.
    :param technical: (label, value) pairs at the bottom in small grey: run id, hashes.
    :param exception_count: by default the number of rows of the sheet 异常.
    :param no_approval: what 审批情况 says while there is no decision; another word where none is needed.
    """

    rules: tuple[tuple[str, date], ...] = ()
    totals: tuple[Figure, ...] = ()
    counts: tuple[Figure, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    control: Control | None = None
    checks: tuple[Check, ...] = ()
    technical: tuple[tuple[str, str], ...] = ()
    charts: tuple[Chart, ...] = ()
    exception_count: int | None = None
    no_approval: str = "尚未审批"


@dataclass(frozen=True)
class WorkbookSpec:
    """A workbook: identity, cover, sheets, and the standard sheets that every document ends with (outputs §0).

    :param scope: 范围 in words, e.g. the name of the site.
    :param end_on: the day after the last of the period (half-open).
    :param as_of_on: 数据截止 and 制表日期.
    :param known_at: 资料入库截止 and 编制时间: of the run that released the document, never the clock.
    :param edition: 初稿 or 定稿, if the document has those.
    :param differences: obligatory for a revision after the first, unprinted for the first.
    :param is_compared: print the sheet 差异 of a first revision too: a final edition is held against its draft.
    :param is_cover_only: for readers who get the full cover and nothing behind it.
    :param has_standard_sheets: False for flat files that another program reads, and for letters to one sender: the
        cover then leaves out what only the standard sheets could fill.
    """

    title: str
    scope: str
    first_on: date
    end_on: date
    revision: int
    as_of_on: date
    known_at: datetime
    content_hash: str
    sheets: tuple[Sheet | Grid, ...]
    cover: Cover | None = None
    exceptions: RowSource = ()
    grounds: RowSource = ()
    differences: RowSource | None = None
    approvals: RowSource = ()
    edition: str = ""
    is_correction: bool | None = None
    has_standard_sheets: bool = True
    is_cover_only: bool = False
    is_compared: bool = False

    @classmethod
    def of(cls, artifact: Mapping[str, Any], **parts: Any) -> Self:
        """A workbook with the identity of a row of `ops.artifact`; `parts` are the remaining fields."""
        period = artifact["period"]
        identity = {name: artifact[name] for name in ("title", "revision", "as_of_on", "known_at", "content_hash")}
        return cls(**{**identity, "first_on": period.lower, "end_on": period.upper, **parts})

    @property
    def revision_text(self) -> str:
        """第1版, 第2版(更正), 初稿, 定稿."""
        return wording.revision_text(self.revision, edition=self.edition, is_correction=self.is_correction)

    @property
    def period_text(self) -> str:
        """2026-10-12, 2026年10月, 2026年第44周 or 2026-10-01至2026-10-15."""
        return wording.period_text(self.first_on, self.end_on)

    @property
    def file_name(self) -> str:
        """`{期间}{单据名}-{范围}-{版次}.xlsx`."""
        return wording.file_name(self.period_text, self.title, self.scope, self.revision_text)
