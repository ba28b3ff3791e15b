"""The rows of a sheet on their way to the archive: tables, totals, notes, room for charts.

Rows are written as XML by ourselves, streamed from the query into a temporary file: memory stays flat, and every
distinct value of a column is encoded once (figures: bench/bench_workbook.py).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import IO, Any

from openpyxl.utils import get_column_letter

from backoffice.workbook.cells import (
    MAX_WIDTH,
    MIN_WIDTH,
    TallCell,
    display_width,
    empty_cell,
    encoder,
    line_count,
    text_cell,
)
from backoffice.workbook.spec import ADDITIVE, Chart, Column, RowSource, Sheet, Tile, walk
from backoffice.workbook.styles import Look, Styles

NOTHING = "本期无"
TOTAL = "合计"
MAX_ROWS = 1_048_576
CACHE_SIZE = 20_000  # distinct values remembered per column; the rest is encoded again
FLUSH_ROWS = 500
PADDING = 2.4  # characters around the content of a cell
CHART_ROWS = 13
LEGEND_HEIGHT = 18


class TotalsError(ValueError):
    """A total given by SQL is not the sum of the rows of the sheet."""


@dataclass(frozen=True)
class Extent:
    """Where a table lies on its sheet: rows of the first and last record (last < first when empty), first column."""

    columns: tuple[Column, ...]
    first_row: int
    last_row: int
    first_column: int = 1

    @property
    def count(self) -> int:
        """Number of records."""
        return self.last_row - self.first_row + 1

    def column(self, name: str) -> int:
        """Sheet column (from 1) of a column of the table.

        :raises ValueError: when the table has no such column.
        """
        for position, column in enumerate(self.columns):
            if column.name == name:
                return self.first_column + position
        raise ValueError(f"No column {name!r}; there are {', '.join(column.name for column in self.columns)}.")


@dataclass
class Body:
    """The rows of one sheet as XML on their way to the archive, and what the frame must know about them."""

    styles: Styles
    name: str
    file: IO[bytes]
    next_row: int = 1
    widths: dict[int, float] = field(default_factory=dict)
    merges: list[str] = field(default_factory=list)
    charts: list[tuple[Chart, Extent, int]] = field(default_factory=list)
    table: Extent | None = None
    column_count: int = 1
    folded: set[int] = field(default_factory=set)
    record_count: int = 0

    def line(self, cells: Mapping[int, str], height: float | None = None) -> int:
        """Write one row; cells map the column (from 1) to the XML from the style attribute on. Returns its number."""
        number = self.next_row
        size = height_attribute(height)
        inside = "".join(f'<c r="{get_column_letter(at)}{number}"{cell}' for at, cell in sorted(cells.items()))
        self.file.write(f'<row r="{number}"{size}>{inside}</row>'.encode())
        self.next_row += 1
        self.column_count = max(self.column_count, *cells) if cells else self.column_count
        return number

    def skip(self, count: int = 1) -> None:
        """Leave rows empty."""
        self.next_row += count

    def merge(self, first_column: int, last_column: int, first_row: int, last_row: int | None = None) -> None:
        """Join cells; the first one carries the content."""
        last_row = last_row or first_row
        if (first_column, first_row) != (last_column, last_row):
            self.merges.append(
                f"{get_column_letter(first_column)}{first_row}:{get_column_letter(last_column)}{last_row}"
            )

    def heading(self, columns: Sequence[Column], first_column: int = 1, role: str = "heading") -> None:
        """Write a row of headings, in two lines where they are long."""
        lines = max((heading_lines(column) for column in columns), default=1)
        self.line(
            {
                first_column + position: text_cell(
                    self.styles,
                    column.heading,
                    Look("text", role, wrap=True, tint=column.tint if column.kind == "mark" else ""),
                )
                for position, column in enumerate(columns)
            },
            height=8 + 16 * lines,
        )

    def records(self, columns: tuple[Column, ...], rows: RowSource, **options: Any) -> tuple[Extent, dict[str, Any]]:
        """Write the records of a table; returns where they lie and the sums of its additive columns.

        :param options: `hidden` columns of the query, `first_column`, `row_height`, `continues`.
        :raises ValueError: a column is missing, undeclared, or the sheet is longer than Excel can show.
        """
        with walk(rows) as (names, records):
            return self._records(columns, names, records, **options)

    def _records(
        self, columns: tuple[Column, ...], names: list[str], records: Iterable[tuple], **options: Any
    ) -> tuple[Extent, dict[str, Any]]:
        first_column = options.get("first_column", 1)
        plan, added = self._plan(columns, names, options.get("hidden", ()), first_column)
        height = options.get("row_height") or 0
        usual = height_attribute(height)
        sums = dict.fromkeys((name for name, _ in added), Decimal(0))
        first_row = number = self.next_row
        continues = names.index(options["continues"]) if options.get("continues") and names else None
        pending: list[str] = []
        for record in records:
            if number > MAX_ROWS:
                raise ValueError(f"Sheet {self.name}: more than {MAX_ROWS:,} rows do not fit into a sheet of Excel.")
            cells, lines = [""], 1
            for letter, position, cache, encode in plan:
                value = record[position] if position >= 0 else number - first_row + 1
                cell = cache.get(value)
                if cell is None:
                    cell = encode(value)
                if cell.__class__ is TallCell and cell.lines > lines:
                    lines = cell.lines
                cells.append(f'<c r="{letter}{number}"{cell}')
            size = usual if lines == 1 else height_attribute(max(height, tall_row(lines)))
            cells[0] = f'<row r="{number}"{size}>'
            cells.append("</row>")
            pending.append("".join(cells))
            for name, position in added:
                if record[position] is not None:
                    sums[name] += record[position]
            if continues is not None and record[continues]:
                self._join_above(record, plan, first_column, number)
            number += 1
            if len(pending) == FLUSH_ROWS:
                self.file.write("".join(pending).encode())
                pending.clear()
        self.file.write("".join(pending).encode())
        if number > first_row:
            self._fold(columns, plan, first_column)
        self.next_row = number
        self.column_count = max(self.column_count, first_column + len(columns) - 1)
        return Extent(columns, first_row, number - 1, first_column), sums

    def _join_above(self, record: tuple, plan: list[tuple], first_column: int, number: int) -> None:
        """Let a second line share the cells of the line above where it has nothing of its own."""
        for at, (_, position, _, _) in enumerate(plan, first_column):
            if position < 0 or record[position] in (None, ""):
                self.merge(at, at, number - 1, number)

    def _plan(
        self, columns: tuple[Column, ...], names: list[str], hidden: Sequence[str], first_column: int
    ) -> tuple[list[tuple], list[tuple[str, int]]]:
        """Per column: its letter, its place in the record (-1 counts the rows), its cache, its encoder."""
        self._check_names(columns, names, hidden)
        places = {name: position for position, name in enumerate(names)}
        plan, added = [], []
        for offset, column in enumerate(columns):
            at = first_column + offset
            self.widths[at] = max(self.widths.get(at, 0), column.width or heading_width(column))
            cache: dict[Any, str] = {}
            if column.kind == "ink":
                cache = _Always(empty_cell(self.styles, Look("ink", tint=column.tint)))
            position = places.get(column.name, -1) if column.is_read else -1
            plan.append((get_column_letter(at), position, cache, self._measured(column, at, cache)))
            if column.kind in ADDITIVE:
                added.append((column.name, position))
        return plan, added

    def _fold(self, columns: tuple[Column, ...], plan: list[tuple], first_column: int) -> None:
        """Note the columns that ask to be folded away and held nothing."""
        for offset, (column, (_, _, values, _)) in enumerate(zip(columns, plan, strict=True)):
            if column.is_folded_empty and not any(value not in (None, "") for value in values):
                self.folded.add(first_column + offset)

    def _measured(self, column: Column, at: int, cache: dict[Any, str]) -> Callable[[Any], str]:
        encode = encoder(self.styles, column)
        widths, fixed = self.widths, column.width

        def encode_once(value: Any) -> str:
            cell, width = encode(value)
            if not fixed and width + PADDING > widths[at]:
                widths[at] = min(width, MAX_WIDTH) + PADDING
            if len(cache) < CACHE_SIZE:
                cache[value] = cell
            return cell

        return encode_once

    def _check_names(self, columns: tuple[Column, ...], names: list[str], hidden: Sequence[str]) -> None:
        if not names:
            return
        declared = {column.name for column in columns if column.is_read}
        missing, undeclared = declared - set(names), set(names) - declared - set(hidden)
        if missing or undeclared:
            raise ValueError(
                f"Sheet {self.name}: the query lacks {sorted(missing) or 'nothing'}, "
                f"and gives {sorted(undeclared) or 'nothing'} that no column declares."
            )

    def nothing(self, width: int, first_column: int = 1) -> None:
        """Say 本期无 across the table."""
        look = Look("text", faint=True, align="center")
        cells = {first_column: text_cell(self.styles, NOTHING, look)}
        cells |= {first_column + offset: empty_cell(self.styles, look) for offset in range(1, width)}
        self.merge(first_column, first_column + width - 1, self.line(cells, height=24))

    def total(self, extent: Extent, totals: Mapping[str, Any], sums: Mapping[str, Any]) -> None:
        """Write the row 合计 with totals given by SQL.

        :raises TotalsError: when the sum of the rows is another.
        """
        for name, given in totals.items():
            extent.column(name)
            if name in sums and Decimal(given or 0) != sums[name]:
                raise TotalsError(
                    f"Sheet {self.name}: SQL says {name} = {given}, the rows add up to {sums[name]}. "
                    "Nothing was written."
                )
        cells = {}
        for offset, column in enumerate(extent.columns):
            at = extent.first_column + offset
            value = totals.get(column.name) if column.is_read else None
            cell, width = encoder(self.styles, _summed(column), role="total")(value)
            cells[at] = cell
            if width:
                self.widths[at] = max(self.widths[at], min(width + PADDING + 1, MAX_WIDTH))
        label_at = next(
            (at for at, column in enumerate(extent.columns, extent.first_column) if column.name not in totals), 1
        )
        cells[label_at] = text_cell(self.styles, TOTAL, Look("text", "total", align="center"))
        self.line(cells, height=22)

    def notes(self, notes: Sequence[str], across: int) -> None:
        """Write lines under the table, wrapped over its width."""
        room = sum(self.widths.get(at, MIN_WIDTH) for at in range(1, across + 1))
        for note in notes:
            height = tall_row(line_count(note, max(20, room)))
            row = self.line({1: text_cell(self.styles, note, Look("text", "note"))}, height=height)
            self.merge(1, max(across, 1), row)

    def legend(self, tiles: Sequence[Tile], across: int) -> None:
        """Write what symbols mean, each in its colour, over as many columns as it needs."""
        cells: dict[int, str] = {}
        joined: list[tuple[int, int]] = []
        at = 1
        for tile in tiles:
            words = f"{tile.letter} {tile.word}"
            last, fits = self._span(at, display_width(words) + PADDING, across)
            if not fits and cells:
                self._legend_row(cells, joined)
                cells, joined, at = {}, [], 1
                last, _ = self._span(at, display_width(words) + PADDING, across)
            look = Look("text", "tile", "center", tile.tone)
            cells[at] = text_cell(self.styles, words, look)
            cells |= {more: empty_cell(self.styles, look) for more in range(at + 1, last + 1)}
            joined.append((at, last))
            at = last + 1
        self._legend_row(cells, joined)

    def _span(self, first: int, wanted: float, across: int) -> tuple[int, bool]:
        """The last of as many columns as are wide enough, and whether there were so many."""
        last, room = first, self.widths.get(first, MIN_WIDTH)
        while room < wanted and last < across:
            last += 1
            room += self.widths.get(last, MIN_WIDTH)
        return last, room >= wanted and first <= across

    def _legend_row(self, cells: Mapping[int, str], joined: Sequence[tuple[int, int]]) -> None:
        row = self.line(cells, height=LEGEND_HEIGHT)
        for first, last in joined:
            self.merge(first, last, row)

    def add_chart(self, chart: Chart, own: Extent | None, first_column: int = 1) -> None:
        """Reserve room for a chart, and print the rows of its own query under it."""
        self.skip()
        anchor = self.next_row
        self.skip(CHART_ROWS)
        if chart.columns:
            self.heading(chart.columns, first_column, role="caption")
            extent, _ = self.records(chart.columns, chart.rows, first_column=first_column)
            if extent.count == 0:
                self.nothing(len(chart.columns), first_column)
        elif own:
            first = max(own.first_row, own.last_row - chart.last + 1) if chart.last else own.first_row
            last = min(own.last_row, own.first_row + chart.first - 1) if chart.first else own.last_row
            extent = Extent(own.columns, first, last, own.first_column)
        else:
            raise ValueError(f"Chart {chart.title}: it has neither rows of its own nor a table to show.")
        if extent.count:
            self.charts.append((chart, extent, anchor))


def height_attribute(points: float | None) -> str:
    """The attribute that fixes a row's height; nothing for the usual one."""
    return f' ht="{points:g}" customHeight="1"' if points else ""


def tall_row(lines: int) -> float:
    """Height in points of a row whose text is broken into lines; Excel allows 409."""
    return min(409.0, 5.0 + 15.0 * lines)


class _Always(dict):
    """A cache that knows one answer for every value."""

    def __init__(self, cell: str) -> None:
        super().__init__()
        self._cell = cell

    def get(self, key: Any, default: Any = None) -> str:  # noqa: ARG002
        return self._cell


def _summed(column: Column) -> Column:
    return Column(column.name, column.heading, kind=column.kind, align=column.align)


def heading_lines(column: Column) -> int:
    """Lines that a heading takes in its column."""
    return max(1, line_count(column.heading, column.width or heading_width(column)))


def heading_width(column: Column) -> float:
    """Width that the heading asks for: long ones are broken in two."""
    width = display_width(column.heading)
    least = 14.0 if column.kind == "ink" else MIN_WIDTH
    return max(least, width + 4.0 if width <= 12 else -(-width // 4) * 2 + 4.0)


def sheet_body(body: Body, sheet: Sheet) -> Body:
    """Write a declared sheet: heading, records, 合计, notes, charts."""
    body.heading(sheet.columns)
    extent, sums = body.records(
        sheet.columns, sheet.rows, hidden=sheet.hidden, row_height=sheet.row_height, continues=sheet.continues
    )
    body.table, body.record_count = extent, extent.count
    if isinstance(sheet.totals, str) and sheet.totals:
        raise ValueError(f"Sheet {sheet.name}: its totals were not read; use Sheet.read(connection, parameters).")
    if extent.count == 0 and not sheet.is_flat:
        body.nothing(len(sheet.columns))
    if sheet.totals and (extent.count or any(sheet.totals.values())):
        body.total(extent, sheet.totals, sums)
    if sheet.legend:
        body.skip()
        body.legend(sheet.legend, len(sheet.columns))
    if sheet.notes:
        body.skip()
        body.notes(sheet.notes, len(sheet.columns))
    for chart in sheet.charts:
        body.add_chart(chart, extent)
    return body
