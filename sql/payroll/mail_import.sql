/*  The letter that brings a 薪资导入表: the variables of templates/payroll/import.

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

total as (
    select
        count(month_line.employee_id) as person_count,
        coalesce(sum(month_line.due_days), 0) as due_days,
        coalesce(sum(month_line.attended_days), 0) as attended_days,
        coalesce(sum(month_line.absent_days), 0) as absent_days,
        coalesce(sum(month_line.adjusted_absent_days), 0) as adjusted_days,
        coalesce(
            sum(
                month_line.workday_overtime_hours + month_line.rest_overtime_hours + month_line.statutory_overtime_hours
            ), 0
        ) as overtime_hours
    from document
    cross join lateral attendance.edition('monthly_attendance', document.site_id, document.starts_on, document.known_at) as edition
    left join attendance.month_line
        on
            document.site_id = month_line.site_id
            and document.starts_on = month_line.month_on
            and edition.revision = month_line.revision
)

select
    '薪资导入表' as title,
    document.site_name as scope_text,
    to_char(document.starts_on, 'YYYY"年"FMMM"月"') as period_text,
    concat(
        total.person_count, '人 应出勤', trim_scale(total.due_days), '天 实出勤', trim_scale(total.attended_days), '天 旷工',
        trim_scale(total.absent_days), '天'
    ) as headline,
    concat('这是', document.site_name, '的薪资导入表，按考勤月报表定稿编制，供薪资系统导入，只发人事薪酬和财务。') as about,
    jsonb_build_array(
        jsonb_build_array('人数', total.person_count::text),
        jsonb_build_array('应出勤(天)', trim_scale(total.due_days)::text),
        jsonb_build_array('实出勤(天)', trim_scale(total.attended_days)::text),
        jsonb_build_array('旷工(天)', trim_scale(total.absent_days)::text),
        jsonb_build_array('加班(小时)', trim_scale(total.overtime_hours)::text),
        jsonb_build_array('上月调整(天)', trim_scale(total.adjusted_days)::text)
    ) as figures,
    '请导入薪资系统，导入后核对人数与以上合计；附件只有一张表、一行表头，请勿增删列。' as action,
    regexp_replace(coalesce(document.file_path, ''), '^.*/', '') as file_name,
    left(coalesce(document.sha256, ''), 8) as file_code,
    case when document.revision > 1 then concat('第', document.revision, '版(更正)') else '定稿' end as revision_text,
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
                            concat('第', before.revision, '版（', to_char(before.issued_at, 'YYYY-MM-DD HH24:MI'), '）'),
                            'reason', coalesce(nullif(run.reason, ''), '资料补到，重新计算'),
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
