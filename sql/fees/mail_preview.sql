/*  The letter that asks for approval, with the preview: the variables of templates/fees/preview.

    Grain:  one row.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  FE-C1 drawing up, review and approval end on the 20th.  */
with document as (
    select
        artifact.*,
        lower(artifact.period) as base_on,
        run.as_of_on as cut_off_on,
        run.reason,
        run.requested_by,
        edition.tower_name,
        edition.owner_name,
        edition.contact as tower_contact
    from ops.artifact
    inner join ops.run on artifact.run_id = run.run_id
    cross join lateral fees.edition(artifact.site_id, lower(artifact.period), artifact.known_at) as edition
    where artifact.artifact_id = %(artifact_id)s
),

total as (
    select
        (result.totals ->> 'notice_count')::integer as notice_count,
        (result.totals ->> 'idle_count')::integer as idle_count,
        (result.totals ->> 'unbilled_count')::integer as unbilled_count,
        (result.totals ->> 'corrected_count')::integer as corrected_count,
        (result.totals ->> 'corrected_amount')::numeric as corrected_amount
    from document
    inner join ops.result
        on
            document.workflow = result.workflow
            and document.site_id = result.site_id
            and document.base_on = result.base_on
    where md5(result.base_on::text || result.result_hash) = document.content_hash
    order by result.revision desc
    limit 1
),

billed as (
    select
        coalesce(sum(bill.opening_amount), 0) as opening_amount,
        coalesce(sum(bill.charge_amount + bill.correction_amount + bill.late_fee_amount), 0) as asked_amount,
        coalesce(sum(bill.credit_applied), 0) as credit_amount,
        coalesce(sum(bill.payable_amount), 0) as payable_amount
    from document
    inner join fees.bill on document.site_id = bill.site_id and document.base_on = bill.base_on
    where bill.status = '出单'
),

-- households that somebody must do something about: not billed, or waiting for a reading
open_matter as (
    select count(distinct bill.contract_no)::integer as household_count
    from document
    inner join fees.bill on document.site_id = bill.site_id and document.base_on = bill.base_on
    left join fees.bill_line
        on
            bill.site_id = bill_line.site_id
            and bill.base_on = bill_line.base_on
            and bill.contract_no = bill_line.contract_no
            and bill_line.mark = '待抄表'
    where bill.status = '异常未出单' or bill_line.contract_no is not null
),

-- the end of the working day on which the notices are to be handed over; of a preview that comes later, the same or the next day
deadline as (
    select case
        when document.issued_at < document.cut_off_on + time '17:00' then document.cut_off_on + time '17:00'
        when document.issued_at < document.issued_at::date + time '16:00' then document.issued_at::date + time '17:00'
        else document.issued_at::date + 1 + time '17:00'
    end as due_at
    from document
)

select
    '收费通知预览' as title,
    document.tower_name as scope_text,
    to_char(document.base_on, 'YYYY"年"FMMM"月"') as period_text,
    concat(
        case
            when total.corrected_count is not null
                then concat(
                    '更正', total.corrected_count, '户 差额', to_char(total.corrected_amount, 'FM999,999,999,990.00'), '元'
                )
            else concat(total.notice_count, '户 ', to_char(billed.payable_amount, 'FM999,999,999,990.00'), '元')
        end,
        ' 请于', to_char(deadline.due_at, 'MM-DD HH24:MI'), '前处理'
    ) as headline,
    concat(
        '这是', document.tower_name, to_char(document.base_on, 'YYYY"年"FMMM"月"'),
        '收费通知的预览，供审批人核对。尚未编号，尚未发给任何租户。'
    ) as about,
    jsonb_build_array(
        jsonb_build_array('出单户数', total.notice_count::text),
        jsonb_build_array('期初欠费(元)', to_char(billed.opening_amount, 'FM999,999,999,990.00')),
        jsonb_build_array('本期应收合计(元)', to_char(billed.asked_amount, 'FM999,999,999,990.00')),
        jsonb_build_array('预收抵扣(元)', to_char(billed.credit_amount, 'FM999,999,999,990.00')),
        jsonb_build_array('本次应缴总额(元)', to_char(billed.payable_amount, 'FM999,999,999,990.00')),
        jsonb_build_array('须处理户数', open_matter.household_count::text)
    ) as figures,
    concat(
        '请审批人于', to_char(deadline.due_at, 'YYYY-MM-DD HH24:MI'), '前在系统“待操作”中答复同意或驳回，意见必填（只签名无效）。',
        '同意后系统编号并发布，通知书不再改动；驳回请写明原因，由收费处更正后重算。'
    ) as action,
    regexp_replace(coalesce(document.file_path, ''), '^.*/', '') as file_name,
    left(coalesce(document.sha256, ''), 8) as file_code,
    concat('第', document.revision, '版') as revision_text,
    concat(document.cut_off_on, '（账款统计至', document.cut_off_on - 1, ' 24:00）') as as_of_on,
    to_char(document.known_at, 'YYYY-MM-DD HH24:MI') as known_text,
    '物业公司收费处 ' || document.tower_contact as contact,
    null::jsonb as correction
from document
cross join total
cross join billed
cross join open_matter
cross join deadline
