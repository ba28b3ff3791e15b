/*  Records, per company, the hash and the totals of what the month settles; a new revision only if they differ.

    Grain:  one row per company, month and revision.
    Rerun:  safe; the same content is not recorded again (OPS-16), settled months are left out (OPS-21).
    Rules:  WA-D8 the month's list is held until the deputy chief engineer has certified both classes; a month in which
            nothing is to be certified is held by nobody.  */
insert into ops.result (
    workflow, site_id, base_on, revision, result_hash, state, hold_reason, run_id, as_of_on, known_at, row_count, totals
)
with scope as materialized (
    select
        run_scope.workflow,
        run_scope.site_id,
        lower(run_scope.period) as base_on
    from ops.run_scope
    where
        run_scope.run_id = %(run_id)s
        and not exists (
            select from ops.period_close
            where
                period_close.workflow = run_scope.workflow
                and period_close.site_id = run_scope.site_id
                and period_close.period && run_scope.period
        )
        and not exists (
            select from ops.run_gap
            where run_gap.run_id = run_scope.run_id and run_gap.site_id = run_scope.site_id
        )
),

computed as (
    select
        scope.*,
        stood.*,
        entries.*
    from scope
    cross join lateral (
        select
            md5(string_agg(standing::text, '|' order by standing.order_no)) as standing_hash,
            count(*) as order_count,
            count(*) filter (where standing.outcome = '待认定') as certify_count,
            coalesce(sum(standing.settled_amount) filter (where standing.outcome = '待认定'), 0) as certify_amount,
            count(*) filter (where standing.order_class = 'A') as a_count,
            count(*) filter (where standing.order_class = 'B') as b_count,
            coalesce(sum(standing.settled_amount) filter (where standing.outcome not in ('未到结算', '已入账', '自修结案')), 0)
                as settled_amount,
            coalesce(sum(standing.settled_amount) filter (where standing.outcome = '争议冻结'), 0) as disputed_amount,
            coalesce(sum(standing.settled_amount) filter (where standing.outcome = '暂停'), 0) as stopped_amount,
            count(*) filter (where standing.outcome = '暂停') as stopped_count
        from repairs.standing
        where
            standing.workflow = scope.workflow
            and standing.site_id = scope.site_id
            and standing.base_on = scope.base_on
    ) as stood
    cross join lateral (
        select
            md5(string_agg(planned::text, '|' order by planned.line_no)) as planned_hash,
            count(*) as entry_count,
            coalesce(-sum(planned.deposit_amount) filter (where planned.entry_kind = '结算'), 0) as deducted_amount,
            coalesce(sum(planned.claim_amount) filter (where planned.entry_kind = '结算'), 0) as claimed_amount,
            coalesce(sum(planned.company_amount) filter (where planned.entry_kind in ('结算', '转公司承担')), 0) as company_amount,
            coalesce(sum(planned.management_amount) filter (where planned.entry_kind = '结算'), 0) as management_amount,
            coalesce(sum(planned.deposit_amount) filter (where planned.entry_kind = '冲回'), 0) as reversed_amount,
            coalesce(sum(planned.deposit_amount) filter (where planned.entry_kind in ('期初', '留置', '补缴', '更正')), 0)
                as added_amount,
            coalesce(-sum(planned.deposit_amount) filter (where planned.entry_kind = '退还'), 0) as returned_amount
        from repairs.planned
        where planned.site_id = scope.site_id and planned.base_on = scope.base_on
    ) as entries
),

hashed as (
    select
        computed.*,
        md5(concat_ws('|', %(as_of_on)s, computed.standing_hash, computed.planned_hash)) as result_hash
    from computed
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
    hashed.workflow,
    hashed.site_id,
    hashed.base_on,
    coalesce(latest.revision, 0) + 1 as revision,
    hashed.result_hash,
    case when hashed.certify_count > 0 then 'held' else 'computed' end as state,
    case
        when hashed.certify_count > 0
            then concat(
                to_char(hashed.base_on, 'YYYY"年"MM"月"'), '维修结算待认定', hashed.certify_count, '单 ',
                to_char(hashed.certify_amount, 'FM999,999,999,990.00'), '元，拟扣质保金',
                to_char(hashed.deducted_amount, 'FM999,999,999,990.00'), '元，转索赔',
                to_char(hashed.claimed_amount, 'FM999,999,999,990.00'), '元，公司承担',
                to_char(hashed.company_amount, 'FM999,999,999,990.00'), '元'
            )
        else ''
    end as hold_reason,
    %(run_id)s as run_id,
    %(as_of_on)s as as_of_on,
    %(known_at)s as known_at,
    hashed.order_count + hashed.entry_count as row_count,
    jsonb_build_object(
        'order_count', hashed.order_count,
        'a_count', hashed.a_count,
        'b_count', hashed.b_count,
        'settled_amount', hashed.settled_amount,
        'deducted_amount', hashed.deducted_amount,
        'claimed_amount', hashed.claimed_amount,
        'company_amount', hashed.company_amount,
        'management_amount', hashed.management_amount,
        'disputed_amount', hashed.disputed_amount,
        'stopped_amount', hashed.stopped_amount,
        'stopped_count', hashed.stopped_count,
        'reversed_amount', hashed.reversed_amount,
        'added_amount', hashed.added_amount,
        'returned_amount', hashed.returned_amount
    ) as totals
from hashed
left join latest on hashed.site_id = latest.site_id
where latest.result_hash is distinct from hashed.result_hash
