"""../0019_timesheets.sql."""

from backoffice.migrate import run_schema_file

revision = "0019_timesheets"
down_revision = "0018_offences"


def upgrade() -> None:
    run_schema_file("0019_timesheets.sql")


def downgrade() -> None:
    raise NotImplementedError("Books are not unlearnt: restore a backup (make restore) instead.")
