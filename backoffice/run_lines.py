"""What a run tells about itself, line by line, for its result sheet (重跑结果单, outputs §6.5)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from backoffice.database import rows


def gather(connection: psycopg.Connection, run_id: int, statement: str) -> list[dict[str, Any]]:
    """The lines of a `tell_…` query, ready to be kept: amounts as text, so that none becomes a float on its way."""
    return [
        {name: str(value) if isinstance(value, Decimal) else value for name, value in row.items()}
        for row in rows(connection, statement, {"run_id": run_id})
    ]


def keep(connection: psycopg.Connection, run_id: int, sheet: str, lines: Sequence[Mapping[str, Any]]) -> None:
    """Keep the lines of a sheet in the place of those that the run told before."""
    connection.execute("delete from ops.run_line where run_id = %s and sheet = %s", [run_id, sheet])
    with (
        connection.cursor() as cursor,
        cursor.copy("copy ops.run_line (run_id, sheet, line_no, line) from stdin") as copy,
    ):
        for line_no, line in enumerate(lines, start=1):
            copy.write_row((run_id, sheet, line_no, Jsonb(dict(line))))
