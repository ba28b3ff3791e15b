/*  Finds settlements whose amount nobody of the level that it takes has approved.

    Grain:  one row per offender.
    Rerun:  safe; only reads what holds now: what came to light after the reckoning counts, too; what is booked has passed.
    Rules:  WA-D6, WAR-01, WAR-04 level by the whole amount, VAT contained; a bare signature is void.  */
select
    format(
        '派工单%%s（%%s元）须第%%s级审批，尚未取得，不能入账。请取得审批后用“重算”。', planned.order_no, planned.amount, level.level_no
    ) as problem
from repairs.planned
inner join repairs.work_order
    on planned.order_no = work_order.order_no and work_order.superseded_at = 'infinity'
inner join ops.run on run.run_id = %(run_id)s
cross join lateral (
    select
        case
            when planned.amount <= max(policy.approval_limit_1) then 1
            when planned.amount <= max(policy.approval_limit_2) then 2
            else 3
        end as level_no
    from repairs.policy(planned.site_id, run.known_at) as policy
    where work_order.reported_on between policy.valid_from and policy.valid_to
) as level
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
    and not exists (
        select from repairs.approval
        where
            approval.order_no = planned.order_no
            and approval.level_no >= level.level_no
            and approval.verdict = '同意'
            and btrim(approval.opinion) <> ''
            and approval.superseded_at = 'infinity'
        group by approval.level_no
        having bool_or(approval.duty = '审批') and (approval.level_no <> 2 or bool_or(approval.duty = '审核'))
    )
