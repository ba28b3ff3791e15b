"""../0016_duty.sql."""

from backoffice.migrate import run_schema_file

revision = "0016_duty"
down_revision = "0015_attendance_registers"


def upgrade() -> None:
    run_schema_file("0016_duty.sql")


def downgrade() -> None:
    raise NotImplementedError("Books are not unlearnt: restore a backup (make restore) instead.")
