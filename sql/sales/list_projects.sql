/*  Lists the projects whose registers are kept here in the period; the groups over them are not among them.

    Grain:  one row per project.
    Rerun:  safe; only reads.  */
select project.site_id
from sales.project
where
    project.opens_on <= %(last_on)s
    and project.recorded_at <= %(known_at)s
    and %(known_at)s < project.superseded_at
order by project.site_id
