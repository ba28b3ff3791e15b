/*  Tells, order by order, what a run did to a company's month, for the result sheet (重跑结果单, outputs 6.5).

    Grain:  one row per order that the month has drawn, of the companies that the run is about.
    Rerun:  safe; only reads, and only what the run and those before it did.
    Rules:  OPS-06, OPS-21: what was booked before stays, and is told apart from what this run booked.  */
with scope as materialized (
    select
        run_scope.run_id,
        run_scope.site_id,
        lower(run_scope.period) as base_on
    from ops.run_scope
    where run_scope.run_id = %(run_id)s
),

-- settlements and reversals that the month holds
booked as materialized (
    select
        entry.order_no,
        entry.entry_kind,
        entry.entry_no,
        entry.run_id = scope.run_id as is_mine,
        giving.known_at::date as booked_on,
        planned.amount
    from scope
    inner join repairs.entry
        on
            scope.site_id = entry.site_id
            and scope.base_on = entry.base_on
            and scope.run_id >= entry.run_id
            and entry.entry_kind in ('结算', '转公司承担', '冲回')
    inner join ops.run as giving on entry.run_id = giving.run_id
    inner join repairs.planned
        on
            entry.site_id = planned.site_id
            and entry.base_on = planned.base_on
            and entry.entry_kind = planned.entry_kind
            and entry.order_no = planned.order_no
)

select
    coalesce(place.site_name, scope.site_id) as site_name,
    scope.site_id,
    standing.order_no,
    standing.order_class,
    contractor.contractor_name,
    nullif(standing.contract_no, '') as contract_no,
    booked.entry_no,
    booked.booked_on::text as booked_on,
    case
        when booked.entry_kind = '冲回' and booked.is_mine then '本次冲回'
        when booked.entry_kind = '冲回' then '已冲回不变'
        when booked.is_mine then '本次入账'
        when booked.order_no is not null then '已入账不变'
        when standing.outcome = '已入账' then '待冲回'
        when standing.outcome = '待认定' then '待认定'
        when standing.outcome in ('扣款', '索赔', '公司承担') then '待入账'
        else standing.outcome
    end as action,
    case when booked.entry_kind <> '冲回' and not booked.is_mine then booked.amount end as old_amount,
    case when standing.outcome <> '已入账' then coalesce(booked.amount, planned.amount) end as new_amount,
    nullif(standing.missing, '') as reason
from scope
inner join repairs.standing
    on
        standing.workflow = 'deposit_chargebacks'
        and scope.site_id = standing.site_id
        and scope.base_on = standing.base_on
left join booked on standing.order_no = booked.order_no
left join repairs.planned
    on
        scope.site_id = planned.site_id
        and scope.base_on = planned.base_on
        and planned.entry_kind in ('结算', '转公司承担')
        and standing.order_no = planned.order_no
left join repairs.contractor
    on
        standing.order_class = 'A'
        and standing.contractor_id = contractor.contractor_id
        and contractor.superseded_at = 'infinity'
left join book.place on scope.site_id = place.site_id and place.superseded_at = 'infinity'
order by scope.site_id, standing.order_class, standing.contractor_id, standing.order_no
