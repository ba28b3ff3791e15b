/*  Lists the days of a closed month on which somebody still waits for a word: an answer may have come since.

    Grain:  one row per site and stretch of days.
    Rerun:  safe; only reads.
    Rules:  ATT-19 a month sheet is final when nothing is pending; a question that was open at the close may be answered.  */
with waiting as (
    select
        attendance_day.site_id,
        date_trunc('month', attendance_day.work_on)::date as month_on,
        range_agg(daterange(attendance_day.work_on, attendance_day.work_on + 1)) as days
    from ops.run
    inner join ops.run_scope on run.run_id = run_scope.run_id
    inner join attendance.attendance_day
        on run_scope.site_id = attendance_day.site_id and run.period @> attendance_day.work_on
    where
        run.run_id = %(run_id)s
        and attendance_day.pending_days > 0
        and exists (
            select from ops.period_close
            where
                period_close.workflow = 'daily_attendance'
                and period_close.site_id = attendance_day.site_id
                and period_close.period @> attendance_day.work_on
        )
    group by attendance_day.site_id, date_trunc('month', attendance_day.work_on)::date
)

select
    waiting.site_id,
    waiting.month_on,
    stretch as days
from waiting
cross join lateral unnest(waiting.days) as stretch
order by waiting.month_on, waiting.site_id, stretch
