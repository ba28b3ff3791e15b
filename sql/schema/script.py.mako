"""${message}"""

from backoffice.migrate import run_schema_file

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    run_schema_file("${up_revision}.sql")


def downgrade() -> None:
    raise NotImplementedError("Books are not unlearnt: restore a backup (make restore) instead.")
