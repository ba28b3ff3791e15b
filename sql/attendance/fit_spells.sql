/*  Fits the punches of a day of two spells to its four ends: arrival, out at noon, in at noon, leaving.

    Grain:  one row per employee and attendance day of a shift of two spells, for the run's days.
    Rerun:  safe; fills a table of this transaction only (spell_fit).
    Rules:  YJ-A1, ATT-03 each spell is judged once. Punches within `debounce` of each other are one tap; the taps are
            cut in two, those before for the first spell and those behind for the second, and of each spell the first
            tap is the arrival and the last the leaving. Of all cuts the one counts whose taps lie nearest to the ends;
            an end without a tap is weighed like three hours, being too early like nothing, being gone too late too.
            Leave of half a day covers one spell: the other has arrival and leaving, and there is no noon.  */
create temp table spell_fit on commit drop as
with shift_of_two as materialized (
    select
        duty.employee_id,
        duty.work_on,
        duty.site_id,
        duty.badges,
        duty.window_opens_at,
        duty.window_closes_at,
        duty.starts_at,
        duty.ends_at,
        duty.break_starts_at,
        duty.break_ends_at,
        policy.debounce,
        policy.are_noon_punches_required,
        case
            when leave_cover.slip_verdict in ('有效', '待交假条')
                then coalesce(leave_cover.in_after_at, duty.starts_at)
            else duty.starts_at
        end as free_until,
        case
            when leave_cover.slip_verdict in ('有效', '待交假条')
                then coalesce(leave_cover.out_before_at, duty.ends_at)
            else duty.ends_at
        end as free_from
    from duty
    inner join policy on duty.site_id = policy.site_id and duty.work_on = policy.work_on
    left join leave_cover on duty.employee_id = leave_cover.employee_id and duty.work_on = leave_cover.work_on
    where duty.is_split and duty.is_judged and duty.starts_at is not null
),

due_spell as materialized (
    select
        shift_of_two.*,
        greatest(free_until, starts_at) as due_in_at,
        least(free_from, break_starts_at) as noon_due_out_at,
        greatest(free_until, break_ends_at) as noon_due_in_at,
        least(free_from, ends_at) as due_out_at,
        greatest(free_until, starts_at) < least(free_from, break_starts_at) as has_first,
        greatest(free_until, break_ends_at) < least(free_from, ends_at) as has_second
    from shift_of_two
),

tap as (
    select
        due_spell.employee_id,
        due_spell.work_on,
        punch.punched_at,
        punch.punched_at - lag(punch.punched_at) over of_day > due_spell.debounce as is_apart
    from due_spell
    inner join lateral (
        select distinct punch.punched_at
        from attendance.punch
        where
            punch.site_id = due_spell.site_id
            and punch.badge_no = any(due_spell.badges)
            and punch.punched_at >= due_spell.window_opens_at
            and punch.punched_at < due_spell.window_closes_at
            and punch.recorded_at <= %(known_at)s
    ) as punch on true
    window of_day as (partition by due_spell.employee_id, due_spell.work_on order by punch.punched_at)
),

numbered_tap as (
    select
        tap.*,
        count(*) filter (where tap.is_apart) over (
            partition by tap.employee_id, tap.work_on order by tap.punched_at
        ) as tap_no
    from tap
),

-- Of every day the taps in order: when each began and when it ended.
tapped as materialized (
    select
        joined.employee_id,
        joined.work_on,
        array_agg(joined.first_at order by joined.tap_no) as firsts,
        array_agg(joined.last_at order by joined.tap_no) as lasts,
        count(*)::integer as tap_count
    from (
        select
            employee_id,
            work_on,
            tap_no,
            min(punched_at) as first_at,
            max(punched_at) as last_at
        from numbered_tap
        group by employee_id, work_on, tap_no
    ) as joined
    group by joined.employee_id, joined.work_on
),

cut as (
    select
        due_spell.*,
        tapped.firsts,
        tapped.lasts,
        tapped.tap_count,
        cut_no
    from due_spell
    inner join tapped on due_spell.employee_id = tapped.employee_id and due_spell.work_on = tapped.work_on
    cross join lateral generate_series(
        case when due_spell.has_second then 0 else tapped.tap_count end,
        case when due_spell.has_first then tapped.tap_count else 0 end
    ) as cut_no
    where due_spell.has_first or due_spell.has_second
),

-- For each half of each cut: both ends told, or the one alone that the taps are nearer to.
first_half as (
    select
        cut.employee_id,
        cut.work_on,
        cut.cut_no,
        told.*
    from cut
    cross join lateral (
        select
            cut.firsts[1] as came_at,
            last_tap.went_at,
            extract(epoch from greatest(cut.firsts[1] - cut.due_in_at, interval '0')) as in_off,
            extract(
                epoch from case
                    when cut.has_second then greatest(
                        cut.noon_due_out_at - last_tap.went_at, last_tap.went_at - cut.noon_due_out_at
                    )
                    else greatest(cut.noon_due_out_at - last_tap.went_at, interval '0')
                end
            ) as out_off
        from (select cut.lasts[cut.cut_no] as went_at) as last_tap
        where cut.cut_no > 0
    ) as half
    cross join lateral (
        values
            (half.came_at, half.went_at, half.in_off + half.out_off, cut.cut_no > 1),
            (half.came_at, null, half.in_off + 10800, true),
            (null, half.went_at, half.out_off + 10800, true)
    ) as told (in_at, out_at, seconds_off, is_possible)
    where cut.has_first and told.is_possible
    union all
    select
        cut.employee_id,
        cut.work_on,
        cut.cut_no,
        null,
        null,
        case when cut.has_first then 21600 else 0 end,
        true
    from cut
    where cut.cut_no = 0
),

second_half as (
    select
        cut.employee_id,
        cut.work_on,
        cut.cut_no,
        told.*
    from cut
    cross join lateral (
        select
            first_tap.came_at,
            cut.lasts[cut.tap_count] as went_at,
            extract(
                epoch from case
                    when cut.has_first then greatest(
                        first_tap.came_at - cut.noon_due_in_at, cut.noon_due_in_at - first_tap.came_at
                    )
                    else greatest(first_tap.came_at - cut.noon_due_in_at, interval '0')
                end
            ) as in_off,
            extract(epoch from greatest(cut.due_out_at - cut.lasts[cut.tap_count], interval '0')) as out_off
        from (select cut.firsts[cut.cut_no + 1] as came_at) as first_tap
        where cut.cut_no < cut.tap_count
    ) as half
    cross join lateral (
        values
            (half.came_at, half.went_at, half.in_off + half.out_off, cut.cut_no < cut.tap_count - 1),
            (half.came_at, null, half.in_off + 10800, true),
            (null, half.went_at, half.out_off + 10800, true)
    ) as told (in_at, out_at, seconds_off, is_possible)
    where cut.has_second and told.is_possible
    union all
    select
        cut.employee_id,
        cut.work_on,
        cut.cut_no,
        null,
        null,
        case when cut.has_second then 21600 else 0 end,
        true
    from cut
    where cut.cut_no = cut.tap_count
),

fit as (
    select distinct on (first_half.employee_id, first_half.work_on)
        first_half.employee_id,
        first_half.work_on,
        first_half.in_at as first_in_at,
        first_half.out_at as first_out_at,
        second_half.in_at as second_in_at,
        second_half.out_at as second_out_at
    from first_half
    inner join second_half
        on
            first_half.employee_id = second_half.employee_id
            and first_half.work_on = second_half.work_on
            and first_half.cut_no = second_half.cut_no
    order by
        first_half.employee_id, first_half.work_on,
        first_half.seconds_off + second_half.seconds_off,
        first_half.cut_no, first_half.in_at, first_half.out_at, second_half.in_at, second_half.out_at
)

-- Where the house asks for no noon punches, they count only when both are there; else who was seen in the first spell
-- has come, late perhaps.
select
    due_spell.employee_id,
    due_spell.work_on,
    due_spell.has_first,
    due_spell.has_second,
    due_spell.noon_due_out_at,
    due_spell.noon_due_in_at,
    due_spell.has_first and due_spell.has_second and due_spell.are_noon_punches_required as is_noon_required,
    case
        when not due_spell.has_first then fit.second_in_at
        when fit.first_in_at is null and fit.first_out_at is not null and not noon.counts then tapped.firsts[1]
        else fit.first_in_at
    end as in_at,
    case when due_spell.has_second then fit.second_out_at else fit.first_out_at end as out_at,
    case when noon.counts then fit.first_out_at end as noon_out_at,
    case when noon.counts then fit.second_in_at end as noon_in_at
from due_spell
left join fit on due_spell.employee_id = fit.employee_id and due_spell.work_on = fit.work_on
left join tapped on due_spell.employee_id = tapped.employee_id and due_spell.work_on = tapped.work_on
cross join lateral (
    select
        due_spell.has_first
        and due_spell.has_second
        and (
            due_spell.are_noon_punches_required
            or (fit.first_out_at is not null and fit.second_in_at is not null)
        ) as counts
) as noon
