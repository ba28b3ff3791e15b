/*  Lists what of a run waits for a decision, for the run's note.

    Grain:  one row per site and base period that is held and not decided on.
    Rerun:  safe; only reads.  */
with run as (
    select
        run_id,
        workflow,
        period
    from ops.run
    where run_id = %(run_id)s
),

newest as (
    select distinct on (result.site_id, result.base_on)
        result.site_id,
        result.base_on,
        result.state,
        result.hold_reason,
        result.known_at,
        run_scope.period,
        run.workflow
    from run
    inner join ops.run_scope on run.run_id = run_scope.run_id
    inner join ops.result
        on
            run.workflow = result.workflow
            and run_scope.site_id = result.site_id
            and run_scope.period @> result.base_on
    order by result.site_id, result.base_on, result.revision desc
)

select
    coalesce(place.site_name, newest.site_id) as site_name,
    newest.hold_reason,
    ops.period_key(newest.period) as period_text
from newest
left join book.place on newest.site_id = place.site_id and place.superseded_at = 'infinity'
where
    newest.state = 'held'
    and not exists (
        select from ops.decision
        where
            decision.workflow = newest.workflow
            and decision.site_id = newest.site_id
            and decision.period = newest.period
            and decision.decided_at > newest.known_at
    )
order by newest.site_id, newest.base_on
