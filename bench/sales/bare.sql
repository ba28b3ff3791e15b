/*  The same answer as bare SQL: what one would write for these weeks and nothing else.

    Grain:  the rows of answers.sql: project, week, indicator, building, product type, consultant, channel.
    Left out: versions of facts and rules (what holds now counts), which register wins (the project's), closed and waiting
            periods, late facts, what was written before, openings, subscriptions, visits, calls, text labels of units
            without a register, more than one change of a contract. The bench compares its answers with the product's.  */
insert into bench.tally
with counted as (
    select
        contract.site_id,
        contract.contract_no,
        contract.unit_no,
        contract.signed_on,
        contract.area,
        contract.amount,
        contract.consultant_id,
        contract.channel
    from sales.contract
    where contract.source = '项目' and contract.superseded_at = 'infinity'
),

event as not materialized (
    select
        counted.site_id,
        '签约' as indicator,
        counted.contract_no as ref_no,
        counted.contract_no,
        counted.signed_on as business_on,
        counted.unit_no,
        counted.consultant_id,
        counted.channel,
        1 as moved_count,
        counted.area as moved_area,
        counted.amount as moved_amount
    from counted
    union all
    select
        counted.site_id,
        change.change_kind as indicator,
        change.change_no as ref_no,
        counted.contract_no,
        change.approved_on as business_on,
        leg.unit_no,
        counted.consultant_id,
        counted.channel,
        leg.moved_count,
        leg.moved_area,
        leg.moved_amount
    from sales.change
    inner join counted on change.site_id = counted.site_id and change.contract_no = counted.contract_no
    cross join
        lateral (
            select counted.unit_no, -1 as moved_count, -change.area as moved_area, -change.amount as moved_amount
            where change.change_kind = '退房'
            union all
            select counted.unit_no, 0, change.area, change.amount
            where change.change_kind = '补充协议'
            union all
            select counted.unit_no, -1, -counted.area, -counted.amount
            where change.change_kind = '换房'
            union all
            select change.new_unit_no, 1, counted.area + change.area, counted.amount + change.amount
            where change.change_kind = '换房'
        ) as leg
    where change.approved_on is not null and change.superseded_at = 'infinity'
    union all
    select
        counted.site_id,
        case when receipt.amount < 0 then '退款' else '回款' end as indicator,
        receipt.receipt_no as ref_no,
        counted.contract_no,
        receipt.value_on as business_on,
        counted.unit_no,
        counted.consultant_id,
        counted.channel,
        1 as moved_count,
        0 as moved_area,
        receipt.amount as moved_amount
    from sales.receipt
    inner join counted on receipt.site_id = counted.site_id and receipt.contract_no = counted.contract_no
    where receipt.superseded_at = 'infinity'
),

share as (
    select
        contract_share.*,
        contract_share.share / sum(contract_share.share) over (
            partition by contract_share.site_id, contract_share.contract_no
        ) as part
    from sales.contract_share
    where contract_share.superseded_at = 'infinity'
),

parted as (
    select
        event.*,
        share.consultant_id as sharer_id,
        share.part * 100 * abs(event.moved_count) as count_part,
        share.part * 100 * abs(event.moved_area) as area_part,
        share.part * 100 * abs(event.moved_amount) as amount_part
    from event
    inner join share on event.site_id = share.site_id and event.contract_no = share.contract_no
),

borne as (
    select
        event.site_id,
        event.indicator,
        event.business_on,
        event.unit_no,
        event.consultant_id,
        event.channel,
        event.moved_count::numeric,
        event.moved_area,
        event.moved_amount
    from event
    where
        not exists (
            select from share
            where share.site_id = event.site_id and share.contract_no = event.contract_no
        )
    union all
    select
        parted.site_id,
        parted.indicator,
        parted.business_on,
        parted.unit_no,
        parted.sharer_id,
        parted.channel,
        sign(parted.moved_count::numeric) * (
            floor(parted.count_part) + (
                row_number() over (of_event order by parted.count_part - floor(parted.count_part) desc, parted.sharer_id)
                <= abs(parted.moved_count) * 100 - sum(floor(parted.count_part)) over of_event
            )::integer
        ) / 100,
        sign(parted.moved_area) * (
            floor(parted.area_part) + (
                row_number() over (of_event order by parted.area_part - floor(parted.area_part) desc, parted.sharer_id)
                <= abs(parted.moved_area) * 100 - sum(floor(parted.area_part)) over of_event
            )::integer
        ) / 100,
        sign(parted.moved_amount) * (
            floor(parted.amount_part) + (
                row_number() over (of_event order by parted.amount_part - floor(parted.amount_part) desc, parted.sharer_id)
                <= abs(parted.moved_amount) * 100 - sum(floor(parted.amount_part)) over of_event
            )::integer
        ) / 100
    from parted
    window of_event as (partition by parted.site_id, parted.ref_no, parted.indicator, parted.moved_count)
)

select
    'weekly_sales' as workflow,
    borne.site_id,
    date_trunc('week', borne.business_on::timestamp)::date as base_on,
    false as is_late,
    borne.indicator,
    unit.building_no,
    unit.product_type,
    borne.consultant_id,
    borne.channel,
    sum(borne.moved_count) as moved_count,
    sum(borne.moved_area) as moved_area,
    sum(borne.moved_amount) as moved_amount
from borne
inner join sales.unit
    on borne.site_id = unit.site_id and borne.unit_no = unit.unit_no and unit.superseded_at = 'infinity'
where borne.business_on between '2021-01-04' and '2025-12-28'
group by 1, 2, 3, 4, 5, 6, 7, 8, 9
