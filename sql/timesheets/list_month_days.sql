/*  Lists the days of a month sheet: number, weekday, whether the calendar has them off.

    Grain:  one row per day of the month.
    Rerun:  safe; only reads what was known at `known_at`.  */
with document as (
    select
        %(site_id)s::text as site_id,
        %(starts_on)s::date as starts_on,
        %(last_on)s::date as last_on,
        %(known_at)s::timestamptz as known_at
)

select
    extract(day from day_at)::integer as day_no,
    substr('一二三四五六日', extract(isodow from day_at)::integer, 1) as weekday,
    not book.is_workday(day_at::date, document.known_at) as is_off,
    coalesce(calendar_day.is_statutory, false) as is_statutory
from document
cross join lateral generate_series(document.starts_on::timestamp, document.last_on::timestamp, interval '1 day') as day_at
left join book.calendar_day
    on
        calendar_day.day_on = day_at::date
        and calendar_day.recorded_at <= document.known_at
        and document.known_at < calendar_day.superseded_at
order by day_no
