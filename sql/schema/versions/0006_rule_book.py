"""What ../0006_rule_book.sql moves."""

from backoffice.migrate import run_schema_file

revision = "0006_rule_book"
down_revision = "0005_fees"


def upgrade() -> None:
    run_schema_file("0006_rule_book.sql")


def downgrade() -> None:
    raise NotImplementedError("Books are not unlearnt: restore a backup (make restore) instead.")
