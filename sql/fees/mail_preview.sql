/*  The letter that asks for approval, with the preview: the variables of templates/fees/preview.

    Grain:  one row.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  FE-C1 drawing up, review and approval end on the 20th.  */
with letter as (
    select * from fees.letter_of(%(artifact_id)s)
),

-- the end of the working day on which the notices are to be handed over; of a preview that comes later, the same or the next day
deadline as (
    select case
        when letter.issued_at < letter.cut_off_on + time '17:00' then letter.cut_off_on + time '17:00'
        when letter.issued_at < letter.issued_at::date + time '16:00' then letter.issued_at::date + time '17:00'
        else letter.issued_at::date + 1 + time '17:00'
    end as due_at
    from letter
)

select
    '收费通知预览' as title,
    letter.tower_name as scope_text,
    letter.period_text,
    concat(
        case
            when letter.corrected_count is not null
                then concat(
                    '更正', letter.corrected_count, '户 差额', to_char(letter.corrected_amount, 'FM999,999,999,990.00'), '元'
                )
            else concat(letter.notice_count, '户 ', to_char(letter.payable_amount, 'FM999,999,999,990.00'), '元')
        end,
        ' 请于', to_char(deadline.due_at, 'MM-DD HH24:MI'), '前处理'
    ) as headline,
    concat(
        '这是', letter.tower_name, letter.period_text,
        '收费通知的预览，供审批人核对。尚未编号，尚未发给任何租户。'
    ) as about,
    letter.figures,
    concat(
        '请审批人于', to_char(deadline.due_at, 'YYYY-MM-DD HH24:MI'), '前在系统“待操作”中答复同意或驳回，意见必填（只签名无效）。',
        '同意后系统编号并发布，通知书不再改动；驳回请写明原因，由收费处更正后重算。'
    ) as action,
    letter.file_name,
    letter.file_code,
    concat('第', letter.revision, '版') as revision_text,
    letter.as_of_on,
    letter.known_text,
    letter.contact,
    null::jsonb as correction
from letter
cross join deadline
