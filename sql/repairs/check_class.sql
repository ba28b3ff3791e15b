/*  Finds charges to a contractor that are not his: another class, another's cause, or another's contract.

    Grain:  one row per offender.
    Rerun:  safe; only reads what holds now: what came to light after the reckoning counts, too; what is booked has passed.
    Rules:  WA-D4, WAR-06 cost of others' causes is never deducted; WAR-11 each contract answers for itself.  */
select
    format(
        '派工单%%s：现为%%s类、原因%%s、状态%%s、合同%%s（施工单位%%s），不能向施工单位%%s扣款。请用“重算”重新计算后再认定。',
        planned.order_no, work_order.order_class, work_order.cause, work_order.status,
        coalesce(work_order.contract_no, '（无）'), coalesce(contract.contractor_id, '（无）'), planned.contractor_id
    ) as problem
from repairs.planned
inner join repairs.work_order
    on planned.order_no = work_order.order_no and work_order.superseded_at = 'infinity'
left join repairs.contract
    on work_order.contract_no = contract.contract_no and contract.superseded_at = 'infinity'
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
    and (work_order.order_class, work_order.cause, work_order.status, work_order.contract_no, contract.contractor_id)
    is distinct from ('A', '施工质量', '有效', planned.contract_no, planned.contractor_id)
