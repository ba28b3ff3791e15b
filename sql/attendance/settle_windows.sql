/*  Settles whose punches are whose where the windows of two neighbouring duties of a person overlap.

    Grain:  one row per duty whose window another one reaches into, or an approved overtime slip reaches out of.
    Rerun:  safe; changes a table of this transaction only (duty).
    Rules:  ATT-06 a punch belongs to the shift that it fits best, never to two. Punches within `debounce` of each other
            are one tap. The cut goes between the two taps of which the one is nearest to the end of the earlier shift
            and the other to the start of the later one, both together; leaving one of the two without a tap is
            weighed like two hours. Where that leaves a shift without a punch that its house requires, nobody knows
            whose the tap was: both are contested. A day without a shift gives way to the shift beside it.
            ATT-21 the window stays open after approved overtime as long as after the shift.
    Speed:  only pairs that can meet are joined: no duty opens earlier in its day than `earliest` says.
    Joins:  hashed  */
with approved as (
    select
        overtime.employee_id,
        overtime.work_on,
        min(overtime.starts_at) as starts_at,
        max(overtime.ends_at) as ends_at
    from attendance.overtime
    where
        overtime.status = '批准'
        and overtime.work_on between %(first_on)s::date - 1 and %(last_on)s::date + 1
        and overtime.recorded_at <= %(known_at)s
        and %(known_at)s < overtime.superseded_at
    group by overtime.employee_id, overtime.work_on
),

stretched as materialized (
    select
        duty.employee_id,
        duty.work_on,
        least(duty.window_opens_at, approved.starts_at - policy.opens_before) as opens_at,
        greatest(duty.window_closes_at, approved.ends_at + policy.closes_after) as closes_at
    from approved
    inner join duty on approved.employee_id = duty.employee_id and approved.work_on = duty.work_on
    inner join policy on duty.site_id = policy.site_id and duty.work_on = policy.work_on
    where
        duty.starts_at is not null
        and (
            approved.starts_at - policy.opens_before < duty.window_opens_at
            or approved.ends_at + policy.closes_after > duty.window_closes_at
        )
),

earliest as materialized (
    select
        least(
            min(duty.window_opens_at - duty.work_on::timestamptz),
            (select min(stretched.opens_at - stretched.work_on::timestamptz) from stretched)
        ) as after_midnight
    from duty
),

-- Whoever can meet the duty of the next day, or be met by that of the day before.
reaching as materialized (
    select
        duty.employee_id,
        duty.work_on,
        duty.site_id,
        duty.badges,
        duty.starts_at,
        duty.ends_at,
        coalesce(stretched.closes_at, duty.window_closes_at) as closes_at
    from duty
    cross join earliest
    left join stretched on duty.employee_id = stretched.employee_id and duty.work_on = stretched.work_on
    where
        coalesce(stretched.closes_at, duty.window_closes_at)
        > (duty.work_on + 1)::timestamptz + earliest.after_midnight
),

pair as materialized (
    select
        reaching.employee_id,
        reaching.site_id,
        reaching.work_on as earlier_on,
        later.work_on as later_on,
        reaching.badges,
        reaching.starts_at as earlier_starts_at,
        reaching.ends_at as earlier_ends_at,
        later.starts_at as later_starts_at,
        later.ends_at as later_ends_at,
        coalesce(stretched.opens_at, later.window_opens_at) as opens_at,
        reaching.closes_at
    from reaching
    inner join duty as later
        on
            reaching.employee_id = later.employee_id
            and reaching.site_id = later.site_id
            and reaching.work_on + 1 = later.work_on
    left join stretched on later.employee_id = stretched.employee_id and later.work_on = stretched.work_on
    where coalesce(stretched.opens_at, later.window_opens_at) < reaching.closes_at
),

tap as (
    select
        pair.employee_id,
        pair.later_on,
        punch.punched_at,
        punch.punched_at - lag(punch.punched_at) over of_pair > policy.debounce as is_apart
    from pair
    inner join policy on pair.site_id = policy.site_id and pair.later_on = policy.work_on
    inner join lateral (
        select distinct punch.punched_at
        from attendance.punch
        where
            punch.site_id = pair.site_id
            and punch.badge_no = any(pair.badges)
            and punch.punched_at >= pair.opens_at
            and punch.punched_at < pair.closes_at
            and punch.recorded_at <= %(known_at)s
    ) as punch on true
    where pair.earlier_starts_at is not null and pair.later_starts_at is not null
    window of_pair as (partition by pair.employee_id, pair.later_on order by punch.punched_at)
),

numbered_tap as (
    select
        tap.*,
        count(*) filter (where tap.is_apart) over (
            partition by tap.employee_id, tap.later_on order by tap.punched_at
        ) as tap_no
    from tap
),

joined_tap as materialized (
    select
        numbered_tap.employee_id,
        numbered_tap.later_on,
        numbered_tap.tap_no,
        min(numbered_tap.punched_at) as first_at,
        max(numbered_tap.punched_at) as last_at
    from numbered_tap
    group by numbered_tap.employee_id, numbered_tap.later_on, numbered_tap.tap_no
),

-- A cut before each tap, and one behind the last.
possible_cut as (
    select
        tap_after.employee_id,
        tap_after.later_on,
        tap_after.tap_no,
        lag(tap_after.last_at) over of_pair as before_at,
        tap_after.first_at as after_at
    from joined_tap as tap_after
    window of_pair as (partition by tap_after.employee_id, tap_after.later_on order by tap_after.tap_no)
    union all
    select
        joined_tap.employee_id,
        joined_tap.later_on,
        max(joined_tap.tap_no) + 1 as tap_no,
        max(joined_tap.last_at) as before_at,
        null as after_at
    from joined_tap
    group by joined_tap.employee_id, joined_tap.later_on
),

best_cut as (
    select distinct on (pair.employee_id, pair.later_on)
        pair.*,
        possible_cut.before_at,
        possible_cut.after_at,
        case
            when possible_cut.before_at is null then pair.opens_at
            else coalesce(possible_cut.after_at, pair.closes_at)
        end as cut_at
    from possible_cut
    inner join pair on possible_cut.employee_id = pair.employee_id and possible_cut.later_on = pair.later_on
    cross join lateral (
        select
            coalesce(abs(extract(epoch from possible_cut.before_at - pair.earlier_ends_at)), 7200)
            + coalesce(abs(extract(epoch from possible_cut.after_at - pair.later_starts_at)), 7200) as seconds_off
    ) as misfit
    order by pair.employee_id, pair.later_on, misfit.seconds_off, possible_cut.tap_no desc
),

-- Left without the punch that its house requires: nothing in the half of the shift where that punch belongs.
settled as (
    select
        best_cut.employee_id,
        best_cut.earlier_on,
        best_cut.later_on,
        best_cut.cut_at,
        (
            best_cut.before_at is null
            and earlier_policy.is_out_required
            and not exists (
                select from attendance.punch
                where
                    punch.site_id = best_cut.site_id
                    and punch.badge_no = any(best_cut.badges)
                    and punch.punched_at
                    >= best_cut.earlier_starts_at + (best_cut.earlier_ends_at - best_cut.earlier_starts_at) / 2
                    and punch.punched_at < best_cut.cut_at
                    and punch.recorded_at <= %(known_at)s
            )
        )
        or (
            best_cut.after_at is null
            and later_policy.is_in_required
            and not exists (
                select from attendance.punch
                where
                    punch.site_id = best_cut.site_id
                    and punch.badge_no = any(best_cut.badges)
                    and punch.punched_at >= best_cut.cut_at
                    and punch.punched_at
                    < best_cut.later_starts_at + (best_cut.later_ends_at - best_cut.later_starts_at) / 2
                    and punch.recorded_at <= %(known_at)s
            )
        ) as is_contested
    from best_cut
    inner join policy as earlier_policy
        on best_cut.site_id = earlier_policy.site_id and best_cut.earlier_on = earlier_policy.work_on
    inner join policy as later_policy
        on best_cut.site_id = later_policy.site_id and best_cut.later_on = later_policy.work_on
    union all
    select
        pair.employee_id,
        pair.earlier_on,
        pair.later_on,
        case when pair.later_starts_at is null then pair.closes_at else pair.opens_at end as cut_at,
        false as is_contested
    from pair
    where pair.earlier_starts_at is null or pair.later_starts_at is null
),

changed as (
    select
        border.employee_id,
        border.work_on,
        max(border.opens_at) as opens_at,
        min(border.closes_at) as closes_at,
        bool_or(border.is_contested) as is_contested
    from (
        select employee_id, earlier_on as work_on, null as opens_at, cut_at as closes_at, is_contested from settled
        union all
        select employee_id, later_on as work_on, cut_at as opens_at, null as closes_at, is_contested from settled
        union all
        select employee_id, work_on, null as opens_at, null as closes_at, false as is_contested from stretched
    ) as border
    group by border.employee_id, border.work_on
)

update duty
set
    window_opens_at = coalesce(changed.opens_at, stretched.opens_at, duty.window_opens_at),
    window_closes_at = coalesce(changed.closes_at, stretched.closes_at, duty.window_closes_at),
    is_contested = changed.is_contested
from changed
left join stretched on changed.employee_id = stretched.employee_id and changed.work_on = stretched.work_on
where duty.employee_id = changed.employee_id and duty.work_on = changed.work_on
