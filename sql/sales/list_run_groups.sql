/*  Lists the groups of a run all of whose projects' reports of the period are issued.

    Grain:  one row per group.
    Rerun:  safe; only reads.
    Rules:  a group's figures are those that its projects were told (outputs 4.1); until the last of them is issued,
            the group's report waits.  */
select run_scope.site_id
from ops.run_scope
inner join sales.project
    on
        run_scope.site_id = project.group_id
        and project.opens_on < upper(run_scope.period)
        and project.recorded_at <= %(known_at)s
        and %(known_at)s < project.superseded_at
where run_scope.run_id = %(run_id)s
group by run_scope.site_id
having
    bool_and(
        exists (
            select from ops.period_close
            where
                period_close.workflow = run_scope.workflow
                and period_close.site_id = project.site_id
                and period_close.period = run_scope.period
        )
    )
order by run_scope.site_id
