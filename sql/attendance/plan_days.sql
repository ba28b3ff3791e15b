/*  Plans what each person of the run's sites is due on each day: the roster first, then the calendar.

    Grain:  one row per employee and attendance day, for the run's days (is_judged) and the days beside them, whose
            shifts may reach into them.
    Rerun:  safe; fills a table of this transaction only (duty).
    Rules:  GM-A3, ATT-07 the roster decides rest days. OF-A1 calendar staff work when the State Council says so.
            ATT-11, GM-A6, YJ-A4 a swap that is heard (attendance.heard_swap) exchanges what the two are due; any other
            changes nothing and is named. YJ-A1 a temporary timetable puts another shift in the place of the one due,
            never in the place of rest. ATT-20 who shares a name with a colleague is told by badge or number only.
    Window: the punches that may belong to a shift are those from so many minutes before its start until so many after
            its end; without a shift, from 04:00 to 04:00 (less what belongs to the shifts beside it: settle_windows).
    Speed:  rules and names are looked up laterally: a join by dates is estimated at one row, and then looped over.  */
create temp table duty on commit drop as
with site_day as materialized (
    select
        policy.site_id,
        policy.work_on,
        policy.opens_before,
        policy.closes_after,
        run_day.run_id is not null as is_judged
    from policy
    left join ops.run_day
        on
            run_day.run_id = %(run_id)s
            and policy.site_id = run_day.site_id
            and policy.work_on = run_day.day_on
),

calendar as materialized (
    select
        site_day.work_on,
        (site_day.work_on + time '04:00')::timestamptz as opens_at,
        (site_day.work_on + 1 + time '04:00')::timestamptz as closes_at,
        book.is_workday(site_day.work_on, %(known_at)s) as is_workday,
        coalesce(bool_or(calendar_day.is_statutory), false) as is_statutory
    from site_day
    left join book.calendar_day
        on
            site_day.work_on = calendar_day.day_on
            and calendar_day.recorded_at <= %(known_at)s
            and %(known_at)s < calendar_day.superseded_at
    group by site_day.work_on
),

-- A site that runs from its punch log alone: unknown badges are people from their first to their last punch.
provisional as (
    select
        punch.site_id,
        punch.site_id || '-' || punch.badge_no as employee_id,
        punch.badge_no,
        min(punch.punched_at - interval '4 hours')::date as first_on,
        max(punch.punched_at - interval '4 hours')::date as last_on
    from attendance.punch
    inner join book.site
        on
            punch.site_id = site.site_id
            and site.is_admitting_unknown
            and site.recorded_at <= %(known_at)s
            and %(known_at)s < site.superseded_at
    where
        punch.recorded_at <= %(known_at)s
        and punch.site_id in (select site_day.site_id from site_day)
        and not exists (
            select from identity
            cross join unnest(identity.names) as spoken (badge_no)
            where identity.site_id = punch.site_id and spoken.badge_no = punch.badge_no
        )
    group by punch.site_id, punch.badge_no
),

person_day as (
    select
        policy.work_on,
        policy.site_id,
        site_day.is_judged,
        policy.works_calendar,
        identity.employee_id,
        identity.employee_name,
        coalesce(identity.department, '') as department,
        coalesce(identity.post, '') as post,
        coalesce(identity.badge_no, '') as badge_no,
        identity.joined_on,
        identity.left_on,
        identity.badges,
        identity.has_namesake
    from policy
    inner join site_day on policy.site_id = site_day.site_id and policy.work_on = site_day.work_on
    inner join identity
        on
            policy.site_id = identity.site_id
            and policy.work_on >= greatest(identity.holds_from, identity.joined_on)
            and policy.work_on < least(identity.holds_until, identity.left_on + 1)
    union all
    select
        policy.work_on,
        policy.site_id,
        site_day.is_judged,
        policy.works_calendar,
        provisional.employee_id,
        '临时工号' || provisional.badge_no as employee_name,
        '' as department,
        '未登记' as post,
        provisional.badge_no,
        null as joined_on,
        null as left_on,
        array[provisional.badge_no] as badges,
        false as has_namesake
    from policy
    inner join site_day on policy.site_id = site_day.site_id and policy.work_on = site_day.work_on
    inner join provisional
        on
            policy.site_id = provisional.site_id
            and policy.work_on between provisional.first_on and provisional.last_on
),

shift_in_force as materialized (
    select
        site_day.site_id,
        site_day.work_on,
        shift.shift_code,
        shift.shift_name,
        shift.is_split,
        shift.is_patrol,
        shift.is_default,
        timed.starts_at,
        timed.ends_at,
        timed.starts_at - site_day.opens_before as opens_at,
        timed.ends_at + site_day.closes_after as closes_at,
        timed.break_starts_at,
        timed.break_ends_at
    from site_day
    inner join attendance.shift
        on
            site_day.site_id = shift.site_id
            and site_day.work_on >= shift.valid_from
            and site_day.work_on <= coalesce(shift.valid_to, 'infinity')
            and shift.recorded_at <= %(known_at)s
            and %(known_at)s < shift.superseded_at
    cross join lateral (
        select
            (site_day.work_on + shift.starts_at)::timestamptz as starts_at,
            (
                site_day.work_on + shift.ends_at
                + case when shift.ends_at <= shift.starts_at then interval '1 day' else interval '0' end
            )::timestamptz as ends_at,
            -- the break of a night shift may lie behind midnight
            (
                site_day.work_on + shift.break_starts_at
                + case when shift.break_starts_at < shift.starts_at then interval '1 day' else interval '0' end
            )::timestamptz as break_starts_at,
            (
                site_day.work_on + shift.break_ends_at
                + case when shift.break_ends_at < shift.starts_at then interval '1 day' else interval '0' end
            )::timestamptz as break_ends_at
    ) as timed
),

usual as materialized (
    select
        shift_in_force.site_id,
        shift_in_force.work_on,
        min(shift_in_force.shift_code) as shift_code
    from shift_in_force
    where shift_in_force.is_default
    group by shift_in_force.site_id, shift_in_force.work_on
),

-- One row per person and day, though somebody may have asked twice: what is heard counts.
swapped as materialized (
    select distinct on (heard_swap.employee_id, heard_swap.work_on)
        heard_swap.employee_id,
        heard_swap.work_on,
        heard_swap.swap_no,
        heard_swap.verdict,
        heard_swap.partner_id,
        heard_swap.swap_code,
        case when heard_swap.verdict = '有效' then heard_swap.swap_code end as heard_code
    from attendance.heard_swap(%(first_on)s::date - 1, %(last_on)s::date + 1, %(known_at)s)
    order by heard_swap.employee_id, heard_swap.work_on, heard_swap.verdict <> '有效', heard_swap.swap_no
),

-- Temporary timetables, said of every shift and post that they are about: the one that names the shift goes before the
-- one that names the post, that before the one for all, and of two alike the one that begins later.
retimed as materialized (
    select distinct on (shift_in_force.site_id, shift_in_force.work_on, shift_in_force.shift_code, held.post)
        shift_in_force.site_id,
        shift_in_force.work_on,
        shift_in_force.shift_code,
        held.post,
        timetable_change.new_shift_code
    from attendance.timetable_change
    inner join shift_in_force
        on
            timetable_change.site_id = shift_in_force.site_id
            and shift_in_force.work_on between timetable_change.from_on and timetable_change.to_on
            and timetable_change.shift_code in ('*', shift_in_force.shift_code)
    inner join (
        select identity.site_id, coalesce(identity.post, '') as post from identity
        union
        select provisional.site_id, '未登记' from provisional
    ) as held on timetable_change.site_id = held.site_id and timetable_change.post in ('*', held.post)
    where timetable_change.recorded_at <= %(known_at)s and %(known_at)s < timetable_change.superseded_at
    order by
        shift_in_force.site_id, shift_in_force.work_on, shift_in_force.shift_code, held.post,
        timetable_change.shift_code = '*', timetable_change.post = '*', timetable_change.from_on desc
),

-- The roster speaks first, as swaps change it; where it is silent, calendar staff follow the State Council.
planned as (
    select
        person_day.*,
        calendar.is_statutory,
        calendar.opens_at,
        calendar.closes_at,
        roster.shift_code as rostered_code,
        coalesce(swapped.swap_no, '') as swap_no,
        coalesce(swapped.verdict, '') as swap_verdict,
        swapped.partner_id as swap_partner_id,
        swapped.swap_code,
        coalesce(
            swapped.heard_code,
            roster.shift_code,
            case
                when person_day.works_calendar <> 'official' then null
                when calendar.is_workday then usual.shift_code
                else '休'
            end
        ) as planned_code
    from person_day
    inner join calendar on person_day.work_on = calendar.work_on
    left join usual on person_day.site_id = usual.site_id and person_day.work_on = usual.work_on
    left join attendance.roster
        on
            person_day.employee_id = roster.employee_id
            and person_day.work_on = roster.work_on
            and roster.work_on between %(first_on)s::date - 1 and %(last_on)s::date + 1
            and roster.recorded_at <= %(known_at)s
            and %(known_at)s < roster.superseded_at
    left join swapped on person_day.employee_id = swapped.employee_id and person_day.work_on = swapped.work_on
    offset 0
),

timed as (
    select
        planned.*,
        coalesce(retimed.new_shift_code, planned.planned_code) as shift_code
    from planned
    left join retimed
        on
            planned.site_id = retimed.site_id
            and planned.work_on = retimed.work_on
            and planned.planned_code = retimed.shift_code
            and planned.post = retimed.post
    offset 0
)

select
    timed.*,
    shift_in_force.shift_name,
    shift_in_force.starts_at,
    shift_in_force.ends_at,
    shift_in_force.break_starts_at,
    shift_in_force.break_ends_at,
    coalesce(shift_in_force.is_split, false) as is_split,
    coalesce(shift_in_force.is_patrol, false) as is_patrol,
    coalesce(shift_in_force.opens_at, timed.opens_at) as window_opens_at,
    coalesce(shift_in_force.closes_at, timed.closes_at) as window_closes_at,
    false as is_contested
from timed
left join shift_in_force
    on
        timed.site_id = shift_in_force.site_id
        and timed.work_on = shift_in_force.work_on
        and timed.shift_code = shift_in_force.shift_code
