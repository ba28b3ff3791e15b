"""Tables drawn in tests: parse them, put them into the database, compare what is there with them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from backoffice.database import statement

EMPTY = {"", "-"}


def draw(text: str) -> tuple[str, list[str], list[list[str]]]:
    """Split a drawn table into its name, its column names and its rows of cell texts."""
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    name, header, *body = lines
    columns = [cell.strip() for cell in header.split("|")]
    rows = [[cell.strip() for cell in line.split("|")] for line in body]
    for row in rows:
        if len(row) != len(columns):
            raise ValueError(f"{name}: {row} has {len(row)} cells, the heading {len(columns)}.")
    return name, columns, rows


def as_text(value: Any) -> str:
    """A database value as one draws it: minutes unless there are seconds, no trailing clutter."""
    if value is None or value == "":
        return "-"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S" if value.second else "%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value}"
    return str(value)


class Books:
    """A connection that reads and writes drawn tables."""

    #: what every fact row needs and no story is about
    BOOKKEEPING: ClassVar = {"recorded_at": "2026-01-01 00:00", "file_id": 1, "line_no": 1}
    #: what was learnt of the tables' columns
    COLUMNS: ClassVar[dict[str, set[str]]] = {}

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection

    def given(self, *drawn: str, **defaults: Any) -> None:
        """Insert drawn tables; `-` or an empty cell is null; defaults fill columns that are not drawn."""
        for text in drawn:
            name, columns, rows = draw(text)
            table = sql.Identifier(*name.split("."))
            present = self._columns(name)
            extra = {
                key: value
                for key, value in {**self.BOOKKEEPING, **defaults}.items()
                if key in present and key not in columns
            }
            query = sql.SQL("insert into {} ({}) values ({})").format(
                table,
                sql.SQL(", ").join(map(sql.Identifier, [*columns, *extra])),
                sql.SQL(", ").join(sql.Placeholder() for _ in [*columns, *extra]),
            )
            with self.connection.cursor() as cursor:
                cursor.executemany(
                    query,
                    [[*(None if cell in EMPTY else cell for cell in row), *extra.values()] for row in rows],
                )

    def _columns(self, table: str) -> set[str]:
        """The columns of a table; asked once a process, as no test changes those of a table that it draws."""
        if table not in self.COLUMNS:
            self.COLUMNS[table] = {
                row[0]
                for row in self.connection.execute(
                    "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0", [table]
                )
            }
        return self.COLUMNS[table]

    def run(self, name: str, **parameters: Any) -> int:
        """Run the statement `sql/<name>`; returns the number of rows it touched."""
        return self.connection.execute(statement(name), parameters).rowcount

    def query(self, text: str, **parameters: Any) -> list[dict[str, Any]]:
        """Run a query of the test's own and return dicts."""
        with self.connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(text, parameters).fetchall()

    def expect(self, drawn: str, where: str = "true") -> None:
        """Compare a table or view with a drawn one, only in the drawn columns, in any order."""
        name, columns, rows = draw(drawn)
        found = self.connection.execute(
            sql.SQL("select {} from {} where {}").format(
                sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier(*name.split(".")), sql.SQL(where)
            )
        ).fetchall()
        assert sorted([as_text(value) for value in row] for row in found) == sorted(
            ["-" if cell in EMPTY else cell for cell in row] for row in rows
        )

    def row_versions(self, *tables: str) -> dict[str, list[tuple]]:
        """Physical versions (ctid, xmin) of all rows: equal before and after means that nothing was written."""
        return {
            table: self.connection.execute(
                sql.SQL("select ctid::text, xmin::text from {} order by 1").format(sql.Identifier(*table.split(".")))
            ).fetchall()
            for table in tables
        }
