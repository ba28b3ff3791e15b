/*  Marks what each base period moved, by building, product type, consultant and channel; what is late stands beside it.

    Grain:  one row per workflow, project, base period, late or not, indicator, building, product type, consultant, channel.
    Rerun:  safe; a row that says the same already is not touched. Closed periods stand as they were issued (OPS-21).
    Rules:  a period counts its own days as known when it is issued, and the signed difference of earlier days that
            became known since the last one was (SAL-03, 13, 18): all that was ever counted adds up to what is known.
    Joins:  hashed; a run may be about years of weeks.  */
with open_period as materialized (
    select
        open_period.workflow,
        open_period.site_id,
        open_period.base_on,
        open_period.last_on
    from sales.open_period
    where open_period.run_id = %(run_id)s
),

span as materialized (
    select
        min(open_period.base_on) as first_on,
        max(open_period.last_on) as until_on,
        array_agg(distinct open_period.site_id) as sites
    from open_period
),

-- day by day, so that what moved finds its period by equal keys
day as materialized (
    select
        open_period.workflow,
        open_period.site_id,
        open_period.base_on,
        day_at::date as day_on
    from open_period
    cross join
        lateral generate_series(open_period.base_on::timestamp, open_period.last_on::timestamp, interval '1 day') as day_at
),

counted as (
    select
        day.workflow,
        moved.site_id,
        day.base_on,
        false as is_late,
        moved.indicator,
        moved.building_no,
        moved.product_type,
        moved.consultant_id,
        moved.channel,
        sum(moved.moved_count)::numeric(14, 2) as moved_count,
        sum(moved.moved_area)::numeric(16, 2) as moved_area,
        sum(moved.moved_amount)::numeric(18, 2) as moved_amount
    from span
    cross join lateral sales.moved(span.sites, span.first_on, span.until_on, %(known_at)s) as moved
    inner join day on moved.site_id = day.site_id and moved.business_on = day.day_on
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9
    union all
    select
        late.workflow,
        late.site_id,
        late.base_on,
        true as is_late,
        late.indicator,
        late.building_no,
        late.product_type,
        late.consultant_id,
        late.channel,
        sum(late.moved_count)::numeric(14, 2) as moved_count,
        sum(late.moved_area)::numeric(16, 2) as moved_area,
        sum(late.moved_amount)::numeric(18, 2) as moved_amount
    from sales.late_moved(%(run_id)s, %(known_at)s) as late
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9
),

reckoned as materialized (
    select counted.*
    from counted
),

kept as materialized (
    select tally.*
    from open_period
    inner join sales.tally
        on
            open_period.workflow = tally.workflow
            and open_period.site_id = tally.site_id
            and open_period.base_on = tally.base_on
),

gone as (
    delete from sales.tally
    using kept
    where
        tally.workflow = kept.workflow
        and tally.site_id = kept.site_id
        and tally.base_on = kept.base_on
        and tally.is_late = kept.is_late
        and tally.indicator = kept.indicator
        and tally.building_no = kept.building_no
        and tally.product_type = kept.product_type
        and tally.consultant_id = kept.consultant_id
        and tally.channel = kept.channel
        and not exists (
            select from reckoned
            where
                reckoned.workflow = kept.workflow
                and reckoned.site_id = kept.site_id
                and reckoned.base_on = kept.base_on
                and reckoned.is_late = kept.is_late
                and reckoned.indicator = kept.indicator
                and reckoned.building_no = kept.building_no
                and reckoned.product_type = kept.product_type
                and reckoned.consultant_id = kept.consultant_id
                and reckoned.channel = kept.channel
                and (reckoned.moved_count, reckoned.moved_area, reckoned.moved_amount) = (kept.moved_count, kept.moved_area, kept.moved_amount)
        )
    returning tally.site_id
)

insert into sales.tally
-- nothing to compare with: as they come
select reckoned.*
from reckoned
where not exists (select from kept)
union all
select reckoned.*
from reckoned
where
    -- what goes has gone before the first row comes
    (select count(*) from gone) >= 0
    and exists (select from kept)
    and not exists (
        select from kept
        where
            kept.workflow = reckoned.workflow
            and kept.site_id = reckoned.site_id
            and kept.base_on = reckoned.base_on
            and kept.is_late = reckoned.is_late
            and kept.indicator = reckoned.indicator
            and kept.building_no = reckoned.building_no
            and kept.product_type = reckoned.product_type
            and kept.consultant_id = reckoned.consultant_id
            and kept.channel = reckoned.channel
            and (kept.moved_count, kept.moved_area, kept.moved_amount) = (reckoned.moved_count, reckoned.moved_area, reckoned.moved_amount)
    )
