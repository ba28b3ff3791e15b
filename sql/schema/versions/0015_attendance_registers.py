"""../0015_attendance_registers.sql."""

from backoffice.migrate import run_schema_file

revision = "0015_attendance_registers"
down_revision = "0014_weeks"


def upgrade() -> None:
    run_schema_file("0015_attendance_registers.sql")


def downgrade() -> None:
    raise NotImplementedError("Books are not unlearnt: restore a backup (make restore) instead.")
