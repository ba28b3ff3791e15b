"""Files are committed one by one, whatever mode the caller's connection is in."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg


@contextmanager
def committing_by_itself(connection: psycopg.Connection) -> Iterator[None]:
    """Let `connection.transaction()` mean a transaction, not a savepoint of one that somebody left open."""
    if connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
        raise RuntimeError("Files are committed one by one: commit or roll back before landing and admitting.")
    wascommitting_by_itself = connection.autocommit
    connection.autocommit = True
    try:
        yield
    finally:
        if not connection.closed:
            connection.autocommit = wascommitting_by_itself
