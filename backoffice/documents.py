"""Documents of a run: which are new, who decided on them, and the one transaction that releases each.

A document is a dict as `plan` returns it (JSON-safe, it travels between tasks): site_id, site_name, starts_on,
last_on (ISO days), content_hash, revision, state (new, unchanged, held, rejected), hold_reason, artifact_id.
"""

import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Protocol

import psycopg
from psycopg.types.range import DateRange

from backoffice import artifacts, runs
from backoffice.database import execute, rows

Document = dict[str, Any]
SHORTEST_OPINION = 2

#: Letters of earlier revisions that have not gone out: the new revision speaks for itself.
CANCEL_OVERTAKEN = """
    update ops.outbox set
        state = 'cancelled', resolution = '已被新版取代', resolved_by = 'system', resolved_at = clock_timestamp()
    from ops.artifact as newer
    inner join ops.artifact as older
        on newer.document_kind = older.document_kind and newer.site_id = older.site_id
            and newer.period = older.period and newer.revision > older.revision
    where newer.artifact_id = %s and outbox.artifact_id = older.artifact_id and outbox.state in ('reserved', 'ready')
"""


class Enclosure(Protocol):
    """A further document of the same release, with letters of its own.

    Each of its revisions adds to those before it (a correction brings the corrected notices, not all of them again), so
    letters of an earlier revision that wait to go out are still true and go out.

    With `content` it says more than the release does, and has editions of its own: while the release stays as issued,
    what became known since makes a further one, and letters of an earlier one that wait to go out are cancelled.

    `kind` is its `ops.artifact.document_kind` and the kind of its letters, `title` its 单据名称. `letters` is "" where
    it goes to the recipients that the books list for its kind; else it is the statement of its letters (see
    `outbox.reserve_each`), and the document is released only where that has rows. `content` is "" or the query of what
    it says beside the release: one row, ``content_hash``, from site_id, starts_on, last_on and known_at.
    """

    kind: str
    title: str
    letters: str
    content: str


def plan(connection: psycopg.Connection, run_id: int, document_kind: str) -> list[Document]:
    """List what the run could issue, one document per site and period of its scope."""
    return [
        {key: value.isoformat() if isinstance(value, date) else value for key, value in row.items()}
        for row in rows(connection, "ops/plan_documents", {"run_id": run_id, "document_kind": document_kind})
    ]


def period_of(document: Document) -> DateRange:
    """The document's days as a half-open range."""
    last_on = date.fromisoformat(document["last_on"])
    return DateRange(date.fromisoformat(document["starts_on"]), date.fromordinal(last_on.toordinal() + 1))


def decide(
    connection: psycopg.Connection,
    run_id: int,
    document: Document,
    *,
    verdict: str,
    opinion: str,
    decided_by: str,
    decided_at: datetime,
) -> None:
    """Keep a person's decision, bound to exactly the content that was shown.

    :param verdict: ``approved`` or ``rejected``; the first decision on a content is final.
    :raises runs.RunRefused: when the opinion is missing (只签名无效, WA-D6) or the content was decided otherwise.
    """
    if not says_something(opinion):
        raise runs.RunRefused("意见必填（只签名无效）。请重新答复并写明意见。")
    with connection.transaction():
        workflow = connection.execute("select workflow from ops.run where run_id = %s", [run_id]).fetchone()[0]
        connection.execute(
            """
            insert into ops.decision (
                workflow, site_id, period, content_hash, verdict, opinion, decided_by, decided_at, run_id
            )
            values (%s, %s, %s, %s, %s, %s, %s, %s, %s)
            on conflict do nothing
            """,
            [
                workflow,
                document["site_id"],
                period_of(document),
                document["content_hash"],
                verdict,
                opinion.strip(),
                decided_by,
                decided_at,
                run_id,
            ],
        )
        stands = connection.execute(
            """
            select verdict, decided_by from ops.decision
            where workflow = %s and site_id = %s and period = %s and content_hash = %s
            """,
            [workflow, document["site_id"], period_of(document), document["content_hash"]],
        ).fetchone()
    if stands[0] != verdict:
        raise runs.RunRefused(f"{stands[1]} 已就同一内容作出相反的决定，以先作出的为准。请更正资料后重算。")


def says_something(opinion: str) -> bool:
    """Whether an opinion has words of its own: at least two letters or characters beside 同意 or 驳回 themselves."""
    words = "".join(character for character in opinion if unicodedata.category(character)[0] in "LN")
    return len(words) >= SHORTEST_OPINION and words not in ("同意", "驳回", "不同意")


def release(
    connection: psycopg.Connection,
    run_id: int,
    document: Document,
    *,
    document_kind: str,
    title: str,
    checks: Sequence[str] = (),
    statements: Sequence[str] = (),
    is_preview: bool = False,
    range_title: str = "",
    also: Sequence[Enclosure] = (),
) -> Document:
    """Issue a document: register the artifact, mark its results issued and run statements, in one transaction.

    Releasing the same content again returns the artifact that is there.

    :param title: what the document is called, e.g. 考勤日报.
    :param checks: `check_…` queries, given the same, whose column ``problem`` says why it may not be released.
    :param statements: what else the release writes (numbers, entries, the close of the period); each may use
        ``%(run_id)s``, ``%(site_id)s``, ``%(base_on)s``, ``%(until_on)s`` and ``%(released_on)s``, the day of the
        release on the house clock.
    :param is_preview: the document only shows what a person is asked about: it needs no approval and issues nothing.
        Of content that nobody is asked about (not held, or decided on) none is made; one that is there stays.
    :param range_title: what it is called when it is about more than a day, where that is another.
    :param also: further documents of this release, all of them or none: same content and revision, but for those with
        editions of their own. Of content that is issued those are looked at again, as known to this run.
    :returns: the document with `artifact_id` (None for a preview that nobody needs) and `is_new`, and in `also` the
        artifact id of each further document by kind; None for one that there is nothing of.
    :raises runs.RunRefused: when the run lost its scope, the content changed since it was shown, or was not approved.
    """
    if range_title and document["starts_on"] != document["last_on"]:
        title = range_title
    with connection.transaction():
        runs.guard(connection, run_id)
        now = _planned_again(connection, run_id, document, document_kind)
        if now["state"] == "unchanged":
            enclosed = {} if is_preview else _enclosed(connection, run_id, now["artifact_id"], also)
            return {**now, "is_new": False, "also": enclosed}
        if now["state"] == "new" and is_preview:
            return {**now, "artifact_id": None, "is_new": False, "also": {}}
        if now["state"] != "new" and not is_preview:
            raise runs.RunRefused(f"{document['site_name']} 的{title}尚未获得同意，不能发布。请先完成审批。")
        run = connection.execute(
            "select workflow, known_at, period, as_of_on from ops.run where run_id = %s", [run_id]
        ).fetchone()
        period = period_of(document)
        # days that a run looked at again speak for themselves
        as_of_on = run[3] if period == run[2] else document["last_on"]
        artifact_id = connection.execute(
            """
            insert into ops.artifact (
                workflow, document_kind, site_id, period, revision, content_hash, title, as_of_on, known_at, run_id
            )
            values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
            returning artifact_id
            """,
            [
                run[0],
                document_kind,
                document["site_id"],
                period,
                now["revision"],
                now["content_hash"],
                title,
                as_of_on,
                run[1],
                run_id,
            ],
        ).fetchone()[0]
        connection.execute(CANCEL_OVERTAKEN, [artifact_id])
        if is_preview:
            return {**now, "artifact_id": artifact_id, "is_new": True, "also": {}}
        connection.execute(
            """
            update ops.result set state = 'issued', issued_at = clock_timestamp()
            from (
                select distinct on (base_on) base_on, revision from ops.result
                where workflow = %(workflow)s and site_id = %(site_id)s and %(period)s::daterange @> base_on
                order by base_on, revision desc
            ) as newest
            where result.workflow = %(workflow)s and result.site_id = %(site_id)s
                and result.base_on = newest.base_on and result.revision = newest.revision
                and result.state <> 'issued'
            """,
            {"workflow": run[0], "site_id": document["site_id"], "period": period},
        )
        given = {
            "run_id": run_id,
            "site_id": document["site_id"],
            "base_on": period.lower,
            "until_on": period.upper,
            "released_on": connection.execute("select current_date").fetchone()[0],
        }
        problems = [row["problem"] for name in checks for row in rows(connection, name, given)]
        if problems:
            raise runs.RunRefused("\n".join(problems[:20]))
        for name in statements:
            execute(connection, name, given)
        enclosed = {each.kind: _enclose(connection, run_id, artifact_id, each) for each in also}
    return {**now, "artifact_id": artifact_id, "is_new": True, "also": enclosed}


def _enclose(connection: psycopg.Connection, run_id: int, artifact_id: int, enclosure: Enclosure) -> int | None:
    """Register a further document beside the one released; None where there is nothing of it."""
    if enclosure.content:
        return _edition(connection, run_id, artifact_id, enclosure)
    if enclosure.letters and not rows(connection, enclosure.letters, {"artifact_id": artifact_id}):
        return None
    return connection.execute(
        """
        insert into ops.artifact (
            workflow, document_kind, site_id, period, revision, content_hash, title, as_of_on, known_at, run_id
        )
        select workflow, %s, site_id, period, revision, content_hash, %s, as_of_on, known_at, run_id
        from ops.artifact
        where artifact_id = %s
        returning artifact_id
        """,
        [enclosure.kind, enclosure.title, artifact_id],
    ).fetchone()[0]


def _edition(connection: psycopg.Connection, run_id: int, artifact_id: int, enclosure: Enclosure) -> int:
    """The newest edition of a document that says more than the release; a further one where it now says otherwise."""
    run = connection.execute("select known_at, as_of_on from ops.run where run_id = %s", [run_id]).fetchone()
    released = artifacts.read(connection, artifact_id)
    [beside] = rows(connection, enclosure.content, artifacts.parameters_of(released) | {"known_at": run[0]})
    given = {
        "artifact_id": artifact_id,
        "kind": enclosure.kind,
        "title": enclosure.title,
        "content_hash": f"{beside['content_hash']}:{released['content_hash']}",
        "run_id": run_id,
        "known_at": run[0],
        "as_of_on": run[1],
    }
    newest = connection.execute(
        """
        select newest.artifact_id, newest.content_hash
        from ops.artifact as released
        inner join ops.artifact as newest on released.site_id = newest.site_id and released.period = newest.period
        where released.artifact_id = %(artifact_id)s and newest.document_kind = %(kind)s
        order by newest.revision desc
        limit 1
        """,
        given,
    ).fetchone()
    if newest and newest[1] == given["content_hash"]:
        return newest[0]
    edition_id = connection.execute(
        """
        insert into ops.artifact (
            workflow, document_kind, site_id, period, revision, content_hash, title, as_of_on, known_at, run_id
        )
        select
            workflow, %(kind)s, site_id, period,
            1 + coalesce((
                select max(before.revision) from ops.artifact as before
                where before.document_kind = %(kind)s and before.site_id = released.site_id
                    and before.period = released.period
            ), 0),
            %(content_hash)s, %(title)s, %(as_of_on)s, %(known_at)s, %(run_id)s
        from ops.artifact as released
        where artifact_id = %(artifact_id)s
        returning artifact_id
        """,
        given,
    ).fetchone()[0]
    connection.execute(CANCEL_OVERTAKEN, [edition_id])
    return edition_id


def _enclosed(
    connection: psycopg.Connection, run_id: int, artifact_id: int, also: Sequence[Enclosure]
) -> dict[str, int | None]:
    """Artifact ids of what was released beside a document; what was not then, is not now."""
    found = dict(
        connection.execute(
            """
            select beside.document_kind, beside.artifact_id
            from ops.artifact as released
            inner join ops.artifact as beside
                on released.site_id = beside.site_id and released.period = beside.period
                    and released.revision = beside.revision and released.content_hash = beside.content_hash
            where released.artifact_id = %s
            """,
            [artifact_id],
        ).fetchall()
    )
    return {
        each.kind: _edition(connection, run_id, artifact_id, each) if each.content else found.get(each.kind)
        for each in also
    }


def _planned_again(connection: psycopg.Connection, run_id: int, document: Document, document_kind: str) -> Document:
    for now in plan(connection, run_id, document_kind):
        if (now["site_id"], now["starts_on"], now["last_on"]) == (
            document["site_id"],
            document["starts_on"],
            document["last_on"],
        ):
            if now["content_hash"] != document["content_hash"]:
                raise runs.RunRefused(f"{document['site_name']} 的内容在核对之后又有变化。请用重跑单重算后再发布。")
            return now
    raise runs.RunRefused(f"{document['site_name']} {document['starts_on']} 没有计算结果，不能发布。请先计算。")
