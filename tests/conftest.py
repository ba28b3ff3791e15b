"""Fixtures of the house: a real Postgres, drawn tables in, drawn tables out.

`books` rolls back after each test. `own_books` gives a database of its own for tests that must commit.
"""

import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from backoffice.database import connect, set_house_clock
from backoffice.migrate import migrate

pytest.register_assert_rewrite("tests.drawing")

from tests.places import fleeting  # noqa: E402

# Airflow reads its home when it is first imported, which a test module may do while it is collected.
AIRFLOW_HOME = fleeting("airflow")
os.environ |= {
    "AIRFLOW_HOME": str(AIRFLOW_HOME),
    "AIRFLOW__CORE__LOAD_EXAMPLES": "false",
    "AIRFLOW__CORE__DAGS_FOLDER": str(Path(__file__).parents[1] / "dags"),
    "AIRFLOW__CORE__DEFAULT_TIMEZONE": "Asia/Shanghai",
    "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
    "PYTHONPATH": str(Path(__file__).parents[1]),
}
for foreign in [name for name in os.environ if name.startswith("AIRFLOW__DATABASE__")]:
    del os.environ[foreign]

from tests.drawing import Books  # noqa: E402

#: each worker of the suite migrates its own
TEMPLATE = "books_template_" + os.environ.get("PYTEST_XDIST_WORKER", "main")
_numbers = itertools.count()


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Address of a Postgres with the migrated template database; BACKOFFICE_TEST_SERVER names one that runs already."""
    given = os.environ.get("BACKOFFICE_TEST_SERVER")
    if given:
        address, stop = given, None
    else:
        from stack.postgres import start_cluster

        cluster = start_cluster(fleeting("postgres"), durable=False)
        address, stop = cluster.dsn("postgres"), cluster.stop
    with psycopg.connect(address, autocommit=True) as admin:
        if stop:  # its log of changes lies in memory, too
            admin.execute("alter system set max_wal_size = '512MB'")
            admin.execute("select pg_reload_conf()")
        admin.execute(sql.SQL("drop database if exists {}").format(sql.Identifier(TEMPLATE)))
        admin.execute(sql.SQL("create database {}").format(sql.Identifier(TEMPLATE)))
    migrate(in_database(address, TEMPLATE))
    yield address
    if stop:
        stop()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long stories first: workers that share the suite then end together."""
    slow = ("workflows", "real")
    items.sort(key=lambda item: item.path.parent.name not in slow)


def in_database(address: str, name: str) -> str:
    """The same server, another database: `postgresql://…/<name>`."""
    return address.rsplit("/", 1)[0] + "/" + name


@pytest.fixture(scope="session")
def _rolled_back_database(server: str) -> Iterator[str]:
    yield from _copy_of_template(server)


def _copy_of_template(server: str) -> Iterator[str]:
    name = f"books_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(TEMPLATE)))
    yield in_database(server, name)
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def _line(_rolled_back_database: str) -> Iterator[list[psycopg.Connection]]:
    """The connection that tests hand on, if the one before has left it open."""
    line: list[psycopg.Connection] = []
    yield line
    for connection in line:
        connection.close()


@pytest.fixture
def books(_rolled_back_database: str, _line: list[psycopg.Connection]) -> Iterator[Books]:
    """Empty migrated books in one transaction that is rolled back after the test."""
    connection = _line.pop() if _line else connect(_rolled_back_database)
    yield Books(connection)
    connection.rollback()
    if not connection.closed:
        connection.autocommit = True
        connection.execute("discard all")  # what a session keeps beside its transaction: settings, locks, plans
        set_house_clock(connection)
        connection.autocommit = False
        _line.append(connection)


@pytest.fixture
def own_dsn(server: str) -> Iterator[str]:
    """DSN of an empty migrated database that belongs to this test alone (for commits and concurrency)."""
    yield from _copy_of_template(server)


@pytest.fixture
def own_books(own_dsn: str) -> Iterator[Books]:
    """Empty migrated books in a database of their own; the test may commit."""
    with connect(own_dsn) as connection:
        yield Books(connection)
        connection.rollback()


@pytest.fixture(scope="session")
def airflow_home() -> Path:
    """Home of Airflow with a migrated metadata database, made once."""
    subprocess.run([sys.executable, "-m", "airflow", "db", "migrate"], check=True, capture_output=True)
    return AIRFLOW_HOME


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder with real input files that are measured, never shipped; the test is skipped where it is absent."""
    folder = Path(os.environ.get("BACKOFFICE_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("the real input files are not on this machine")
    return folder
