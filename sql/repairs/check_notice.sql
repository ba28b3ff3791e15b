/*  Finds charges for repairs of which the contractor was not told before, or whose time he was not given.

    Grain:  one row per offender.
    Rerun:  safe; only reads what holds now: what came to light after the reckoning counts, too; what is booked has passed.
    Rules:  WAR-05 (保证金办法 9): a notice, and its time over before the repair, or an emergency, or his own request.  */
select
    format(
        '派工单%%s：没有期满的维修通知，也不是紧急抢修或施工单位委托，不能扣款。请核对《施工单位函件》后用“重算”。', planned.order_no
    ) as problem
from repairs.planned
inner join repairs.work_order
    on planned.order_no = work_order.order_no and work_order.superseded_at = 'infinity'
inner join ops.run on run.run_id = %(run_id)s
cross join lateral (
    select max(policy.notice_days) as notice_days
    from repairs.policy(planned.site_id, run.known_at) as policy
    where work_order.reported_on between policy.valid_from and policy.valid_to
) as policy
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
    and not exists (
        select from repairs.letter
        where
            letter.order_no = planned.order_no
            and letter.letter_kind in ('维修通知', '催办函')
            and letter.superseded_at = 'infinity'
            and (
                work_order.is_emergency
                or coalesce(letter.deadline_on, letter.sent_on + policy.notice_days) < work_order.started_on
                or exists (
                    select from repairs.answer
                    where
                        answer.order_no = planned.order_no
                        and answer.answer_kind = '委托维修'
                        and answer.superseded_at = 'infinity'
                )
            )
    )
