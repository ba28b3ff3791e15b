/*  The letter that brings the 每日客户跟进表 to the manager: the variables of templates/sales/followup.

    Grain:  one row.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  outputs 0; the figures are those of the cover.  */
with document as (
    select
        artifact.*,
        lower(artifact.period) as day_on,
        run.reason,
        run.requested_by,
        project.project_name,
        project.contact
    from ops.artifact
    inner join ops.run on artifact.run_id = run.run_id
    inner join sales.project
        on
            artifact.site_id = project.site_id
            and project.recorded_at <= artifact.known_at
            and artifact.known_at < project.superseded_at
    where artifact.artifact_id = %(artifact_id)s
),

counted as (
    select
        count(*) filter (where followup.kind = '今日应跟进') as due_count,
        count(*) filter (where followup.kind = '已逾期') as late_count,
        count(*) filter (where followup.kind = '即将失效') as lapsing_count,
        count(*) filter (where followup.kind = '待催款') as chase_count,
        coalesce(sum(followup.amount) filter (where followup.kind = '待催款'), 0) as chase_amount,
        count(*) filter (where followup.kind = '资料未交') as paper_count,
        count(*) filter (where followup.kind = '暂存现金') as cash_count,
        coalesce(sum(followup.amount) filter (where followup.kind = '暂存现金' and followup.detail ->> 'handed_at' is null), 0)
            as cash_amount,
        count(*) filter (where followup.kind = '暂存现金' and (followup.detail ->> 'is_wrong')::boolean) as wrong_count
    from document
    inner join sales.followup on document.site_id = followup.site_id and document.day_on = followup.base_on
)

select
    '客户跟进' as title,
    document.project_name as scope_text,
    concat(
        document.day_on, '(周', substr('一二三四五六日', extract(isodow from document.day_on)::integer, 1), ')'
    ) as period_text,
    concat(
        case when document.revision > 1 then concat('第', document.revision, '版 ') end, '今日应跟进', counted.due_count, ' 逾期',
        counted.late_count, ' 即将失效', counted.lapsing_count, ' 待催款',
        to_char(counted.chase_amount, 'FM999,999,999,990.00'), '元'
    ) as headline,
    concat(
        '这是', document.project_name, document.day_on, '的每日客户跟进表，供案场经理安排当日工作；每位置业顾问另收到只含本人客户的一份。',
        '含客户全名和电话，请勿转发。'
    ) as about,
    jsonb_build_array(
        jsonb_build_array('今日应跟进', counted.due_count::text),
        jsonb_build_array('已逾期', counted.late_count::text),
        jsonb_build_array('即将失效', counted.lapsing_count::text),
        jsonb_build_array(
            '待催款(元)', concat(counted.chase_count, '笔 ', to_char(counted.chase_amount, 'FM999,999,999,990.00'))
        ),
        jsonb_build_array('成交资料未交', counted.paper_count::text),
        jsonb_build_array(
            '暂存现金(元)',
            concat(
                counted.cash_count, '笔 ', to_char(counted.cash_amount, 'FM999,999,990.00'),
                case when counted.wrong_count > 0 then concat('，不符', counted.wrong_count, '笔') end
            )
        )
    ) as figures,
    concat(
        case when counted.wrong_count > 0 then '请立即处理暂存现金：送交财务；' end,
        case when counted.paper_count > 0 then '请今日收齐成交资料；' end,
        '请安排各置业顾问今日跟进，并于当日录入，逾期录入不计。'
    ) as action,
    regexp_replace(coalesce(document.file_path, ''), '^.*/', '') as file_name,
    left(coalesce(document.sha256, ''), 8) as file_code,
    concat('第', document.revision, '版', case when document.revision > 1 then '(更正)' end) as revision_text,
    document.as_of_on::text as as_of_on,
    to_char(document.known_at, 'YYYY-MM-DD HH24:MI') as known_text,
    concat(document.project_name, '案场 ', document.contact) as contact,
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
cross join counted
