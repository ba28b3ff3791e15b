"""The tables of ../0003_attendance.sql."""

from backoffice.migrate import run_schema_file

revision = "0003_attendance"
down_revision = "0002_book"


def upgrade() -> None:
    run_schema_file("0003_attendance.sql")


def downgrade() -> None:
    raise NotImplementedError("Books are not unlearnt: restore a backup (make restore) instead.")
