"""../0012_sales_books.sql."""

from backoffice.migrate import run_schema_file

revision = "0012_sales_books"
down_revision = "0011_customers"


def upgrade() -> None:
    run_schema_file("0012_sales_books.sql")


def downgrade() -> None:
    raise NotImplementedError("Books are not unlearnt: restore a backup (make restore) instead.")
