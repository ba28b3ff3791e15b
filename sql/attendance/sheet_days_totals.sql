/*  The totals under the sheet 出勤明细.

    Grain:  one row.
    Rerun:  safe; only reads.  */
select
    coalesce(sum(late_minutes), 0)::integer as late_minutes,
    coalesce(sum(early_minutes), 0)::integer as early_minutes,
    coalesce(sum(absent_days), 0) as absent_days,
    coalesce(sum(fine_amount), 0) as fine_amount,
    coalesce(sum(overtime_hours), 0) as overtime_hours
from attendance.attendance_day
where site_id = %(site_id)s and work_on between %(starts_on)s and %(last_on)s
