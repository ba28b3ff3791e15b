/*  The sheet 审批记录 of a month sheet, and of what goes to payroll with it: who agreed that wages are paid by it, when,
    with what opinion.

    Grain:  one row per decision on its content.
    Rerun:  safe; only reads.
    Rules:  WA-D6 the opinion is obligatory; a decision holds for exactly the content it was given on.  */
select
    '考勤月报核对' as step,
    decision.decided_by as approver_name,
    '人事行政' as duty,
    case decision.verdict when 'approved' then '同意' else '驳回' end as verdict,
    decision.opinion,
    decision.decided_at,
    concat(
        result.totals ->> 'person_count', '人，应出勤', attendance.days_text((result.totals ->> 'due_days')::numeric), '天，罚款',
        result.totals ->> 'fine_amount', '元'
    ) as approved_text,
    left(decision.content_hash, 8) as version_code
from ops.artifact
inner join ops.decision
    on
        artifact.workflow = decision.workflow
        and artifact.site_id = decision.site_id
        and artifact.period = decision.period
        -- what goes to payroll rests on what was decided on the sheet that was released
        and decision.content_hash in (artifact.content_hash, split_part(artifact.content_hash, ':', 2))
left join lateral (
    select result.totals
    from ops.result
    where
        result.workflow = artifact.workflow
        and result.site_id = artifact.site_id
        and result.base_on = lower(artifact.period)
        and md5(result.base_on::text || result.result_hash) = decision.content_hash
    order by result.revision desc
    limit 1
) as result on true
where artifact.artifact_id = %(artifact_id)s
order by decision.decided_at
