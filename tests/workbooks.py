"""Reading a workbook back as people see it."""

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell import Cell


def text_of_workbook(path: Path) -> dict[str, list[list[str]]]:
    """Every sheet as rows of displayed texts, by the number format of each cell; empty cells are ''."""
    book = load_workbook(path)
    return {sheet.title: [[shown(cell) for cell in row] for row in sheet.iter_rows()] for sheet in book.worksheets}


def shown(cell: Cell) -> str:
    """What a spreadsheet shows in a cell."""
    value: Any = cell.value
    if value is None:
        return ""
    pattern = cell.number_format
    if isinstance(value, datetime | date | time):
        return value.strftime(
            {"yyyy-mm-dd": "%Y-%m-%d", "yyyy-mm-dd hh:mm": "%Y-%m-%d %H:%M", "hh:mm": "%H:%M"}[pattern]
        )
    if isinstance(value, str):
        return value
    match pattern:
        case "#,##0.00":
            return f"{value:,.2f}"
        case "0.00%":
            return f"{value * 100:.2f}%"
        case "0.0#":
            return f"{value:.1f}" if value == round(value, 1) else f"{value:.2f}"
        case "#,##0":
            return f"{value:,}"
    return str(value)
