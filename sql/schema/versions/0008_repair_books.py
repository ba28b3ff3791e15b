"""The functions of ../0008_repair_books.sql."""

from backoffice.migrate import run_schema_file

revision = "0008_repair_books"
down_revision = "0007_repairs"


def upgrade() -> None:
    run_schema_file("0008_repair_books.sql")


def downgrade() -> None:
    raise NotImplementedError("Books are not unlearnt: restore a backup (make restore) instead.")
