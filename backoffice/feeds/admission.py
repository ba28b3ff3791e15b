"""Admit landed files: typed facts, duplicates counted, bad rows to quarantine, control totals that add up.

One transaction per file: a crash leaves it landed and not admitted, and the next call admits it. What went back for the
sake of what else is known is looked at once more when all files of the call are in.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from backoffice.database import HOUSE_CLOCK, statement
from backoffice.feeds.committing import committing_by_itself
from backoffice.feeds.composing import Statements, compose
from backoffice.feeds.definitions import JUDGES, Feed
from backoffice.feeds.definitions import feeds as all_feeds
from backoffice.feeds.errors import FeedError
from backoffice.feeds.landing import RefusedFile
from backoffice.feeds.returns import ReturnedFile, returned_files
from backoffice.runs import ADMISSION_LOCK

NAMED_OFFENDERS = 5
SORT_MEMORY = "128MB"


@dataclass(frozen=True)
class AdmittedFile:
    """Control totals of one file: row_count = admitted + duplicate + superseding + quarantined; blank lines apart.

    `judged_lines` went back for the sake of what else is known, not of what they say themselves.
    """

    file_id: int
    feed: str
    title: str
    site_id: str | None
    file_name: str
    row_count: int
    blank_count: int
    admitted_count: int
    duplicate_count: int
    superseding_count: int
    quarantined_count: int
    judged_lines: tuple[int, ...] = ()


@dataclass
class AdmissionReport:
    """What admitting came to, file by file in the order of admission."""

    files: list[AdmittedFile] = field(default_factory=list)
    refused: list[RefusedFile] = field(default_factory=list)
    failed: list[RefusedFile] = field(default_factory=list)
    returned: list[ReturnedFile] = field(default_factory=list)

    def total(self, name: str) -> int:
        """Sum of one count, e.g. ``total("admitted_count")``."""
        return sum(getattr(file, name) for file in self.files)

    @property
    def summary(self) -> str:
        """The report in Chinese, for a run's note or a mail."""
        totals = (
            f"入账{len(self.files)}个文件：总行数{self.total('row_count')}=入账{self.total('admitted_count')}"
            f"+重复{self.total('duplicate_count')}+更正{self.total('superseding_count')}"
            f"+退回{self.total('quarantined_count')}"
        )
        said = [totals]
        if blank := self.total("blank_count"):
            said.append(f"空行和表下说明{blank}行不计")
        said.extend(
            f"《{file.file_name}》退回{file.quarantined_count}行，请按资料退回表改正后重新放入收件夹"
            for file in self.files
            if file.quarantined_count
        )
        said.extend(f"整份退回：{file.message.rstrip('。')}" for file in self.refused)
        said.extend(f"没能入账，已保留，请通知管理员：{file.message.rstrip('。')}" for file in self.failed)
        return "；".join(said) + "。"


class _RefusedError(Exception):
    """The rows of a file contradict each other or what is known: its transaction is rolled back."""

    def __init__(self, offenders: list[dict[str, Any]]) -> None:
        super().__init__(f"{len(offenders)} offending rows")
        self.offenders = offenders


def admit_landed(
    connection: psycopg.Connection, *, as_of_on: date, run_id: int | None = None, feeds: Collection[str] | None = None
) -> AdmissionReport:
    """Admit every file that was landed and not yet admitted, feed by feed in the order of landing.

    :param connection: to the business database, not inside a transaction; each file is committed for itself.
    :param as_of_on: business day of the run: 10月3日 is read as the one nearest to it. What is later than it and than
        the day of admission is implausible.
    :param run_id: run that asked for it (files of any run are admitted).
    :param feeds: names of the feeds to admit; None admits all.
    """
    report = AdmissionReport()
    with committing_by_itself(connection):
        for file_id, feed in _landed_files(connection, feeds):
            _admit(connection, file_id, feed, as_of_on, run_id, report)
        # A return in one file frees a unit for the subscription in another, which frees the way for its contract: asked
        # again until nothing more is taken.
        while any(_look_again(connection, place, as_of_on, report) for place in range(len(report.files))):
            pass
        touched = [*report.files, *report.refused]
        report.returned = returned_files(connection, [file.file_id for file in touched])
    return report


def _landed_files(connection: psycopg.Connection, feeds: Collection[str] | None) -> list[tuple[int, Feed]]:
    order = {name: place for place, name in enumerate(all_feeds())}
    waiting = connection.execute("select file_id, feed from ops.landing_file where state = 'landed'").fetchall()
    return [
        (file_id, all_feeds()[name])
        for file_id, name in sorted(waiting, key=lambda row: (order.get(row[1], 0), row[0]))
        if name in order and (feeds is None or name in feeds)
    ]


def _admit(
    connection: psycopg.Connection,
    file_id: int,
    feed: Feed,
    as_of_on: date,
    run_id: int | None,
    report: AdmissionReport,
) -> None:
    file: dict[str, Any] = {}
    try:
        with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
            file = _claim(cursor, file_id, feed)
            admitted = file and _admit_rows(cursor, file, feed, as_of_on, run_id)
    except FeedError as error:
        report.refused.append(_refuse(connection, file, str(error), [], error.line, error.heading))
    except _RefusedError as refusal:
        report.refused.append(_refuse_for(connection, file, refusal.offenders))
    except (psycopg.errors.DataError, psycopg.errors.IntegrityError) as error:
        # A hole in the definition, not in the data: the file stays landed, the others go on, people are told.
        message = f"《{file['file_name']}》数据库不接受：{error.diag.message_primary}"
        report.failed.append(RefusedFile(file_id, feed.name, file["site_id"], file["file_name"], None, "", message))
    else:
        # Not before the commit, which may still run into a wall that looks at the books as a whole.
        report.files.extend([admitted] if admitted else [])


def _look_again(connection: psycopg.Connection, place: int, as_of_on: date, report: AdmissionReport) -> int:
    """Judge the rows of a file once more that went back for the sake of what else is known; returns how many are taken.

    Whoever mended such a row in a later file of the same call is not overruled.
    """
    before, feed = report.files[place], all_feeds()[report.files[place].feed]
    if not feed.looks_again or not before.judged_lines:
        return 0
    with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        file = _claim(cursor, before.file_id, feed, state="admitted")
        asked = {"file_id": before.file_id, "lines": list(before.judged_lines)}
        waiting = [row["line_no"] for row in cursor.execute(statement("feeds/find_lines_to_look_at"), asked)]
        steps = _steps(file, feed, as_of_on)
        cursor.execute(steps.read_rows)
        cursor.execute("delete from feed_row where line_no <> all(%s)", [waiting])
        _, superseding_count, inserted = _settle(cursor, file, feed, steps)
        taken = cursor.execute("select line_no from feed_row where fault_no = 0 order by line_no").fetchall()
        lines = [row["line_no"] for row in taken]
        counts = {
            "admitted_count": inserted - superseding_count,
            "duplicate_count": len(lines) - inserted,
            "superseding_count": superseding_count,
        }
        if lines:
            cursor.execute(statement("feeds/forget_quarantined"), {"file_id": before.file_id, "lines": lines})
            cursor.execute(steps.mending)
            cursor.execute(
                statement("feeds/finish_second_look"),
                {"file_id": before.file_id, "taken_count": len(lines), **counts},
            )
        cursor.execute("drop table feed_row")
    report.files[place] = replace(
        before,
        **{name: getattr(before, name) + count for name, count in counts.items()},
        quarantined_count=before.quarantined_count - len(lines),
        judged_lines=tuple(line for line in waiting if line not in lines),
    )
    return len(lines)


def _claim(cursor: psycopg.Cursor, file_id: int, feed: Feed, *, state: str = "landed") -> dict[str, Any]:
    """Take the locks in their order (runs, feed, site, trials), then the file; empty if somebody else has admitted it.

    `ADMISSION_LOCK` is held shared from before `recorded_at` is stamped until the commit; a run takes it alone before
    it stamps `known_at`, so everything with recorded_at <= known_at is committed and nothing turns up behind its back.
    """
    cursor.execute("select pg_advisory_xact_lock_shared(%s)", [ADMISSION_LOCK])
    cursor.execute("select site_id from ops.landing_file where file_id = %s", [file_id])
    site_id = cursor.fetchone()["site_id"]
    if feed.kind == "event" and site_id is not None:
        cursor.execute("select pg_advisory_xact_lock_shared(hashtextextended(%s, 0))", [f"admit|{feed.name}"])
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"admit|{feed.name}|{site_id}"])
    else:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"admit|{feed.name}"])
    # What is tried against the books must find them as they stay until the commit, whichever feed writes them.
    for trial in sorted(feed.trials):
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"admit|{trial}"])
    # Written instants are cast on the session's clock, and sorting a month of punches should not touch the disk.
    cursor.execute(
        "select set_config('TimeZone', %s, true), set_config('work_mem', %s, true)", [HOUSE_CLOCK, SORT_MEMORY]
    )
    cursor.execute(statement("feeds/claim_file"), {"file_id": file_id, "state": state})
    return cursor.fetchone() or {}


def _admit_rows(
    cursor: psycopg.Cursor, file: dict[str, Any], feed: Feed, as_of_on: date, run_id: int | None
) -> AdmittedFile:
    """Read, judge, insert, quarantine and count the rows of one file, all with one instant of recording."""
    file_id, steps = file["file_id"], _steps(file, feed, as_of_on)
    row_count = cursor.execute(steps.read_rows).rowcount
    bad_count = cursor.execute("select count(*) as n from feed_row where fault_no <> 0").fetchone()["n"]
    dropped = cursor.execute(steps.blanks).rowcount if bad_count else 0
    row_count -= dropped
    bad_count, superseding_count, inserted = _settle(cursor, file, feed, steps)
    judged_lines: tuple[int, ...] = ()
    if bad_count:
        cursor.execute(steps.quarantining)
    if bad_count and feed.looks_again:
        judged = (
            "select distinct line_no from feed_row where fault_no <> 0 and said_reason is not null order by line_no"
        )
        judged_lines = tuple(row["line_no"] for row in cursor.execute(judged).fetchall())
    if steps.mending:
        cursor.execute(steps.mending)
    _check(cursor, feed, file_id)
    counts = {
        "row_count": row_count,
        "blank_count": file["blank_count"] + dropped,
        "admitted_count": inserted - superseding_count,
        "duplicate_count": row_count - bad_count - inserted,
        "superseding_count": superseding_count,
        "quarantined_count": bad_count,
    }
    cursor.execute(statement("feeds/finish_admission"), {"file_id": file_id, "run_id": run_id, **counts})
    cursor.execute("drop table feed_row")
    return AdmittedFile(
        file_id, feed.name, feed.title, file["site_id"], file["file_name"], **counts, judged_lines=judged_lines
    )


def _steps(file: dict[str, Any], feed: Feed, as_of_on: date) -> Statements:
    """Compose what admitting this file runs."""
    positions = feed.positions(file["header"], file=file["file_name"], site_id=file["site_id"])
    is_attlog = feed.format_of(file["file_name"]) == "attlog"
    return compose(
        feed,
        positions,
        file_id=file["file_id"],
        delimiter=file["delimiter"],
        field_count=None if is_attlog else len(file["header"]),
        is_ascii=file["is_ascii"],
        site_id=file["site_id"],
        as_of_on=as_of_on,
        last_day=max(as_of_on, file["recorded_at"].date()),
    )


def _settle(cursor: psycopg.Cursor, file: dict[str, Any], feed: Feed, steps: Statements) -> tuple[int, int, int]:
    """Judge the rows that were read and insert the good ones; returns how many are bad, superseding, inserted."""
    at = {"file_id": file["file_id"], "recorded_at": file["recorded_at"]}
    superseding_count = 0
    if feed.kind == "register":
        cursor.execute("analyze feed_row")
        cursor.execute(steps.conflicting)
        _judge(cursor, steps.judged)
        # Asked again until they find nothing: a row that goes back may have hidden what is wrong with another.
        while sum(cursor.execute(check, at).rowcount for check in steps.checking) or _try(cursor, steps, at):
            pass
    bad_count = cursor.execute("select count(*) as n from feed_row where fault_no <> 0").fetchone()["n"]
    if feed.kind == "register":
        superseding_count = cursor.execute(steps.superseding, at).rowcount
    return bad_count, superseding_count, cursor.execute(steps.inserting, at).rowcount


def _judge(cursor: psycopg.Cursor, judged: Collection[tuple[int, str, str]]) -> None:
    """Send the rows back in which a judge finds something."""
    for fault, column, judge in judged:
        good = sql.SQL("select row_no, {} as text from feed_row where fault_no = 0").format(sql.Identifier(column))
        rows = cursor.execute(good).fetchall()
        bad = [row["row_no"] for row in rows if row["text"] and JUDGES[judge](row["text"])]
        cursor.execute("update feed_row set fault_no = %s where row_no = any(%s)", [fault, bad])


def _try(cursor: psycopg.Cursor, steps: Statements, at: dict[str, Any]) -> int:
    """Insert the good rows, ask who may not be there, take all of it back, and send those back; returns how many.

    What is asked are the books themselves, with the same statements by which the rows go in, so that a row which
    passes never runs into a wall that looks at more than its own file.
    """
    if not steps.trying:
        return 0
    with cursor.connection.transaction(force_rollback=True):
        cursor.execute(steps.superseding, at)
        cursor.execute(steps.inserting, at)
        offenders = [row for trial in steps.trying for row in cursor.execute(trial, at).fetchall()]
    cursor.executemany(steps.sending_back, offenders)
    return len(offenders)


def _check(cursor: psycopg.Cursor, feed: Feed, file_id: int) -> None:
    """Run the feed's checks over several rows; any offender refuses the file."""
    offenders = []
    for check in feed.checks:
        offenders += cursor.execute(statement(f"feeds/{check}"), {"file_id": file_id}).fetchall()
    if offenders:
        raise _RefusedError(offenders)


def _refuse_for(connection: psycopg.Connection, file: dict[str, Any], offenders: list[dict[str, Any]]) -> RefusedFile:
    named = "；".join(f"第{row['line_no']}行 {row['reason']}" for row in offenders[:NAMED_OFFENDERS])
    more = f"；共{len(offenders)}处" if len(offenders) > NAMED_OFFENDERS else ""
    message = f"《{file['file_name']}》{named}{more}。整份没有入账，请改好后重新放入收件夹：{offenders[0]['advice']}。"
    return _refuse(connection, file, message, offenders, offenders[0]["line_no"], "")


def _refuse(
    connection: psycopg.Connection,
    file: dict[str, Any],
    message: str,
    offenders: list[dict[str, Any]],
    line: int | None,
    heading: str,
) -> RefusedFile:
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute(statement("feeds/refuse_landed_file"), {"file_id": file["file_id"], "refusal": message})
        cursor.executemany(
            statement("feeds/quarantine_offender"), [{"file_id": file["file_id"], **row} for row in offenders]
        )
    return RefusedFile(file["file_id"], file["feed"], file["site_id"], file["file_name"], line, heading, message)
