/*  Under the sheet 来电来访: by the region that callers and visitors come from, late facts included.

    Grain:  one row per region in which something moved.
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

moved as materialized (
    select
        moved.site_id,
        moved.ref_no,
        moved.indicator,
        moved.moved_count
    from together
    cross join lateral sales.moved(together.sites, %(starts_on)s::date, %(last_on)s::date, together.known_at) as moved
    where sales.family(moved.indicator) in ('来电', '来访')
    union all
    select
        late_line.site_id,
        late_line.ref_no,
        late_line.indicator,
        late_line.moved_count
    from place
    inner join sales.late_line
        on
            place.site_id = late_line.site_id
            and late_line.workflow = %(workflow)s
            and late_line.base_on = %(starts_on)s
    where sales.family(late_line.indicator) in ('来电', '来访')
),

-- the newest that is known of each: what was withdrawn had a region, too
registered as (
    select distinct on (known.family, known.site_id, known.ref_no) known.*
    from (
        select
            '来电' as family,
            call.site_id,
            call.call_no as ref_no,
            call.region,
            call.recorded_at
        from place
        inner join sales.call on place.site_id = call.site_id and call.recorded_at <= place.known_at
        union all
        select
            '来访' as family,
            visit.site_id,
            visit.visit_no as ref_no,
            visit.region,
            visit.recorded_at
        from place
        inner join sales.visit on place.site_id = visit.site_id and visit.recorded_at <= place.known_at
    ) as known
    order by known.family, known.site_id, known.ref_no, known.recorded_at desc
),

counted as (
    select
        registered.region,
        coalesce(sum(moved.moved_count) filter (where registered.family = '来电'), 0) as call_quantity,
        coalesce(sum(moved.moved_count) filter (where moved.indicator = '来访新'), 0) as new_visit_quantity,
        coalesce(sum(moved.moved_count) filter (where moved.indicator = '复访'), 0) as return_visit_quantity,
        coalesce(sum(moved.moved_count) filter (where registered.family = '来访'), 0) as visit_quantity
    from moved
    inner join registered
        on
            sales.family(moved.indicator) = registered.family
            and moved.site_id = registered.site_id
            and moved.ref_no = registered.ref_no
    group by registered.region
),

cohort as (
    select
        cohort.region,
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
    counted.region,
    counted.call_quantity,
    counted.new_visit_quantity,
    counted.return_visit_quantity,
    counted.visit_quantity,
    sales.conversion(called.reached_count, called.member_count) as to_visit_rate,
    sales.conversion(visited.reached_count, visited.member_count) as cohort_rate
from counted
left join cohort as called on counted.region = called.region and called.measure = 'call_visit_rate'
left join cohort as visited on counted.region = visited.region and visited.measure = 'visit_cohort_rate'
order by counted.visit_quantity desc, counted.call_quantity desc, counted.region
