"""../0013_receivables.sql."""

from backoffice.migrate import run_schema_file

revision = "0013_receivables"
down_revision = "0012_sales_books"


def upgrade() -> None:
    run_schema_file("0013_receivables.sql")


def downgrade() -> None:
    raise NotImplementedError("Books are not unlearnt: restore a backup (make restore) instead.")
