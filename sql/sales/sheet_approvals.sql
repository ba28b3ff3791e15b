/*  The sheet 审批记录 of a 销售月报: who in finance checked the receipts, when, with what opinion (Q7).

    Grain:  one row per decision on the month.
    Rerun:  safe; only reads. What was decided on another content says of which edition.
    Rules:  WA-D6 the opinion is obligatory; a decision holds for exactly the content it was given on.  */
select
    '财务核对' as step,
    decision.decided_by as approver_name,
    '财务核对' as duty,
    case decision.verdict when 'approved' then '同意' else '驳回' end as verdict,
    sales.masked_text(decision.opinion) as opinion,
    decision.decided_at,
    concat(
        trim_scale((result.totals ->> 'receipt_count')::numeric), '笔，', to_char((result.totals ->> 'received_amount')::numeric, 'FM999,999,999,990.00'), '元'
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
