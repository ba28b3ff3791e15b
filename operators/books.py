"""The one way an operator opens the business database: an Airflow connection, on the house clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from airflow.providers.postgres.hooks.postgres import PostgresHook
from airflow.sdk.exceptions import AirflowFailException

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


def told(output: Any) -> Any:
    """What the step before told; there is nothing when somebody marked it as success instead of running it."""
    if output is None:
        raise AirflowFailException(
            "前一步没有留下结果：它可能被“标记成功”跳过了。标记成功不会替它做事，请清除那一步，让它真正运行。"
        )
    return output
