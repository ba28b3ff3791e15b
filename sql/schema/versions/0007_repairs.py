"""The tables of ../0007_repairs.sql."""

from backoffice.migrate import run_schema_file

revision = "0007_repairs"
down_revision = "0006_rule_book"


def upgrade() -> None:
    run_schema_file("0007_repairs.sql")


def downgrade() -> None:
    raise NotImplementedError("Books are not unlearnt: restore a backup (make restore) instead.")
