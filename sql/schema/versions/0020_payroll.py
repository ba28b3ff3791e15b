"""../0020_payroll.sql."""

from backoffice.migrate import run_schema_file

revision = "0020_payroll"
down_revision = "0019_timesheets"


def upgrade() -> None:
    run_schema_file("0020_payroll.sql")


def downgrade() -> None:
    raise NotImplementedError("Books are not unlearnt: restore a backup (make restore) instead.")
