/*  The sheet 来电来访: who called and came, day by day, and how many of them signed.

    Grain:  one row per day of the period, and one without a day for what is late.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  SAL-05 no quotient without a denominator; SAL-06 one visit a customer and day, the first ever is new.
    Joins:  hashed  */
with place as materialized (
    select *
    from sales.counted_place(
        %(workflow)s::text, %(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz
    )
    where opens_on <= %(last_on)s
),

-- projects that are known up to the same instant are asked about at once
together as materialized (
    select
        place.known_at,
        array_agg(place.site_id) as sites
    from place
    group by place.known_at
),

day as (
    select day_at::date as day_on
    from generate_series(%(starts_on)s::timestamp, %(last_on)s::timestamp, interval '1 day') as day_at
    union all
    select null
    where
        exists (
            select from place
            inner join sales.late_line
                on
                    place.site_id = late_line.site_id
                    and late_line.workflow = %(workflow)s
                    and late_line.base_on = %(starts_on)s
        )
),

moved as (
    select
        measured.business_on as day_on,
        measured.measure,
        measured.quantity
    from together
    cross join lateral sales.measured(together.sites, %(starts_on)s::date, %(last_on)s::date, together.known_at) as measured
    union all
    select
        null as day_on,
        counted.measure,
        counted.quantity
    from sales.counted(
        %(workflow)s::text, %(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz
    ) as counted
    where counted.is_late
),

by_day as (
    select
        moved.day_on,
        sum(moved.quantity) filter (where moved.measure = 'new_call_count') as new_call_quantity,
        sum(moved.quantity) filter (where moved.measure = 'call_count') as call_quantity,
        sum(moved.quantity) filter (where moved.measure = 'new_visit_count') as new_visit_quantity,
        sum(moved.quantity) filter (where moved.measure = 'return_visit_count') as return_visit_quantity,
        sum(moved.quantity) filter (where moved.measure = 'visit_count') as visit_quantity,
        sum(moved.quantity) filter (where moved.measure = 'signed_count') as signed_quantity
    from moved
    group by moved.day_on
),

cohort as (
    select
        cohort.business_on as day_on,
        cohort.measure,
        count(*) as member_count,
        count(*) filter (where cohort.is_reached) as reached_count
    from together
    cross join
        lateral sales.cohort(
            together.sites, %(starts_on)s::date, %(last_on)s::date, %(last_on)s::date, together.known_at
        ) as cohort
    group by 1, 2
)

select
    day.day_on,
    case when day.day_on is null then '补记' else (array['一', '二', '三', '四', '五', '六', '日'])[extract(isodow from day.day_on)] end
        as weekday,
    coalesce(by_day.new_call_quantity, 0) as new_call_quantity,
    coalesce(by_day.call_quantity, 0) as call_quantity,
    coalesce(by_day.new_visit_quantity, 0) as new_visit_quantity,
    coalesce(by_day.return_visit_quantity, 0) as return_visit_quantity,
    coalesce(by_day.visit_quantity, 0) as visit_quantity,
    sales.conversion(called.reached_count, called.member_count) as to_visit_rate,
    coalesce(by_day.signed_quantity, 0) as signed_quantity,
    case
        when day.day_on is not null then sales.conversion(coalesce(by_day.signed_quantity, 0), coalesce(by_day.visit_quantity, 0))
    end as period_rate,
    sales.conversion(visited.reached_count, visited.member_count) as cohort_rate,
    case
        when day.day_on is null then '以前期间的业务，本期补记，不算比率'
        when by_day.day_on is null then '当日没有来电、来访和签约，不算比率'
        else
            concat_ws(
                '；',
                case when called.member_count is null then '无首次来电，不算转访率' end,
                nullif(
                    sales.conversion_note(
                        '来访', coalesce(by_day.signed_quantity, 0), coalesce(by_day.visit_quantity, 0)
                    ), ''
                ),
                case when visited.member_count is null then '无首次来访，不算同批成交率' end
            )
    end as note
from day
left join by_day on day.day_on is not distinct from by_day.day_on
left join cohort as called on day.day_on = called.day_on and called.measure = 'call_visit_rate'
left join cohort as visited on day.day_on = visited.day_on and visited.measure = 'visit_cohort_rate'
order by day.day_on nulls last
