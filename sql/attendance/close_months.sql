/*  Closes the attendance months whose day of closing has passed, for the sites of this run.

    Grain:  one row per site and month, once.
    Rerun:  safe; a month that is closed stays closed.
    Rules:  Q7 the month closes at the end of the n-th working day of the next one. A month of which nothing
            was ever computed has nothing to close yet.  */
insert into ops.period_close (workflow, site_id, period, closed_at, closed_by, run_id)
with run as (
    select
        run_id,
        workflow,
        known_at
    from ops.run
    where run_id = %(run_id)s
),

site_month as (
    select distinct
        run_day.site_id,
        date_trunc('month', run_day.day_on)::date as month_on
    from ops.run_day
    inner join run on run_day.run_id = run.run_id
)

select
    run.workflow,
    site_month.site_id,
    daterange(site_month.month_on, (site_month.month_on + interval '1 month')::date) as period,
    coalesce(
        attendance.close_instant(site_month.site_id, site_month.month_on, run.known_at), run.known_at
    ) as closed_at,
    '按制度关账' as closed_by,
    run.run_id
from site_month
cross join run
where
    site_month.month_on < attendance.open_month(site_month.site_id, run.known_at)
    and exists (
        select from ops.result
        where
            result.workflow = run.workflow
            and result.site_id = site_month.site_id
            and result.base_on >= site_month.month_on
            and result.base_on < site_month.month_on + interval '1 month'
    )
on conflict do nothing
