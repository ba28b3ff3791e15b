"""../0014_weeks.sql."""

from backoffice.migrate import run_schema_file

revision = "0014_weeks"
down_revision = "0013_receivables"


def upgrade() -> None:
    run_schema_file("0014_weeks.sql")


def downgrade() -> None:
    raise NotImplementedError("Books are not unlearnt: restore a backup (make restore) instead.")
