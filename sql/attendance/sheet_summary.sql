/*  The sheet 汇总: one line per day of what the document covers.

    Grain:  one row per day.
    Rerun:  safe; only reads; the newest results known at `known_at`.  */
with document as (
    select
        %(site_id)s::text as site_id,
        %(starts_on)s::date as starts_on,
        %(last_on)s::date as last_on,
        %(known_at)s::timestamptz as known_at
),

newest_result as (
    select known_result.*
    from document
    cross join lateral ops.known_result(
        'daily_attendance', document.site_id, document.starts_on, document.last_on, document.known_at
    ) as known_result
),

day_status as (
    select
        attendance_day.work_on,
        count(*) filter (where attendance_day.status = '公出') as outing_count,
        count(*) filter (where attendance_day.status = '进行中') as open_count,
        count(*) filter (where attendance_day.leave_days > 0) as leave_count
    from attendance.attendance_day
    inner join document
        on
            attendance_day.site_id = document.site_id
            and attendance_day.work_on between document.starts_on and document.last_on
    group by attendance_day.work_on
)

select
    newest_result.base_on as work_on,
    (newest_result.totals ->> 'due_count')::integer as due_count,
    (newest_result.totals ->> 'present_count')::integer as present_count,
    (newest_result.totals ->> 'late_count')::integer as late_count,
    (newest_result.totals ->> 'early_count')::integer as early_count,
    (newest_result.totals ->> 'absent_days')::numeric as absent_days,
    day_status.leave_count::integer as leave_count,
    (newest_result.totals ->> 'leave_days')::numeric as leave_days,
    (newest_result.totals ->> 'rest_count')::integer as rest_count,
    day_status.outing_count::integer as outing_count,
    (newest_result.totals ->> 'missing_count')::integer as missing_count,
    day_status.open_count::integer as open_count,
    (newest_result.totals ->> 'pending_count')::integer as pending_count,
    (newest_result.totals ->> 'fine_amount')::numeric
    + (newest_result.totals ->> 'conduct_fine_amount')::numeric as fine_amount,
    round(
        (newest_result.totals ->> 'present_count')::numeric
        / nullif((newest_result.totals ->> 'due_count')::numeric, 0), 4
    ) as present_rate
from newest_result
left join day_status on newest_result.base_on = day_status.work_on
order by newest_result.base_on
