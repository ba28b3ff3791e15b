"""Bring the business database to the newest schema: ``python -m backoffice.migrate`` (reads BACKOFFICE_DSN)."""

import os
import sys

from alembic import command, op
from alembic.config import Config
from sqlalchemy import create_engine

from backoffice.database import SQL


def run_schema_file(name: str) -> None:
    """Run `sql/schema/<name>`; called by the revisions beside it."""
    text = (SQL / "schema" / name).read_text(encoding="utf-8")
    op.get_bind().connection.driver_connection.execute(text)


def migrate(dsn: str, target: str = "head") -> None:
    """Upgrade the schema of the business database; running it again does nothing.

    :param dsn: ``postgresql://…`` URL.
    :param target: Alembic revision, newest by default.
    """
    engine = create_engine(dsn.replace("postgresql://", "postgresql+psycopg://", 1))
    config = Config()
    config.set_main_option("script_location", str(SQL / "schema"))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, target)
        connection.commit()
    engine.dispose()


if __name__ == "__main__":
    if "BACKOFFICE_DSN" not in os.environ:
        sys.exit(
            "BACKOFFICE_DSN is not set: run `make up`, or set it to postgresql://user:password@host:port/database."
        )
    migrate(os.environ["BACKOFFICE_DSN"])
