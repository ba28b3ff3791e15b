/*  The letter that brings the 重跑结果单 to who runs the office: the variables of templates/fees/rerun.

    Grain:  one row.
    Rerun:  safe; only reads what the run told (ops.run_line).
    Rules:  outputs 6.5; BIL-18 what would be done twice is counted, and must be nothing.  */
with document as (
    select
        artifact.*,
        run.mode,
        run.reason,
        run.requested_by,
        run.as_of_on as cut_off_on
    from ops.artifact
    inner join ops.run on artifact.run_id = run.run_id
    where artifact.artifact_id = %(artifact_id)s
),

tower as (
    select told.*
    from document
    inner join ops.run_line on document.run_id = run_line.run_id and run_line.sheet = '总览'
    cross join lateral jsonb_to_record(run_line.line) as told (
        site_name text, missing text, due_count integer, kept_count integer, new_count integer, replaced_count integer,
        corrected_count integer, waiting_count integer, unbilled_count integer, differing_count integer,
        delta_amount numeric, new_amount numeric, gap_count integer, sent_before_count integer,
        sent_now_count integer, open_count integer, unclear_count integer, approved_text text,
        doubled_count integer, mailed_twice_count integer
    )
),

total as (
    select
        count(*) as tower_count,
        coalesce(sum(due_count), 0) as due_count,
        coalesce(sum(kept_count), 0) as kept_count,
        coalesce(sum(new_count), 0) as new_count,
        coalesce(sum(replaced_count), 0) as replaced_count,
        coalesce(sum(corrected_count), 0) as corrected_count,
        coalesce(sum(waiting_count), 0) as waiting_count,
        coalesce(sum(unbilled_count), 0) as unbilled_count,
        coalesce(sum(differing_count), 0) as differing_count,
        coalesce(sum(new_amount), 0) as new_amount,
        coalesce(sum(sent_now_count), 0) as sent_now_count,
        coalesce(sum(unclear_count), 0) as unclear_count,
        coalesce(sum(gap_count), 0) as gap_count,
        coalesce(sum(doubled_count), 0) as doubled_count,
        coalesce(sum(mailed_twice_count), 0) as mailed_twice_count,
        string_agg(site_name || '：' || missing, '；') as missing_text,
        count(*) filter (where approved_text = '否') as unapproved_count
    from tower
),

worded as (
    select
        total.*,
        case document.mode
            when 'trial' then '试算' when 'resume' then '续跑' when 'recompute' then '重算' when 'correct' then '更正' else '常规'
        end as mode_text,
        case when document.mode = 'trial' then '将' else '' end as would,
        total.gap_count + total.doubled_count + total.mailed_twice_count + total.unapproved_count as doubt_count
    from document
    cross join total
)

select
    document.title,
    concat(worded.tower_count, '栋楼宇') as scope_text,
    to_char(lower(document.period), 'YYYY"年"FMMM"月"') as period_text,
    concat(
        worded.mode_text, ' 应出单', worded.due_count, '户 ', worded.would, '新开', worded.new_count, ' 替换',
        worded.replaced_count, ' 更正', worded.corrected_count, ' 重复', worded.doubled_count + worded.mailed_twice_count
    ) as headline,
    concat(
        document.requested_by, '对', to_char(lower(document.period), 'YYYY"年"FMMM"月"'), '收费通知的“', worded.mode_text,
        '”已结束', case when document.reason <> '' then concat('，原因：', document.reason) end, '。',
        case when document.mode = 'trial' then '试算只看不做：没有写入账单，没有编号，没有发信。' end
    ) as about,
    jsonb_build_array(
        jsonb_build_array('应出单户数', worded.due_count::text),
        jsonb_build_array('已发不变', worded.kept_count::text),
        jsonb_build_array(concat(worded.would, '新开 / 待发布'), concat(worded.new_count, ' / ', worded.waiting_count)),
        jsonb_build_array('更正', worded.corrected_count::text),
        jsonb_build_array('现金额合计(元)', to_char(worded.new_amount, 'FM999,999,999,990.00')),
        jsonb_build_array('本次发信 / 待核实', concat(worded.sent_now_count, ' / ', worded.unclear_count)),
        jsonb_build_array(
            '证明：一户多张 / 一人多封 / 空号', concat(worded.doubled_count, ' / ', worded.mailed_twice_count, ' / ', worded.gap_count)
        )
    ) as figures,
    case
        when worded.doubt_count > 0 then '证明不全为零或有未经审批的版本，请立即联系系统管理员，不要再次运行。'
        when worded.missing_text is not null then worded.missing_text || '。'
        when worded.unclear_count > 0 then '有邮件待核实，请询问收件人后在“处理待办”中选择已收到或重发。'
        when worded.differing_count > 0
            then concat(worded.differing_count, '户已发布的通知与现有资料不同（见“逐户”），没有改动；如需更正，请用重跑单选择“更正”。')
        when worded.waiting_count > 0 and document.mode <> 'trial' then '尚有楼宇未发布，请完成审批或更正资料后重算。'
        when document.mode = 'trial' then '核对“逐户”无误后，请用重跑单选择相应的方式正式运行。'
        else '无需处理，请存档。'
    end as action,
    regexp_replace(coalesce(document.file_path, ''), '^.*/', '') as file_name,
    left(coalesce(document.sha256, ''), 8) as file_code,
    concat('第', document.revision, '次运行') as revision_text,
    concat(document.cut_off_on, '（账款统计至', document.cut_off_on - 1, ' 24:00）') as as_of_on,
    to_char(document.known_at, 'YYYY-MM-DD HH24:MI') as known_text,
    '系统运维' as contact,
    null as correction,
    worded.unbilled_count::integer as exception_count,
    coalesce(
        (
            select jsonb_agg(concat(told.site_name, ' ', told.unit_no, ' ', told.tenant_name, ' ', told.reason))
            from (
                select account.*
                from ops.run_line
                cross join lateral jsonb_to_record(run_line.line) as account (
                    site_name text, unit_no text, tenant_name text, reason text, action text
                )
                where run_line.run_id = document.run_id and run_line.sheet = '逐户' and account.action = '异常未出单'
                order by run_line.line_no
                limit 5
            ) as told
        ),
        '[]'
    ) as exceptions
from document
cross join worded
