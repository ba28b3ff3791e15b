/*  Finds settlements whose amount is not the audited one, or was audited by the wrong department.

    Grain:  one row per offender.
    Rerun:  safe; only reads what holds now: what came to light after the reckoning counts, too; what is booked has passed.
    Rules:  WA-D7 up to the limit customer service, above it the audit department.  */
select
    format(
        '派工单%%s：拟入账%%s元，审核记录为%%s %%s元，不一致或审核部门不符。请用“重算”重新计算后再认定。', planned.order_no,
        planned.amount, coalesce(audit.department, '（无）'), coalesce(audit.audited_amount, 0)
    ) as problem
from repairs.planned
inner join repairs.work_order
    on planned.order_no = work_order.order_no and work_order.superseded_at = 'infinity'
inner join ops.run on run.run_id = %(run_id)s
cross join lateral (
    select max(policy.audit_limit) as audit_limit
    from repairs.policy(planned.site_id, run.known_at) as policy
    where work_order.reported_on between policy.valid_from and policy.valid_to
) as policy
left join repairs.audit
    on planned.order_no = audit.order_no and audit.superseded_at = 'infinity'
left join repairs.final_account
    on planned.order_no = final_account.order_no and final_account.superseded_at = 'infinity'
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
    and (
        (
            audit.audited_amount is distinct from planned.amount
            -- of what was given back only the contractor's part is charged again
            and not exists (
                select from repairs.entry
                where entry.entry_kind = '冲回' and entry.order_no = planned.order_no
            )
        )
        or final_account.amount is null
        or (greatest(final_account.amount, audit.audited_amount) > policy.audit_limit and audit.department <> '审计核算部')
    )
