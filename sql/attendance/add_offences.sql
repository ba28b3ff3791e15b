/*  Adds what was found beside the clock to the day's own consequences.

    Grain:  one row per employee and attendance day of which something was found (found_offence).
    Rerun:  safe; changes a table of this transaction only (verdict).
    Rules:  the consequences of one day add up and are capped at what leave left of it; on a day off there is nothing
            to be absent from, only fines. Fines are added to the cent.  */
with offence_of_day as (
    select
        found_offence.employee_id,
        found_offence.work_on,
        sum(found_offence.absent_days) as absent_days,
        sum(found_offence.fine_amount) as fine_amount,
        string_agg(distinct found_offence.reason, '；') as reason,
        (array_agg(found_offence.rule_id order by told.rank))[1] as rule_id,
        (array_agg(found_offence.rule_from order by told.rank))[1] as rule_from,
        (array_agg(found_offence.rule_version order by told.rank))[1] as rule_version
    from found_offence
    cross join lateral (
        select
            row(
                -found_offence.absent_days, -found_offence.fine_amount, found_offence.offence_kind,
                found_offence.source_no
            ) as rank
    ) as told
    group by found_offence.employee_id, found_offence.work_on
),

summed as (
    select
        verdict.employee_id,
        verdict.work_on,
        offence_of_day.fine_amount,
        offence_of_day.reason,
        offence_of_day.rule_id,
        offence_of_day.rule_from,
        offence_of_day.rule_version,
        sum_of.absent_days,
        sum_of.absent_days > verdict.absent_days
        and verdict.status in ('出勤', '公出', '迟到', '早退', '请假', '旷工半天') as is_absent_by_it,
        verdict.absent_days = 0
        and verdict.fine_amount = 0
        and verdict.late_minutes = 0
        and verdict.early_minutes = 0 as is_first_cause,
        sum_of.absent_days > verdict.absent_days or offence_of_day.fine_amount > 0 as costs
    from offence_of_day
    inner join verdict
        on offence_of_day.employee_id = verdict.employee_id and offence_of_day.work_on = verdict.work_on
    cross join lateral (
        select
            least(
                verdict.due_days - verdict.leave_days, verdict.absent_days + offence_of_day.absent_days
            )::numeric(3, 2) as absent_days
    ) as sum_of
)

update verdict
set
    absent_days = summed.absent_days,
    pending_days = case
        when verdict.pending_days > 0 then verdict.due_days - verdict.leave_days - summed.absent_days
        else 0
    end,
    attended_days = case
        when verdict.pending_days > 0 then 0
        else verdict.due_days - verdict.leave_days - summed.absent_days
    end,
    fine_amount = verdict.fine_amount + summed.fine_amount,
    status = case
        when not summed.is_absent_by_it then verdict.status
        when summed.absent_days = verdict.due_days - verdict.leave_days then '旷工'
        else '旷工半天'
    end,
    reason = case
        when summed.costs then concat_ws('；', nullif(verdict.reason, ''), summed.reason)
        else verdict.reason
    end,
    remark = case
        when summed.costs then verdict.remark
        else concat_ws('；', nullif(verdict.remark, ''), summed.reason)
    end,
    rule_id = case when summed.costs and summed.is_first_cause then summed.rule_id else verdict.rule_id end,
    rule_from = case when summed.costs and summed.is_first_cause then summed.rule_from else verdict.rule_from end,
    rule_version = case
        when summed.costs and summed.is_first_cause then summed.rule_version
        else verdict.rule_version
    end
from summed
where verdict.employee_id = summed.employee_id and verdict.work_on = summed.work_on
