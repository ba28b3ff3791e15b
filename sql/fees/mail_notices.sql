/*  The letter that brings the 收费通知汇总 to finance and to the owner's finance: the variables of templates/fees/notices.

    Grain:  one row.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  FE-C1 the owner's finance hands the notices out. 应收 in the subject is 本次应缴总额, as in the note of the run;
            异常 counts the households that must be dealt with.  */
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
)

select
    '收费通知' as title,
    document.tower_name as scope_text,
    to_char(document.base_on, 'YYYY"年"FMMM"月"') as period_text,
    case
        when document.revision > 1 and total.corrected_count is not null
            then concat(
                '第', document.revision, '版 涉及', total.corrected_count, '户 差额', to_char(total.corrected_amount, 'FM999,999,999,990.00'), '元'
            )
        else concat(
            total.notice_count, '户 应收', to_char(billed.payable_amount, 'FM999,999,999,990.00'), '元 异常',
            open_matter.household_count, '户'
        )
    end as headline,
    concat(
        '这是', document.tower_name, to_char(document.base_on, 'YYYY"年"FMMM"月"'), '的收费通知汇总，供财务部存档，并移交',
        document.owner_name, '财务部统一发放。'
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
        '请财务部出纳于', greatest(document.cut_off_on, document.issued_at::date), '当日将通知书', total.notice_count, '份移交',
        document.owner_name, '财务部，双方在“移交清单”签字；',
        case
            when open_matter.household_count > 0
                then '“异常”页标明必须处理的户，请责任部门补报资料，补到后下期补收或单独补出。'
            else '本期没有必须处理的户。'
        end
    ) as action,
    regexp_replace(coalesce(document.file_path, ''), '^.*/', '') as file_name,
    left(coalesce(document.sha256, ''), 8) as file_code,
    concat('第', document.revision, '版', case when document.revision > 1 then '(更正)' end) as revision_text,
    concat(document.cut_off_on, '（账款统计至', document.cut_off_on - 1, ' 24:00）') as as_of_on,
    to_char(document.known_at, 'YYYY-MM-DD HH24:MI') as known_text,
    '物业公司收费处 ' || document.tower_contact as contact,
    case
        when document.revision > 1
            then
                (
                    select
                        jsonb_build_object(
                            'replaces',
                            concat('第', before.revision, '版（', to_char(before.issued_at, 'YYYY-MM-DD HH24:MI'), '）'),
                            'reason', coalesce(nullif(document.reason, ''), '资料更正'),
                            'asked_by', document.requested_by
                        )
                    from ops.artifact as before
                    where
                        before.document_kind = document.document_kind
                        and before.site_id = document.site_id
                        and before.period = document.period
                        and before.revision = document.revision - 1
                )
    end as correction
from document
cross join total
cross join billed
cross join open_matter
