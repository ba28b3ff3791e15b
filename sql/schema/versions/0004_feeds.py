"""The functions and columns of ../0004_feeds.sql."""

from backoffice.migrate import run_schema_file

revision = "0004_feeds"
down_revision = "0003_attendance"


def upgrade() -> None:
    run_schema_file("0004_feeds.sql")


def downgrade() -> None:
    raise NotImplementedError("Books are not unlearnt: restore a backup (make restore) instead.")
