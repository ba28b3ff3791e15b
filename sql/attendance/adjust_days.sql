/*  Books what late facts change about days of a closed month as differences in the month still open (上月调整).

    Grain:  one row per site, employee, attendance day and month that bears it.
    Rerun:  safe; the difference follows the facts until its own month closes, then the next month takes over.
    Rules:  Q7, ATT-10 (b, c), ATT-14 after the close there is no change in place. Hours of overtime are told by kind. A lateness
            for which a closed month has borne a conduct slip is fined by that slip alone (attendance.borne_slip).  */
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
            run_day.site_id,
            run_day.day_on as work_on,
            attendance.open_month(run_day.site_id, run.known_at) as counted_in
        from run
        inner join ops.run_day on run.run_id = run_day.run_id
        where attendance.is_frozen(run_day.site_id, run_day.day_on)
    ),

    -- Everybody who is judged on the day now, or was when the month closed, or was adjusted since.
    concerned as (
        select
            verdict.employee_id,
            verdict.work_on,
            frozen_day.site_id,
            frozen_day.counted_in
        from frozen_day
        inner join verdict on frozen_day.site_id = verdict.site_id and frozen_day.work_on = verdict.work_on
        union
        select
            attendance_day.employee_id,
            attendance_day.work_on,
            frozen_day.site_id,
            frozen_day.counted_in
        from frozen_day
        inner join attendance.attendance_day
            on frozen_day.site_id = attendance_day.site_id and frozen_day.work_on = attendance_day.work_on
        union
        select
            adjustment.employee_id,
            adjustment.work_on,
            frozen_day.site_id,
            frozen_day.counted_in
        from frozen_day
        inner join attendance.adjustment
            on frozen_day.site_id = adjustment.site_id and frozen_day.work_on = adjustment.work_on
    ),

    booked_before as (
        select
            adjustment.employee_id,
            adjustment.work_on,
            adjustment.site_id,
            sum(adjustment.absent_days_delta) as absent_days_delta,
            sum(adjustment.leave_days_delta) as leave_days_delta,
            sum(adjustment.late_minutes_delta) as late_minutes_delta,
            sum(adjustment.fine_amount_delta) as fine_amount_delta,
            sum(adjustment.workday_overtime_delta) as workday_overtime_delta,
            sum(adjustment.rest_overtime_delta) as rest_overtime_delta,
            sum(adjustment.statutory_overtime_delta) as statutory_overtime_delta
        from attendance.adjustment
        inner join frozen_day
            on
                adjustment.site_id = frozen_day.site_id
                and adjustment.work_on = frozen_day.work_on
                and adjustment.counted_in < frozen_day.counted_in
        group by adjustment.employee_id, adjustment.work_on, adjustment.site_id
    ),

    -- What of the clock's fine is for coming late, where a slip in a closed month has already cost that. What meetings
    -- cost, and leaving early at its rate, is for something else.
    fined_by_slip as (
        select
            verdict.employee_id,
            verdict.work_on,
            greatest(
                verdict.fine_amount
                - coalesce(gathered.fine_amount, 0)
                - case
                    when verdict.early_minutes > 0
                        then
                            policy.early_fine_amount * attendance.early_spells(
                                verdict.out_at, verdict.due_out_at, verdict.second_out_at, verdict.second_due_out_at
                            )
                    else 0
                end, 0
            ) as fine_amount
        from verdict
        inner join frozen_day on verdict.site_id = frozen_day.site_id and verdict.work_on = frozen_day.work_on
        inner join policy on verdict.site_id = policy.site_id and verdict.work_on = policy.work_on
        left join lateral (
            select sum(found_offence.fine_amount) as fine_amount
            from found_offence
            where found_offence.employee_id = verdict.employee_id and found_offence.work_on = verdict.work_on
        ) as gathered on true
        where
            verdict.late_minutes > 0
            and exists (
                select from attendance.borne_slip
                where borne_slip.employee_id = verdict.employee_id and borne_slip.event_on = verdict.work_on
            )
    ),

    difference as (
        select
            concerned.employee_id,
            concerned.work_on,
            concerned.counted_in,
            concerned.site_id,
            coalesce(verdict.absent_days, 0) - coalesce(kept.absent_days, 0)
            - coalesce(booked_before.absent_days_delta, 0) as absent_days_delta,
            coalesce(verdict.leave_days, 0) - coalesce(kept.leave_days, 0)
            - coalesce(booked_before.leave_days_delta, 0) as leave_days_delta,
            coalesce(verdict.late_minutes, 0) - coalesce(kept.late_minutes, 0)
            - coalesce(booked_before.late_minutes_delta, 0) as late_minutes_delta,
            coalesce(verdict.fine_amount, 0) - coalesce(fined_by_slip.fine_amount, 0) - coalesce(kept.fine_amount, 0)
            - coalesce(booked_before.fine_amount_delta, 0) as fine_amount_delta,
            case when verdict.overtime_kind = '平日' then verdict.overtime_hours else 0 end
            - case when kept.overtime_kind = '平日' then kept.overtime_hours else 0 end
            - coalesce(booked_before.workday_overtime_delta, 0) as workday_overtime_delta,
            case when verdict.overtime_kind = '休息日' then verdict.overtime_hours else 0 end
            - case when kept.overtime_kind = '休息日' then kept.overtime_hours else 0 end
            - coalesce(booked_before.rest_overtime_delta, 0) as rest_overtime_delta,
            case when verdict.overtime_kind = '法定节假日' then verdict.overtime_hours else 0 end
            - case when kept.overtime_kind = '法定节假日' then kept.overtime_hours else 0 end
            - coalesce(booked_before.statutory_overtime_delta, 0) as statutory_overtime_delta,
            coalesce(kept.status, '未判定') as old_status,
            coalesce(verdict.status, '不在职') as new_status,
            coalesce(verdict.rule_id, kept.rule_id, '') as rule_id,
            concat_ws(
                '；',
                nullif(verdict.reason, ''),
                case when verdict.leave_slip_no <> '' then '假条' || verdict.leave_slip_no || verdict.slip_verdict end,
                case when verdict.employee_id is null then '更正后当日不在本案场任职' end,
                case when fined_by_slip.fine_amount > 0 then '同一迟到已按违纪单罚款，不另罚' end
            ) as reason,
            run.run_id
        from concerned
        cross join run
        left join verdict
            on
                concerned.employee_id = verdict.employee_id
                and concerned.work_on = verdict.work_on
                and concerned.site_id = verdict.site_id
        left join attendance.attendance_day as kept
            on
                concerned.employee_id = kept.employee_id
                and concerned.work_on = kept.work_on
                and concerned.site_id = kept.site_id
        left join fined_by_slip
            on concerned.employee_id = fined_by_slip.employee_id and concerned.work_on = fined_by_slip.work_on
        left join booked_before
            on
                concerned.employee_id = booked_before.employee_id
                and concerned.work_on = booked_before.work_on
                and concerned.site_id = booked_before.site_id
    )

    select
        difference.*,
        difference.absent_days_delta <> 0
        or difference.leave_days_delta <> 0
        or difference.late_minutes_delta <> 0
        or difference.fine_amount_delta <> 0
        or difference.workday_overtime_delta <> 0
        or difference.rest_overtime_delta <> 0
        or difference.statutory_overtime_delta <> 0 as differs
    from difference
) as difference
on
    booked.employee_id = difference.employee_id
    and booked.work_on = difference.work_on
    and booked.counted_in = difference.counted_in
    -- a transfer that became known late takes a day from one site and gives it to another
    and booked.site_id = difference.site_id
when matched and not difference.differs then delete
when matched and (
    booked.absent_days_delta, booked.leave_days_delta, booked.late_minutes_delta, booked.fine_amount_delta,
    booked.workday_overtime_delta, booked.rest_overtime_delta, booked.statutory_overtime_delta,
    booked.new_status, booked.reason
) is distinct from (
    difference.absent_days_delta, difference.leave_days_delta, difference.late_minutes_delta,
    difference.fine_amount_delta, difference.workday_overtime_delta, difference.rest_overtime_delta,
    difference.statutory_overtime_delta, difference.new_status, difference.reason
) then update set
    absent_days_delta = difference.absent_days_delta,
    leave_days_delta = difference.leave_days_delta,
    late_minutes_delta = difference.late_minutes_delta,
    fine_amount_delta = difference.fine_amount_delta,
    workday_overtime_delta = difference.workday_overtime_delta,
    rest_overtime_delta = difference.rest_overtime_delta,
    statutory_overtime_delta = difference.statutory_overtime_delta,
    new_status = difference.new_status,
    rule_id = difference.rule_id,
    reason = difference.reason,
    run_id = difference.run_id
when not matched and difference.differs then insert (
    employee_id, work_on, counted_in, site_id, absent_days_delta, leave_days_delta, late_minutes_delta,
    fine_amount_delta, workday_overtime_delta, rest_overtime_delta, statutory_overtime_delta, old_status, new_status,
    rule_id, reason, run_id
) values (
    difference.employee_id, difference.work_on, difference.counted_in, difference.site_id,
    difference.absent_days_delta, difference.leave_days_delta, difference.late_minutes_delta,
    difference.fine_amount_delta, difference.workday_overtime_delta, difference.rest_overtime_delta,
    difference.statutory_overtime_delta, difference.old_status, difference.new_status, difference.rule_id,
    difference.reason, difference.run_id
)
