/*  The last fourteen days before and on the document's last day, for the chart.

    Grain:  one row per day that has a result.
    Rerun:  safe; only reads; results known at `known_at`, so that an old document keeps its chart.  */
with document as (
    select
        %(site_id)s::text as site_id,
        %(last_on)s::date as last_on,
        %(known_at)s::timestamptz as known_at
),

newest_result as (
    select known_result.*
    from document
    cross join lateral ops.known_result(
        'daily_attendance', document.site_id, document.last_on - 13, document.last_on, document.known_at
    ) as known_result
)

select
    to_char(base_on, 'MM-DD') as day_text,
    (totals ->> 'due_count')::integer as due_count,
    (totals ->> 'present_count')::integer as present_count,
    (totals ->> 'late_count')::integer as late_count,
    (totals ->> 'absent_days')::numeric as absent_days
from newest_result
order by base_on
