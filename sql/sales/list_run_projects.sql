/*  Lists the projects of a run, whose reports go out one by one; the groups over them follow.

    Grain:  one row per project.
    Rerun:  safe; only reads.  */
select run_scope.site_id
from ops.run_scope
where
    run_scope.run_id = %(run_id)s
    and exists (
        select from sales.project
        where
            project.site_id = run_scope.site_id
            and project.recorded_at <= %(known_at)s
            and %(known_at)s < project.superseded_at
    )
order by run_scope.site_id
