/*  The sheet 审批记录: who decided on this content, when, with what opinion.

    Grain:  one row per decision.
    Rerun:  safe; only reads.  */
select
    '异常比例确认' as step,
    decision.decided_by as approver_name,
    null::text as duty,
    case decision.verdict when 'approved' then '同意' else '驳回' end as verdict,
    decision.opinion,
    decision.decided_at,
    artifact.title || ' ' || lower(artifact.period)::text as approved_text,
    left(decision.content_hash, 8) as version_code
from ops.artifact
inner join ops.decision
    on
        artifact.workflow = decision.workflow
        and artifact.site_id = decision.site_id
        and artifact.period = decision.period
        and artifact.content_hash = decision.content_hash
where artifact.artifact_id = %(artifact_id)s
order by decision.decided_at
