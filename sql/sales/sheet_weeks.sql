/*  The chart of the last thirteen weeks: visits, subscriptions, signings, by ISO week (Q9).

    Grain:  one row per week, the one of the period's last day at the end.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  SAL-01 the ISO year; SAL-02 days are counted, so the last week of a month holds its days up to the last.
    Joins:  hashed  */
with week as (
    select (date_trunc('week', %(last_on)s::timestamp) - number * interval '7 days')::date as monday
    from generate_series(0, 12) as number
)

select
    concat(
        to_char(week.monday, 'IYYY-"W"IW'),
        case when week.monday + 6 > %(last_on)s::date then to_char(%(last_on)s::date, '"(至"MM-DD")"') end
    ) as week_text,
    coalesce(sum(moved.moved_count) filter (where moved.indicator in ('来访新', '复访')), 0) as visit_quantity,
    coalesce(sum(moved.moved_count) filter (where moved.indicator = '认购'), 0) as subscribed_quantity,
    coalesce(sum(moved.moved_count) filter (where moved.indicator = '签约'), 0) as signed_quantity
from week
left join
    sales.moved(
        array[%(site_id)s::text], date_trunc('week', %(last_on)s::timestamp)::date - 84, %(last_on)s::date, %(known_at)s::timestamptz
    ) as moved
    on moved.business_on between week.monday and week.monday + 6
group by week.monday
order by week.monday
