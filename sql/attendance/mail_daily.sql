/*  The letter that brings a 考勤日报, or of more than one day a 考勤汇总: the variables of templates/attendance/daily, but for the
    exceptions, which are those of the workbook's sheet 异常.

    Grain:  one row.
    Rerun:  safe; only reads what was known to the run that issued the document.  */
with document as (
    select
        artifact.*,
        lower(artifact.period) as starts_on,
        upper(artifact.period) - 1 as last_on,
        coalesce(site.site_name, artifact.site_id) as site_name
    from ops.artifact
    left join book.site
        on
            artifact.site_id = site.site_id
            and site.recorded_at <= artifact.known_at
            and artifact.known_at < site.superseded_at
    where artifact.artifact_id = %(artifact_id)s
),

newest_result as (
    select known_result.*
    from document
    cross join lateral ops.known_result(
        document.workflow, document.site_id, document.starts_on, document.last_on, document.known_at
    ) as known_result
),

total as (
    select
        coalesce(sum((totals ->> 'due_count')::integer), 0) as due_count,
        coalesce(sum((totals ->> 'present_count')::integer), 0) as present_count,
        coalesce(sum((totals ->> 'late_count')::integer), 0) as late_count,
        coalesce(sum((totals ->> 'absent_days')::numeric), 0) as absent_days,
        coalesce(sum((totals ->> 'pending_count')::integer), 0) as pending_count,
        coalesce(sum((totals ->> 'fine_amount')::numeric + (totals ->> 'conduct_fine_amount')::numeric), 0)
            as fine_amount
    from newest_result
)

select
    case when document.starts_on = document.last_on then '考勤日报' else '考勤汇总' end as title,
    document.site_name as scope_text,
    case
        when document.starts_on = document.last_on
            then
                document.starts_on::text || '(周'
                || substr('一二三四五六日', extract(isodow from document.starts_on)::integer, 1) || ')'
        else document.starts_on || '至' || document.last_on
    end as period_text,
    '应到' || total.due_count || ' 实到' || total.present_count || ' 迟到' || total.late_count || ' 旷工'
    || trim_scale(total.absent_days) || ' 待确认' || total.pending_count as headline,
    '这是' || document.site_name || case when document.starts_on = document.last_on then '的考勤日报' else '的考勤汇总' end
    || '，供案场（部门）经理核对、人事行政存档。' as about,
    jsonb_build_array(
        jsonb_build_array('应到人次', total.due_count::text),
        jsonb_build_array('实到人次', total.present_count::text),
        jsonb_build_array('迟到人次', total.late_count::text),
        jsonb_build_array('旷工天数', trim_scale(total.absent_days)::text),
        jsonb_build_array('待确认', total.pending_count::text),
        jsonb_build_array('罚款合计(元)', to_char(total.fine_amount, 'FM999,999,990.00'))
    ) as figures,
    case
        when total.pending_count > 0
            then '请案场（部门）经理核对“异常”“待确认”两页，在各行截止时间前补交假条、补卡单或排班，逾期按制度判定。'
        else '请核对“异常”页；如有异议，请在收到后一个工作日内联系人事行政。'
    end as action,
    regexp_replace(coalesce(document.file_path, ''), '^.*/', '') as file_name,
    left(coalesce(document.sha256, ''), 8) as file_code,
    '第' || document.revision || '版' || case when document.revision > 1 then '(更正)' else '' end as revision_text,
    document.as_of_on::text as as_of_on,
    to_char(document.known_at, 'YYYY-MM-DD HH24:MI') as known_text,
    '人事行政' as contact,
    case
        when document.revision > 1
            then
                (
                    select
                        jsonb_build_object(
                            'replaces',
                            '第' || before.revision || '版（' || to_char(before.issued_at, 'YYYY-MM-DD HH24:MI') || '）',
                            'reason', coalesce(nullif(run.reason, ''), '资料补到，按制度重新判定'),
                            'asked_by', run.requested_by
                        )
                    from ops.artifact as before
                    inner join ops.run on document.run_id = run.run_id
                    where
                        before.document_kind = document.document_kind
                        and before.site_id = document.site_id
                        and before.period = document.period
                        and before.revision = document.revision - 1
                )
    end as correction
from document
cross join total
