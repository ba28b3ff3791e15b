/*  The letter that brings a 薪资导入表: the variables of templates/payroll/import.

    Grain:  one row.
    Rerun:  safe; only reads what was known to the run that issued the document.  */
with document as materialized (
    select head.*
    from attendance.letter_head(%(artifact_id)s) as head
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
        ) as overtime_hours,
        coalesce(sum(brought.overtime_hours), 0) as adjusted_hours
    from document
    cross join lateral attendance.edition('monthly_attendance', document.site_id, document.starts_on, document.known_at) as edition
    left join attendance.month_line
        on
            document.site_id = month_line.site_id
            and document.starts_on = month_line.month_on
            and edition.revision = month_line.revision
    left join lateral (
        select
            sum(
                adjustment.workday_overtime_delta + adjustment.rest_overtime_delta + adjustment.statutory_overtime_delta
            ) as overtime_hours
        from attendance.adjustment
        where
            adjustment.site_id = month_line.site_id
            and adjustment.counted_in = month_line.month_on
            and adjustment.employee_id = month_line.employee_id
    ) as brought on true
)

select
    '薪资导入表' as title,
    document.scope_text,
    to_char(document.starts_on, 'YYYY"年"FMMM"月"') as period_text,
    concat(
        total.person_count, '人 应出勤', trim_scale(total.due_days), '天 实出勤', trim_scale(total.attended_days), '天 旷工',
        trim_scale(total.absent_days), '天'
    ) as headline,
    concat('这是', document.scope_text, '的薪资导入表，按考勤月报表定稿编制，供薪资系统导入，只发人事薪酬和财务。') as about,
    jsonb_build_array(
        jsonb_build_array('人数', total.person_count::text),
        jsonb_build_array('应出勤(天)', trim_scale(total.due_days)::text),
        jsonb_build_array('实出勤(天)', trim_scale(total.attended_days)::text),
        jsonb_build_array('旷工(天)', trim_scale(total.absent_days)::text),
        jsonb_build_array('加班(小时)', trim_scale(total.overtime_hours)::text),
        jsonb_build_array('上月调整(天)', trim_scale(total.adjusted_days)::text),
        jsonb_build_array('上月加班(小时)', trim_scale(total.adjusted_hours)::text)
    ) as figures,
    '请导入薪资系统，导入后核对人数与以上合计；附件只有一张表、一行表头，请勿增删列。' as action,
    document.file_name,
    document.file_code,
    case when document.revision > 1 then concat('第', document.revision, '版(更正)') else '定稿' end as revision_text,
    document.as_of_on,
    document.known_text,
    document.contact,
    document.correction
from document
cross join total
