"""The tables of ../0005_fees.sql."""

from backoffice.migrate import run_schema_file

revision = "0005_fees"
down_revision = "0004_feeds"


def upgrade() -> None:
    run_schema_file("0005_fees.sql")


def downgrade() -> None:
    raise NotImplementedError("Books are not unlearnt: restore a backup (make restore) instead.")
