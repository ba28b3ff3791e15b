/*  Lists the sites of a run whose month is closed and waits for nothing: their month sheet may become final.

    Grain:  one row per site.
    Rerun:  safe; only reads.
    Rules:  ATT-19 a final sheet has nothing pending, else it is not issued.  */
select run_scope.site_id
from ops.run_scope
where
    run_scope.run_id = %(run_id)s
    and exists (
        select from ops.period_close
        where
            period_close.workflow = 'daily_attendance'
            and period_close.site_id = run_scope.site_id
            and period_close.period @> run_scope.period
    )
    and not exists (
        select from ops.run_gap
        where run_gap.run_id = run_scope.run_id and run_gap.site_id = run_scope.site_id
    )
order by run_scope.site_id
