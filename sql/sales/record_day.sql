/*  Records, per project, the hash and the totals of a day's follow-up; a new revision only if they differ.

    Grain:  one row per project, day and revision.
    Rerun:  safe; the same content is not recorded again (OPS-16).
    Rules:  only what the day's workbooks show is part of it: a customer whom nobody has to look at makes no new edition.  */
insert into ops.result (
    workflow, site_id, base_on, revision, result_hash, run_id, as_of_on, known_at, row_count, totals
)
with scope as materialized (
    select
        run_period.workflow,
        run_period.site_id,
        run_period.base_on,
        run_period.last_on
    from sales.run_period
    where
        run_period.run_id = %(run_id)s
        and not exists (
            select from ops.run_gap
            where run_gap.run_id = %(run_id)s and run_gap.site_id = run_period.site_id
        )
),

computed as (
    select
        scope.*,
        listed.*,
        md5(concat_ws('|', scope.last_on, listed.content, decided.content)) as result_hash,
        decided.decision_count
    from scope
    cross join lateral (
        select
            string_agg(followup::text, '|' order by followup.kind, followup.item_no) as content,
            count(*) as row_count,
            count(*) filter (where followup.kind = '今日应跟进') as due_count,
            count(*) filter (where followup.kind = '已逾期') as late_count,
            count(*) filter (where followup.kind = '即将失效') as lapsing_count,
            count(*) filter (where followup.kind = '待催款') as chase_count,
            coalesce(sum(followup.amount) filter (where followup.kind = '待催款'), 0) as chase_amount,
            count(*) filter (where followup.kind = '资料未交') as paper_count,
            count(*) filter (
                where followup.kind = '暂存现金' and (followup.detail ->> 'is_wrong')::boolean
            ) as cash_count
        from sales.followup
        where followup.site_id = scope.site_id and followup.base_on = scope.base_on
    ) as listed
    cross join lateral (
        select
            string_agg(ownership::text, '|' order by ownership.customer_key) as content,
            count(*) as decision_count
        from sales.decisions(scope.workflow, scope.site_id, scope.base_on, scope.base_on - 1, scope.last_on) as ownership
    ) as decided
),

latest as (
    select distinct on (result.site_id, result.base_on)
        result.site_id,
        result.base_on,
        result.revision,
        result.result_hash
    from scope
    inner join ops.result
        on scope.workflow = result.workflow and scope.site_id = result.site_id and scope.base_on = result.base_on
    order by result.site_id, result.base_on, result.revision desc
)

select
    computed.workflow,
    computed.site_id,
    computed.base_on,
    coalesce(latest.revision, 0) + 1 as revision,
    computed.result_hash,
    %(run_id)s as run_id,
    computed.last_on as as_of_on,
    %(known_at)s as known_at,
    computed.row_count,
    jsonb_build_object(
        'due_count', computed.due_count,
        'late_count', computed.late_count,
        'lapsing_count', computed.lapsing_count,
        'chase_count', computed.chase_count,
        'chase_amount', computed.chase_amount,
        'paper_count', computed.paper_count,
        'cash_count', computed.cash_count,
        'decision_count', computed.decision_count
    ) as totals
from computed
left join latest on computed.site_id = latest.site_id and computed.base_on = latest.base_on
where latest.result_hash is distinct from computed.result_hash
