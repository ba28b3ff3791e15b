"""../0011_customers.sql."""

from backoffice.migrate import run_schema_file

revision = "0011_customers"
down_revision = "0010_sales"


def upgrade() -> None:
    run_schema_file("0011_customers.sql")


def downgrade() -> None:
    raise NotImplementedError("Books are not unlearnt: restore a backup (make restore) instead.")
