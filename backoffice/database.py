"""Statements and connections.

Statements live in `sql/<subject>/<verb>.sql`, one per file, with psycopg's named parameters (`%(run_id)s`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import dict_row

ROOT = Path(__file__).resolve().parent.parent
SQL = ROOT / "sql"
HOUSE_CLOCK = "Asia/Shanghai"
#: how a statement's heading says that its joins are by equal keys and not to be looped over
HASHED = "Joins:  hashed"


@cache
def statement(name: str) -> str:
    """Return the text of `sql/<name>.sql`.

    :param name: path without suffix, e.g. ``attendance/judge_days``.
    :raises FileNotFoundError: when there is no such statement.
    """
    return _text(name)


def _text(name: str) -> str:
    path = SQL / f"{name.removesuffix('.sql')}.sql"
    if not path.is_file():
        raise FileNotFoundError(f"No statement {name!r}: expected the file {path}.")
    return path.read_text(encoding="utf-8")


@cache
def heading(name: str) -> str:
    """What a statement says of itself before it begins."""
    return _text(name).partition("*/")[0]


@contextmanager
def planned(connection: psycopg.Connection, name: str) -> Iterator[None]:
    """Keep the planner, while a statement is run, from looping over estimates that its heading says are too low.

    Part of the caller's transaction; statements whose heading does not speak of joins are planned as always.
    """
    if HASHED not in heading(name):
        yield
        return
    connection.execute("set local enable_nestloop = off")
    try:
        yield
    finally:
        if connection.info.transaction_status == TransactionStatus.INTRANS:  # else it ended with the transaction
            connection.execute("set local enable_nestloop = on")


def connect(dsn: str, **options: Any) -> psycopg.Connection:
    """Open a connection whose session runs on the house clock.

    :param dsn: libpq connection string or URL of the business database.
    """
    connection = psycopg.connect(dsn, **options)
    set_house_clock(connection)
    return connection


def set_house_clock(connection: psycopg.Connection) -> None:
    """Make dates of this session those of the house, whatever the server or the machine thinks."""
    was_autocommit = connection.autocommit
    connection.autocommit = True
    connection.execute(f"set time zone '{HOUSE_CLOCK}'")
    connection.autocommit = was_autocommit


def rows(connection: psycopg.Connection, name: str, parameters: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """Run the query `sql/<name>.sql` and return its rows as dicts in column order."""
    with planned(connection, name), connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statement(name), parameters or {}).fetchall()


def execute(connection: psycopg.Connection, name: str, parameters: dict[str, Any] | None = None) -> int:
    """Run the statement `sql/<name>.sql` and return the number of rows it touched."""
    with planned(connection, name):
        return connection.execute(statement(name), parameters or {}).rowcount
