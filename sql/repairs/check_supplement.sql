/*  Finds charges under contracts without a supplementary agreement on after-sales repair.

    Grain:  one row per offender.
    Rerun:  safe; only reads what holds now: what came to light after the reckoning counts, too; what is booked has passed.
    Rules:  WA-D4a without one on file there is no deduction.  */
select
    format(
        '派工单%%s：合同%%s没有生效的售后维修补充协议，不能扣款。请补报《施工合同登记》后用“重算”。', planned.order_no, planned.contract_no
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
    and planned.contractor_id <> ''
    and (contract.supplement_no is null or coalesce(contract.supplement_on > work_order.reported_on, true))
