"""A sheet that is looked at like a plan: coloured cells in blocks side by side, under a legend that counts them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from backoffice.workbook.body import Body, TotalsError
from backoffice.workbook.cells import display_width, empty_cell, text_cell
from backoffice.workbook.spec import GRID_COLUMNS, Grid, Tile, walk
from backoffice.workbook.styles import Look

LEAST_WIDTH, PADDING = 7.0, 1.6
CELL_HEIGHT = 20.0
LEGEND_COLUMNS = 2  # cells that one entry of the legend takes


@dataclass
class Block:
    """Cells of one block by row and column, and what its rows are called."""

    name: str
    cells: dict[tuple[int, int], tuple[str, Tile]] = field(default_factory=dict)
    row_labels: dict[int, str] = field(default_factory=dict)

    @property
    def column_count(self) -> int:
        """Columns of cells; the labels of its rows take one more."""
        return max(column for _, column in self.cells)


def grid_body(body: Body, grid: Grid) -> Body:
    """Write a declared grid: lead, legend with counts, blocks, notes.

    :raises TotalsError: when SQL counts otherwise than the cells.
    :raises ValueError: the query and the grid disagree, a state has no tile, or two records want one cell.
    """
    blocks = _blocks(grid)
    counts = Counter(tile.word for block in blocks for _, tile in block.cells.values())
    body.record_count = counts.total()
    if grid.totals is not None and {word: count for word, count in grid.totals.items() if count} != dict(counts):
        raise TotalsError(
            f"Sheet {grid.name}: SQL counts {dict(grid.totals)}, the cells {dict(counts)}. Nothing was written."
        )
    bands = list(_bands(blocks, grid.across))
    legend_width = LEGEND_COLUMNS * len(grid.tiles)
    across = max([legend_width, *(sum(block.column_count + 1 for block in band) for band in bands)])
    labels = [f"{label} {tile.letter}" for block in blocks for label, tile in block.cells.values()]
    labels += [label for block in blocks for label in block.row_labels.values()]
    width = max([LEAST_WIDTH, *(display_width(label) + PADDING for label in labels)])
    body.widths.update(dict.fromkeys(range(1, across + 1), width))
    if grid.lead:
        row = body.line({1: text_cell(body.styles, grid.lead, Look("text", "note"))}, height=CELL_HEIGHT)
        body.merge(1, across, row)
    _legend(body, grid, counts)
    body.skip()
    for band in bands:
        _band(body, band)
        body.skip()
    if not blocks:
        body.nothing(across)
        body.skip()
    if grid.notes:
        body.notes(grid.notes, across)
    return body


def _blocks(grid: Grid) -> list[Block]:
    tiles = {tile.word: tile for tile in grid.tiles}
    blocks: dict[str, Block] = {}
    with walk(grid.rows) as (names, records):
        if names and set(names) != set(GRID_COLUMNS):
            raise ValueError(
                f"Sheet {grid.name}: a grid is made of {', '.join(GRID_COLUMNS)}; the query gives {names}."
            )
        for record in records:
            row = dict(zip(names, record, strict=True))
            if row["state"] not in tiles:
                raise ValueError(f"Sheet {grid.name}: no tile is declared for {row['state']!r}.")
            block = blocks.setdefault(row["block"], Block(row["block"]))
            at = (row["row_no"], row["column_no"])
            if at in block.cells:
                raise ValueError(f"Sheet {grid.name}: {block.cells[at][0]} and {row['label']} stand in one cell.")
            block.cells[at] = (row["label"], tiles[row["state"]])
            block.row_labels[row["row_no"]] = row["row_label"]
    return list(blocks.values())


def _bands(blocks: list[Block], across: int) -> Iterator[list[Block]]:
    """Blocks in the order in which they came, as many beside each other as the width holds."""
    band: list[Block] = []
    used = 0
    for block in blocks:
        needed = block.column_count + 1
        if band and used + needed > across:
            yield band
            band, used = [], 0
        band.append(block)
        used += needed
    if band:
        yield band


def _legend(body: Body, grid: Grid, counts: Counter[str]) -> None:
    cells = {}
    for position, tile in enumerate(grid.tiles):
        at = 1 + LEGEND_COLUMNS * position
        look = Look("text", "tile", "center", tile.tone)
        cells[at] = text_cell(body.styles, f"{tile.letter} {tile.word}　{counts[tile.word]}", look)
        cells |= {at + more: empty_cell(body.styles, look) for more in range(1, LEGEND_COLUMNS)}
    row = body.line(cells, height=CELL_HEIGHT)
    for position in range(len(grid.tiles)):
        at = 1 + LEGEND_COLUMNS * position
        body.merge(at, at + LEGEND_COLUMNS - 1, row)


def _band(body: Body, band: list[Block]) -> None:
    """Blocks that stand on the same ground: a row number is one line across all of them."""
    starts, first = [], 1
    for block in band:
        starts.append(first)
        first += block.column_count + 1
    heading = Look("text", "heading")
    cells = {}
    for block, start in zip(band, starts, strict=True):
        cells[start] = text_cell(body.styles, block.name, heading)
        cells |= {start + at: empty_cell(body.styles, heading) for at in range(1, block.column_count + 1)}
    row = body.line(cells, height=CELL_HEIGHT + 2)
    for block, start in zip(band, starts, strict=True):
        body.merge(start, start + block.column_count, row)
    for number in sorted({row for block in band for row in block.row_labels}, reverse=True):
        cells = {}
        for block, start in zip(band, starts, strict=True):
            if number in block.row_labels:
                cells[start] = text_cell(body.styles, block.row_labels[number], Look("text", "label", "center"))
                cells |= {
                    start + column: text_cell(
                        body.styles, f"{label} {tile.letter}", Look("text", "tile", "center", tile.tone)
                    )
                    for (row, column), (label, tile) in block.cells.items()
                    if row == number
                }
        body.line(cells, height=CELL_HEIGHT)
