/*  Lists projects of which the period before is not issued, and whether somebody works on it.

    Grain:  one row per project that the run is about and that waits.
    Rerun:  safe; only reads.
    Rules:  what became known late counts in the period that follows: each waits for its predecessor (OPS-06).  */
select
    project.site_id,
    project.project_name as site_name,
    before.missing_on as before_on,
    exists (
        select
        from ops.run_scope
        where
            run_scope.workflow = %(workflow)s
            and run_scope.site_id = project.site_id
            and run_scope.period @> (%(starts_on)s::date - 1)
            and run_scope.is_live
    ) as is_worked_on
from sales.project
cross join lateral sales.period_before(%(workflow)s::text, project.site_id, %(starts_on)s::date) as before
where
    project.opens_on < %(starts_on)s
    and not before.is_later
    and (
        %(sites)s::text[] is null
        or project.site_id = any(%(sites)s)
        or project.group_id = any(%(sites)s)
    )
    and project.recorded_at <= clock_timestamp()
    and clock_timestamp() < project.superseded_at
order by project.site_id
