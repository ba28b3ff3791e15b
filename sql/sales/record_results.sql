/*  Records, per place and base period, the hash and the totals of what it counts; a new revision only if they differ.

    Grain:  one row per project or group, base period and revision.
    Rerun:  safe; the same content is not recorded again (OPS-16), closed periods are left out (OPS-21).
    Rules:  a month is held until finance has checked the receipts (4.2); a week goes out as it is. A group's content is
            that of its projects, which finance has checked. What a report shows besides movements (targets, units,
            instalments, mortgages, checks, meetings, the rules) is part of the hash: when it changes before the issue,
            there is a new revision.
    Method: the hash is over the rows' own hashes in no order, 64 bits each, added up: text of all columns of all rows
            costs three times as much. It changes with any column of any row.
    Joins:  hashed  */
insert into ops.result (
    workflow, site_id, base_on, revision, result_hash, state, hold_reason, run_id, as_of_on, known_at, row_count, totals
)
with open_period as materialized (
    select open_period.*
    from sales.open_period
    where open_period.run_id = %(run_id)s
),

-- by the project: of a group's each
place_project as materialized (
    select
        place.site_id as place_id,
        project.site_id,
        project.opens_on,
        project.is_group
    from (select distinct open_period.site_id from open_period) as place
    cross join lateral sales.projects_of(place.site_id, %(known_at)s) as project
),

project as materialized (
    select distinct place_project.site_id
    from place_project
),

counted as (
    select
        tally.workflow,
        tally.site_id,
        tally.base_on,
        sum(hash_record_extended(tally, 0)::numeric) as row_hash,
        count(*) as row_count
    from project
    inner join sales.tally on project.site_id = tally.site_id
    where
        tally.workflow in (select open_period.workflow from open_period)
        and tally.base_on between %(first_on)s and %(last_on)s
    group by 1, 2, 3
),

late as (
    select
        late_line.workflow,
        late_line.site_id,
        late_line.base_on,
        sum(hash_record_extended(late_line, 0)::numeric) as row_hash,
        count(*) as row_count
    from project
    inner join sales.late_line on project.site_id = late_line.site_id
    where late_line.base_on between %(first_on)s and %(last_on)s
    group by 1, 2, 3
),

summed as (
    select
        tally.workflow,
        tally.site_id,
        tally.base_on,
        measure_part.measure,
        sum(
            case measure_part.figure
                when 'count' then tally.moved_count when 'area' then tally.moved_area else tally.moved_amount
            end
        ) as quantity
    from project
    inner join sales.tally on project.site_id = tally.site_id
    inner join sales.measure_part on tally.indicator = measure_part.indicator
    where
        tally.workflow in (select open_period.workflow from open_period)
        and tally.base_on between %(first_on)s and %(last_on)s
    group by 1, 2, 3, 4
),

figures as (
    select
        summed.workflow,
        summed.site_id,
        summed.base_on,
        sum(summed.quantity) filter (where summed.measure = 'call_count') as call_count,
        sum(summed.quantity) filter (where summed.measure = 'visit_count') as visit_count,
        sum(summed.quantity) filter (where summed.measure = 'new_visit_count') as new_visit_count,
        sum(summed.quantity) filter (where summed.measure = 'subscribed_count') as subscribed_count,
        sum(summed.quantity) filter (where summed.measure = 'net_signed_count') as signed_count,
        sum(summed.quantity) filter (where summed.measure = 'net_signed_amount') as signed_amount,
        sum(summed.quantity) filter (where summed.measure = 'receipt_count') as receipt_count,
        sum(summed.quantity) filter (where summed.measure = 'received_amount') as received_amount
    from summed
    group by 1, 2, 3
),

-- what is known of earlier days stands in the cumulative figures, whether or not a period ever counted it
cumulative as (
    select
        known.site_id,
        known.base_on,
        sum(sum(known.signed_count)) over of_project as total_signed_count,
        sum(sum(known.signed_amount)) over of_project as total_signed_amount,
        sum(sum(known.received_amount)) over of_project as total_received_amount
    from (
        select
            moved.site_id,
            greatest(
                sales.base_of((select min(open_period.workflow) from open_period), moved.business_on), %(first_on)s::date
            ) as base_on,
            case when measure_part.measure = 'net_signed_count' then moved.moved_count else 0 end as signed_count,
            case when measure_part.measure = 'net_signed_amount' then moved.moved_amount else 0 end as signed_amount,
            case when measure_part.measure = 'received_amount' then moved.moved_amount else 0 end as received_amount
        from sales.movement(array(select project.site_id from project), %(last_on)s, %(known_at)s) as moved
        inner join sales.measure_part
            on
                moved.indicator = measure_part.indicator
                and measure_part.measure in ('net_signed_count', 'net_signed_amount', 'received_amount')
        union all
        select
            opened.site_id,
            %(first_on)s::date as base_on,
            case when opened.measure = 'net_signed_count' then opened.quantity else 0 end as signed_count,
            case when opened.measure = 'net_signed_amount' then opened.quantity else 0 end as signed_amount,
            case when opened.measure = 'received_amount' then opened.quantity else 0 end as received_amount
        from sales.opened(array(select project.site_id from project), %(known_at)s) as opened
        -- every period has a row
        union all
        select
            place_project.site_id,
            open_period.base_on,
            0 as signed_count,
            0 as signed_amount,
            0 as received_amount
        from place_project
        inner join open_period on place_project.place_id = open_period.site_id
    ) as known
    group by known.site_id, known.base_on
    window of_project as (partition by known.site_id order by known.base_on)
),

beside as materialized (
    select
        project.site_id,
        sales.beside_hash(project.site_id, %(last_on)s, %(known_at)s) as beside_hash
    from project
),

computed as (
    select
        open_period.workflow,
        open_period.site_id,
        open_period.base_on,
        md5(
            concat_ws(
                '|', open_period.last_on,
                string_agg(
                    concat_ws(
                        ',', place_project.site_id, counted.row_hash, late.row_hash, beside.beside_hash,
                        cumulative.total_signed_count, cumulative.total_signed_amount, cumulative.total_received_amount
                    ), '|' order by place_project.site_id
                )
            )
        ) as result_hash,
        coalesce(sum(counted.row_count), 0) as row_count,
        bool_or(place_project.is_group) as is_group,
        jsonb_build_object(
            'call_count', trim_scale(coalesce(sum(figures.call_count), 0)::numeric),
            'visit_count', trim_scale(coalesce(sum(figures.visit_count), 0)::numeric),
            'new_visit_count', trim_scale(coalesce(sum(figures.new_visit_count), 0)::numeric),
            'subscribed_count', trim_scale(coalesce(sum(figures.subscribed_count), 0)::numeric),
            'signed_count', trim_scale(coalesce(sum(figures.signed_count), 0)::numeric),
            'signed_amount', coalesce(sum(figures.signed_amount), 0),
            'receipt_count', trim_scale(coalesce(sum(figures.receipt_count), 0)::numeric),
            'received_amount', coalesce(sum(figures.received_amount), 0),
            'late_line_count', trim_scale(coalesce(sum(late.row_count), 0)::numeric),
            'total_signed_count', trim_scale(coalesce(sum(cumulative.total_signed_count), 0)::numeric),
            'total_signed_amount', coalesce(sum(cumulative.total_signed_amount), 0),
            'total_received_amount', coalesce(sum(cumulative.total_received_amount), 0)
        ) as totals
    from open_period
    inner join place_project
        on open_period.site_id = place_project.place_id and place_project.opens_on <= open_period.last_on
    inner join beside on place_project.site_id = beside.site_id
    left join counted
        on
            open_period.workflow = counted.workflow
            and place_project.site_id = counted.site_id
            and open_period.base_on = counted.base_on
    left join late
        on
            open_period.workflow = late.workflow
            and place_project.site_id = late.site_id
            and open_period.base_on = late.base_on
    left join figures
        on
            open_period.workflow = figures.workflow
            and place_project.site_id = figures.site_id
            and open_period.base_on = figures.base_on
    left join cumulative
        on place_project.site_id = cumulative.site_id and open_period.base_on = cumulative.base_on
    group by open_period.workflow, open_period.site_id, open_period.base_on, open_period.last_on
),

latest as (
    select distinct on (result.site_id, result.base_on)
        result.site_id,
        result.base_on,
        result.revision,
        result.result_hash
    from open_period
    inner join ops.result
        on
            open_period.workflow = result.workflow
            and open_period.site_id = result.site_id
            and open_period.base_on = result.base_on
    order by result.site_id, result.base_on, result.revision desc
)

select
    computed.workflow,
    computed.site_id,
    computed.base_on,
    coalesce(latest.revision, 0) + 1 as revision,
    computed.result_hash,
    case when computed.workflow = 'monthly_sales' and not computed.is_group then 'held' else 'computed' end as state,
    case
        when computed.workflow = 'monthly_sales' and not computed.is_group
            then concat(
                sales.period_text(computed.workflow, computed.base_on), '回款',
                trim_scale((computed.totals ->> 'receipt_count')::numeric), '笔 ',
                to_char((computed.totals ->> 'received_amount')::numeric, 'FM999,999,999,990.00'), '元待财务核对'
            )
        else ''
    end as hold_reason,
    %(run_id)s as run_id,
    %(as_of_on)s as as_of_on,
    %(known_at)s as known_at,
    computed.row_count::integer,
    -- the run's note adds up what its places total: the projects do already
    case when computed.is_group then '{}' else computed.totals end as totals
from computed
left join latest on computed.site_id = latest.site_id and computed.base_on = latest.base_on
where latest.result_hash is distinct from computed.result_hash
