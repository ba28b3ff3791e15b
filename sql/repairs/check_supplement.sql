/*  Finds charges under contracts without a supplementary agreement on after-sales repair.

    Grain:  one row per offender.
    Rerun:  safe; only reads what holds now: what came to light after the reckoning counts, too.
    Rules:  WA-D4a without one on file there is no deduction.  */
select
    format(
        '派工单%%s：合同%%s没有售后维修补充协议，不能扣款。请补报《施工合同登记》后用“重算”。', planned.order_no, planned.contract_no
    ) as problem
from repairs.planned
inner join repairs.contract
    on planned.contract_no = contract.contract_no and contract.superseded_at = 'infinity'
where
    planned.site_id = %(site_id)s
    and planned.base_on = %(base_on)s
    and planned.contractor_id = %(contractor_id)s
    and planned.entry_kind = '结算'
    and planned.contractor_id <> ''
    and contract.supplement_no is null
