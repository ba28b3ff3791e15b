"""Land what lies in the inbox: hash, read, COPY into ops.landing_row, and only then move the file away.

Each file is one transaction. The move comes after the commit, so a crash in between leaves a file in the inbox
whose hash is known already: it is moved and not landed again.
"""

import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import dict_row

from backoffice.database import HOUSE_CLOCK, statement
from backoffice.feeds.committing import committing_by_itself
from backoffice.feeds.definitions import Feed, feed_of
from backoffice.feeds.definitions import feeds as all_feeds
from backoffice.feeds.errors import FeedError
from backoffice.feeds.reading import COPY_DELIMITER, Reading, Survey, read, survey
from backoffice.feeds.returns import ReturnedFile, returned_files

RETURNED_FOLDER = "退回"
HALF_WRITTEN_ENDINGS = (".part", ".partial", ".filepart", ".tmp", ".temp", ".crdownload", ".download")
HALF_WRITTEN_STARTS = (".", "~$")
#: what desktops and git leave behind; nobody waits for it
NEVER_MEANT = {".gitkeep", ".DS_Store", "Thumbs.db", "desktop.ini"}
DIGITS_OF_HASH = 8
COPY_ROWS = f"copy ops.landing_row (file_id, line_no, raw) from stdin (delimiter E'\\x{ord(COPY_DELIMITER):02x}')"
#: so that hash, number and a Chinese name fit into the 255 bytes of a file name
LONGEST_STEM = 70


@dataclass(frozen=True)
class Found:
    """A file in the inbox: where it lies, whose folder that is (None: the group's), which feed its name says."""

    path: Path
    site_id: str | None
    feed: Feed | None

    @property
    def place(self) -> str:
        """The file as people look for it: 案场/文件名."""
        return f"{self.site_id}/{self.path.name}" if self.site_id else self.path.name


@dataclass(frozen=True)
class LandedFile:
    """A file whose rows were taken, or which had been taken before (``same_file``)."""

    file_id: int
    feed: str
    title: str
    site_id: str | None
    file_name: str
    row_count: int
    blank_count: int = 0
    note: str = ""


@dataclass(frozen=True)
class RefusedFile:
    """A file that was not taken: where it now lies and what its sender should do."""

    file_id: int
    feed: str
    site_id: str | None
    file_name: str
    line: int | None
    heading: str
    message: str


@dataclass
class LandingReport:
    """What one look into the inbox came to; lists in the order of landing."""

    landed: list[LandedFile] = field(default_factory=list)
    same: list[LandedFile] = field(default_factory=list)
    refused: list[RefusedFile] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    returned: list[ReturnedFile] = field(default_factory=list)

    @property
    def row_count(self) -> int:
        """Rows landed now."""
        return sum(file.row_count for file in self.landed)

    @property
    def summary(self) -> str:
        """The report in Chinese, for a run's note or a mail."""
        said = [f"收到{len(self.landed)}个文件、{self.row_count}行"]
        if self.same:
            said.append(f"与以前收到的完全相同{len(self.same)}个（不重复入账）")
        if self.refused:
            said.append(
                f"退回{len(self.refused)}个（见“{RETURNED_FOLDER}”文件夹）：" + "".join(f.message for f in self.refused)
            )
        if self.waiting:
            said.append(f"还在传送{len(self.waiting)}个，下次再收")
        if self.unknown:
            said.append(f"文件名认不出{len(self.unknown)}个，留在收件夹，请改名或移走：{'、'.join(self.unknown)}")
        said.extend(file.note.rstrip("。") for file in self.landed if file.note)
        return "；".join(said).rstrip("。") + "。"


class FileIsGrowingError(Exception):
    """The file changed while it was read: it is left for the next time."""


def land_inbox(
    connection: psycopg.Connection,
    inbox: Path | str,
    archive: Path | str,
    *,
    feeds: Collection[str] | None = None,
    run_id: int | None = None,
    as_of_on: date,
) -> LandingReport:
    """Land every complete file of the inbox whose name a feed claims; one bad file stops no other.

    :param connection: to the business database, not inside a transaction; each file is committed for itself.
    :param inbox: folder with files of the group and one folder per site (its name is the site's number).
    :param archive: folder that landed files are moved into, under ``<yyyy-mm>/<sha8>-<name>``.
    :param feeds: names of the feeds to take; None takes all. Files of other feeds are left where they are.
    :param run_id: run that asked for it.
    :param as_of_on: business day of the run; mended rows are wanted some days after it.
    :raises FileNotFoundError: when there is no such inbox.
    """
    inbox, archive = Path(inbox), Path(archive)
    report = LandingReport()
    with committing_by_itself(connection):
        for found in look_into(inbox, report):
            if feeds is None or found.feed.name in feeds:
                _take(connection, found, inbox, archive, run_id, as_of_on, report)
        report.returned = returned_files(connection, [file.file_id for file in report.refused])
    return report


def look_into(inbox: Path, report: LandingReport) -> list[Found]:
    """List the files that feeds claim, in the order in which they land: by feed, site and name.

    Of two files that correct each other, the one whose name sorts later counts (花名册 before 花名册-更正).
    """
    if not inbox.is_dir():
        raise FileNotFoundError(f"收件夹不存在：{inbox}。请建好文件夹，或改正设置。")
    known = list(all_feeds().values())
    claimed = []
    for path, site_id in _files(inbox):
        found = Found(path, site_id, feed_of(path.name, known))
        if path.name.startswith(HALF_WRITTEN_STARTS) or path.name.lower().endswith(HALF_WRITTEN_ENDINGS):
            report.waiting.append(found.place)
        elif found.feed is None:
            report.unknown.append(found.place)
        else:
            claimed.append(found)

    def turn(found: Found) -> tuple:
        return found.feed.order, found.feed.name, found.site_id or "", found.path.stem, found.path.name

    return sorted(claimed, key=turn)


def _files(inbox: Path) -> Iterator[tuple[Path, str | None]]:
    for entry in sorted(inbox.iterdir()):
        if entry.name in NEVER_MEANT:
            continue
        if entry.is_file():
            yield entry, None
        elif entry.is_dir() and entry.name != RETURNED_FOLDER and not entry.name.startswith("."):
            yield from (
                (path, entry.name)
                for path in sorted(entry.iterdir())
                if path.is_file() and path.name not in NEVER_MEANT
            )


def _take(
    connection: psycopg.Connection,
    found: Found,
    inbox: Path,
    archive: Path,
    run_id: int | None,
    as_of_on: date,
    report: LandingReport,
) -> None:
    """Land one file, or recognise or refuse it, and move it where it belongs."""
    try:
        stream = found.path.open("rb")
    except FileNotFoundError:
        return  # somebody else has just landed and moved it
    with stream:
        before = os.fstat(stream.fileno())
        seen = survey(stream)
        stream.seek(0)
        with _alone_with(connection, found, seen):
            if not found.path.exists():
                return
            # a sender is given time from the day the file came, whatever day the run is about
            received_on = datetime.now(ZoneInfo(HOUSE_CLOCK)).date()
            parameters = {
                "feed": found.feed.name,
                "site_id": found.site_id,
                "file_name": found.path.name,
                "sha256": seen.sha256,
                "byte_count": seen.byte_count,
                "run_id": run_id,
                "resend_by": max(as_of_on, received_on) + timedelta(days=found.feed.resend_days),
            }
            if earlier := _known_file(connection, parameters):
                if earlier["archive_path"] and (archive / earlier["archive_path"]).exists():
                    report.same.append(_note_same_file(connection, found, seen, earlier, parameters, archive))
                else:
                    _into_archive(connection, found, archive, earlier["file_id"], earlier["archive_path"])
                return
            try:
                landed, path = _land(connection, found, seen, parameters, stream, before, archive)
            except FeedError as error:
                report.refused.append(_refuse(connection, found, parameters, inbox, error))
            except FileIsGrowingError:
                report.waiting.append(found.place)
            else:
                _into_archive(connection, found, archive, landed.file_id, path)
                report.landed.append(landed)


def _land(
    connection: psycopg.Connection,
    found: Found,
    seen: Survey,
    parameters: dict,
    stream: BinaryIO,
    before: os.stat_result,
    archive: Path,
) -> tuple[LandedFile, str]:
    with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        opened = cursor.execute(statement("feeds/open_file"), parameters).fetchone()
        file_id = opened["file_id"]
        path = _free_name(archive, opened["month"], seen, found.path.name)
        reading = read(
            stream, file=found.path.name, feed=found.feed, found=seen, file_id=file_id, site_id=found.site_id
        )
        row_count, blank_count, is_ascii = copy_rows(cursor, reading)
        after = os.fstat(stream.fileno())
        if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
            raise FileIsGrowingError(found.place)
        cursor.execute(
            statement("feeds/finish_landing"),
            {
                "file_id": file_id,
                "encoding": reading.encoding,
                "delimiter": reading.delimiter,
                "header": list(reading.header),
                "row_count": row_count,
                "blank_count": blank_count,
                "is_ascii": is_ascii,
                "archive_path": path,
                "note": reading.note,
            },
        )
    landed = LandedFile(
        file_id, found.feed.name, found.feed.title, found.site_id, found.path.name, row_count, blank_count, reading.note
    )
    return landed, path


def copy_rows(cursor: psycopg.Cursor, reading: Reading) -> tuple[int, int, bool]:
    """COPY a reading into ops.landing_row; returns rows, blank lines, and whether all of it is ASCII."""
    row_count, blank_count, is_ascii = 0, 0, True
    with cursor.copy(COPY_ROWS) as copy:
        for block in reading.blocks:
            if block.text:
                copy.write(block.text)
            row_count += block.row_count
            blank_count += block.blank_count
            is_ascii = is_ascii and block.text.isascii()
    return row_count, blank_count, is_ascii


def _known_file(connection: psycopg.Connection, parameters: dict) -> dict | None:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statement("feeds/find_file"), parameters).fetchone()


def _note_same_file(
    connection: psycopg.Connection, found: Found, seen: Survey, earlier: dict, parameters: dict, archive: Path
) -> LandedFile:
    with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        opened = cursor.execute(
            statement("feeds/note_same_file"), {**parameters, "row_count": earlier["row_count"]}
        ).fetchone()
    path = _free_name(archive, opened["month"], seen, found.path.name)
    _into_archive(connection, found, archive, opened["file_id"], path)
    return LandedFile(
        opened["file_id"], found.feed.name, found.feed.title, found.site_id, found.path.name, earlier["row_count"]
    )


def _refuse(
    connection: psycopg.Connection, found: Found, parameters: dict, inbox: Path, error: FeedError
) -> RefusedFile:
    with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        file_id = cursor.execute(statement("feeds/refuse_file"), {**parameters, "refusal": str(error)}).fetchone()[
            "file_id"
        ]
    folder = inbox / RETURNED_FOLDER / (found.site_id or "")
    move_to_free_name(found.path, folder, found.path.name)
    return RefusedFile(file_id, found.feed.name, found.site_id, found.path.name, error.line, error.heading, str(error))


# Moving ------------------------------------------------------------------------------------------------------


def _free_name(archive: Path, month: str, seen: Survey, name: str) -> str:
    wanted = f"{seen.sha256[:DIGITS_OF_HASH]}-{name}"
    return f"{month}/{_next_free(archive / month, wanted)}"


def _next_free(folder: Path, name: str) -> str:
    stem, suffix = Path(name).stem[:LONGEST_STEM], Path(name).suffix
    free, number = f"{stem}{suffix}", 1
    while (folder / free).exists():
        number += 1
        free = f"{stem}-{number}{suffix}"
    return free


def _into_archive(connection: psycopg.Connection, found: Found, archive: Path, file_id: int, path: str) -> None:
    """Move a landed file to its place; if that was taken meanwhile, to the next free name, which is written down."""
    wanted = archive / path
    moved = move_to_free_name(found.path, wanted.parent, wanted.name)
    actual = moved.relative_to(archive).as_posix()
    connection.execute(
        "update ops.landing_file set archive_path = %s where file_id = %s and archive_path <> %s",
        [actual, file_id, actual],
    )


def move_to_free_name(source: Path, folder: Path, name: str) -> Path:
    """Move a file without ever overwriting one, also from one file system to another; returns where it lies now."""
    folder.mkdir(parents=True, exist_ok=True)
    while True:
        target = folder / _next_free(folder, name)
        try:
            os.link(source, target)
        except FileExistsError:
            continue
        except OSError:
            # Another file system, or one without hard links: copy under a name that nobody takes for complete.
            partial = folder / f".{target.name}.part"
            with source.open("rb") as given, partial.open("wb") as copy:
                shutil.copyfileobj(given, copy)
                copy.flush()
                os.fsync(copy.fileno())
            shutil.copystat(source, partial)
            if target.exists():
                continue
            partial.rename(target)
        source.unlink()
        return target


# Alone with a file --------------------------------------------------------------------------------------------


@contextmanager
def _alone_with(connection: psycopg.Connection, found: Found, seen: Survey) -> Iterator[None]:
    """Hold a lock on this content of this feed and site until its file has been moved, too."""
    key = [f"landing|{found.feed.name}|{found.site_id or ''}|{seen.sha256}"]
    connection.execute("select pg_advisory_lock(hashtextextended(%s, 0))", key)
    try:
        yield
    finally:
        if not connection.closed:
            connection.execute("select pg_advisory_unlock(hashtextextended(%s, 0))", key)
