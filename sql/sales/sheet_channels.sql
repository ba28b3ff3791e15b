/*  Under the sheet 来电来访: by channel, late facts included.

    Grain:  one row per channel in which something moved.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  SAL-05 no quotient without a denominator.
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

counted as (
    select
        counted.channel,
        coalesce(sum(counted.quantity) filter (where counted.measure = 'call_count'), 0) as call_quantity,
        coalesce(sum(counted.quantity) filter (where counted.measure = 'new_visit_count'), 0) as new_visit_quantity,
        coalesce(sum(counted.quantity) filter (where counted.measure = 'return_visit_count'), 0) as return_visit_quantity,
        coalesce(sum(counted.quantity) filter (where counted.measure = 'visit_count'), 0) as visit_quantity,
        coalesce(sum(counted.quantity) filter (where counted.measure = 'subscribed_count'), 0) as subscribed_quantity,
        coalesce(sum(counted.quantity) filter (where counted.measure = 'signed_count'), 0) as signed_quantity
    from sales.counted(
        %(workflow)s::text, %(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz
    ) as counted
    where
        counted.measure in (
            'call_count', 'new_visit_count', 'return_visit_count', 'visit_count', 'subscribed_count', 'signed_count'
        )
    group by counted.channel
),

cohort as (
    select
        cohort.channel,
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
    counted.channel,
    counted.call_quantity,
    counted.new_visit_quantity,
    counted.return_visit_quantity,
    counted.visit_quantity,
    counted.subscribed_quantity,
    counted.signed_quantity,
    sales.conversion(called.reached_count, called.member_count) as to_visit_rate,
    sales.conversion(counted.signed_quantity, counted.visit_quantity) as period_rate,
    sales.conversion(visited.reached_count, visited.member_count) as cohort_rate
from counted
left join cohort as called on counted.channel = called.channel and called.measure = 'call_visit_rate'
left join cohort as visited on counted.channel = visited.channel and visited.measure = 'visit_cohort_rate'
order by counted.visit_quantity desc, counted.call_quantity desc, counted.channel
