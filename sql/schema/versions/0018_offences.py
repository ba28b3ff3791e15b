"""../0018_offences.sql."""

from backoffice.migrate import run_schema_file

revision = "0018_offences"
down_revision = "0017_judging"


def upgrade() -> None:
    run_schema_file("0018_offences.sql")


def downgrade() -> None:
    raise NotImplementedError("Books are not unlearnt: restore a backup (make restore) instead.")
