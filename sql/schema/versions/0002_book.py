"""The tables of ../0002_book.sql."""

from backoffice.migrate import run_schema_file

revision = "0002_book"
down_revision = "0001_operations"


def upgrade() -> None:
    run_schema_file("0002_book.sql")


def downgrade() -> None:
    raise NotImplementedError("Books are not unlearnt: restore a backup (make restore) instead.")
