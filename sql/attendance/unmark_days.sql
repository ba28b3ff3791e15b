/*  Removes days of people who, as is known now, were not employed at the site on that day.

    Grain:  one row per employee and attendance day.
    Rerun:  safe.  A delete of its own so that mark_days need not read what it does not change.
    Rules:  OPS-21 a computed day of a closed month is left as it is; ATT-19 but who turns out not to have been employed
            is no open question of it any more.  */
with kept as materialized (
    select
        attendance_day.employee_id,
        attendance_day.work_on,
        attendance_day.site_id,
        attendance_day.pending_days
    from attendance.attendance_day
    inner join ops.run_scope
        on
            attendance_day.site_id = run_scope.site_id
            and attendance_day.work_on >= lower(run_scope.period)
            and attendance_day.work_on < upper(run_scope.period)
    where run_scope.run_id = %(run_id)s
),

left_over as materialized (
    select kept.*
    from kept
    where not exists (
        select from verdict
        where verdict.employee_id = kept.employee_id and verdict.work_on = kept.work_on
    )
    -- of a closed month a transfer moves nothing in place, but neither does it leave a question that nobody can answer
    or (
        kept.pending_days > 0
        and not exists (
            select from verdict
            where
                verdict.employee_id = kept.employee_id
                and verdict.work_on = kept.work_on
                and verdict.site_id = kept.site_id
        )
        and attendance.is_frozen(kept.site_id, kept.work_on)
    )
)

delete from attendance.attendance_day
using left_over
where
    attendance_day.employee_id = left_over.employee_id
    and attendance_day.work_on = left_over.work_on
    and (left_over.pending_days > 0 or not attendance.is_frozen(left_over.site_id, left_over.work_on))
