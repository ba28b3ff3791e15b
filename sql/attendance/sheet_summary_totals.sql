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
)

select
    coalesce(sum((totals ->> 'due_count')::integer), 0)::integer as due_count,
    coalesce(sum((totals ->> 'present_count')::integer), 0)::integer as present_count,
    coalesce(sum((totals ->> 'late_count')::integer), 0)::integer as late_count,
    coalesce(sum((totals ->> 'early_count')::integer), 0)::integer as early_count,
    coalesce(sum((totals ->> 'absent_days')::numeric), 0) as absent_days,
    coalesce(sum((totals ->> 'rest_count')::integer), 0)::integer as rest_count,
    coalesce(sum((totals ->> 'missing_count')::integer), 0)::integer as missing_count,
    coalesce(sum((totals ->> 'pending_count')::integer), 0)::integer as pending_count,
    coalesce(
        sum((totals ->> 'fine_amount')::numeric + (totals ->> 'conduct_fine_amount')::numeric), 0
    ) as fine_amount,
    round(
        sum((totals ->> 'present_count')::numeric) / nullif(sum((totals ->> 'due_count')::numeric), 0), 4
    ) as present_rate
from newest_result
