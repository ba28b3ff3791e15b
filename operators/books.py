"""The one way an operator opens the business database: an Airflow connection, on the house clock."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from airflow.providers.postgres.hooks.postgres import PostgresHook

from backoffice.database import set_house_clock

CONNECTION_ID = "backoffice_db"


@contextmanager
def open_books(connection_id: str = CONNECTION_ID) -> Iterator[psycopg.Connection]:
    """Open the business database and close it again; what was not committed is rolled back.

    :param connection_id: Airflow connection of type postgres.
    """
    connection = PostgresHook(postgres_conn_id=connection_id).get_conn()
    try:
        set_house_clock(connection)
        yield connection
    finally:
        connection.close()
