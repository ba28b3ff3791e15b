"""Judging attendance days, and closing attendance months: what two workflows do alike."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
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
    "attendance/trim_rest_days",
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


def close_months(connection: psycopg.Connection, run_id: int, *, of_period: bool = False) -> list[str]:
    """Close the months whose day of closing has passed, for the sites of a run; inside the caller's transaction.

    Before a month is frozen its days are judged once more with what was known at the instant of closing, by a run of
    its own: what came before the close is in the month and what came after it is not, whenever anybody ran what (Q7,
    ATT-10, ATT-14). A trial closes nothing.

    :param run_id: a run of daily_attendance or monthly_attendance that holds its scope.
    :param of_period: whether months of the run's own period close now even if they were first computed after their day
        of closing: with what the run knows.
    :returns: what was closed, e.g. ``2026-10 GM01``.
    :raises PeriodBusy: when another run is judging days of such a month.
    """
    if mode_of(connection, run_id) == "trial":
        return []
    guard(connection, run_id)
    due = rows(connection, "attendance/list_closing", parameters(connection, run_id) | {"of_period": of_period})
    closed = []
    for (month_on, closes_at), stretches in groupby(due, key=lambda row: (row["month_on"], row["closes_at"])):
        closed += _close(connection, run_id, month_on, closes_at, list(stretches))
    return closed


def _close(
    connection: psycopg.Connection, run_id: int, month_on: date, closes_at: datetime, days: Sequence[Mapping[str, Any]]
) -> list[str]:
    sites = sorted({row["site_id"] for row in days})
    month = DateRange(month_on, date(month_on.year + month_on.month // 12, month_on.month % 12 + 1, 1))
    closing_id = connection.execute(
        """
        insert into ops.run (
            workflow, airflow_run_id, period, mode, as_of_on, known_at, requested_by, reason, wants_mail, state, note,
            finished_at
        )
        select
            %(workflow)s, concat_ws(' ', airflow_run_id, '关账', %(key)s::text, %(closes_at)s::text),
            %(month)s, 'normal', upper(%(month)s::daterange) - 1, %(closes_at)s, requested_by, '按制度关账', false,
            'done', concat('关账｜', %(key)s::text, '｜', array_to_string(%(sites)s::text[], '、')), clock_timestamp()
        from ops.run where run_id = %(run_id)s
        returning run_id
        """,
        {
            "run_id": run_id,
            "workflow": WORKFLOW,
            "month": month,
            "key": f"{month_on:%Y-%m}",
            "closes_at": closes_at,
            "sites": sites,
        },
    ).fetchone()[0]
    _hold_instead(connection, run_id, closing_id, month, sites, days)
    carry_out(connection, closing_id, JUDGE)
    connection.execute("discard temp")  # the caller's own judging makes its tables anew
    connection.execute(
        """
        insert into ops.period_close (workflow, site_id, period, closed_at, closed_by, run_id)
        select %s, site_id, %s, %s, '按制度关账', %s from unnest(%s::text[]) as site_id
        """,
        [WORKFLOW, month, closes_at, closing_id, sites],
    )
    connection.execute("update ops.run_scope set is_live = false where run_id = %s", [closing_id])
    connection.execute(
        """
        update ops.run_scope set is_live = true
        where run_id = %s and workflow = %s and site_id = any(%s) and period && %s
        """,
        [run_id, WORKFLOW, sites, month],
    )
    return [f"{month_on:%Y-%m} {site}" for site in sites]


def _hold_instead(
    connection: psycopg.Connection,
    run_id: int,
    closing_id: int,
    month: DateRange,
    sites: Sequence[str],
    days: Sequence[Mapping[str, Any]],
) -> None:
    """Hold the month's days for its closing; what the run itself holds of them it lends until the end of it."""
    connection.execute(
        """
        update ops.run_scope set is_live = false
        where run_id = %s and workflow = %s and site_id = any(%s) and period && %s
        """,
        [run_id, WORKFLOW, sites, month],
    )
    try:
        with connection.transaction(), connection.cursor() as cursor:
            cursor.executemany(
                "insert into ops.run_scope (run_id, workflow, site_id, period, cause) values (%s, %s, %s, %s, 'asked')",
                [(closing_id, WORKFLOW, row["site_id"], row["days"]) for row in days],
            )
    except errors.ExclusionViolation:
        raise PeriodBusy(
            f"{month.lower:%Y-%m} 另有一次每日考勤正在计算，不能关账。请等它结束后清除本步骤，让它再运行一次。"
        ) from None
