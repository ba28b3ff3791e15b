/*  Lists towers whose month before is not released, and whether somebody works on it.

    Grain:  one row per tower that the run is about and that waits.
    Rerun:  safe; only reads.
    Rules:  OPS-06 each month of a backfill waits for its predecessor.  */
select
    tower.site_id,
    tower.tower_name as site_name,
    (%(starts_on)s::date - interval '1 month')::date as before_on,
    exists (
        select
        from ops.run_scope
        inner join ops.run on run_scope.run_id = run.run_id
        where
            run_scope.workflow = 'fee_notices'
            and run_scope.site_id = tower.site_id
            and run_scope.period @> (%(starts_on)s::date - 1)
            and run_scope.is_live
    ) as is_worked_on
from fees.tower
where
    tower.opens_with <= %(starts_on)s
    and (%(sites)s::text[] is null or tower.site_id = any(%(sites)s))
    and tower.recorded_at <= clock_timestamp()
    and clock_timestamp() < tower.superseded_at
    and not fees.is_next(tower.site_id, %(starts_on)s, clock_timestamp())
order by tower.site_id
