/*  Removes days of people who, as is known now, were not employed at the site on that day.

    Grain:  one row per employee and attendance day.
    Rerun:  safe.  A delete of its own rather than a branch of the merge in mark_days, which would
            have to read the whole history to find the few rows without a source.  */
delete from attendance.attendance_day
using ops.run_scope
where
    run_scope.run_id = %(run_id)s
    and attendance_day.site_id = run_scope.site_id
    and attendance_day.work_on >= lower(run_scope.period)
    and attendance_day.work_on < upper(run_scope.period)
    and not exists (
        select from verdict
        where verdict.employee_id = attendance_day.employee_id and verdict.work_on = attendance_day.work_on
    )
    and not attendance.is_frozen(attendance_day.site_id, attendance_day.work_on)
