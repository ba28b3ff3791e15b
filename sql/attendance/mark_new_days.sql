/*  Marks the days that nobody computed before, where the month is open or the day was never computed.

    Grain:  one row per employee and attendance day.
    Rerun:  safe; a day that is there is left to mark_days, which came before.
    Rules:  OPS-21 a computed day of a closed month is left as it is (its differences become adjustments).  */
insert into attendance.attendance_day
with frozen_day as materialized (
    select
        site_id,
        day_on as work_on
    from ops.run_day
    where run_id = %(run_id)s and attendance.is_frozen(site_id, day_on)
),

-- Read before the first insert: a scan of the table for each row would see it grow.
kept as materialized (
    select
        employee_id,
        work_on
    from attendance.attendance_day
    where work_on between %(first_on)s and %(last_on)s
)

select verdict.*
from verdict
where
    not exists (
        select from frozen_day
        where frozen_day.site_id = verdict.site_id and frozen_day.work_on = verdict.work_on
    )
    and not exists (
        select from kept
        where kept.employee_id = verdict.employee_id and kept.work_on = verdict.work_on
    )
