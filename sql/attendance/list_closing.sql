/*  Lists the attendance months whose day of closing has passed, for the sites of a run, and the days to judge once more.

    Grain:  one row per site, month and stretch of days that were computed.
    Rerun:  safe; only reads.
    Rules:  Q7 the month closes at the end of the n-th working day of the next one, with what was known then. A month
            that was first computed after that has no such knowledge: it closes when its month sheet is settled
            (`of_period`), with what the run knows. A month of which nothing was ever computed has nothing to close.  */
with run as (
    select
        run_id,
        period,
        known_at
    from ops.run
    where run_id = %(run_id)s
),

site as (
    select distinct site_id
    from ops.run_scope
    where run_id = %(run_id)s
),

computed as (
    select
        result.site_id,
        date_trunc('month', result.base_on)::date as month_on,
        min(result.known_at) as first_known_at,
        range_agg(daterange(result.base_on, result.base_on + 1)) as days
    from ops.result
    inner join site on result.site_id = site.site_id
    cross join run
    where
        result.workflow = 'daily_attendance'
        and result.base_on < date_trunc('month', run.known_at)
        and not exists (
            select from ops.period_close
            where
                period_close.workflow = 'daily_attendance'
                and period_close.site_id = result.site_id
                and period_close.period @> result.base_on
        )
    group by result.site_id, date_trunc('month', result.base_on)::date
),

due as (
    select
        computed.site_id,
        computed.month_on,
        computed.days,
        case
            when computed.first_known_at < closing.nominal_at then closing.nominal_at
            when %(of_period)s and run.period @> computed.month_on then run.known_at
        end as closes_at
    from computed
    cross join run
    cross join lateral (
        select attendance.close_instant(computed.site_id, computed.month_on, run.known_at) as nominal_at
    ) as closing
    where closing.nominal_at <= run.known_at
)

select
    due.site_id,
    due.month_on,
    due.closes_at,
    stretch as days
from due
cross join lateral unnest(due.days) as stretch
where due.closes_at is not null
order by due.month_on, due.closes_at, due.site_id, stretch
