/*  Lists the sites of a run whose month is closed: their month sheet may become final.

    Grain:  one row per site.
    Rerun:  safe; only reads.  */
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
order by run_scope.site_id
