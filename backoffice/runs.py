"""Runs: who asked for which period, what it may know, and the scope that it alone may write.

A run holds its scope (workflow, site, days) in `ops.run_scope` under an exclusion constraint. Two cut-offs go with
it: `as_of_on` (the business day it speaks for) and `known_at` (what had been landed by then).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any

import psycopg
from psycopg import errors, sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from psycopg.types.range import DateRange

from backoffice.database import execute, heading, rows
from backoffice.periods import Period

#: Admissions of facts hold this advisory lock shared; stamping `known_at` takes it alone, so that every fact
#: recorded before `known_at` is committed when the run begins to read.
ADMISSION_LOCK = 7_240_001

MODES = {"": "normal", "常规": "normal", "试算": "trial", "续跑": "resume", "重算": "recompute", "更正": "correct"}
MODE_TITLES = {"normal": "常规", "trial": "试算", "resume": "续跑", "recompute": "重算", "correct": "更正"}
STATE_TITLES = {
    "running": "正在运行",
    "done": "完成",
    "done_with_exceptions": "完成(有异常)",
    "unchanged": "无变化",
    "awaiting_decision": "待审批",
    "rejected": "已驳回",
    "awaiting_input": "待资料",
    "mail_unclear": "待核实",
    "failed": "失败",
    "refused": "正在运行(重复拒绝)",
    "taken_over": "已被接管",
}


class RunRefused(RuntimeError):
    """The run may not go on; the text is Chinese, for the person who asked, and says what to do."""


class PeriodBusy(RunRefused):
    """Another live run holds part of the scope (OPS-05)."""


@dataclass(frozen=True)
class Request:
    """What somebody, or the schedule, asked for.

    :param sites: site ids, or None for all that the scope statement lists.
    :param as_of_on: business day that the run speaks for, which may not lie ahead; by default the last day of the
        period, whether or not it has come.
    :param must_be_over: whether that day must be over before the run may begin, too.
    :param is_backfill: Airflow's own backfill asked: months that never ran take the normal way, months that ran are
        looked at in silence (OPS-06).
    """

    workflow: str
    airflow_run_id: str
    period: Period
    sites: Sequence[str] | None = None
    mode: str = "normal"
    is_scheduled: bool = False
    is_backfill: bool = False
    requested_by: str = "计划任务"
    reason: str = ""
    wants_mail: bool = True
    as_of_on: date | None = None
    must_be_over: bool = False


@dataclass(frozen=True)
class Run:
    """A run that holds its scope."""

    run_id: int
    known_at: datetime
    mode: str
    is_again: bool
    sites: tuple[str, ...]


def mode_named(text: str | None) -> str:
    """Translate the form's 方式 (or the English word) to a mode.

    :raises RunRefused: for a word that is no mode.
    """
    text = (text or "").split("(")[0].split("（")[0].strip()
    if text in MODES.values():
        return text
    if text not in MODES:
        raise RunRefused(f"方式“{text}”无法识别，请选择：试算、续跑、重算、更正，或留空。")
    return MODES[text]


def hold(
    connection: psycopg.Connection,
    request: Request,
    *,
    scope_statement: str,
    late_statement: str | None = None,
    keeps_cutoffs: bool = False,
    is_running: Callable[[str], bool],
) -> Run:
    """Register the run, take its scope and stamp both cut-offs; safe to call again for the same Airflow run.

    :param scope_statement: query of the sites due in the period: (site_id), given `starts_on`, `last_on`, `known_at`.
    :param late_statement: query of (site_id, base_on) outside the period whose facts changed after they were
        computed; only asked for scheduled runs.
    :param keeps_cutoffs: the first cut-offs of a period stand, even if nothing was computed yet, until somebody asks
        for 重算; who runs a computed period again has to say which of the two he means.
    :param is_running: tells by Airflow run id whether Airflow still works on it (unknown runs: False).
    :raises PeriodBusy: when a live run holds part of the scope.
    :raises RunRefused: when the mode does not fit what was computed before, a reason is missing, or no site is due.
    """
    _refuse_future(connection, request)
    with connection.transaction():
        known = _registered(connection, request)
        if known is None:
            if keeps_cutoffs:
                request = _with_a_mode(connection, request)
            known_at = _known_at(connection, request, keeps_cutoffs)
            run_id = _register(connection, request, known_at)
        else:
            run_id, known_at = known["run_id"], known["known_at"]
            request = replace(request, mode=known["mode"])
            _refuse_if_overtaken(connection, request, run_id)
            if not keeps_cutoffs and not was_computed_by(connection, run_id):
                known_at = _stamp_again(connection, run_id)
        scope = _scope_held_before(connection, run_id) or _scope(
            connection, request, known_at, scope_statement, late_statement
        )
        if not scope:
            raise RunRefused(f"{request.period.key} 没有应处理的案场。请先提交案场与制度绑定资料，再触发本期间。")
    if request.mode != "trial":
        _take_scope(connection, request, run_id, scope, is_running)
        _claim_landed_files(connection, run_id)
    else:
        _note_trial_scope(connection, request, run_id, scope)
    return Run(run_id, known_at, request.mode, known is not None, tuple(sorted({site for site, *_ in scope})))


def _refuse_future(connection: psycopg.Connection, request: Request) -> None:
    """A period speaks for a business day; before that day is there, or is over, it may only be tried."""
    if request.as_of_on is None or request.mode == "trial":
        return
    if connection.execute(
        "select %s::date + %s > current_date", [request.as_of_on, int(request.must_be_over)]
    ).fetchone()[0]:
        not_yet = "还没有过完" if request.must_be_over else "还没有到"
        raise RunRefused(
            f"期间 {request.period.key} 的业务日是 {request.as_of_on}，{not_yet}，不能提前运行。"
            "请到期再触发；想先看结果请选择“试算”。"
        )


def _registered(connection: psycopg.Connection, request: Request) -> dict[str, Any] | None:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "select run_id, known_at, mode from ops.run where workflow = %s and airflow_run_id = %s for update",
            [request.workflow, request.airflow_run_id],
        ).fetchone()


def _with_a_mode(connection: psycopg.Connection, request: Request) -> Request:
    """A computed period that is not closed is resumed or computed anew, and only who asks knows which."""
    if request.mode != "normal" or request.is_scheduled or not _is_open_and_computed(connection, request):
        return request
    if request.is_backfill:
        return replace(request, mode="resume")
    raise RunRefused(
        f"期间 {request.period.key} 已经计算过，还没有发布。请在重跑单选择方式：“续跑”按第一次的两个截止补完，"
        "“重算”按现在的资料重新计算（要重新审批）。"
    )


def _known_at(connection: psycopg.Connection, request: Request, keeps_cutoffs: bool) -> datetime:
    if request.mode == "resume":
        return _known_before(connection, request) if keeps_cutoffs else _first_known_at(connection, request)
    connection.execute("select pg_advisory_xact_lock(%s)", [ADMISSION_LOCK])
    return connection.execute("select clock_timestamp()").fetchone()[0]


def was_computed_by(connection: psycopg.Connection, run_id: int) -> bool:
    """Whether anything rests on the run's first cut-off: it computed, or it took over the cut-off of another run."""
    return connection.execute(
        """
        select run.mode = 'resume' or exists (
            select from ops.run_scope where run_scope.run_id = run.run_id and run_scope.computed_at is not null
        )
        from ops.run where run.run_id = %s
        """,
        [run_id],
    ).fetchone()[0]


def _stamp_again(connection: psycopg.Connection, run_id: int) -> datetime:
    """Stamp the run's knowledge anew: nothing may rest on its first cut-off yet."""
    connection.execute("select pg_advisory_xact_lock(%s)", [ADMISSION_LOCK])
    return connection.execute(
        "update ops.run set known_at = clock_timestamp() where run_id = %s returning known_at", [run_id]
    ).fetchone()[0]


def renew(connection: psycopg.Connection, run_id: int) -> None:
    """Let a run know, from here on, what has been admitted since it began; inside the caller's transaction.

    For a workflow that shows a draft first and settles later (Q7). A run that only goes on (续跑) or tries keeps what
    it knew.
    """
    if mode_of(connection, run_id) not in ("resume", "trial"):
        _stamp_again(connection, run_id)


def _first_known_at(connection: psycopg.Connection, request: Request) -> datetime:
    run_id, known_at = _first_run(connection, request)
    _refuse_if_overtaken(connection, request, run_id)
    return known_at


def _first_run(connection: psycopg.Connection, request: Request) -> tuple[int, datetime]:
    first = connection.execute(
        """
        select run_id, known_at from ops.run
        where workflow = %s and period = %s and mode <> 'trial' and state not in ('refused')
        order by run_id limit 1
        """,
        [request.workflow, DateRange(request.period.starts_on, request.period.until_on)],
    ).fetchone()
    if first is None:
        raise RunRefused(f"期间 {request.period.key} 还没有运行过，没有可续跑的内容。请用“常规”重新触发。")
    return first


def _known_before(connection: psycopg.Connection, request: Request) -> datetime:
    """The cut-off of what stands: of the newest result of the period, else of the period's first run."""
    stands = connection.execute(
        """
        select run.known_at
        from ops.result
        inner join ops.run on result.run_id = run.run_id
        where
            result.workflow = %(workflow)s
            and %(period)s::daterange @> result.base_on
            and (%(sites)s::text[] is null or result.site_id = any(%(sites)s))
        order by result.run_id desc
        limit 1
        """,
        _asked(request),
    ).fetchone()
    return stands[0] if stands else _first_run(connection, request)[1]


def _asked(request: Request) -> dict[str, Any]:
    return {
        "workflow": request.workflow,
        "period": DateRange(request.period.starts_on, request.period.until_on),
        "sites": list(request.sites) if request.sites else None,
    }


def _refuse_if_overtaken(connection: psycopg.Connection, request: Request, run_id: int) -> None:
    """Clearing or resuming an old run must not bring old knowledge back over what a later one computed."""
    newer = connection.execute(
        """
        select max(run_scope.computed_at)
        from ops.run_scope
        where run_scope.workflow = %(workflow)s and run_scope.run_id > %(run_id)s
            and run_scope.computed_at is not null
            and (
                (run_scope.period && %(period)s and (%(sites)s::text[] is null or run_scope.site_id = any(%(sites)s)))
                or exists (
                    select from ops.run_scope as mine
                    where mine.run_id = %(run_id)s and mine.site_id = run_scope.site_id
                        and mine.period && run_scope.period
                )
            )
        """,
        _asked(request) | {"run_id": run_id},
    ).fetchone()[0]
    if newer is not None:
        raise RunRefused(
            f"该次运行之后，{newer:%m-%d %H:%M} 已按更新的资料重新计算，续跑会改变结果，已拒绝。"
            "只需补完未完成的，请用重跑单选择“续跑”；需要重新计算，请选择“重算”，并写明原因。"
        )


def _register(connection: psycopg.Connection, request: Request, known_at: datetime) -> int:
    was_computed = _was_computed(connection, request)
    if not request.is_scheduled and not request.reason.strip() and was_computed:
        raise RunRefused("该期间已经计算过，再次运行须写明原因。请在重跑单填写“原因”后重新触发。")
    return connection.execute(
        """
        insert into ops.run (
            workflow, airflow_run_id, period, mode, is_scheduled, as_of_on, known_at, requested_by, reason, wants_mail
        )
        values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        returning run_id
        """,
        [
            request.workflow,
            request.airflow_run_id,
            DateRange(request.period.starts_on, request.period.until_on),
            request.mode,
            request.is_scheduled,
            request.as_of_on or request.period.last_on,
            known_at,
            request.requested_by,
            request.reason,
            request.wants_mail and not (request.is_backfill and request.mode == "normal" and was_computed),
        ],
    ).fetchone()[0]


def _claim_landed_files(connection: psycopg.Connection, run_id: int) -> None:
    """Files that came in since the last run are this run's to report on (rows, returned lines)."""
    with connection.transaction():
        connection.execute(
            "update ops.landing_file set run_id = %s where run_id is null and state in ('admitted', 'refused')",
            [run_id],
        )


def _was_computed(connection: psycopg.Connection, request: Request) -> bool:
    return connection.execute(
        """
        select exists (
            select from ops.result
            where workflow = %(workflow)s and %(period)s::daterange @> base_on
                and (%(sites)s::text[] is null or site_id = any(%(sites)s))
        )
        """,
        _asked(request),
    ).fetchone()[0]


def _is_open_and_computed(connection: psycopg.Connection, request: Request) -> bool:
    return connection.execute(
        """
        select exists (
            select from ops.result
            where result.workflow = %(workflow)s and %(period)s::daterange @> result.base_on
                and (%(sites)s::text[] is null or result.site_id = any(%(sites)s))
                and not exists (
                    select from ops.period_close
                    where period_close.workflow = result.workflow and period_close.site_id = result.site_id
                        and period_close.period @> result.base_on
                )
        )
        """,
        _asked(request),
    ).fetchone()[0]


Scope = list[tuple[str, date, date, str]]


def _scope(
    connection: psycopg.Connection,
    request: Request,
    known_at: datetime,
    scope_statement: str,
    late_statement: str | None,
) -> Scope:
    parameters = {
        "starts_on": request.period.starts_on,
        "last_on": request.period.last_on,
        "known_at": known_at,
        "workflow": request.workflow,
    }
    due = [row["site_id"] for row in rows(connection, scope_statement, parameters)]
    unknown = sorted(set(request.sites or ()) - set(due))
    if unknown:
        raise RunRefused(
            f"案场 {'、'.join(unknown)} 在 {request.period.key} 没有生效的制度或不存在。"
            "请核对案场编号，或先提交案场与制度绑定资料。"
        )
    chosen = [site for site in due if not request.sites or site in request.sites]
    scope: Scope = [(site, request.period.starts_on, request.period.until_on, "asked") for site in chosen]
    if late_statement and request.is_scheduled:
        scope += [
            (row["site_id"], row["base_on"], row["until_on"], "late_facts")
            for row in rows(connection, late_statement, parameters)
        ]
    return scope


def _scope_held_before(connection: psycopg.Connection, run_id: int) -> Scope:
    return connection.execute(
        "select site_id, lower(period), upper(period), cause from ops.run_scope where run_id = %s", [run_id]
    ).fetchall()


def _take_scope(
    connection: psycopg.Connection,
    request: Request,
    run_id: int,
    scope: Scope,
    is_running: Callable[[str], bool],
) -> None:
    for _ in range(1 + len(scope) + 8):
        try:
            with connection.transaction():
                _write_scope(connection, request, run_id, scope, is_live=True)
                connection.execute(
                    "update ops.run set state = 'running', finished_at = null where run_id = %s", [run_id]
                )
            return
        except errors.ExclusionViolation:
            _take_over_or_refuse(connection, request, run_id, scope, is_running)
    raise PeriodBusy(f"期间 {request.period.key} 一直被其他运行占用，请稍后重新触发。")


def _note_trial_scope(connection: psycopg.Connection, request: Request, run_id: int, scope: Scope) -> None:
    with connection.transaction():
        _write_scope(connection, request, run_id, scope, is_live=False)


def _write_scope(connection: psycopg.Connection, request: Request, run_id: int, scope: Scope, *, is_live: bool) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            insert into ops.run_scope (run_id, workflow, site_id, period, cause, is_live)
            values (%s, %s, %s, %s, %s, %s)
            on conflict (run_id, site_id, period) do update set is_live = excluded.is_live
            """,
            [
                (run_id, request.workflow, site, DateRange(starts_on, until_on), cause, is_live)
                for site, starts_on, until_on, cause in scope
            ],
        )


def _take_over_or_refuse(
    connection: psycopg.Connection,
    request: Request,
    run_id: int,
    scope: Scope,
    is_running: Callable[[str], bool],
) -> None:
    with connection.cursor(row_factory=dict_row) as cursor:
        holders = cursor.execute(
            """
            select distinct run.run_id, run.airflow_run_id, run.started_at, run.requested_by
            from ops.run_scope
            inner join ops.run on run_scope.run_id = run.run_id
            where run_scope.is_live and run_scope.workflow = %s and run_scope.run_id <> %s
                and exists (
                    select from unnest(%s::text[], %s::date[], %s::date[]) as wanted (site_id, starts_on, until_on)
                    where wanted.site_id = run_scope.site_id
                        and daterange(wanted.starts_on, wanted.until_on) && run_scope.period
                )
            """,
            [
                request.workflow,
                run_id,
                [site for site, *_ in scope],
                [starts_on for _, starts_on, _, _ in scope],
                [until_on for _, _, until_on, _ in scope],
            ],
        ).fetchall()
    connection.commit()
    for holder in holders:
        if is_running(holder["airflow_run_id"]):
            message = (
                f"该期间正在运行：{holder['requested_by']} 于 {holder['started_at']:%m-%d %H:%M} 启动的"
                f"第{holder['run_id']}号运行尚未结束，本次运行已拒绝。请等它结束后再触发。"
            )
            with connection.transaction():
                if not was_computed_by(connection, run_id):  # a cleared run keeps the end it had
                    end(connection, run_id, "refused", message)
            raise PeriodBusy(message)
        with connection.transaction():
            connection.execute(
                "update ops.run set state = 'taken_over', finished_at = clock_timestamp() "
                "where run_id = %s and state in ('running', 'awaiting_decision')",
                [holder["run_id"]],
            )
            connection.execute("update ops.run_scope set is_live = false where run_id = %s", [holder["run_id"]])
            log(
                connection,
                run_id,
                "system",
                "take_over",
                f"第{holder['run_id']}号运行在 Airflow 中已结束或不存在，其范围由第{run_id}号运行接管。",
            )


#: ends after which a step that is cleared may go on, as long as nobody else has written the period since
ENDED = ("done", "done_with_exceptions", "unchanged", "rejected", "awaiting_input", "mail_unclear", "failed")


def guard(connection: psycopg.Connection, run_id: int) -> None:
    """Make sure, inside the caller's transaction, that the run holds its scope; call it before writing.

    The row lock makes a take-over wait until this transaction has ended. A run that has ended, one of whose steps is
    cleared, takes its scope again if nobody else holds it or has computed it since.

    :raises RunRefused: when the scope is somebody else's now (a task that was cleared late).
    """
    # the lock comes first: a take-over that won it has let go of the scope by the time it is read
    connection.execute("select from ops.run_scope where run_id = %s for share", [run_id])
    held = connection.execute(
        """
        select run.mode, run.state, count(run_scope.run_id), bool_and(run_scope.is_live)
        from ops.run left join ops.run_scope on run.run_id = run_scope.run_id
        where run.run_id = %s group by run.run_id, run.mode
        """,
        [run_id],
    ).fetchone()
    if held is None:
        raise RunRefused(f"没有第{run_id}号运行的记录。请从“确定期间”重新开始。")
    mode, state, scopes, is_live = held
    if mode == "trial" or (scopes and is_live):
        return
    if not (scopes and state in ENDED and _holds_again(connection, run_id)):
        raise RunRefused(
            f"第{run_id}号运行已结束或已被接管，不能再写入。请用重跑单重新触发该期间，不要单独清除这一步。"
        )


def _holds_again(connection: psycopg.Connection, run_id: int) -> bool:
    is_overtaken = connection.execute(
        """
        select exists (
            select from ops.run_scope as mine
            inner join ops.run_scope as newer
                on mine.workflow = newer.workflow and mine.site_id = newer.site_id and mine.period && newer.period
            where mine.run_id = %(run_id)s and newer.run_id > %(run_id)s
                and (newer.is_live or newer.computed_at is not null)
        )
        """,
        {"run_id": run_id},
    ).fetchone()[0]
    if is_overtaken:
        return False
    try:
        with connection.transaction():
            connection.execute("update ops.run_scope set is_live = true where run_id = %s", [run_id])
            connection.execute("update ops.run set state = 'running', finished_at = null where run_id = %s", [run_id])
    except errors.ExclusionViolation:
        return False
    return True


#: how a statement's heading says that it takes the places of a run part by part, and which query lists the parts
PARTS = re.compile(r"^ *Parts:  (\S+)", re.MULTILINE)
ENDS_OF_SCOPE = """
    select
        run.known_at,
        run.as_of_on,
        coalesce(min(lower(run_scope.period)), lower(run.period)) as first_on,
        coalesce(max(upper(run_scope.period)), upper(run.period)) - 1 as last_on
    from ops.run left join ops.run_scope on run.run_id = run_scope.run_id
    where run.run_id = %s
    group by run.run_id
"""


def parameters(connection: psycopg.Connection, run_id: int) -> dict[str, Any]:
    """What every statement of a run may use: see `carry_out`."""
    ends = connection.cursor(row_factory=dict_row).execute(ENDS_OF_SCOPE, [run_id]).fetchone()
    return {"run_id": run_id} | (ends or {})


def carry_out(
    connection: psycopg.Connection, run_id: int, statements: Iterable[str], besides: Mapping[str, Any] | None = None
) -> dict[str, int]:
    """Run statements for a run, in order, in the caller's transaction; returns the rows that each touched.

    A statement may use ``%(run_id)s``; ``%(known_at)s``, up to when the run knows facts; ``%(as_of_on)s``, the
    business day it speaks for; ``%(first_on)s`` and ``%(last_on)s``, the ends of its scope. They are parameters and
    not joins, because the planner then knows how few facts are superseded and how few days are asked for.

    Statements that follow each other and name the same ``Parts:`` in their headings are run one after the other for
    each part of the run's places in turn, so that memory does not grow with the run; still all of it or none.

    :param statements: names such as ``attendance/judge_days``
    :param besides: further parameters of these statements
    """
    given = {**(besides or {}), **parameters(connection, run_id)}
    # Joins by site and day are estimated at a fraction of their rows: a sort for a merge looks cheap then and is not.
    connection.execute("set local enable_mergejoin = off")
    touched: dict[str, int] = {}
    for parts, names in groupby(statements, key=_parts_of):
        together = list(names)
        touched |= dict.fromkeys(together, 0)
        for _ in _part_by_part(connection, parts, given) if parts else [None]:
            for name in together:
                # where a loop over such an estimate would meet a month of people, the statement's heading forbids it
                touched[name] += execute(connection, name, given)
    return touched


def _parts_of(name: str) -> str | None:
    named = PARTS.search(heading(name))
    return named[1] if named else None


def _part_by_part(connection: psycopg.Connection, parts: str, given: dict[str, Any]) -> Iterator[None]:
    """Let statements see one part of a run's places after the other; their temporary tables last as long as the part.

    The setting `backoffice.places` is read by the view in which they find their places; it ends with the transaction.
    """
    for part in rows(connection, parts, given):
        connection.execute("select set_config('backoffice.places', %s::text[]::text, true)", [part["places"]])
        before = _temporary_tables(connection)
        yield
        for table in _temporary_tables(connection) - before:
            connection.execute(sql.SQL("drop table pg_temp.{}").format(sql.Identifier(table)))
    connection.execute("select set_config('backoffice.places', '', true)")


def _temporary_tables(connection: psycopg.Connection) -> set[str]:
    made = "select relname from pg_class where relnamespace = pg_my_temp_schema() and relkind = 'r'"
    return {name for (name,) in connection.execute(made)}


def refuse_changes(connection: psycopg.Connection, run_id: int, was_computed: bool) -> None:
    """Call it after `carry_out`, in its transaction: what only goes on (续跑, a cleared task) may not change a result.

    :param was_computed: whether the run had computed, or took over the cut-offs of another, before.
    :raises RunRefused: when a result that was there came out otherwise.
    """
    if not was_computed:
        return
    changed = connection.execute(
        """
        select string_agg(concat_ws(' ', place.site_name, result.base_on), '、' order by result.site_id)
        from ops.result
        left join book.place on result.site_id = place.site_id and place.superseded_at = 'infinity'
        where result.run_id = %s and result.revision > 1 and result.xmin = pg_current_xact_id()::xid
        """,
        [run_id],
    ).fetchone()[0]
    if changed:
        raise RunRefused(f"{changed} 的结果与先前不同，续跑不能改变结果，已拒绝。请用重跑单选择“重算”，并写明原因。")


def end(
    connection: psycopg.Connection, run_id: int, state: str, note: str, totals: dict[str, Any] | None = None
) -> None:
    """Write down how the run ended and let go of its scope; running it again changes nothing.

    :param state: a key of STATE_TITLES.
    """
    with connection.transaction():
        connection.execute(
            """
            update ops.run
            set state = %(state)s, note = %(note)s, totals = coalesce(%(totals)s, totals),
                finished_at = case when %(state)s = 'awaiting_decision' then null else clock_timestamp() end
            where run_id = %(run_id)s and (state, note) is distinct from (%(state)s, %(note)s)
            """,
            {"run_id": run_id, "state": state, "note": note, "totals": Jsonb(totals) if totals else None},
        )
        if state != "awaiting_decision":
            connection.execute("update ops.run_scope set is_live = false where run_id = %s and is_live", [run_id])


def log(connection: psycopg.Connection, run_id: int | None, actor: str, kind: str, detail: str) -> None:
    """Keep an event that somebody may ask about later (take-over, refusal, resolved letter, reprint)."""
    connection.execute(
        "insert into ops.event (run_id, actor, kind, detail) values (%s, %s, %s, %s)", [run_id, actor, kind, detail]
    )


def mode_of(connection: psycopg.Connection, run_id: int) -> str:
    """The run's mode, a key of MODE_TITLES."""
    return connection.execute("select mode from ops.run where run_id = %s", [run_id]).fetchone()[0]
