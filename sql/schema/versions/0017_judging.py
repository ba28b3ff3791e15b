"""../0017_judging.sql."""

from backoffice.migrate import run_schema_file

revision = "0017_judging"
down_revision = "0016_duty"


def upgrade() -> None:
    run_schema_file("0017_judging.sql")


def downgrade() -> None:
    raise NotImplementedError("Books are not unlearnt: restore a backup (make restore) instead.")
