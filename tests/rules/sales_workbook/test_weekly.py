"""销售周报."""

from pathlib import Path

from tests.drawing import Books
from tests.rules.sales_workbook.conftest import document, reckon, written


def test_render(busy: Books):
    run = reckon(busy)
    path = written(busy, document(busy, run), Path("/tmp/lists/scratch"))
    print(path)
