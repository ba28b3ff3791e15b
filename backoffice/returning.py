"""Give back what could not be admitted: a 资料退回表 for each file, to the one who sent it (outputs §6.6)."""

from typing import Any

import psycopg

from backoffice import outbox
from backoffice.database import rows
from backoffice.feeds import returned_files
from backoffice.feeds.definitions import feeds
from backoffice.feeds.returns import ReturnedFile
from backoffice.letters import render

DOCUMENT_KIND = "returned_rows"
#: lines that the letter itself shows; the workbook has them all
SHOWN = 20


def register(connection: psycopg.Connection, run_id: int) -> list[int]:
    """Register one document and its letters for each file of the run with lines to return; safe to repeat.

    :returns: artifact ids, in the order of the files.
    """
    file_ids = [
        row[0] for row in connection.execute("select file_id from ops.landing_file where run_id = %s", [run_id])
    ]
    return [_register_file(connection, run_id, file) for file in returned_files(connection, file_ids)]


def _register_file(connection: psycopg.Connection, run_id: int, file: ReturnedFile) -> int:
    scope = f"{file.site_id or '集团'}#{file.file_id}"
    with connection.transaction():
        connection.execute(
            """
            insert into ops.artifact (
                workflow, document_kind, site_id, period, revision, content_hash, title, as_of_on, known_at, run_id
            )
            select run.workflow, %(kind)s, %(scope)s, daterange(%(on)s::date, %(on)s::date + 1), 1, landing_file.sha256,
                '资料退回表', %(on)s, run.known_at, run.run_id
            from ops.run cross join ops.landing_file
            where run.run_id = %(run_id)s and landing_file.file_id = %(file_id)s
            on conflict do nothing
            """,
            {
                "kind": DOCUMENT_KIND,
                "scope": scope,
                "on": file.received_at.date(),
                "run_id": run_id,
                "file_id": file.file_id,
            },
        )
        artifact_id = connection.execute(
            "select artifact_id from ops.artifact where document_kind = %s and site_id = %s", [DOCUMENT_KIND, scope]
        ).fetchone()[0]
        listed = rows(connection, "ops/list_recipients", {"document_kind": _told(file), "site_id": file.site_id or "*"})
        outbox.reserve(
            connection,
            letter_kind=DOCUMENT_KIND,
            document_key=f"{DOCUMENT_KIND}/{scope}",
            revision=1,
            recipients=[(row["address"], row["recipient_name"]) for row in listed],
            artifact_id=artifact_id,
            run_id=run_id,
        )
    return artifact_id


def _told(file: ReturnedFile) -> str:
    """The kind of document whose recipients are told: of a confidential feed those who may read it, nobody else."""
    feed = feeds().get(file.feed)
    return (feed and feed.returned_to) or DOCUMENT_KIND


def compose(connection: psycopg.Connection, artifact_id: int, file_id: int, contact: str) -> int:
    """Put the words into the letters of a 资料退回表; returns how many became ready."""
    [file] = returned_files(connection, [file_id])
    lines = rows(connection, "feeds/sheet_returned_rows", {"file_id": file_id})
    letter = render("ops/returned_rows", _variables(file, lines, contact))
    with connection.transaction():
        return outbox.compose(connection, lambda _: letter, artifact_id=artifact_id)


def _variables(file: ReturnedFile, lines: list[dict[str, Any]], contact: str) -> dict[str, Any]:
    return {
        "file_name": file.file_name,
        "received_at": f"{file.received_at:%Y-%m-%d %H:%M}",
        "row_count": file.row_count,
        "admitted_count": file.admitted_count,
        "superseding_count": file.superseding_count,
        "duplicate_count": file.duplicate_count,
        "returned_count": file.quarantined_count or file.row_count,
        "returned": [
            {name: line[name] for name in ("line_no", "raw", "column_name", "reason", "advice")}
            for line in lines[:SHOWN]
        ],
        "impact": lines[0]["effect"] if lines else "见附件",
        "resubmit_by": file.resend_by or file.received_at.date(),
        "contact": contact,
    }
