"""Judging attendance days, and closing attendance months: what two workflows do alike."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

import psycopg
from psycopg import errors
from psycopg.types.range import DateRange

from backoffice.database import rows
from backoffice.runs import PeriodBusy, carry_out, guard, mode_of, parameters

WORKFLOW = "daily_attendance"
#: what judges the days of a run's scope and keeps the verdicts; all or none
JUDGE = (
    "attendance/bind_rules",
    "attendance/set_policy",
    "attendance/name_people",
    "attendance/plan_days",
    "attendance/settle_windows",
    "attendance/judge_leave",
    "attendance/grant_punches",
    "attendance/cover_gatherings",
    "attendance/gather_offences",
    "attendance/fit_spells",
    "attendance/judge_days",
    "attendance/apply_rulings",
    "attendance/add_offences",
    "attendance/reckon_overtime",
    "attendance/set_aside_silent_days",
    "attendance/note_changes",
    "attendance/unmark_days",
    "attendance/mark_days",
    "attendance/mark_new_days",
    "attendance/adjust_days",
    "attendance/keep_offences",
    "attendance/seat_receptions",
    "attendance/take_turns",
    "attendance/keep_turns",
    "attendance/keep_places",
    "attendance/keep_stray_punches",
    "attendance/fine_conduct",
    "attendance/record_results",
    "ops/stamp_computed",
)

HOLD_OF_MONTH = """
    update ops.run_scope set is_live = %s
    where run_id = %s and workflow = %s and site_id = any(%s) and period && %s
"""

BUSY = "{}另有一次每日考勤正在计算，不能{}。请等它结束后清除本步骤，让它再运行一次。"


def close_months(connection: psycopg.Connection, run_id: int, *, of_period: bool = False) -> list[str]:
    """Close the months whose day of closing has passed, for the sites of a run; inside the caller's transaction.

    Before a month is frozen its days are judged once more with what was known at the instant of closing, by a run of
    its own: what came before the close is in the month and what came after it is not, whenever anybody ran what (Q7,
    ATT-10, ATT-14). A trial closes nothing.

    :param run_id: a run of daily_attendance or monthly_attendance that holds its scope.
    :param of_period: whether the run's own month is to be settled: it closes now even if it was first computed after
        its day of closing, with what the run knows; and questions that were open when it closed are looked at again.
    :returns: what was closed, e.g. ``2026-10 GM01``.
    :raises PeriodBusy: when another run is judging days of such a month.
    """
    if mode_of(connection, run_id) == "trial":
        return []
    guard(connection, run_id)
    given = parameters(connection, run_id)
    closed = []
    due = rows(connection, "attendance/list_closing", given | {"of_period": of_period})
    for (month_on, closes_at), days in _grouped(due, "month_on", "closes_at"):
        _bring_forward(connection, run_id, month_on, closes_at, sorted({row["site_id"] for row in days}))
        closing_id, sites = _judge_again(connection, run_id, month_on, closes_at, days, "关账")
        connection.execute(
            """
            insert into ops.period_close (workflow, site_id, period, closed_at, closed_by, run_id)
            select %s, site_id, %s, %s, '按制度关账', %s from unnest(%s::text[]) as site_id
            """,
            [WORKFLOW, _month(month_on), closes_at, closing_id, sites],
        )
        closed += [f"{month_on:%Y-%m} {site}" for site in sites]
    if of_period:
        for (month_on,), days in _grouped(rows(connection, "attendance/list_open_questions", given), "month_on"):
            _judge_again(connection, run_id, month_on, given["known_at"], days, "补判")
    return closed


def _bring_forward(
    connection: psycopg.Connection, run_id: int, month_on: date, closes_at: datetime, sites: Sequence[str]
) -> None:
    """Book in a month that is about to close what it bears of days of earlier closed months."""
    closed = connection.execute(
        "select site_id, period from ops.period_close where workflow = %s and site_id = any(%s) and lower(period) < %s",
        [WORKFLOW, sites, month_on],
    ).fetchall()
    if not closed:
        return
    busy = connection.execute(
        "select exists (select from ops.run_scope where is_live and run_id <> %s and workflow = %s"
        " and site_id = any(%s) and lower(period) < %s)",
        [run_id, WORKFLOW, sites, month_on],
    ).fetchone()[0]
    if busy:
        raise PeriodBusy(BUSY.format(f"{month_on:%Y-%m}以前的日子", "补记上月"))
    # at the instant itself the next month is the open one; the last moment before it is as far as this month hears
    last_at = closes_at - timedelta(microseconds=1)
    held = [run_id, WORKFLOW, sites, DateRange(None, month_on)]
    connection.execute(HOLD_OF_MONTH, [False, *held])  # days that the run itself holds are looked at, too
    late = rows(
        connection,
        "attendance/find_late_days",
        {"starts_on": month_on, "last_on": month_on, "known_at": last_at, "workflow": WORKFLOW},
    )
    connection.execute(HOLD_OF_MONTH, [True, *held])
    days = [
        {"site_id": row["site_id"], "days": DateRange(row["base_on"], row["until_on"]), "month_on": month}
        for row in late
        for month in [row["base_on"].replace(day=1)]
        if any(row["site_id"] == site and row["base_on"] in period for site, period in closed)
    ]
    for (of_month,), found in _grouped(sorted(days, key=lambda day: day["month_on"]), "month_on"):
        _judge_again(connection, run_id, of_month, last_at, found, "补记")


def _grouped(found: Sequence[Mapping[str, Any]], *names: str) -> list[tuple[tuple, list[Mapping[str, Any]]]]:
    return [(key, list(group)) for key, group in groupby(found, key=lambda row: tuple(row[name] for name in names))]


def _month(month_on: date) -> DateRange:
    return DateRange(month_on, date(month_on.year + month_on.month // 12, month_on.month % 12 + 1, 1))


def _judge_again(
    connection: psycopg.Connection,
    run_id: int,
    month_on: date,
    known_at: datetime,
    days: Sequence[Mapping[str, Any]],
    what: str,
) -> tuple[int, list[str]]:
    """Judge days of a month as known at an instant, by a run of its own beside `run_id`; that run and its sites."""
    sites = sorted({row["site_id"] for row in days})
    again_id = connection.execute(
        """
        insert into ops.run (
            workflow, airflow_run_id, period, mode, as_of_on, known_at, requested_by, reason, wants_mail, state, note,
            finished_at
        )
        select
            %(workflow)s, concat_ws(' ', airflow_run_id, %(what)s::text, %(key)s::text, %(known_at)s::text), %(month)s,
            'normal', upper(%(month)s::daterange) - 1, %(known_at)s, requested_by, %(what)s, false, 'done',
            concat_ws('｜', %(what)s::text, %(key)s::text, array_to_string(%(sites)s::text[], '、')), clock_timestamp()
        from ops.run where run_id = %(run_id)s
        returning run_id
        """,
        {
            "run_id": run_id,
            "workflow": WORKFLOW,
            "month": _month(month_on),
            "key": f"{month_on:%Y-%m}",
            "known_at": known_at,
            "sites": sites,
            "what": what,
        },
    ).fetchone()[0]
    # what the run itself holds of the month it lends until the end of this transaction's judging
    lent = [run_id, WORKFLOW, sites, _month(month_on)]
    connection.execute(HOLD_OF_MONTH, [False, *lent])
    try:
        with connection.transaction(), connection.cursor() as cursor:
            cursor.executemany(
                "insert into ops.run_scope (run_id, workflow, site_id, period, cause) values (%s, %s, %s, %s, 'asked')",
                [(again_id, WORKFLOW, row["site_id"], row["days"]) for row in days],
            )
    except errors.ExclusionViolation:
        raise PeriodBusy(BUSY.format(f"{month_on:%Y-%m} ", what)) from None
    carry_out(connection, again_id, JUDGE)
    connection.execute("discard temp")  # the caller's own judging makes its tables anew
    connection.execute("update ops.run_scope set is_live = false where run_id = %s", [again_id])
    connection.execute(HOLD_OF_MONTH, [True, *lent])
    return again_id, sites
