"""What an office holds, told so that two offices can be compared: rows, files, documents and letters.

Numbers that a sequence gives and instants of the clock are left out or named; everything else must be the same.
"""

import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC
from email import message_from_bytes
from email.header import Header, decode_header, make_header
from email.message import Message
from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import psycopg
from psycopg.rows import dict_row
from pypdf import PdfReader

from backoffice.artifacts import NOTICES, relative_path
from backoffice.database import connect
from backoffice.notices import Notice
from backoffice.notices.merge import bind
from backoffice.notices.render import pages_of, render
from backoffice.workbook.cells import serial_text
from backoffice.workbook.wording import moment_text
from stack.state import State
from workbooks import FEE_HANDOVER, FEE_NOTICES, FEE_RERUN
from workbooks.notices import notices

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
    "attendance.fine_entry": "entry_id posted_at",
    "ops.outbox": "outbox_id artifact_id message_id body_html body_text lease_until sent_at sent_to reserved_at "
    "sha256 byte_count last_error resolved_by resolved_at resolution",
}
#: Take-overs and resolved letters are the story of the kills, not their outcome. So is what a run tells of itself in
#: its result sheet: it is told once, while letters are still in doubt, and says so. That there is a sheet is compared,
#: and who got it; what it says is not.
STORY = {"ops.event", "ops.run_line"}
TOLD = FEE_RERUN
#: In a letter: the hash of its file, which the instants in the file make another one, and until when today an answer is
#: asked for.
PASSING = re.compile(r"文件校验码\W*[0-9a-f]{8}|于[-\d]{10} 17:00前")
TABLES = """
    select table_schema || '.' || table_name from information_schema.tables
    where table_schema in ('book', 'attendance', 'fees', 'ops') and table_type = 'BASE TABLE' order by 1
"""
ROWS = """
    select (
        to_jsonb(one) - %s::text[]
        - case when to_jsonb(one) ->> 'document_kind' = %s then '{{content_hash,row_count}}' else '{{}}' end::text[]
    )::text
    from {} as one
"""
#: Numbers of a tower's month, from the first to the last, and in how many transactions it was released.
NUMBERS = """
    select
        released.site_id || ' ' || to_char(released.base_on, 'YYYY-MM'),
        concat(
            min(released.sequence_no), '–', max(released.sequence_no), ': ', count(released.sequence_no), ' notices, ',
            count(*) filter (where released.is_entry), ' entries, ', count(distinct released.wrote), ' transaction'
        ),
        max(released.sequence_no) - min(released.sequence_no) + 1 - count(released.sequence_no)
    from (
        select site_id, base_on, sequence_no, false as is_entry, xmin::text as wrote from fees.notice
        union all
        select site_id, base_on, null, true, xmin::text from fees.entry
        union all
        select site_id, lower(period), null, false, xmin::text from ops.period_close where workflow = 'fee_notices'
    ) as released
    group by released.site_id, released.base_on
    order by 1
"""


def books_of(state: State) -> dict[str, Counter]:
    """Every table as a bag of rows; files are called by site and name, not by number, and runs by their order."""
    with psycopg.connect(state.dsn()) as connection:
        files = {
            str(number): name
            for number, name in connection.execute(
                "select file_id, coalesce(site_id, '') || '/' || file_name from ops.landing_file"
            )
        }
        runs = {
            str(number): str(place)
            for number, place in connection.execute("select run_id, row_number() over (order by run_id) from ops.run")
        }
        told = {}
        for (table,) in connection.execute(TABLES).fetchall():
            if table not in STORY:
                apart = [*APART.get(table, "").split(), "recorded_at"]
                rows = connection.execute(ROWS.format(table), [apart, TOLD.kind])
                told[table] = Counter(_named(row, files, runs) for (row,) in rows)
    return told


def _named(row: str, files: dict[str, str], runs: dict[str, str]) -> str:
    row = re.sub(r'("run_id": )(\d+)', lambda found: found[1] + runs[found[2]], row)
    row = re.sub(r'(file_id": )(\d+)', lambda found: found[1] + files[found[2]], row)
    row = re.sub(r'(superseded_at": ")(?!infinity)[^"]+', r"\1some instant", row)
    return re.sub(r"(\w#)(\d+)", lambda found: found[1] + files.get(found[2], found[2]), row)


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
        [bills] = connection.execute(
            "select coalesce(max(n), 0) from (select count(distinct xmin::text) as n from fees.bill group by base_on) "
            "as one"
        ).fetchone()
    return {"of a landed file": landed, "of a computed month": days, "of a reckoned month": bills}


def numbers_of(state: State) -> dict[str, str]:
    """The numbers of each tower's notices, and in how many transactions notices, entries and close were written."""
    with psycopg.connect(state.dsn()) as connection:
        return {
            tower: told + (f", {missing} numbers missing" if missing else "")
            for tower, told, missing in connection.execute(NUMBERS)
        }


def instants_of(state: State) -> tuple[str, ...]:
    """How papers write the instants of this office: when runs began to know, people decided, and files came in."""
    with psycopg.connect(state.dsn()) as connection:
        query = (
            "select known_at from ops.run union select decided_at from ops.decision "
            "union select received_at from ops.landing_file order by 1 desc"
        )
        instants = [instant for (instant,) in connection.execute(query)]
    texts = ((moment_text(it), f"{it.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", serial_text(it)) for it in instants)
    return tuple(dict.fromkeys(text for three in texts for text in three))


@cache  # a portrait is taken several times, and most of a month's letters bring the same file
def content_of(document: bytes, instants: tuple[str, ...]) -> str:
    """The hash of what a document says, its instants blanked: the parts of a workbook, the words of a PDF."""
    digest = sha256()
    for part in _words_of(document) if document.startswith(b"%PDF") else _parts_of(document):
        for text in instants:
            part = part.replace(text.encode(), b"an instant")  # noqa: PLW2901 - the same part
        digest.update(part)
    return digest.hexdigest()


def _parts_of(document: bytes) -> Iterator[bytes]:
    with zipfile.ZipFile(BytesIO(document)) as book:
        for name in sorted(book.namelist()):
            yield name.encode()
            yield book.read(name)


def _words_of(document: bytes) -> Iterator[bytes]:
    reader = PdfReader(BytesIO(document))
    yield "\n".join(str(entry.title) for entry in reader.outline if not isinstance(entry, list)).encode()
    for page in reader.pages:
        yield page.extract_text().encode()


def documents_of(state: State) -> dict[str, str]:
    """What each document says; the file on disk must be the one that is registered."""
    told, instants = {}, instants_of(state)
    with psycopg.connect(state.dsn()) as connection:
        query = "select document_kind, title, site_id, period::text, revision, file_path, sha256 from ops.artifact"
        for kind, title, site, period, revision, path, registered in connection.execute(query):
            name = f"{title} {site.split('#')[0]} {period} {revision}"
            content = state.at("files", path).read_bytes() if path else b""
            if not path:
                told[name] = "no file"
            elif sha256(content).hexdigest() != registered:
                told[name] = "not the file that is registered"
            else:
                told[name] = "a sheet" if kind == TOLD.kind else content_of(content, instants)
    return told


def notices_of(state: State) -> dict[str, str]:
    """What each notice says; its file, and the tower's bundle, must be to the byte what is rendered from the books."""
    told, instants = {}, instants_of(state)
    with connect(state.dsn()) as connection, connection.cursor(row_factory=dict_row) as cursor:
        query = "select * from ops.artifact where document_kind = any(%s)"
        found = cursor.execute(query, [[FEE_NOTICES.kind, FEE_HANDOVER.kind]]).fetchall()
        bundles = {(row["site_id"], row["revision"]): row for row in found if row["document_kind"] == FEE_HANDOVER.kind}
        for row in found:
            if row["document_kind"] == FEE_NOTICES.kind:
                drawn = list(notices(connection, artifact=row))
                files = [_file(state, f"{relative_path(row, NOTICES)}/{notice.number}.pdf") for notice in drawn]
                for notice, file in zip(drawn, files, strict=True):
                    told[notice.number] = content_of(file, instants) if file == render(notice) else "other bytes"
                bundle = bundles[row["site_id"], row["revision"]]["file_path"]
                told[bundle] = "the notices" if _file(state, bundle) == _bound(drawn, files) else "other bytes"
    return told


def _file(state: State, path: str) -> bytes:
    file = state.at("files", path)
    return file.read_bytes() if file.is_file() else b""


def _bound(drawn: list[Notice], files: list[bytes]) -> bytes:
    return bind(zip(drawn, map(pages_of, files), strict=True)) if all(files) else b"nothing"


def letters_of(state: State) -> Counter:
    """Subject and recipient of every letter that the mail server keeps."""
    told: Counter = Counter()
    for path in state.at("mail").glob("*.eml"):
        letter = message_from_bytes(path.read_bytes())
        told[f"{_subject(letter)} → {letter['X-Envelope-To']}"] += 1
    return told


def contents_of(state: State) -> Counter:
    """What every letter that the mail server keeps says, and what goes along, under which name: instants blanked."""
    told: Counter = Counter()
    instants = instants_of(state)
    for path in state.at("mail").glob("*.eml"):
        letter = message_from_bytes(path.read_bytes())
        said = []
        for part in letter.walk():
            content, name = part.get_payload(decode=True), part.get_filename()
            if name:
                said += [name, "" if TOLD.title in name else content_of(content, instants)[:8]]
            elif part.get_content_type() == "text/plain" and TOLD.title not in str(_subject(letter)):
                words = PASSING.sub("", content.decode())
                for text in instants:
                    words = words.replace(text, "an instant")
                said.append(sha256(words.encode()).hexdigest()[:8])
        told[" ".join([letter["X-Envelope-To"], *said])] += 1
    return told


def _subject(letter: Message) -> Header:
    return make_header(decode_header(letter["Subject"]))


def files_of(state: State) -> dict[str, Counter]:
    """What lies in archive and inbox, by name and content, and what among the documents, by name alone."""

    def listed(folder: Path, *, by_content: bool = True) -> Counter:
        paths = (path for path in folder.rglob("*") if path.is_file())
        return Counter(
            f"{path.relative_to(folder)} {sha256(path.read_bytes()).hexdigest()[:8] if by_content else ''}"
            for path in paths
        )

    return {
        "archive": listed(state.at("archive")),
        "inbox": listed(state.at("inbox")),
        "files": listed(state.at("files"), by_content=False),
    }


def portrait(state: State) -> dict:
    """All of it."""
    return {
        **books_of(state),
        "transactions": transactions_of(state),
        "numbers": numbers_of(state),
        "documents": documents_of(state),
        "notices": notices_of(state),
        "letters": letters_of(state),
        "what letters say": contents_of(state),
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
