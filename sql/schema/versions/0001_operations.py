"""The tables of ../0001_operations.sql."""

from backoffice.migrate import run_schema_file

revision = "0001_operations"
down_revision = None


def upgrade() -> None:
    run_schema_file("0001_operations.sql")


def downgrade() -> None:
    raise NotImplementedError("Books are not unlearnt: restore a backup (make restore) instead.")
