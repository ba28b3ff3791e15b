/*  The sheet 差异 of a 每日客户跟进表 drawn up again: which totals came out otherwise than in the edition before.

    Grain:  one row per total that differs.
    Rerun:  safe; only reads.
    Rules:  a day is drawn anew in place: only the totals of the edition before are kept, so nothing is said about customers.  */
with document as (
    select
        artifact.*,
        lower(artifact.period) as base_on,
        run.reason,
        run.requested_by
    from ops.artifact
    inner join ops.run on artifact.run_id = run.run_id
    where artifact.artifact_id = %(artifact_id)s
),

result_of as (
    select distinct on (artifact.revision)
        artifact.revision,
        result.totals
    from document
    inner join ops.artifact
        on
            document.document_kind = artifact.document_kind
            and document.site_id = artifact.site_id
            and document.period = artifact.period
            and artifact.revision in (document.revision, document.revision - 1)
    inner join ops.result
        on
            artifact.workflow = result.workflow
            and artifact.site_id = result.site_id
            and document.base_on = result.base_on
            and md5(result.base_on::text || result.result_hash) = artifact.content_hash
    order by artifact.revision, result.revision desc
)

select
    '合计' as subject,
    null::text as slip_number,
    named.item,
    old.totals ->> named.key as old_value,
    new.totals ->> named.key as new_value,
    case
        when named.is_money then (new.totals ->> named.key)::numeric - (old.totals ->> named.key)::numeric
    end as delta_amount,
    '变更' as change_kind,
    coalesce(nullif(document.reason, ''), '资料补到，重新计算') as reason,
    null::text as source,
    document.requested_by as proposed_by,
    null::text as approved_by,
    '随本版通知' as is_notified
from document
inner join result_of as old on document.revision - 1 = old.revision
inner join result_of as new on document.revision = new.revision
cross join (
    values
    (1, 'follow_count', '今日应跟进', false),
    (2, 'overdue_count', '已逾期', false),
    (3, 'lapsing_count', '即将失效', false),
    (4, 'chase_count', '待催款笔数', false),
    (5, 'chase_amount', '待催款金额', true),
    (6, 'paper_count', '资料未交', false),
    (7, 'cash_count', '暂存现金不符', false),
    (8, 'uncounted_count', '未计入跟进', false),
    (9, 'decision_count', '客户归属判定', false)
) as named (place, key, item, is_money)
where old.totals ->> named.key is distinct from new.totals ->> named.key
order by named.place
