/*  Lists companies whose month before is not settled, and whether somebody works on it.

    Grain:  one row per company that the run is about and that waits.
    Rerun:  safe; only reads.
    Rules:  OPS-06 each month of a backfill waits for its predecessor.  */
select
    company.site_id,
    company.company_name as site_name,
    (%(starts_on)s::date - interval '1 month')::date as before_on,
    exists (
        select
        from ops.run_scope
        inner join ops.run on run_scope.run_id = run.run_id
        where
            run_scope.workflow = 'deposit_chargebacks'
            and run_scope.site_id = company.site_id
            and run_scope.period @> (%(starts_on)s::date - 1)
            and run_scope.is_live
    ) as is_worked_on
from repairs.company
where
    company.opens_with <= %(starts_on)s
    and (%(sites)s::text[] is null or company.site_id = any(%(sites)s))
    and company.recorded_at <= clock_timestamp()
    and clock_timestamp() < company.superseded_at
    and not repairs.is_next(company.site_id, %(starts_on)s, clock_timestamp())
order by company.site_id
