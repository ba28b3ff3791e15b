/*  Marks anew the days of which late facts changed the answer, where the month is open.

    Grain:  one row per employee and attendance day.
    Rerun:  safe; a row that says the same already is not touched.
    Rules:  OPS-21 a computed day of a closed month is left as it is (its differences become adjustments).  */
with frozen_day as materialized (
    select
        site_id,
        day_on as work_on
    from ops.run_day
    where run_id = %(run_id)s and attendance.is_frozen(site_id, day_on)
)

update attendance.attendance_day as kept
set
    site_id = verdict.site_id,
    employee_name = verdict.employee_name,
    department = verdict.department,
    post = verdict.post,
    badge_no = verdict.badge_no,
    rule_set = verdict.rule_set,
    shift_code = verdict.shift_code,
    shift_name = verdict.shift_name,
    due_in_at = verdict.due_in_at,
    due_out_at = verdict.due_out_at,
    in_at = verdict.in_at,
    out_at = verdict.out_at,
    is_in_required = verdict.is_in_required,
    is_out_required = verdict.is_out_required,
    status = verdict.status,
    late_minutes = verdict.late_minutes,
    early_minutes = verdict.early_minutes,
    absent_days = verdict.absent_days,
    leave_days = verdict.leave_days,
    leave_type = verdict.leave_type,
    leave_slip_no = verdict.leave_slip_no,
    slip_verdict = verdict.slip_verdict,
    missed_punch_slip_no = verdict.missed_punch_slip_no,
    fine_amount = verdict.fine_amount,
    rule_id = verdict.rule_id,
    rule_from = verdict.rule_from,
    rule_version = verdict.rule_version,
    reason = verdict.reason,
    pending_until = verdict.pending_until,
    pending_verdict = verdict.pending_verdict,
    remark = verdict.remark,
    second_due_in_at = verdict.second_due_in_at,
    second_due_out_at = verdict.second_due_out_at,
    second_in_at = verdict.second_in_at,
    second_out_at = verdict.second_out_at,
    day_kind = verdict.day_kind,
    due_days = verdict.due_days,
    attended_days = verdict.attended_days,
    pending_days = verdict.pending_days,
    is_night = verdict.is_night,
    overtime_kind = verdict.overtime_kind,
    overtime_hours = verdict.overtime_hours,
    swap_no = verdict.swap_no,
    ruling_no = verdict.ruling_no
from verdict
where
    kept.employee_id = verdict.employee_id
    and kept.work_on = verdict.work_on
    and kept.work_on between %(first_on)s and %(last_on)s
    and (
        not exists (
            select from frozen_day
            where frozen_day.site_id = verdict.site_id and frozen_day.work_on = verdict.work_on
        )
        -- a question that was open when the month closed may still be answered
        or (kept.pending_days > 0 and kept.site_id = verdict.site_id)
    )
    and row(kept.*) is distinct from row(verdict.*)
    -- a transfer that became known late takes no day away from a site whose month is closed
    and (kept.site_id = verdict.site_id or not attendance.is_frozen(kept.site_id, kept.work_on))
