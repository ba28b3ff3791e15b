/*  Keeps the punches of the run's days that belong to no shift and no day of rest, for people to look at.

    Grain:  one row per person and punch; two devices in one second are one.
    Rerun:  safe; a row that says the same already is not touched.
    Rules:  OPS-21 days of a closed month are left as they are. A punch is looked for among the windows of its own date
            and of the dates beside it, and named after the day whose shift is nearest.
    Speed:  `offset 0` keeps the planner from reading all punches of a site for each gap of each person.
    Joins:  hashed  */
merge into attendance.stray_punch as kept
using (
    with open_day as materialized (
        select
            site_id,
            day_on
        from ops.run_day
        where run_id = %(run_id)s and not attendance.is_frozen(site_id, day_on)
    ),

    -- Between the window of a duty and that of the next day's nobody is due; nor on the last day behind it, on the first
    -- before it.
    gap as (
        select
            duty.site_id,
            duty.employee_id,
            duty.badges,
            duty.work_on as earlier_on,
            duty.work_on + 1 as later_on,
            coalesce(duty.ends_at, duty.window_closes_at) as ends_at,
            coalesce(next_duty.starts_at, next_duty.window_opens_at, 'infinity') as next_starts_at,
            duty.window_closes_at as begins_at,
            coalesce(next_duty.window_opens_at, (duty.work_on + 1)::timestamptz) as until_at
        from duty
        left join duty as next_duty
            on
                duty.employee_id = next_duty.employee_id
                and duty.site_id = next_duty.site_id
                and duty.work_on + 1 = next_duty.work_on
        union all
        select
            duty.site_id,
            duty.employee_id,
            duty.badges,
            duty.work_on - 1 as earlier_on,
            duty.work_on as later_on,
            '-infinity' as ends_at,
            coalesce(duty.starts_at, duty.window_opens_at) as next_starts_at,
            duty.work_on::timestamptz as begins_at,
            duty.window_opens_at as until_at
        from duty
        where
            not exists (
                select from duty as duty_before
                where
                    duty.employee_id = duty_before.employee_id
                    and duty.site_id = duty_before.site_id
                    and duty.work_on - 1 = duty_before.work_on
            )
    ),

    loose as materialized (
        select
            gap.site_id,
            gap.employee_id,
            punch.punched_at,
            case
                when punch.punched_at - gap.ends_at <= gap.next_starts_at - punch.punched_at then gap.earlier_on
                else gap.later_on
            end as work_on
        from gap
        inner join lateral (
            select punch.punched_at
            from attendance.punch
            where
                punch.site_id = gap.site_id
                and punch.badge_no = any(gap.badges)
                and punch.punched_at >= gap.begins_at
                and punch.punched_at < gap.until_at
                and punch.recorded_at <= %(known_at)s
            offset 0
        ) as punch on true
        where gap.begins_at < gap.until_at
    ),

    stray as (
        select
            loose.site_id,
            loose.employee_id,
            loose.punched_at,
            min(loose.work_on) as work_on
        from loose
        inner join open_day on loose.site_id = open_day.site_id and loose.punched_at::date = open_day.day_on
        group by loose.site_id, loose.employee_id, loose.punched_at
    ),

    left_over as (
        select
            stray_punch.employee_id,
            stray_punch.punched_at
        from attendance.stray_punch
        inner join open_day on stray_punch.site_id = open_day.site_id and stray_punch.punched_at::date = open_day.day_on
        where stray_punch.work_on between %(first_on)s::date - 1 and %(last_on)s::date + 1
    )

    select
        stray.site_id,
        stray.work_on,
        coalesce(stray.employee_id, left_over.employee_id) as employee_id,
        coalesce(stray.punched_at, left_over.punched_at) as punched_at
    from stray
    full join left_over on stray.employee_id = left_over.employee_id and stray.punched_at = left_over.punched_at
) as told
on kept.employee_id = told.employee_id and kept.punched_at = told.punched_at
when matched and told.site_id is null then delete
when matched and (kept.site_id, kept.work_on) is distinct from (told.site_id, told.work_on)
    then update set site_id = told.site_id, work_on = told.work_on
when not matched then insert (site_id, employee_id, work_on, punched_at)
values (told.site_id, told.employee_id, told.work_on, told.punched_at)
