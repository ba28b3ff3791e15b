"""Workbooks: declared as data, written as bytes that do not change while the data do not.

`spec` says what a workbook is, `wording` names it, `cells` and `styles` say how a value looks, `cover` and `standard`
hold the sheets that every document has, `body`, `grid` and `frame` lay out a sheet, `writer` makes the file.
"""

from backoffice.workbook.body import TotalsError
from backoffice.workbook.spec import (
    Chart,
    Check,
    Column,
    Comparison,
    Control,
    Cover,
    Figure,
    Fill,
    Grid,
    Rows,
    Sheet,
    Tile,
    WorkbookSpec,
)
from backoffice.workbook.wording import file_name, period_text, revision_text
from backoffice.workbook.writer import DocumentChangedError, Written, write_document, write_workbook

__all__ = [
    "Chart",
    "Check",
    "Column",
    "Comparison",
    "Control",
    "Cover",
    "DocumentChangedError",
    "Figure",
    "Fill",
    "Grid",
    "Rows",
    "Sheet",
    "Tile",
    "TotalsError",
    "WorkbookSpec",
    "Written",
    "file_name",
    "period_text",
    "revision_text",
    "write_document",
    "write_workbook",
]
