"""Everything of a sheet but its rows: widths, frozen heading, filter, conditional fills, charts, print set-up."""

from openpyxl.chart import BarChart, LineChart, Reference, Series
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.text import CharacterProperties, ParagraphProperties
from openpyxl.formatting.rule import Rule
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from backoffice.workbook.body import Body, Extent
from backoffice.workbook.spec import Chart, Fill, Grid, Sheet, WorkbookSpec
from backoffice.workbook.styles import SERIES_INK, band, tone

LANDSCAPE_FROM = 92  # characters that no longer fit A4 upright in a readable size
CHART_WIDTH_CM, CHART_HEIGHT_CM = 19.0, 7.6
GRID_INK = "E4E7EB"
LINE_WIDTH_EMU = 22_000
TITLE_SIZE = 1_200  # hundredths of a point
ONE_PAGE_ROWS = 80  # a sheet of up to a month with its chart is printed on one page; of a longer one, the table alone
LIST_PAGE_ROWS = 36  # a list of no more rows than this shares its page with a chart
CHARACTER_POINTS, ROW_POINTS = 5.6, 18.5
PAGE_POINTS = (555.0, 740.0)  # what A4 upright holds inside its margins
UPRIGHT_LEAST = 0.85  # people turn the page for a print that is clearly larger, not for less
BAND_ROWS = 4  # rows from which on every other one is shaded


def frame(sheet: Worksheet, body: Body, declared: Sheet | Grid | None, book: WorkbookSpec) -> None:
    """Dress an openpyxl sheet that has no cells of its own; the rows are spliced in later."""
    dress(sheet, body)
    if isinstance(declared, Sheet) and body.table:
        _frame_table(sheet, declared, body.table)
    for chart, extent, anchor in body.charts:
        drawn = _chart(sheet, chart, extent)
        sheet.add_chart(drawn, f"{get_column_letter(extent.first_column if not declared else 1)}{anchor}")
    _set_print(
        sheet, body, book, is_grid=isinstance(declared, Grid), is_list=isinstance(declared, Sheet) and declared.is_list
    )
    if isinstance(declared, Sheet) and declared.paper == "A3":
        sheet.page_setup.paperSize = sheet.PAPERSIZE_A3


def dress(sheet: Worksheet, body: Body) -> None:
    """Widths, joined cells and view of a sheet of any form."""
    for at, width in sorted(body.widths.items()):
        sheet.column_dimensions[get_column_letter(at)].width = round(width + 0.7, 2)
        sheet.column_dimensions[get_column_letter(at)].hidden = at in body.folded
    for merged in body.merges:
        sheet.merged_cells.add(merged)
    sheet.sheet_view.showGridLines = False
    sheet.sheet_view.zoomScale = 100
    sheet.sheet_format.defaultRowHeight = 18
    sheet.sheet_format.customHeight = True


def _frame_table(sheet: Worksheet, declared: Sheet, table: Extent) -> None:
    heading_row = table.first_row - 1
    last = get_column_letter(len(declared.columns))
    sheet.freeze_panes = f"{get_column_letter(declared.freeze_columns + 1)}{table.first_row}"
    sheet.print_title_rows = f"{heading_row}:{heading_row}"
    if table.count == 0:
        return
    sheet.auto_filter.ref = f"A{heading_row}:{last}{table.last_row}"
    marks = [column.name for column in declared.columns if column.kind == "mark"]
    for fill in declared.fills:
        if marks and not fill.whole_row and set(fill.columns) == set(marks):
            _fill_marks(sheet, table, marks, fill)
            continue
        names = fill.columns or tuple(column.name for column in declared.columns if column.is_read)
        word = fill.word.replace('"', '""')
        for name in names:
            letter = get_column_letter(table.column(name))
            cells = f"A{table.first_row}:{last}{table.last_row}"
            if not fill.whole_row:
                cells = f"{letter}{table.first_row}:{letter}{table.last_row}"
            formula = f'${letter}{table.first_row}="{word}"'
            sheet.conditional_formatting.add(cells, Rule(type="expression", formula=[formula], dxf=tone(fill.tone)))
    if table.count >= BAND_ROWS and not declared.continues:  # a band would cut people of two lines in halves
        cells = f"A{table.first_row}:{last}{table.last_row}"
        formula = f"MOD(ROW()-{table.first_row},2)=1"
        sheet.conditional_formatting.add(cells, Rule(type="expression", formula=[formula], dxf=band()))


def _fill_marks(sheet: Worksheet, table: Extent, marks: list[str], fill: Fill) -> None:
    """One rule for all days of a month, instead of one for each: the cell that is asked about moves along."""
    first, last = (get_column_letter(table.column(name)) for name in (marks[0], marks[-1]))
    word = fill.word.replace('"', '""')
    sheet.conditional_formatting.add(
        f"{first}{table.first_row}:{last}{table.last_row}",
        Rule(type="expression", formula=[f'{first}{table.first_row}="{word}"'], dxf=tone(fill.tone)),
    )


def _set_print(sheet: Worksheet, body: Body, book: WorkbookSpec, *, is_grid: bool, is_list: bool) -> None:
    """A4, as wide as the page, heading on every page, page x of y; 制表日期 is the as-of day, not the clock's."""
    total_width = sum(width for at, width in body.widths.items() if at not in body.folded)
    is_one_page = (bool(body.charts) or is_grid) and body.next_row <= (LIST_PAGE_ROWS if is_list else ONE_PAGE_ROWS)
    is_upright = not (body.table or is_grid) or (
        _is_larger_upright(total_width, body.next_row) if is_one_page else total_width <= LANDSCAPE_FROM
    )
    set_a4(sheet, is_upright=is_upright, is_one_page=is_one_page, footer=f"制表日期 {book.as_of_on}")
    if body.table and body.charts and not is_one_page:  # the heading would be repeated above a chart alone
        first_chart = min(anchor for _, _, anchor in body.charts)
        sheet.print_area = f"A1:{get_column_letter(len(body.table.columns))}{first_chart - 2}"
    named = f"{book.title} · {book.scope} · {book.period_text} · {book.revision_text}".replace("&", "&&")
    if body.table or is_grid:
        sheet.oddHeader.left.text = named
        sheet.oddHeader.right.text = body.name.replace("&", "&&")


def _is_larger_upright(width: float, row_count: int) -> bool:
    """Whether one page shows the sheet about as large upright as across; `width` in characters."""
    wide, high = width * CHARACTER_POINTS, row_count * ROW_POINTS
    short, long = PAGE_POINTS
    upright, across = min(1.0, short / wide, long / high), min(1.0, long / wide, short / high)
    return upright >= UPRIGHT_LEAST * across


def set_a4(sheet: Worksheet, *, is_upright: bool, is_one_page: bool, footer: str) -> None:
    """A4, as wide as the page, centred, page x of y; `footer` stands at the left of it."""
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "portrait" if is_upright else "landscape"
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 1 if is_one_page else 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_options.horizontalCentered = True
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top, sheet.page_margins.bottom = 0.7, 0.6
    sheet.page_margins.header = sheet.page_margins.footer = 0.3
    sheet.HeaderFooter.scaleWithDoc = False  # a wide table is scaled down, its page numbers are not
    sheet.oddFooter.left.text = footer.replace("&", "&&")
    sheet.oddFooter.right.text = "第 &P 页 / 共 &N 页"


def _chart(sheet: Worksheet, chart: Chart, extent: Extent) -> LineChart | BarChart:
    drawn = LineChart() if chart.kind == "line" else BarChart()
    drawn.title, drawn.width, drawn.height = chart.title, CHART_WIDTH_CM, CHART_HEIGHT_CM
    for paragraph in drawn.title.tx.rich.paragraphs:
        paragraph.pPr = ParagraphProperties(defRPr=CharacterProperties(sz=TITLE_SIZE, b=True))
    drawn.legend.position = "b"
    drawn.x_axis.delete = drawn.y_axis.delete = False
    drawn.y_axis.majorGridlines.spPr = GraphicalProperties()
    drawn.y_axis.majorGridlines.spPr.line.solidFill = GRID_INK
    by_name = {column.name: column for column in extent.columns}
    for ink, name in zip(SERIES_INK * 4, chart.series, strict=False):
        at = extent.column(name)
        values = Reference(sheet, min_col=at, min_row=extent.first_row, max_row=extent.last_row)
        series = Series(values, title=by_name[name].heading)
        if chart.kind == "line":
            series.graphicalProperties.line.solidFill = ink
            series.graphicalProperties.line.width = LINE_WIDTH_EMU
            series.smooth = False
        else:
            series.graphicalProperties.solidFill = ink
        drawn.series.append(series)
    at = extent.column(chart.category)
    drawn.set_categories(Reference(sheet, min_col=at, min_row=extent.first_row, max_row=extent.last_row))
    drawn.x_axis.number_format = "mm-dd" if by_name[chart.category].kind == "date" else "General"
    drawn.y_axis.number_format = "0%" if chart.is_share or by_name[chart.series[0]].kind == "rate" else "#,##0"
    if isinstance(drawn, BarChart):
        _set_bars(drawn, chart)
    if chart.is_labelled:
        drawn.dataLabels = DataLabelList(
            showVal=True, showSerName=False, showCatName=False, showLegendKey=False, showPercent=False
        )
    return drawn


def _set_bars(drawn: BarChart, chart: Chart) -> None:
    drawn.gapWidth = 60
    if chart.stacked or chart.is_share:
        drawn.grouping, drawn.overlap = ("percentStacked" if chart.is_share else "stacked"), 100
    if chart.kind == "across":
        drawn.type = "bar"
        drawn.x_axis.scaling.orientation = "maxMin"  # the first category on top, the values still below
        drawn.y_axis.crosses = "max"
        if chart.is_labelled:  # the bars say their figures
            drawn.y_axis.delete = True
            drawn.y_axis.majorGridlines = None
        if len(chart.series) == 1:  # the title says what is drawn
            drawn.legend = None
