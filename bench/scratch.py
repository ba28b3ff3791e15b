"""Where a bench measures: the given server or one of its own, and a new, migrated database on it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from backoffice.migrate import migrate
from stack.postgres import start_cluster


@contextmanager
def scratch_server(dsn: str | None) -> Iterator[str]:
    """The given server, or a cluster of our own."""
    if dsn:
        yield dsn
        return
    with tempfile.TemporaryDirectory() as folder:
        cluster = start_cluster(Path(folder) / "postgres")
        try:
            yield cluster.dsn("postgres")
        finally:
            cluster.stop()


@contextmanager
def scratch_database(server: str, name: str) -> Iterator[str]:
    """A new, migrated database on the given server; dropped afterwards."""
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"drop database if exists {name} with (force)")
        admin.execute(f"create database {name}")
        dsn = server.rsplit("/", 1)[0] + f"/{name}"
        migrate(dsn)
        try:
            yield dsn
        finally:
            admin.execute(f"drop database {name} with (force)")
