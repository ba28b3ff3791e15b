/*  The sheet 差异 of a preview or summary drawn up again: which totals came out otherwise than in the edition before.

    Grain:  one row per total that differs.
    Rerun:  safe; only reads.
    Rules:  orders are drawn anew in place before the booking: only the totals of the edition before are kept, so nothing is
            said about single orders.  */
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
    case
        when named.is_money then to_char((old.totals ->> named.key)::numeric, 'FM999,999,999,990.00')
        else old.totals ->> named.key
    end as old_value,
    case
        when named.is_money then to_char((new.totals ->> named.key)::numeric, 'FM999,999,999,990.00')
        else new.totals ->> named.key
    end as new_value,
    case when named.is_money then (new.totals ->> named.key)::numeric - (old.totals ->> named.key)::numeric end as delta_amount,
    '变更' as change_kind,
    coalesce(nullif(document.reason, ''), '资料补到，重新计算') as reason,
    null::text as source,
    document.requested_by as proposed_by,
    null::text as approved_by,
    '尚未发布' as is_notified
from document
inner join result_of as old on document.revision - 1 = old.revision
inner join result_of as new on document.revision = new.revision
cross join (
    values
    (1, 'order_count', '工单数（含在办）', false),
    (2, 'settled_amount', '审定金额', true),
    (3, 'deducted_amount', '扣款', true),
    (4, 'claimed_amount', '转索赔', true),
    (5, 'company_amount', '公司承担', true),
    (6, 'management_amount', '管理费', true),
    (7, 'disputed_amount', '争议冻结', true),
    (8, 'stopped_amount', '暂停', true),
    (9, 'stopped_count', '暂停与未到结算单数', false),
    (10, 'reversed_amount', '冲回', true),
    (11, 'added_amount', '质保金增加', true),
    (12, 'returned_amount', '质保金退还', true)
) as named (place, key, item, is_money)
where old.totals ->> named.key is distinct from new.totals ->> named.key
order by named.place
