/*  The sheet 审批记录: who approved exactly this content, when, with what opinion.

    Grain:  one row per decision.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  WA-D6 the opinion is obligatory.  */
select
    '收费通知审批' as step,
    decision.decided_by as approver_name,
    null::text as duty,
    case decision.verdict when 'approved' then '同意' else '驳回' end as verdict,
    decision.opinion,
    decision.decided_at,
    concat(
        result.totals ->> 'notice_count', '户，本次应缴',
        to_char((result.totals ->> 'payable_amount')::numeric, 'FM999,999,999,990.00'), '元'
    ) as approved_text,
    left(decision.content_hash, 8) as version_code
from ops.artifact
inner join ops.decision
    on
        artifact.workflow = decision.workflow
        and artifact.site_id = decision.site_id
        and artifact.period = decision.period
        and artifact.content_hash = decision.content_hash
left join lateral (
    select result.totals
    from ops.result
    where
        result.workflow = artifact.workflow
        and result.site_id = artifact.site_id
        and result.base_on = lower(artifact.period)
        and md5(result.base_on::text || result.result_hash) = artifact.content_hash
    order by result.revision desc
    limit 1
) as result on true
where artifact.artifact_id = %(artifact_id)s
order by decision.decided_at
