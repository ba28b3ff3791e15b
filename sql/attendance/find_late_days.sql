/*  Finds days, computed before, about which facts or rules became known since, or whose waiting time has run out.

    Grain:  one row per site and day, before the period asked for.
    Rerun:  safe; only reads.
    Rules:  ATT-10, ATT-22 a late slip or a late punch file re-evaluates the day it is about. What was replaced
            counts as well as what replaced it: a slip that moved to another day is news for both. ATT-11 a swap is
            news for both people and both days. Days that another run holds are left to it. Registers that change no
            day (summaries of work, praise, waived and executed fines, wages) are no news; receptions change its turns.  */
with recursive run as (
    select
        %(starts_on)s::date as starts_on,
        %(last_on)s::date as last_on,
        %(known_at)s::timestamptz as known_at,
        %(workflow)s::text as workflow
),

-- Until when the facts of a day were seen: by the runs that computed it, not by those that only held it.
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
            and run_scope.computed_at is not null
    inner join ops.run as seen on run_scope.run_id = seen.run_id
    where result.base_on < run.starts_on and result.revision = 1
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

-- Every site that any version of a person names, so that a transfer is news for both sites.
person as materialized (
    select distinct
        employee_id,
        site_id
    from book.employee
),

regulatory (site_id, from_on, until_on, known_since) as materialized (
    select
        shift.site_id,
        shift.valid_from - 1,
        coalesce(shift.valid_to + 1, 'infinity'),
        heard.at
    from attendance.shift
    cross join lateral (values (shift.recorded_at), (nullif(shift.superseded_at, 'infinity'))) as heard (at)
    union all
    select
        timetable_change.site_id,
        timetable_change.from_on - 1,
        timetable_change.to_on + 1,
        heard.at
    from attendance.timetable_change
    cross join lateral (
        values (timetable_change.recorded_at), (nullif(timetable_change.superseded_at, 'infinity'))
    ) as heard (at)
    union all
    select
        site_rule_set.site_id,
        site_rule_set.valid_from - 1,
        coalesce(site_rule_set.valid_to + 1, 'infinity'),
        heard.at
    from book.site_rule_set
    cross join lateral (
        values (site_rule_set.recorded_at), (nullif(site_rule_set.superseded_at, 'infinity'))
    ) as heard (at)
    union all
    select
        site_rule_set.site_id,
        rule.valid_from - 1,
        coalesce(rule.valid_to + 1, 'infinity'),
        heard.at
    from book.rule
    inner join book.site_rule_set on rule.rule_set = site_rule_set.rule_set
    cross join lateral (values (rule.recorded_at), (nullif(rule.superseded_at, 'infinity'))) as heard (at)
    union all
    select
        site_rule_set.site_id,
        '-infinity',
        'infinity',
        heard.at
    from book.rule_set
    inner join book.site_rule_set on rule_set.rule_set = site_rule_set.rule_set
    cross join lateral (values (rule_set.recorded_at), (nullif(rule_set.superseded_at, 'infinity'))) as heard (at)
    union all
    select
        site.site_id,
        '-infinity',
        'infinity',
        heard.at
    from book.site
    cross join lateral (values (site.recorded_at), (nullif(site.superseded_at, 'infinity'))) as heard (at)
    union all
    select
        site.site_id,
        calendar_day.day_on - 8,
        calendar_day.day_on + 1,
        heard.at
    from book.calendar_day
    cross join (select distinct site_id from computed_day) as site
    cross join lateral (
        values (calendar_day.recorded_at), (nullif(calendar_day.superseded_at, 'infinity'))
    ) as heard (at)
    where heard.at > (select seen_until from first_seen)
),

-- Each row becomes known when it is recorded, and is news again when it is replaced. A plan reaches further than the
-- days that it is about: the windows of a person's days touch, and a rest day that moves can move the deadline of a
-- slip before it.
planning (employee_id, from_on, until_on, days_back, known_since) as materialized (
    select
        roster.employee_id,
        roster.work_on,
        roster.work_on,
        8,
        heard.at
    from attendance.roster
    cross join lateral (values (roster.recorded_at), (nullif(roster.superseded_at, 'infinity'))) as heard (at)
    where heard.at > (select seen_until from first_seen)
    union all
    select
        employee.employee_id,
        least(employee.effective_from, employee.joined_on),
        coalesce(employee.left_on + 31, 'infinity'),
        1,
        heard.at
    from book.employee
    cross join lateral (values (employee.recorded_at), (nullif(employee.superseded_at, 'infinity'))) as heard (at)
    where
        heard.at > (select seen_until from first_seen)
        and not exists (
            select from book.employee as earlier
            where
                earlier.employee_id = employee.employee_id
                and earlier.effective_from < employee.effective_from
                and earlier.superseded_at = 'infinity'
        )
    union all
    -- a later version of a person changes nothing before it takes effect
    select
        employee.employee_id,
        employee.effective_from,
        coalesce(employee.left_on + 31, 'infinity'),
        1,
        heard.at
    from book.employee
    cross join lateral (values (employee.recorded_at), (nullif(employee.superseded_at, 'infinity'))) as heard (at)
    where heard.at > (select seen_until from first_seen)
),

-- Every version of a swap, by person and day.
swap_side as materialized (
    select
        swap.swap_no,
        side.employee_id,
        side.day_on,
        swap.recorded_at,
        swap.superseded_at
    from attendance.swap
    cross join lateral (
        values
            (swap.first_employee_id, swap.first_on), (swap.first_employee_id, swap.second_on),
            (swap.second_employee_id, swap.first_on), (swap.second_employee_id, swap.second_on)
    ) as side (employee_id, day_on)
),

-- What is news for one day of a person may decide over a swap as a whole, for both people and both days, and over the
-- swaps that hang together with it (attendance.heard_swap).
swap_news (swap_no, known_since) as (
    select
        swap_side.swap_no,
        heard.at
    from swap_side
    cross join lateral (values (swap_side.recorded_at), (nullif(swap_side.superseded_at, 'infinity'))) as heard (at)
    where heard.at > (select seen_until from first_seen)
    union
    select
        swap_side.swap_no,
        planning.known_since
    from planning
    inner join swap_side
        on
            planning.employee_id = swap_side.employee_id
            and swap_side.day_on between planning.from_on - 1 and planning.until_on + 1
    union
    select
        swap_side.swap_no,
        regulatory.known_since
    from regulatory
    inner join person on regulatory.site_id = person.site_id
    inner join swap_side
        on
            person.employee_id = swap_side.employee_id
            and swap_side.day_on between regulatory.from_on and regulatory.until_on
    where regulatory.known_since > (select seen_until from first_seen)
    union
    select
        beside.swap_no,
        swap_news.known_since
    from swap_news
    inner join swap_side on swap_news.swap_no = swap_side.swap_no
    inner join swap_side as beside
        on
            swap_side.employee_id = beside.employee_id
            and beside.day_on between swap_side.day_on - 1 and swap_side.day_on + 1
),

personal (employee_id, from_on, until_on, known_since) as (
    select
        planning.employee_id,
        planning.from_on - planning.days_back,
        planning.until_on + 1,
        planning.known_since
    from planning
    union all
    select
        swap_side.employee_id,
        swap_side.day_on - 8,
        swap_side.day_on + 1,
        swap_news.known_since
    from swap_news
    inner join swap_side on swap_news.swap_no = swap_side.swap_no
    union all
    select
        leave.employee_id,
        leave.starts_at::date - 1,
        leave.ends_at::date,
        heard.at
    from attendance.leave
    cross join lateral (values (leave.recorded_at), (nullif(leave.superseded_at, 'infinity'))) as heard (at)
    where heard.at > (select seen_until from first_seen)
    union all
    select
        outing.employee_id,
        outing.out_at::date - 1,
        coalesce(outing.back_at, outing.out_at)::date,
        heard.at
    from attendance.outing
    cross join lateral (values (outing.recorded_at), (nullif(outing.superseded_at, 'infinity'))) as heard (at)
    where heard.at > (select seen_until from first_seen)
    union all
    -- one more signature can push a later one over the month's quota
    select
        missed_punch.employee_id,
        date_trunc('month', missed_punch.work_on)::date,
        (date_trunc('month', missed_punch.work_on) + interval '1 month')::date - 1,
        heard.at
    from attendance.missed_punch
    cross join lateral (
        values (missed_punch.recorded_at), (nullif(missed_punch.superseded_at, 'infinity'))
    ) as heard (at)
    where heard.at > (select seen_until from first_seen)
    union all
    select
        conduct_slip.employee_id,
        conduct_slip.event_on,
        conduct_slip.event_on,
        heard.at
    from attendance.conduct_slip
    cross join lateral (
        values (conduct_slip.recorded_at), (nullif(conduct_slip.superseded_at, 'infinity'))
    ) as heard (at)
    where heard.at > (select seen_until from first_seen)
    union all
    select
        spot_check.employee_id,
        spot_check.checked_at::date - 1,
        spot_check.checked_at::date,
        heard.at
    from attendance.spot_check
    cross join lateral (
        values (spot_check.recorded_at), (nullif(spot_check.superseded_at, 'infinity'))
    ) as heard (at)
    where heard.at > (select seen_until from first_seen)
    union all
    -- a meeting that moves is news for everybody who is due, and so is a line of who was due for that person
    select
        gathering_attendee.employee_id,
        gathering.starts_at::date - 1,
        gathering.ends_at::date,
        heard.at
    from attendance.gathering
    inner join attendance.gathering_attendee on gathering.gathering_no = gathering_attendee.gathering_no
    cross join lateral (
        values
            (gathering.recorded_at), (nullif(gathering.superseded_at, 'infinity')),
            (gathering_attendee.recorded_at), (nullif(gathering_attendee.superseded_at, 'infinity'))
    ) as heard (at)
    where heard.at > (select seen_until from first_seen)
    union all
    select
        overtime.employee_id,
        least(overtime.work_on, overtime.starts_at::date - 1),
        greatest(overtime.work_on, overtime.ends_at::date),
        heard.at
    from attendance.overtime
    cross join lateral (
        values (overtime.recorded_at), (nullif(overtime.superseded_at, 'infinity'))
    ) as heard (at)
    where heard.at > (select seen_until from first_seen)
    union all
    select
        day_ruling.employee_id,
        day_ruling.work_on,
        day_ruling.work_on,
        heard.at
    from attendance.day_ruling
    cross join lateral (
        values (day_ruling.recorded_at), (nullif(day_ruling.superseded_at, 'infinity'))
    ) as heard (at)
    where heard.at > (select seen_until from first_seen)
),

news (site_id, from_on, until_on, known_since) as (
    select
        site_id,
        min(punched_at)::date - 1,
        max(punched_at)::date + 1,  -- a shift that begins in the night is entered on the eve
        recorded_at
    from attendance.punch
    where recorded_at > (select seen_until from first_seen)
    group by site_id, recorded_at, (punched_at - interval '4 hours')::date
    union all
    -- the turns of a day follow its register
    select
        reception.site_id,
        reception.came_at::date,
        reception.came_at::date,
        heard.at
    from attendance.reception
    cross join lateral (
        values (reception.recorded_at), (nullif(reception.superseded_at, 'infinity'))
    ) as heard (at)
    where heard.at > (select seen_until from first_seen)
    union all
    -- where unknown badges are admitted, a punch also tells that its owner was employed since the one before
    select
        punch.site_id,
        max(before.punched_at)::date,
        max(punch.punched_at)::date,
        punch.recorded_at
    from attendance.punch
    inner join book.site
        on punch.site_id = site.site_id and site.is_admitting_unknown and site.superseded_at = 'infinity'
    inner join lateral (
        select max(earlier.punched_at) as punched_at
        from attendance.punch as earlier
        where
            earlier.site_id = punch.site_id
            and earlier.badge_no = punch.badge_no
            and earlier.punched_at < punch.punched_at - interval '1 day'
    ) as before on before.punched_at is not null
    where punch.recorded_at > (select seen_until from first_seen)
    group by punch.site_id, punch.badge_no, punch.recorded_at, (punch.punched_at - interval '4 hours')::date
    union all
    select
        person.site_id,
        personal.from_on,
        personal.until_on,
        personal.known_since
    from personal
    inner join person on personal.employee_id = person.employee_id
    union all
    select
        site_id,
        from_on,
        until_on,
        known_since
    from regulatory
    union all
    select
        attendance_day.site_id,
        attendance_day.work_on,
        attendance_day.work_on,
        attendance_day.pending_until
    from attendance.attendance_day
    inner join run on attendance_day.pending_until <= run.known_at
),

late_day as (
    select
        computed_day.site_id,
        computed_day.base_on
    from computed_day
    cross join run
    inner join news
        on
            computed_day.site_id = news.site_id
            and computed_day.base_on between news.from_on and news.until_on
            and news.known_since > computed_day.seen_until
            and news.known_since <= run.known_at
    union
    -- a day whose newest result was computed by a run that wrote no letter about it
    select
        artifact.site_id,
        lower(artifact.period) as base_on
    from ops.artifact
    inner join run
        on
            artifact.workflow = run.workflow
            and artifact.document_kind = run.workflow
            and upper(artifact.period) = lower(artifact.period) + 1
            and lower(artifact.period) < run.starts_on
    inner join ops.result
        on
            artifact.workflow = result.workflow
            and artifact.site_id = result.site_id
            and result.base_on = lower(artifact.period)
    group by artifact.site_id, artifact.period
    having max(result.known_at) > max(artifact.known_at)
)

select
    late_day.site_id,
    late_day.base_on,
    late_day.base_on + 1 as until_on
from late_day
cross join run
where
    not exists (
        select from ops.run_scope
        where
            run_scope.workflow = run.workflow
            and run_scope.is_live
            and run_scope.site_id = late_day.site_id
            and run_scope.period @> late_day.base_on
    )
order by late_day.site_id, late_day.base_on
