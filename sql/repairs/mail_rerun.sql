/*  The letter that brings the 重跑结果单 of charge-backs to who runs the office: the variables of templates/repairs/rerun.

    Grain:  one row.
    Rerun:  safe; only reads what the run told (ops.run_line).
    Rules:  outputs 6.5; what would be done twice is counted, and must be nothing.  */
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

total as (
    select
        count(*) as company_count,
        min(told.site_name) as site_name,
        coalesce(sum(told.due_count), 0) as due_count,
        coalesce(sum(told.kept_count), 0) as kept_count,
        coalesce(sum(told.new_count), 0) as new_count,
        coalesce(sum(told.waiting_count), 0) as waiting_count,
        coalesce(sum(told.reversed_count), 0) as reversed_count,
        coalesce(sum(told.disputed_count), 0) as disputed_count,
        coalesce(sum(told.stopped_count), 0) as stopped_count,
        coalesce(sum(told.new_amount), 0) as new_amount,
        coalesce(sum(told.sent_now_count), 0) as sent_now_count,
        coalesce(sum(told.unclear_count), 0) as unclear_count,
        coalesce(sum(told.doubled_count), 0) as doubled_count,
        coalesce(sum(told.mailed_twice_count), 0) as mailed_twice_count,
        coalesce(sum(told.gap_count), 0) as gap_count,
        coalesce(sum(told.gap_count + told.doubled_count + told.unbalanced_count + told.mailed_twice_count), 0)
        + count(*) filter (where told.approved_text = '否') as doubt_count,
        string_agg(told.site_name || '：' || told.missing, '；') as missing_text
    from document
    inner join ops.run_line on document.run_id = run_line.run_id and run_line.sheet = '总览'
    cross join lateral jsonb_to_record(run_line.line) as told (
        site_name text, missing text, due_count integer, kept_count integer, new_count integer, waiting_count integer,
        reversed_count integer, disputed_count integer, stopped_count integer, new_amount numeric, gap_count integer,
        doubled_count integer, unbalanced_count integer, sent_now_count integer, unclear_count integer,
        mailed_twice_count integer, approved_text text
    )
),

stopped as (
    select
        run_line.line_no,
        concat_ws(' ', told.site_name, told.order_no, told.action, told.reason) as line
    from document
    inner join ops.run_line on document.run_id = run_line.run_id and run_line.sheet = '逐户'
    cross join lateral jsonb_to_record(run_line.line) as told (site_name text, order_no text, action text, reason text)
    where told.action in ('暂停', '争议冻结')
),

worded as (
    select
        total.*,
        case document.mode
            when 'trial' then '试算' when 'resume' then '续跑' when 'recompute' then '重算' when 'correct' then '更正' else '常规'
        end as mode_text,
        case when document.mode = 'trial' then '将' else '' end as would,
        to_char(lower(document.period), 'YYYY"年"FMMM"月"') as period_text
    from document
    cross join total
)

select
    document.title,
    case worded.company_count when 1 then worded.site_name else concat(worded.company_count, '家公司') end as scope_text,
    worded.period_text,
    concat(
        worded.mode_text, ' 应入账', worded.due_count, '单 ', worded.would, '入账',
        worded.new_count + case when document.mode = 'trial' then worded.waiting_count else 0 end, ' 冲回', worded.reversed_count,
        ' 重复', worded.doubled_count + worded.mailed_twice_count
    ) as headline,
    concat(
        document.requested_by, '对', worded.period_text, '维修扣款的“', worded.mode_text, '”已结束',
        case when document.reason <> '' then concat('，原因：', document.reason) end, '。',
        case when document.mode = 'trial' then '试算只看不做：没有入账，没有编号，没有发信。' end
    ) as about,
    jsonb_build_array(
        jsonb_build_array('应入账工单', worded.due_count::text),
        jsonb_build_array('已入账不变', worded.kept_count::text),
        jsonb_build_array(concat(worded.would, '入账 / 待入账'), concat(worded.new_count, ' / ', worded.waiting_count)),
        jsonb_build_array('争议冻结 / 暂停', concat(worded.disputed_count, ' / ', worded.stopped_count)),
        jsonb_build_array('审定金额合计(元)', to_char(worded.new_amount, 'FM999,999,999,990.00')),
        jsonb_build_array('本次发信 / 待核实', concat(worded.sent_now_count, ' / ', worded.unclear_count)),
        jsonb_build_array(
            '证明：一单两扣 / 一人多封 / 空号',
            concat(worded.doubled_count, ' / ', worded.mailed_twice_count, ' / ', worded.gap_count)
        )
    ) as figures,
    case
        when worded.doubt_count > 0 then '证明不全为零或有未经认定的入账，请立即联系系统管理员，不要再次运行。'
        when worded.missing_text is not null then worded.missing_text || '。'
        when worded.unclear_count > 0 then '有邮件待核实，请询问收件人后在“处理待办”中选择已收到或重发。'
        when document.mode = 'trial' then '核对“逐单”无误后，请用重跑单选择相应的方式正式运行。'
        when worded.waiting_count > 0 then '尚有工单未入账，请完成认定或更正资料后重算。'
        else '无需处理，请存档。'
    end as action,
    regexp_replace(coalesce(document.file_path, ''), '^.*/', '') as file_name,
    left(coalesce(document.sha256, ''), 8) as file_code,
    concat('第', document.revision, '次运行') as revision_text,
    document.cut_off_on::text as as_of_on,
    to_char(document.known_at, 'YYYY-MM-DD HH24:MI') as known_text,
    '系统运维' as contact,
    null as correction,
    (select count(*)::integer from stopped) as exception_count,
    coalesce(
        (
            select jsonb_agg(first_five.line order by first_five.line_no)
            from (select * from stopped order by stopped.line_no limit 5) as first_five
        ),
        '[]'
    ) as exceptions
from document
cross join worded
