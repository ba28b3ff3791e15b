/*  Tells, for each document that a run could issue, whether it is new, unchanged, held or rejected.

    Grain:  one row per site and period of the run's scope.
    Rerun:  safe; only reads.
    Rules:  a document's content is the newest result of each of its base periods; the same content is never
            issued twice, a decision is valid for exactly the content it was given on.  */
with run as (
    select
        run.run_id,
        run.workflow,
        run.known_at,
        run.mode,
        %(document_kind)s::text as document_kind
    from ops.run
    where run.run_id = %(run_id)s
),

newest_result as (
    select distinct on (run_scope.site_id, run_scope.period, result.base_on)
        run_scope.site_id,
        run_scope.period,
        run_scope.cause,
        result.base_on,
        result.result_hash,
        result.state,
        result.hold_reason,
        result.row_count
    from ops.run_scope
    inner join run on run_scope.run_id = run.run_id
    inner join ops.result
        on
            run.workflow = result.workflow
            and run_scope.site_id = result.site_id
            and run_scope.period @> result.base_on
    order by run_scope.site_id, run_scope.period, result.base_on, result.revision desc
),

content as (
    select
        site_id,
        period,
        cause,
        md5(string_agg(base_on::text || result_hash, E'\n' order by base_on)) as content_hash,
        string_agg(hold_reason, '；' order by base_on) filter (where state = 'held') as hold_reason,
        sum(row_count)::integer as row_count
    from newest_result
    group by site_id, period, cause
),

latest_artifact as (
    select distinct on (artifact.site_id, artifact.period)
        artifact.site_id,
        artifact.period,
        artifact.artifact_id,
        artifact.revision,
        artifact.content_hash
    from ops.artifact
    inner join run on artifact.document_kind = run.document_kind
    inner join content on artifact.site_id = content.site_id and artifact.period = content.period
    order by artifact.site_id, artifact.period, artifact.revision desc
)

select
    content.site_id,
    coalesce(place.site_name, content.site_id) as site_name,
    lower(content.period) as starts_on,
    upper(content.period) - 1 as last_on,
    content.cause,
    content.content_hash,
    content.row_count,
    latest_artifact.artifact_id,
    case
        when latest_artifact.content_hash = content.content_hash then latest_artifact.revision
        else coalesce(latest_artifact.revision, 0) + 1
    end as revision,
    case
        when latest_artifact.content_hash = content.content_hash then 'unchanged'
        when decision.verdict = 'rejected' then 'rejected'
        when content.hold_reason is not null and decision.verdict is null then 'held'
        else 'new'
    end as state,
    coalesce(decision.opinion, content.hold_reason, '') as hold_reason
from content
cross join run
left join latest_artifact on content.site_id = latest_artifact.site_id and content.period = latest_artifact.period
left join ops.decision
    on
        run.workflow = decision.workflow
        and content.site_id = decision.site_id
        and content.period = decision.period
        and content.content_hash = decision.content_hash
left join book.place
    on
        content.site_id = place.site_id
        and place.recorded_at <= run.known_at
        and run.known_at < place.superseded_at
order by content.cause, content.site_id, content.period
