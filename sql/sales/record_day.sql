/*  Records, per project, the hash and the totals of a day's follow-up; a new revision only if they differ.

    Grain:  one row per project, day and revision.
    Rerun:  safe; the same content is not recorded again (OPS-16).
    Rules:  only what the day's workbooks show is part of it: a customer whom nobody has to look at makes no new edition.
            Beside it what the edition says to each consultant (sales.letter_content), for the letters of the next.  */
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
            ) as cash_count,
            count(*) filter (where followup.kind = '未计入跟进') as uncounted_count
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
),

changed as materialized (
    select
        computed.*,
        coalesce(latest.revision, 0) + 1 as revision
    from computed
    left join latest on computed.site_id = latest.site_id and computed.base_on = latest.base_on
    where latest.result_hash is distinct from computed.result_hash
),

told as (
    insert into sales.letter_content (site_id, base_on, revision, consultant_id, content_hash)
    select
        changed.site_id,
        changed.base_on,
        changed.revision,
        said.consultant_id,
        md5(string_agg(said.content, '|' order by said.content)) as content_hash
    from changed
    cross join lateral (
        select
            followup.consultant_id,
            followup::text as content
        from sales.followup
        where
            followup.site_id = changed.site_id
            and followup.base_on = changed.base_on
            and followup.consultant_id is not null
    ) as said
    group by changed.site_id, changed.base_on, changed.revision, said.consultant_id
)

insert into ops.result (
    workflow, site_id, base_on, revision, result_hash, run_id, as_of_on, known_at, row_count, totals
)
select
    changed.workflow,
    changed.site_id,
    changed.base_on,
    changed.revision,
    changed.result_hash,
    %(run_id)s as run_id,
    changed.last_on as as_of_on,
    %(known_at)s as known_at,
    changed.row_count,
    jsonb_build_object(
        'follow_count', changed.due_count,
        'overdue_count', changed.late_count,
        'lapsing_count', changed.lapsing_count,
        'chase_count', changed.chase_count,
        'chase_amount', changed.chase_amount,
        'paper_count', changed.paper_count,
        'cash_count', changed.cash_count,
        'uncounted_count', changed.uncounted_count,
        'decision_count', changed.decision_count
    ) as totals
from changed
