/*  The sheet 待答复: letters that are out, until when each is to be answered, and which silence is escalated.

    Grain:  one row per order and letter.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  WAR-05, WAR-08 calendar days; silence is no consent without a clause.  */
with letter (
    letter_kind, letter_no, order_no, contractor_id, contractor_name, contract_no, amount, sent_on, deadline_on, state,
    consequence
) as (
    select
        '维修通知',
        known.notice_no,
        known.order_no,
        known.contractor_id,
        known.contractor_name,
        known.contract_no,
        known.amount,
        known.noticed_on,
        known.notice_deadline_on,
        '待响应',
        '期满未响应的，公司可代为维修'
    from
        repairs.known_order(
            'repair_orders', %(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz, true
        ) as known
    where known.notice_state = '待响应' and known.outcome <> '自修结案'
    union all
    select
        '扣款确认函',
        known.confirm_no,
        known.order_no,
        known.contractor_id,
        known.contractor_name,
        known.contract_no,
        known.contractor_amount + known.management_amount,
        known.asked_on,
        known.confirm_deadline_on,
        known.confirm_state,
        case
            when known.confirm_state = '已升级' then '合同没有默认条款，请与施工单位负责人联系取得书面答复'
            when known.silence_clause is not null then concat('期满未答复按', known.silence_clause, '视为确认')
            else '期满未答复的升级处理，不视为确认'
        end
    from
        repairs.known_order(
            'repair_orders', %(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz, true
        ) as known
    where known.confirm_state in ('待答复', '已升级')
)

select
    letter.letter_kind,
    letter.letter_no,
    letter.order_no,
    letter.contractor_name,
    letter.contract_no,
    letter.amount,
    letter.sent_on,
    letter.deadline_on,
    letter.deadline_on - %(starts_on)s::date as left_count,
    letter.state,
    nullif(concat_ws(' ', contractor.contact_name, contractor.phone), '') as reach_text,
    letter.consequence
from letter
left join repairs.contractor
    on
        letter.contractor_id = contractor.contractor_id
        and contractor.recorded_at <= %(known_at)s
        and %(known_at)s < contractor.superseded_at
order by letter.state = '已升级' desc, letter.deadline_on, letter.order_no, letter.letter_kind
