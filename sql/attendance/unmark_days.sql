/*  Removes days of people who, as is known now, were not employed at the site on that day.

    Grain:  one row per employee and attendance day.
    Rerun:  safe.  A delete of its own rather than a branch of the merge in mark_days, which would
            have to read the whole history to find the few rows without a source.  */
with left_over as materialized (
    select
        attendance_day.employee_id,
        attendance_day.work_on
    from attendance.attendance_day
    inner join ops.run_scope
        on
            attendance_day.site_id = run_scope.site_id
            and attendance_day.work_on >= lower(run_scope.period)
            and attendance_day.work_on < upper(run_scope.period)
    where
        run_scope.run_id = %(run_id)s
        and not exists (
            select from verdict
            where verdict.employee_id = attendance_day.employee_id and verdict.work_on = attendance_day.work_on
        )
)

delete from attendance.attendance_day
using left_over
where
    attendance_day.employee_id = left_over.employee_id
    and attendance_day.work_on = left_over.work_on
    and not attendance.is_frozen(attendance_day.site_id, attendance_day.work_on)
