"""What an office holds, told so that two offices can be compared: rows, files, documents and letters.

Numbers that a sequence gives and instants of the clock are left out or named; everything else must be the same.
"""

import re
import zipfile
from collections import Counter
from email import message_from_bytes
from email.header import decode_header, make_header
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg

from backoffice.database import HOUSE_CLOCK
from backoffice.workbook.wording import moment_text
from stack.state import State

#: Instants, numbers of a sequence, ids of Airflow, what a person did on the way, and what is compared elsewhere.
APART = {
    "ops.run": "airflow_run_id known_at started_at finished_at",
    "ops.run_scope": "computed_at",
    "ops.result": "known_at issued_at",
    "ops.artifact": "artifact_id known_at issued_at sha256 byte_count",
    "ops.landing_file": "received_at",
    "ops.quarantine": "quarantine_id signed_off_at",
    "ops.decision": "decision_id decided_at",
    "ops.period_close": "closed_at",
    "ops.outbox": "outbox_id artifact_id message_id body_html body_text lease_until sent_at sent_to reserved_at "
    "last_error resolved_by resolved_at resolution",
}
#: Take-overs and resolved letters are the story of the kills, not their outcome.
STORY = {"ops.event"}
TABLES = """
    select table_schema || '.' || table_name from information_schema.tables
    where table_schema in ('book', 'attendance', 'ops') and table_type = 'BASE TABLE' order by 1
"""


def books_of(state: State) -> dict[str, Counter]:
    """Every table as a bag of rows; files are called by site and name, not by number."""
    with psycopg.connect(state.dsn()) as connection:
        files = {
            str(number): name
            for number, name in connection.execute(
                "select file_id, coalesce(site_id, '') || '/' || file_name from ops.landing_file"
            )
        }
        told = {}
        for (table,) in connection.execute(TABLES).fetchall():
            if table not in STORY:
                apart = [*APART.get(table, "").split(), "recorded_at"]
                query = f"select (to_jsonb(one) - %s::text[])::text from {table} as one"
                rows = connection.execute(query, [apart])
                told[table] = Counter(_named(row, files) for (row,) in rows)
    return told


def _named(row: str, files: dict[str, str]) -> str:
    row = re.sub(r'(file_id": )(\d+)', lambda found: found[1] + files[found[2]], row)
    row = re.sub(r'(superseded_at": ")(?!infinity)[^"]+', r"\1some instant", row)
    return re.sub(r"(\w#)(\d+)", lambda found: found[1] + files[found[2]], row)


def transactions_of(state: State) -> dict[str, int]:
    """In how many transactions the rows of a file, and the days of the office, were written."""
    with psycopg.connect(state.dsn()) as connection:
        [landed] = connection.execute(
            "select coalesce(max(n), 0) from "
            "(select count(distinct xmin::text) as n from ops.landing_row group by file_id) as one"
        ).fetchone()
        [days] = connection.execute(
            "select coalesce(max(n), 0) from (select count(distinct xmin::text) as n from attendance.attendance_day "
            "group by date_trunc('month', work_on)) as one"
        ).fetchone()
    return {"of a landed file": landed, "of a computed month": days}


def documents_of(state: State) -> dict[str, str]:
    """Each document's hash with its instants blanked; the file on disk must be the one that is registered."""
    told = {}
    with psycopg.connect(state.dsn()) as connection:
        query = "select title, site_id, period::text, revision, file_path, sha256, known_at from ops.artifact"
        for title, site, period, revision, path, registered, known_at in connection.execute(query):
            content = state.at("files", path).read_bytes() if path else b""
            if sha256(content).hexdigest() != registered:
                told[f"{title} {site} {period} {revision}"] = "not the file that is registered"
                continue
            digest = sha256()
            texts = {
                moment_text(known_at.astimezone(ZoneInfo(HOUSE_CLOCK))),
                f"{known_at.astimezone(ZoneInfo('UTC')):%Y-%m-%dT%H:%M:%SZ}",
            }
            with zipfile.ZipFile(state.at("files", path)) as book:
                for name in sorted(book.namelist()):
                    part = book.read(name)
                    for text in texts:
                        part = part.replace(text.encode(), b"known_at")
                    digest.update(name.encode() + part)
            told[f"{title} {site.split('#')[0]} {period} {revision}"] = digest.hexdigest()
    return told


def letters_of(state: State) -> Counter:
    """Subject and recipient of every letter that the mail server keeps."""
    told: Counter = Counter()
    for path in state.at("mail").glob("*.eml"):
        letter = message_from_bytes(path.read_bytes())
        told[f"{make_header(decode_header(letter['Subject']))} → {letter['X-Envelope-To']}"] += 1
    return told


def files_of(state: State) -> dict[str, Counter]:
    """What lies in archive and inbox, by name and content."""

    def listed(folder: Path) -> Counter:
        paths = (path for path in folder.rglob("*") if path.is_file())
        return Counter(f"{path.relative_to(folder)} {sha256(path.read_bytes()).hexdigest()[:8]}" for path in paths)

    return {"archive": listed(state.at("archive")), "inbox": listed(state.at("inbox"))}


def portrait(state: State) -> dict:
    """All of it."""
    return {
        **books_of(state),
        "transactions": transactions_of(state),
        "documents": documents_of(state),
        "letters": letters_of(state),
        **files_of(state),
    }


def differences(undisturbed: dict, disturbed: dict) -> list[str]:
    """What is not the same, one line each."""
    found = []
    for name in sorted(undisturbed.keys() | disturbed.keys()):
        one, other = undisturbed.get(name, {}), disturbed.get(name, {})
        for key in sorted(one.keys() | other.keys()):
            if one.get(key, 0) != other.get(key, 0):
                found += [f"{name}: {one.get(key, 0)} / {other.get(key, 0)}  {key}"]
    return found
