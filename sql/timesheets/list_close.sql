/*  Lists when the month of a run closes, at the latest of its sites, and when files are taken in for it a last time.

    Grain:  one row.
    Rerun:  safe; only reads.
    Rules:  Q7 the end of the n-th working day of the next month, which the rule set may choose.  */
select
    max(closing.closes_at) as closes_at,
    max(closing.closes_at) - interval '1 hour' as last_call_at
from ops.run_scope
cross join lateral (
    select attendance.close_instant(run_scope.site_id, lower(run_scope.period), %(known_at)s) as closes_at
) as closing
where run_scope.run_id = %(run_id)s
