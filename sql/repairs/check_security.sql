/*  Finds charges to a deposit after its liability period, and deposits beside another security.

    Grain:  one row per offender.
    Rerun:  safe; only reads what holds now: what came to light after the reckoning counts, too; what is booked has passed.
    Rules:  WAR-12 after the liability period a claim, no deduction; WAR-13 no deposit beside a bond (建质〔2017〕138号 6).  */
select
    format(
        '派工单%%s：%%s，不能从合同%%s的质保金扣款。请用“重算”重新计算后再认定。', planned.order_no,
        case when contract.other_security <> '无' then '合同另有' || contract.other_security else '报修日已过缺陷责任期' end,
        planned.contract_no
    ) as problem
from repairs.planned
inner join repairs.work_order
    on planned.order_no = work_order.order_no and work_order.superseded_at = 'infinity'
inner join repairs.contract
    on planned.contract_no = contract.contract_no and contract.superseded_at = 'infinity'
where
    planned.site_id = %(site_id)s
    and planned.base_on = %(base_on)s
    and planned.contractor_id = %(contractor_id)s
    and planned.entry_kind = '结算'
    and not exists (
        select from repairs.entry as booked
        where
            booked.site_id = planned.site_id
            and booked.base_on = planned.base_on
            and booked.contractor_id = planned.contractor_id
    )
    and planned.deposit_amount < 0
    and (
        contract.other_security <> '无'
        or work_order.reported_on > (contract.accepted_on + contract.liability_months * interval '1 month')::date
    )
