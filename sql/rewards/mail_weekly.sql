/*  The letter that brings a 一周奖罚公布: the variables of templates/rewards/weekly.

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
        count(reward_line.employee_id) as person_count,
        coalesce(sum(reward_line.late_count), 0) as late_count,
        coalesce(sum(reward_line.absent_days), 0) as absent_days,
        coalesce(sum(reward_line.conduct_count), 0) as conduct_count,
        coalesce(sum(reward_line.fine_amount), 0) as fine_amount,
        coalesce(sum(reward_line.praise_count), 0) as praise_count,
        coalesce(sum(reward_line.reception_count)::text, '—') as reception_text,
        coalesce(trim_scale(sum(reward_line.deal_count))::text, '—') as deal_text
    from document
    cross join
        lateral attendance.edition('weekly_rewards', document.site_id, document.starts_on, document.known_at) as edition
    left join attendance.reward_line
        on
            document.site_id = reward_line.site_id
            and document.starts_on = reward_line.base_on
            and edition.revision = reward_line.revision
)

select
    '一周奖罚公布' as title,
    document.site_name as scope_text,
    to_char(document.starts_on, 'IYYY"年第"IW"周（"MM-DD"至"') || to_char(document.last_on, 'MM-DD"）"') as period_text,
    concat(
        total.person_count, '人 迟到', total.late_count, '次 旷工', trim_scale(total.absent_days), '天 违纪', total.conduct_count,
        '次 罚款', to_char(total.fine_amount, 'FM999,999,990.00'), '元 表扬', total.praise_count, '次'
    ) as headline,
    concat('这是', document.site_name, '的一周奖罚公布，供案场经理在例会上宣布、张贴。') as about,
    jsonb_build_array(
        jsonb_build_array('人数', total.person_count::text),
        jsonb_build_array('迟到 / 旷工', concat(total.late_count, '次 / ', trim_scale(total.absent_days), '天')),
        jsonb_build_array('违纪', concat(total.conduct_count, '次')),
        jsonb_build_array('罚款(元)', to_char(total.fine_amount, 'FM999,999,990.00')),
        jsonb_build_array('表扬', concat(total.praise_count, '次')),
        jsonb_build_array('接待 / 成交', concat(total.reception_text, ' / ', total.deal_text))
    ) as figures,
    '请案场经理在例会上宣布；本人有异议的，请在收到后一个工作日内向人事行政提出，以考勤月报表定稿为准。' as action,
    regexp_replace(coalesce(document.file_path, ''), '^.*/', '') as file_name,
    left(coalesce(document.sha256, ''), 8) as file_code,
    concat('第', document.revision, '版', case when document.revision > 1 then '(更正)' end) as revision_text,
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
