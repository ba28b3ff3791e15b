/*  The letter that asks the deputy chief engineer to certify the month's list, with the preview: the variables of
    templates/repairs/preview.

    Grain:  one row.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  WA-D8 both classes; the month is settled on the 5th of the next.  */
with letter as (
    select * from repairs.letter_of(%(artifact_id)s)
),

-- the end of the 5th; of a preview that comes later, of the same or the next day
deadline as (
    select case
        when letter.issued_at < settled.due_at then settled.due_at
        when letter.issued_at < letter.issued_at::date + time '16:00' then letter.issued_at::date + time '17:00'
        else letter.issued_at::date + 1 + time '17:00'
    end as due_at
    from letter
    cross join lateral (select (letter.base_on + interval '1 month')::date + 4 + time '17:00' as due_at) as settled
)

select
    '维修扣款预览' as title,
    letter.company_name as scope_text,
    letter.period_text,
    concat(
        letter.certify_count, '单 ', to_char(letter.certify_amount, 'FM999,999,999,990.00'), '元 请于',
        to_char(deadline.due_at, 'MM-DD HH24:MI'), '前处理'
    ) as headline,
    concat(
        '这是', letter.company_name, letter.period_text, '维修扣款的预览，供副总工程师认定A、B两类结算的价格与工艺。',
        '尚未入账，尚未通知任何施工单位。'
    ) as about,
    letter.figures,
    concat(
        '请副总工程师于', to_char(deadline.due_at, 'YYYY-MM-DD HH24:MI'), '前在系统“待操作”中答复：同意、剔除个别工单或驳回，',
        '意见必填（只签名无效）。剔除的工单暂停，下月再提；同意后系统入账，分录不再改动。'
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
