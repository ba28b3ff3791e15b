/*  Records, per company, the hash and the totals of a day's orders; a new revision only if they differ.

    Grain:  one row per company, day and revision.
    Rerun:  safe; the same content is not recorded again (OPS-16).  */
insert into ops.result (
    workflow, site_id, base_on, revision, result_hash, run_id, as_of_on, known_at, row_count, totals
)
with scope as materialized (
    select
        run_scope.workflow,
        run_scope.site_id,
        lower(run_scope.period) as base_on
    from ops.run_scope
    where run_scope.run_id = %(run_id)s
),

computed as (
    select
        scope.*,
        stood.*
    from scope
    cross join lateral (
        select
            md5(concat_ws('|', %(as_of_on)s, string_agg(standing::text, '|' order by standing.order_no))) as result_hash,
            count(*) as order_count,
            count(*) filter (where standing.stop = '待审批' or standing.stop_rule = 'WAR-04') as approval_count,
            count(*) filter (where standing.notice_state = '待通知' and standing.stop = '待维修通知') as notice_count,
            count(*) filter (where standing.confirm_state = '待发函' and standing.stop_rule = 'WA-D8') as confirmation_count,
            count(*) filter (where standing.confirm_state = '异议') as disputed_count,
            count(*) filter (where standing.confirm_state = '已升级') as escalated_count,
            count(*) filter (where standing.outcome = '待认定') as certify_count
        from repairs.standing
        where
            standing.workflow = scope.workflow
            and standing.site_id = scope.site_id
            and standing.base_on = scope.base_on
    ) as stood
),

latest as (
    select distinct on (result.site_id)
        result.site_id,
        result.revision,
        result.result_hash
    from scope
    inner join ops.result
        on scope.workflow = result.workflow and scope.site_id = result.site_id and scope.base_on = result.base_on
    order by result.site_id, result.revision desc
)

select
    computed.workflow,
    computed.site_id,
    computed.base_on,
    coalesce(latest.revision, 0) + 1 as revision,
    computed.result_hash,
    %(run_id)s as run_id,
    %(as_of_on)s as as_of_on,
    %(known_at)s as known_at,
    computed.order_count as row_count,
    jsonb_build_object(
        'order_count', computed.order_count,
        'approval_count', computed.approval_count,
        'notice_count', computed.notice_count,
        'confirmation_count', computed.confirmation_count,
        'disputed_count', computed.disputed_count,
        'escalated_count', computed.escalated_count,
        'certify_count', computed.certify_count
    ) as totals
from computed
left join latest on computed.site_id = latest.site_id
where latest.result_hash is distinct from computed.result_hash
