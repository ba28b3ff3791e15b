"""../0021_attendance_approvers.sql."""

from backoffice.migrate import run_schema_file

revision = "0021_attendance_approvers"
down_revision = "0020_payroll"


def upgrade() -> None:
    run_schema_file("0021_attendance_approvers.sql")


def downgrade() -> None:
    raise NotImplementedError("Books are not unlearnt: restore a backup (make restore) instead.")
