/*  Finds days, computed before, about which facts arrived since, or whose waiting time has run out.

    Grain:  one row per site and day, outside the period asked for.
    Rerun:  safe; only reads.
    Rules:  ATT-10, ATT-22 a late slip or a late punch file re-evaluates the day it is about.  */
with run as (
    select
        %(starts_on)s::date as starts_on,
        %(last_on)s::date as last_on,
        %(known_at)s::timestamptz as known_at,
        %(workflow)s::text as workflow
),

computed_day as materialized (
    select
        result.site_id,
        result.base_on,
        max(seen.known_at) as seen_until
    from ops.result
    inner join run on result.workflow = run.workflow
    inner join ops.run_scope
        on
            result.workflow = run_scope.workflow
            and result.site_id = run_scope.site_id
            and run_scope.period @> result.base_on
    inner join ops.run as seen
        on run_scope.run_id = seen.run_id and seen.mode <> 'trial' and seen.state not in ('running', 'failed', 'refused')
    where result.base_on < run.starts_on
    group by result.site_id, result.base_on
    union all
    -- days that were set aside because nothing had been heard of them
    select
        run_gap.site_id,
        run_gap.base_on,
        max(waiting.known_at) as seen_until
    from ops.run_gap
    inner join ops.run as waiting on run_gap.run_id = waiting.run_id
    inner join run on waiting.workflow = run.workflow
    where
        run_gap.base_on < run.starts_on
        and not exists (
            select from ops.result
            where
                result.workflow = run.workflow
                and result.site_id = run_gap.site_id
                and result.base_on = run_gap.base_on
        )
    group by run_gap.site_id, run_gap.base_on
),

first_seen as materialized (
    select coalesce(min(seen_until), 'infinity') as seen_until
    from computed_day
),

person as (
    select distinct
        employee.employee_id,
        employee.site_id
    from book.employee
    inner join run on employee.recorded_at <= run.known_at and run.known_at < employee.superseded_at
),

-- recorded_at of a version, or superseded_at of the one it replaced, is when a fact became known.
news (site_id, from_on, until_on, known_since) as (
    select
        site_id,
        min(punched_at)::date - 1,
        max(punched_at)::date,
        recorded_at
    from attendance.punch
    where recorded_at > (select seen_until from first_seen)
    group by site_id, recorded_at, (punched_at - interval '4 hours')::date
    union all
    select
        person.site_id,
        roster.work_on,
        roster.work_on,
        roster.recorded_at
    from attendance.roster
    inner join person on roster.employee_id = person.employee_id
    where roster.recorded_at > (select seen_until from first_seen)
    union all
    select
        person.site_id,
        leave.starts_at::date - 1,
        leave.ends_at::date,
        leave.recorded_at
    from attendance.leave
    inner join person on leave.employee_id = person.employee_id
    where leave.recorded_at > (select seen_until from first_seen)
    union all
    select
        person.site_id,
        outing.out_at::date - 1,
        coalesce(outing.back_at, outing.out_at)::date,
        outing.recorded_at
    from attendance.outing
    inner join person on outing.employee_id = person.employee_id
    where outing.recorded_at > (select seen_until from first_seen)
    union all
    -- one more signature can push a later one over the month's quota
    select
        person.site_id,
        date_trunc('month', missed_punch.work_on)::date,
        (date_trunc('month', missed_punch.work_on) + interval '1 month')::date - 1,
        missed_punch.recorded_at
    from attendance.missed_punch
    inner join person on missed_punch.employee_id = person.employee_id
    where missed_punch.recorded_at > (select seen_until from first_seen)
    union all
    select
        person.site_id,
        conduct_slip.event_on,
        conduct_slip.event_on,
        conduct_slip.recorded_at
    from attendance.conduct_slip
    inner join person on conduct_slip.employee_id = person.employee_id
    where conduct_slip.recorded_at > (select seen_until from first_seen)
    union all
    select
        employee.site_id,
        employee.joined_on,
        coalesce(employee.left_on + 31, 'infinity'),
        employee.recorded_at
    from book.employee
    where employee.recorded_at > (select seen_until from first_seen)
    union all
    select
        attendance_day.site_id,
        attendance_day.work_on,
        attendance_day.work_on,
        attendance_day.pending_until
    from attendance.attendance_day
    inner join run on attendance_day.pending_until <= run.known_at
)

select distinct
    computed_day.site_id,
    computed_day.base_on,
    computed_day.base_on + 1 as until_on
from computed_day
cross join run
inner join news
    on
        computed_day.site_id = news.site_id
        and computed_day.base_on between news.from_on and news.until_on
        and news.known_since > computed_day.seen_until
        and news.known_since <= run.known_at
order by computed_day.site_id, computed_day.base_on
