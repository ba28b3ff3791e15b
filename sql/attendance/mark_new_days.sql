/*  Marks the days that nobody computed before, where the month is open or the day was never computed.

    Grain:  one row per employee and attendance day.
    Rerun:  safe; a day that is there is left to mark_days, which came before.
    Rules:  OPS-21 a computed day of a closed month is left as it is (its differences become adjustments).  */
insert into attendance.attendance_day
with judged_day as materialized (
    select distinct
        site_id,
        work_on
    from verdict
),

-- asked once per day, not once per person
open_day as materialized (
    select
        site_id,
        work_on
    from judged_day
    where not attendance.is_frozen(site_id, work_on)
)

select verdict.*
from verdict
inner join open_day on verdict.site_id = open_day.site_id and verdict.work_on = open_day.work_on
where not exists (
    select from attendance.attendance_day as kept
    where kept.employee_id = verdict.employee_id and kept.work_on = verdict.work_on
)
