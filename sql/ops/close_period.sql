/*  Closes the period of a released document: from here on it changes only by corrections.

    Grain:  one row per workflow, site and period.
    Rerun:  safe; a period is closed once.
    Rules:  Q7 billing closes when its notices are released; OPS-21.  */
insert into ops.period_close (workflow, site_id, period, closed_at, closed_by, run_id)
select
    run.workflow,
    %(site_id)s as site_id,
    daterange(%(base_on)s, %(until_on)s) as period,
    clock_timestamp() as closed_at,
    run.requested_by as closed_by,
    run.run_id
from ops.run
where run.run_id = %(run_id)s
on conflict (workflow, site_id, period) do nothing
