/*  The letter that brings a 一周奖罚公布: the variables of templates/rewards/weekly.

    Grain:  one row.
    Rerun:  safe; only reads what was known to the run that issued the document.  */
with document as materialized (
    select head.*
    from attendance.letter_head(%(artifact_id)s) as head
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
    document.scope_text,
    to_char(document.starts_on, 'IYYY"年第"IW"周（"MM-DD"至"') || to_char(document.last_on, 'MM-DD"）"') as period_text,
    concat(
        total.person_count, '人 迟到', total.late_count, '次 旷工', trim_scale(total.absent_days), '天 违纪', total.conduct_count,
        '次 罚款', to_char(total.fine_amount, 'FM999,999,990.00'), '元 表扬', total.praise_count, '次'
    ) as headline,
    concat('这是', document.scope_text, '的一周奖罚公布，供案场经理在例会上宣布、张贴。') as about,
    jsonb_build_array(
        jsonb_build_array('人数', total.person_count::text),
        jsonb_build_array('迟到 / 旷工', concat(total.late_count, '次 / ', trim_scale(total.absent_days), '天')),
        jsonb_build_array('违纪', concat(total.conduct_count, '次')),
        jsonb_build_array('罚款(元)', to_char(total.fine_amount, 'FM999,999,990.00')),
        jsonb_build_array('表扬', concat(total.praise_count, '次')),
        jsonb_build_array('接待 / 成交', concat(total.reception_text, ' / ', total.deal_text))
    ) as figures,
    '请案场经理在例会上宣布；本人有异议的，请在收到后一个工作日内向人事行政提出，以考勤月报表定稿为准。' as action,
    document.file_name,
    document.file_code,
    concat('第', document.revision, '版', case when document.revision > 1 then '(更正)' end) as revision_text,
    document.as_of_on,
    document.known_text,
    document.contact,
    document.correction
from document
cross join total
