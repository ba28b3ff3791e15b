/*  Finds charges that the contractor did not confirm, or disputes.

    Grain:  one row per offender.
    Rerun:  safe; only reads what holds now: what came to light after the reckoning counts, too; what is booked has passed.
    Rules:  WAR-07 a dispute before the booking counts, whenever it came; WAR-08 silence is consent only by a clause.  */
select
    format(
        '派工单%%s：施工单位%%s，不能扣款。请用“重算”重新计算后再认定。', planned.order_no,
        case when reply.answer_kind = '异议' then '有异议（' || reply.reason || '）' else '没有确认扣款金额' end
    ) as problem
from repairs.planned
inner join ops.run on run.run_id = %(run_id)s
inner join repairs.contract
    on planned.contract_no = contract.contract_no and contract.superseded_at = 'infinity'
left join lateral (
    select
        letter.letter_no,
        letter.amount,
        letter.sent_on
    from repairs.letter
    where
        letter.order_no = planned.order_no
        and letter.letter_kind = '扣款确认函'
        and letter.sent_on <= run.as_of_on
        and letter.superseded_at = 'infinity'
    order by letter.sent_on desc, letter.letter_no desc
    limit 1
) as letter on true
left join lateral (
    select
        answer.answer_kind,
        answer.reason
    from repairs.answer
    where
        answer.order_no = planned.order_no
        and (
            (answer.answer_kind in ('确认', '异议') and answer.letter_no = letter.letter_no)
            or (answer.answer_kind = '异议' and answer.answered_at >= letter.sent_on)
        )
        and answer.superseded_at = 'infinity'
    order by answer.answered_at desc, answer.answer_kind desc
    limit 1
) as reply on true
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
    and (
        letter.amount is distinct from planned.amount - planned.company_amount + planned.management_amount
        or reply.answer_kind = '异议'
        or (reply.answer_kind is null and contract.silence_clause is null)
    )
