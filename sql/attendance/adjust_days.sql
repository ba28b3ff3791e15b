/*  Books what late facts change about days of a closed month as differences in the month still open (上月调整).

    Grain:  one row per employee, attendance day and month that bears it.
    Rerun:  safe; the difference follows the facts until its own month closes, then the next month takes over.
    Rules:  Q7, ATT-10 (b, c), ATT-14 after the close there is no change in place.  */
merge into attendance.adjustment as booked
using (
    with run as (
        select
            run_id,
            known_at
        from ops.run
        where run_id = %(run_id)s
    ),

    frozen_day as (
        select
            verdict.site_id,
            verdict.work_on,
            attendance.open_month(verdict.site_id, run.known_at) as counted_in
        from verdict
        cross join run
        group by verdict.site_id, verdict.work_on, run.known_at
        having attendance.is_frozen(verdict.site_id, verdict.work_on)
    ),

    booked_before as (
        select
            adjustment.employee_id,
            adjustment.work_on,
            sum(adjustment.absent_days_delta) as absent_days_delta,
            sum(adjustment.leave_days_delta) as leave_days_delta,
            sum(adjustment.late_minutes_delta) as late_minutes_delta,
            sum(adjustment.fine_amount_delta) as fine_amount_delta
        from attendance.adjustment
        inner join frozen_day
            on
                adjustment.site_id = frozen_day.site_id
                and adjustment.work_on = frozen_day.work_on
                and adjustment.counted_in < frozen_day.counted_in
        group by adjustment.employee_id, adjustment.work_on
    ),

    difference as (
        select
            verdict.employee_id,
            verdict.work_on,
            frozen_day.counted_in,
            verdict.site_id,
            verdict.absent_days - coalesce(kept.absent_days, 0)
            - coalesce(booked_before.absent_days_delta, 0) as absent_days_delta,
            verdict.leave_days - coalesce(kept.leave_days, 0)
            - coalesce(booked_before.leave_days_delta, 0) as leave_days_delta,
            verdict.late_minutes - coalesce(kept.late_minutes, 0)
            - coalesce(booked_before.late_minutes_delta, 0) as late_minutes_delta,
            verdict.fine_amount - coalesce(kept.fine_amount, 0)
            - coalesce(booked_before.fine_amount_delta, 0) as fine_amount_delta,
            coalesce(kept.status, '未判定') as old_status,
            verdict.status as new_status,
            verdict.rule_id,
            concat_ws(
                '；',
                nullif(verdict.reason, ''),
                case when verdict.leave_slip_no <> '' then '假条' || verdict.leave_slip_no || verdict.slip_verdict end
            ) as reason,
            run.run_id
        from verdict
        cross join run
        inner join frozen_day on verdict.site_id = frozen_day.site_id and verdict.work_on = frozen_day.work_on
        left join attendance.attendance_day as kept
            on verdict.employee_id = kept.employee_id and verdict.work_on = kept.work_on
        left join booked_before
            on verdict.employee_id = booked_before.employee_id and verdict.work_on = booked_before.work_on
    )

    select
        difference.*,
        difference.absent_days_delta <> 0
        or difference.leave_days_delta <> 0
        or difference.late_minutes_delta <> 0
        or difference.fine_amount_delta <> 0 as differs
    from difference
) as difference
on
    booked.employee_id = difference.employee_id
    and booked.work_on = difference.work_on
    and booked.counted_in = difference.counted_in
when matched and not difference.differs then delete
when matched and (
    booked.absent_days_delta, booked.leave_days_delta, booked.late_minutes_delta, booked.fine_amount_delta,
    booked.new_status, booked.reason
) is distinct from (
    difference.absent_days_delta, difference.leave_days_delta, difference.late_minutes_delta,
    difference.fine_amount_delta, difference.new_status, difference.reason
) then update set
    absent_days_delta = difference.absent_days_delta,
    leave_days_delta = difference.leave_days_delta,
    late_minutes_delta = difference.late_minutes_delta,
    fine_amount_delta = difference.fine_amount_delta,
    new_status = difference.new_status,
    rule_id = difference.rule_id,
    reason = difference.reason,
    run_id = difference.run_id
when not matched and difference.differs then insert (
    employee_id, work_on, counted_in, site_id, absent_days_delta, leave_days_delta, late_minutes_delta,
    fine_amount_delta, old_status, new_status, rule_id, reason, run_id
) values (
    difference.employee_id, difference.work_on, difference.counted_in, difference.site_id,
    difference.absent_days_delta, difference.leave_days_delta, difference.late_minutes_delta,
    difference.fine_amount_delta, difference.old_status, difference.new_status, difference.rule_id,
    difference.reason, difference.run_id
)
