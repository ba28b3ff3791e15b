/*  The totals under the sheet 汇总.

    Grain:  one row.
    Rerun:  safe; only reads.  */
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
        count(*) filter (where attendance_day.status = '公出') as outing_count,
        count(*) filter (where attendance_day.status = '进行中') as open_count,
        count(*) filter (where attendance_day.leave_days > 0) as leave_count
    from attendance.attendance_day
    inner join document
        on
            attendance_day.site_id = document.site_id
            and attendance_day.work_on between document.starts_on and document.last_on
    where attendance_day.work_on in (select newest_result.base_on from newest_result)
)

select
    coalesce(sum((totals ->> 'due_count')::integer), 0)::integer as due_count,
    coalesce(sum((totals ->> 'present_count')::integer), 0)::integer as present_count,
    coalesce(sum((totals ->> 'late_count')::integer), 0)::integer as late_count,
    coalesce(sum((totals ->> 'early_count')::integer), 0)::integer as early_count,
    coalesce(sum((totals ->> 'absent_days')::numeric), 0) as absent_days,
    max(day_status.leave_count)::integer as leave_count,
    coalesce(sum((totals ->> 'leave_days')::numeric), 0) as leave_days,
    coalesce(sum((totals ->> 'rest_count')::integer), 0)::integer as rest_count,
    max(day_status.outing_count)::integer as outing_count,
    coalesce(sum((totals ->> 'missing_count')::integer), 0)::integer as missing_count,
    max(day_status.open_count)::integer as open_count,
    coalesce(sum((totals ->> 'pending_count')::integer), 0)::integer as pending_count,
    coalesce(
        sum((totals ->> 'fine_amount')::numeric + (totals ->> 'conduct_fine_amount')::numeric), 0
    ) as fine_amount,
    round(
        sum((totals ->> 'present_count')::numeric) / nullif(sum((totals ->> 'due_count')::numeric), 0), 4
    ) as present_rate
from day_status
left join newest_result on true
