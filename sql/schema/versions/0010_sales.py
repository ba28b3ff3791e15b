"""Schema sales: ../0010_sales.sql."""

from backoffice.migrate import run_schema_file

revision = "0010_sales"
down_revision = "0009_letter_files"


def upgrade() -> None:
    run_schema_file("0010_sales.sql")


def downgrade() -> None:
    raise NotImplementedError("Books are not unlearnt: restore a backup (make restore) instead.")
