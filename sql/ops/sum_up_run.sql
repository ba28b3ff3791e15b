/*  Sums up what a run did, for its note and its last state.

    Grain:  one row.
    Rerun:  safe; only reads.  */
with run as (
    select
        run_id,
        workflow,
        period,
        mode,
        state,
        note,
        started_at
    from ops.run
    where run_id = %(run_id)s
),

newest_result as (
    select distinct on (result.site_id, result.base_on)
        result.site_id,
        result.base_on,
        result.run_id,
        result.state as result_state,
        result.totals,
        result.run_id = run.run_id
        or exists (
            select from ops.artifact
            where
                artifact.run_id = run.run_id
                and artifact.workflow = result.workflow
                and artifact.site_id = result.site_id
                and artifact.content_hash = md5(result.base_on::text || result.result_hash)
        ) as is_own
    from ops.result
    inner join run on result.workflow = run.workflow
    inner join ops.run_scope
        on
            run.run_id = run_scope.run_id
            and result.site_id = run_scope.site_id
            and run_scope.period @> result.base_on
    order by result.site_id, result.base_on, result.revision desc
),

summed as (
    select
        each_total.key as total,
        sum(each_total.value::numeric) as amount,
        sum(each_total.value::numeric) filter (where newest_result.is_own) as own_amount
    from newest_result
    cross join lateral jsonb_each_text(newest_result.totals) as each_total
    group by each_total.key
),

-- Letters of this run, and of earlier runs' documents that this one sent at last.
letters as (
    select
        -- a person may have learnt that it arrived
        count(*) filter (
            where outbox.state = 'sent' and coalesce(outbox.sent_at, outbox.resolved_at) >= run.started_at
        ) as sent_count,
        count(*) filter (where outbox.state = 'unclear') as unclear_count,
        count(*) filter (where outbox.state = 'refused') as refused_count,
        count(*) filter (where outbox.state in ('reserved', 'ready', 'sending')) as waiting_count
    from run
    inner join ops.outbox
        on
            outbox.run_id = run.run_id
            or outbox.artifact_id in (
                select artifact.artifact_id
                from ops.artifact
                inner join ops.run_scope
                    on
                        run_scope.run_id = run.run_id
                        and artifact.site_id = run_scope.site_id
                        and artifact.period = run_scope.period
                where artifact.workflow = run.workflow
            )
    left join ops.artifact as document on outbox.artifact_id = document.artifact_id
    where document.site_id is distinct from '*'
)

select
    run.mode,
    run.state,
    lower(run.period) as starts_on,
    upper(run.period) - 1 as last_on,
    (select count(distinct site_id) from ops.run_scope where run_scope.run_id = run.run_id) as site_count,
    (select count(*) from newest_result) as result_count,
    (select count(*) from newest_result where newest_result.result_state <> 'issued') as unissued_count,
    (select count(*) from newest_result where newest_result.run_id = run.run_id) as new_result_count,
    (select coalesce(jsonb_object_agg(total, amount), '{}') from summed) as totals,
    -- of results that this run computed or brought out: an earlier correction is not its own
    (select coalesce(jsonb_object_agg(total, own_amount), '{}') from summed where own_amount is not null) as own_totals,
    -- the sheet that tells of the run itself is nothing that the run did
    (select count(*) from ops.artifact where artifact.run_id = run.run_id and artifact.site_id <> '*')
        as new_artifact_count,
    (select coalesce(sum(quarantined_count), 0) from ops.landing_file where landing_file.run_id = run.run_id)
        as quarantined_count,
    letters.*,
    (
        select
            string_agg(coalesce(place.site_name, gap.site_id) || ' ' || gap.days || '（' || gap.missing || '）', '、')
        from (
            select
                run_gap.site_id,
                run_gap.missing,
                case
                    when count(*) = 1 then min(run_gap.base_on)::text
                    else min(run_gap.base_on)::text || '等' || count(*) || '天'
                end as days
            from ops.run_gap
            where run_gap.run_id = run.run_id
            group by run_gap.site_id, run_gap.missing
        ) as gap
        left join book.place on gap.site_id = place.site_id and place.superseded_at = 'infinity'
    ) as gap_text,
    -- a site of which the whole period is missing waits; single silent days of a range are exceptions
    (
        select count(*)
        from ops.run_scope
        where
            run_scope.run_id = run.run_id
            and run_scope.cause = 'asked'
            and exists (select from ops.run_gap where run_gap.run_id = run.run_id and run_gap.site_id = run_scope.site_id)
            and not exists (
                select from newest_result
                where newest_result.site_id = run_scope.site_id and run_scope.period @> newest_result.base_on
            )
    ) as waiting_site_count,
    (select count(*) from ops.run_gap where run_gap.run_id = run.run_id) as gap_count
from run
cross join letters
