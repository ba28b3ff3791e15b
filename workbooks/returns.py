"""资料退回表: the lines of a file that go back to its sender (outputs §6.6)."""

from collections.abc import Mapping
from typing import Any

import psycopg

from backoffice.database import rows
from backoffice.workbook.spec import Column, Control, Cover, Figure, Fill, Sheet, WorkbookSpec

RETURNED = Sheet(
    "退回明细",
    (
        Column("line_no", "行号", blank="整份"),
        Column("raw", "原内容", kind="text", blank="—", width=38),
        Column("column_name", "哪一列", blank="—"),
        Column("reason", "原因", width=36),
        Column("advice", "怎么改", width=28),
        Column("effect", "影响", width=28),
        Column("resend_on", "截止重交", blank="尽快"),
        Column("state", "状态", align="center"),
        Column("signed_off_by", "签字人", width=10),
        Column("opinion", "意见", width=18),
    ),
    statement="feeds/sheet_returned_rows",
    hidden=(
        "file_name",
        "received_at",
        "row_count",
        "admitted_count",
        "duplicate_count",
        "superseding_count",
        "quarantined_count",
        "quarantine_id",
    ),
    fills=(Fill("未处理", "warn", columns=("state",)),),
)


def file_of(artifact: Mapping[str, Any]) -> int:
    """The landed file that a 资料退回表 is about; it is the last part of the document's scope."""
    return int(artifact["site_id"].rsplit("#", 1)[1])


def returned_rows_workbook(connection: psycopg.Connection, artifact: Mapping[str, Any]) -> WorkbookSpec:
    """Describe the 资料退回表 of one file.

    :param artifact: row of `ops.artifact` whose scope is ``<site>#<file_id>``.
    """
    parameters = {"file_id": file_of(artifact)}
    lines = rows(connection, "feeds/sheet_returned_rows", parameters)
    head = lines[0]
    return WorkbookSpec.of(
        artifact,
        scope=head["file_name"],
        cover=Cover(
            totals=(_returned(lines),),
            counts=(Figure("总行数", head["row_count"], "integer"),),
            control=Control(
                received=head["row_count"],
                admitted=head["admitted_count"],
                duplicate=head["duplicate_count"],
                superseding=head["superseding_count"],
                returned=head["quarantined_count"],
            ),
        ),
        sheets=(RETURNED.read(connection, parameters),),
        has_standard_sheets=False,
    )


def _returned(lines: list[dict[str, Any]]) -> Figure:
    """How many lines go back; a file of which nothing was admitted says so."""
    head = lines[0]
    if head["quarantined_count"] == head["row_count"]:
        return Figure("退回", "整份文件，没有一行入账")
    return Figure("退回行数", sum(1 for line in lines if line["line_no"]), "integer")
