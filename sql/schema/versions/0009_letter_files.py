"""The column of ../0009_letter_files.sql."""

from backoffice.migrate import run_schema_file

revision = "0009_letter_files"
down_revision = "0008_repair_books"


def upgrade() -> None:
    run_schema_file("0009_letter_files.sql")


def downgrade() -> None:
    raise NotImplementedError("Books are not unlearnt: restore a backup (make restore) instead.")
