/*  Lists the projects that are open in the period, and the groups over them.

    Grain:  one row per project, and one per group that has one.
    Rerun:  safe; only reads.  */
with open_project as (
    select
        project.site_id,
        project.group_id
    from sales.project
    where
        project.opens_on <= %(last_on)s
        and project.recorded_at <= %(known_at)s
        and %(known_at)s < project.superseded_at
)

select open_project.site_id
from open_project
union
select open_project.group_id
from open_project
order by site_id
