/*  Finds answers of contractors to letters that nobody sent, before they were sent, or that do not fit them.

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  WAR-05, WAR-18 a 维修通知 is answered by 自行维修 or 委托维修; WAR-07, WAR-08 a 扣款确认函 by 确认 or 异议. An answer that
            hangs on the wrong letter would confirm or dispute nothing. A letter speaks of some orders, not of others. */
with spoken as (
    select
        feed_row.row_no,
        feed_row.letter_no,
        feed_row.order_no,
        feed_row.answer_kind,
        feed_row.answered_at,
        letter.letter_kind,
        letter.sent_on,
        case feed_row.answer_kind
            when '确认' then '扣款确认函' when '异议' then '扣款确认函' else '维修通知'
        end as fitting_kind,
        exists (
            select from repairs.letter as other
            where other.letter_no = feed_row.letter_no and other.superseded_at = 'infinity'
        ) as is_letter_known
    from feed_row
    left join repairs.letter
        on
            feed_row.letter_no = letter.letter_no
            and feed_row.order_no = letter.order_no
            and letter.superseded_at = 'infinity'
    where feed_row.fault_no = 0
)

select
    spoken.row_no,
    case
        when not spoken.is_letter_known then 'letter_no'
        when spoken.letter_kind is null then 'order_no'
        when spoken.letter_kind <> spoken.fitting_kind then 'answer_kind'
        else 'answered_at'
    end as column_name,
    case
        when not spoken.is_letter_known then format('没有登记函件“%%s”', spoken.letter_no)
        when spoken.letter_kind is null then format('函件%%s里没有派工单%%s', spoken.letter_no, spoken.order_no)
        when spoken.letter_kind <> spoken.fitting_kind then
            format('%%s是%%s，不能答复“%%s”', spoken.letter_no, spoken.letter_kind, spoken.answer_kind)
        else format('答复早于函件%%s的发出日期%%s', spoken.letter_no, spoken.sent_on)
    end as reason,
    case
        when not spoken.is_letter_known or spoken.letter_kind is null then
            '请先报《施工单位函件》，或改正函件编号、派工单号，再把这一行重新报送'
        when spoken.letter_kind <> spoken.fitting_kind then
            format('“%%s”只能答复%%s；请改正函件编号或答复内容', spoken.answer_kind, spoken.fitting_kind)
        else '请核对答复时间和函件编号'
    end as advice
from spoken
where
    spoken.letter_kind is distinct from spoken.fitting_kind
    or (spoken.answered_at at time zone 'Asia/Shanghai')::date < spoken.sent_on
