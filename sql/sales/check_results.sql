/*  Finds what a run's counts contradict: each other, the registers, or what was counted before.

    Grain:  one row per project and contradiction.
    Rerun:  safe; only reads.
    Rules:  all that was ever counted adds up to what is known; consultants' parts add up to their project (SAL-10);
            no unit has two live contracts (SA-B5).
    Joins:  hashed  */
with asked as materialized (
    select
        open_period.workflow,
        open_period.site_id,
        min(open_period.base_on) as base_on,
        max(open_period.base_on) as last_base_on,
        max(open_period.last_on) as last_on,
        run.known_at
    from ops.run
    inner join sales.open_period on run.run_id = open_period.run_id
    inner join sales.project
        on
            open_period.site_id = project.site_id
            and project.recorded_at <= run.known_at
            and run.known_at < project.superseded_at
    -- what a trial counted has been taken back
    where run.run_id = %(run_id)s and run.mode <> 'trial'
    group by open_period.workflow, open_period.site_id, run.known_at
),

-- projects about the same days are asked about at once
together as materialized (
    select
        asked.last_on,
        asked.known_at,
        array_agg(asked.site_id) as sites
    from asked
    group by 1, 2
),

known as materialized (
    select moved.*
    from together
    cross join lateral sales.movement(together.sites, together.last_on, together.known_at) as moved
),

issued as materialized (
    select
        issued_period.workflow,
        issued_period.site_id,
        issued_period.base_on,
        issued_period.known_at
    from sales.issued_period
    where issued_period.workflow = (select min(asked.workflow) from asked)
),

-- periods that were issued one after the other, up to those of the run; and what was known before the first of them
chained as materialized (
    select
        asked.workflow,
        asked.site_id,
        asked.base_on,
        asked.last_base_on,
        coalesce(min(issued.base_on), asked.base_on) as first_on,
        coalesce(
            (array_agg(issued.known_at order by issued.base_on))[1], asked.known_at
        ) as first_known_at
    from asked
    left join issued
        on
            asked.workflow = issued.workflow
            and asked.site_id = issued.site_id
            and issued.base_on < asked.base_on
    group by asked.workflow, asked.site_id, asked.base_on, asked.last_base_on, asked.known_at
),

counted as (
    select
        chained.site_id,
        sales.family(tally.indicator) as family,
        sum(tally.moved_count) as moved_count,
        sum(tally.moved_amount) as moved_amount
    from chained
    inner join sales.tally
        on
            chained.workflow = tally.workflow
            and chained.site_id = tally.site_id
            and tally.base_on between chained.first_on and chained.last_base_on
    left join issued
        on
            tally.workflow = issued.workflow
            and tally.site_id = issued.site_id
            and tally.base_on = issued.base_on
    -- what was reckoned and never issued is another period's draft
    where tally.base_on >= chained.base_on or issued.base_on is not null
    group by 1, 2
    union all
    select
        moved.site_id,
        sales.family(moved.indicator) as family,
        sum(moved.moved_count) as moved_count,
        sum(moved.moved_amount) as moved_amount
    from (
        select
            chained.first_on,
            chained.first_known_at,
            array_agg(chained.site_id) as sites
        from chained
        group by 1, 2
    ) as begun
    cross join lateral sales.movement(begun.sites, begun.first_on - 1, begun.first_known_at) as moved
    group by 1, 2
),

at_the_end as (
    select
        known.site_id,
        sales.family(known.indicator) as family,
        sum(known.moved_count) as moved_count,
        sum(known.moved_amount) as moved_amount
    from known
    group by 1, 2
),

added_up as (
    select
        counted.site_id,
        counted.family,
        sum(counted.moved_count) as moved_count,
        sum(counted.moved_amount) as moved_amount
    from counted
    group by 1, 2
),

-- straight from the registers, not by way of shares and units
registered as (
    select
        contract.site_id,
        '签约' as family,
        sum(contract.amount) as moved_amount
    from asked
    inner join sales.project
        on
            asked.site_id = project.site_id
            and project.recorded_at <= asked.known_at
            and asked.known_at < project.superseded_at
    inner join sales.contract
        on
            asked.site_id = contract.site_id
            and contract.signed_on between project.opens_on and asked.last_on
            and contract.recorded_at <= asked.known_at
            and asked.known_at < contract.superseded_at
    where
        -- a hashed list, whatever the planner expects of a function
        (contract.site_id, contract.contract_no, contract.source) not in (
            select
                conflict.site_id,
                conflict.contract_no,
                case conflict.counted_source when '项目' then '集团' else '项目' end as source
            from together
            cross join lateral sales.contract_conflict(together.sites, 'infinity', together.known_at) as conflict
        )
    group by 1
),

twice as (
    select
        known.site_id,
        known.unit_no
    from known
    inner join sales.project
        on known.site_id = project.site_id and project.superseded_at = 'infinity' and project.is_unit_register
    where known.indicator in ('签约', '退房', '换房') and known.unit_no <> ''
    group by 1, 2
    having sum(known.moved_count) > 1
)

select
    coalesce(added_up.site_id, at_the_end.site_id) as site_id,
    format(
        '%%s %%s：历次计入合计 %%s、%%s元，截至期末已知 %%s、%%s元，两者不等。请勿发布，保留现场并联系系统管理员核对。',
        coalesce(added_up.site_id, at_the_end.site_id), coalesce(added_up.family, at_the_end.family),
        coalesce(added_up.moved_count, 0), coalesce(added_up.moved_amount, 0),
        coalesce(at_the_end.moved_count, 0), coalesce(at_the_end.moved_amount, 0)
    ) as problem
from added_up
full join at_the_end on added_up.site_id = at_the_end.site_id and added_up.family = at_the_end.family
where
    (
        coalesce(added_up.moved_count, 0) <> coalesce(at_the_end.moved_count, 0)
        or coalesce(added_up.moved_amount, 0) <> coalesce(at_the_end.moved_amount, 0)
    )
    -- what a trial counted was taken back
    and not exists (select from ops.run where run.run_id = %(run_id)s and run.mode = 'trial')
union all
select
    registered.site_id,
    format(
        '签约：置业顾问业绩合计 %%s元，签约登记合计 %%s元，两者不等。请核对该项目的业绩比例与签约登记。',
        coalesce(at_the_end.moved_amount, 0), registered.moved_amount
    ) as problem
from registered
left join at_the_end on registered.site_id = at_the_end.site_id and registered.family = at_the_end.family
where coalesce(at_the_end.moved_amount, 0) <> registered.moved_amount
union all
select
    twice.site_id,
    format(
        '房号%%s：同时有一份以上有效合同（一房二卖）。请核对签约登记与退房换房登记，更正后再重新触发。', twice.unit_no
    ) as problem
from twice
order by site_id, problem
