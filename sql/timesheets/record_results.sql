/*  Records, per site and month, the hash and the totals of the lines that were marked; a new revision only if they differ.

    Grain:  one row per site, month and revision.
    Rerun:  safe; the same content marks no lines and is not recorded again (OPS-16).
    Rules:  a month sheet is held until a person agrees to it: wages are paid by it.
    Method: the hash is over the rows' own hashes in no order, 64 bits each, added up.  */
insert into ops.result (
    workflow, site_id, base_on, revision, result_hash, state, hold_reason, run_id, as_of_on, known_at, row_count, totals
)
with asked as materialized (
    select distinct
        run_day.site_id,
        date_trunc('month', run_day.day_on)::date as month_on
    from ops.run_day
    where run_day.run_id = %(run_id)s
),

newest as materialized (
    select
        asked.site_id,
        asked.month_on,
        coalesce(max(result.revision), 0) + 1 as revision
    from asked
    left join ops.result
        on
            result.workflow = 'monthly_attendance'
            and asked.site_id = result.site_id
            and asked.month_on = result.base_on
    group by 1, 2
),

content as (
    select
        month_line.site_id,
        month_line.month_on,
        month_line.revision,
        count(*)::integer as row_count,
        sum(
            hash_record_extended(
                row(
                    month_line.employee_id, month_line.employee_name, month_line.department, month_line.post,
                    month_line.rule_set, month_line.joined_on, month_line.left_on, month_line.marks,
                    month_line.afternoon_marks, month_line.calendar_days, month_line.due_days,
                    month_line.attended_days, month_line.rest_days, month_line.statutory_days,
                    month_line.unemployed_days, month_line.leave_days, month_line.outing_days,
                    month_line.gathering_count, month_line.absent_days, month_line.pending_days,
                    month_line.late_count, month_line.late_minutes, month_line.early_count,
                    month_line.missing_count, month_line.signed_count, month_line.night_count,
                    month_line.workday_overtime_hours, month_line.rest_overtime_hours,
                    month_line.statutory_overtime_hours, month_line.adjusted_absent_days,
                    month_line.adjusted_leave_days, month_line.late_fine_amount, month_line.early_fine_amount,
                    month_line.gathering_fine_amount, month_line.conduct_fine_amount,
                    month_line.call_charge_amount, month_line.call_fine_amount, month_line.waived_amount,
                    month_line.adjusted_fine_amount, month_line.remark
                ), 0
            )::numeric
        ) as row_hash,
        sum(month_line.due_days) as due_days,
        sum(month_line.attended_days) as attended_days,
        sum(attendance.leave_total(month_line.leave_days)) as leave_days,
        sum(month_line.absent_days) as absent_days,
        sum(month_line.pending_days) as pending_days,
        sum(month_line.late_count)::integer as late_count,
        sum(month_line.night_count)::integer as night_count,
        sum(month_line.call_charge_amount) as charge_amount,
        sum(attendance.fine_total(month_line)) as fine_amount
    from newest
    inner join attendance.month_line
        on
            newest.site_id = month_line.site_id
            and newest.month_on = month_line.month_on
            and newest.revision = month_line.revision
    group by 1, 2, 3
),

told as (
    select
        content.*,
        jsonb_build_object(
            'person_count', content.row_count,
            'due_days', content.due_days,
            'attended_days', content.attended_days,
            'leave_days', content.leave_days,
            'absent_days', content.absent_days,
            'pending_days', content.pending_days,
            'late_count', content.late_count,
            'night_count', content.night_count,
            'call_charge_amount', content.charge_amount,
            'fine_amount', content.fine_amount
        ) as totals
    from content
)

select
    'monthly_attendance' as workflow,
    told.site_id,
    told.month_on as base_on,
    told.revision,
    md5(concat_ws('|', told.month_on, told.row_hash, told.row_count)) as result_hash,
    'held' as state,
    attendance.month_question(told.totals, told.site_id, told.month_on, told.revision, %(known_at)s) as hold_reason,
    %(run_id)s as run_id,
    %(as_of_on)s as as_of_on,
    %(known_at)s as known_at,
    told.row_count,
    told.totals
from told
