/*  The 薪资导入表: one flat table that a payroll program reads, from the final month sheet.

    Grain:  one row per person on the sheet.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  outputs 2c. 上月调整 is the days of absence that late facts added to, or took back from, closed months; behind it
            the hours of overtime, by kind, because they are paid by the wage of their own month. What a closed month
            bears of earlier ones changes no more.  */
with brought as (
    select
        adjustment.employee_id,
        sum(adjustment.workday_overtime_delta) as workday_hours,
        sum(adjustment.rest_overtime_delta) as rest_hours,
        sum(adjustment.statutory_overtime_delta) as statutory_hours
    from attendance.adjustment
    where adjustment.site_id = %(site_id)s and adjustment.counted_in = %(starts_on)s
    group by adjustment.employee_id
)

select
    month_line.employee_id,
    month_line.employee_name,
    to_char(month_line.month_on, 'YYYY-MM') as period_text,
    month_line.due_days,
    month_line.attended_days,
    coalesce((month_line.leave_days ->> '事假')::numeric, 0) as private_leave_days,
    coalesce((month_line.leave_days ->> '病假')::numeric, 0) as sick_leave_days,
    month_line.absent_days,
    month_line.late_count,
    month_line.night_count,
    month_line.workday_overtime_hours,
    month_line.rest_overtime_hours,
    month_line.statutory_overtime_hours,
    month_line.adjusted_absent_days as adjusted_days,
    coalesce(brought.workday_hours, 0) as adjusted_workday_hours,
    coalesce(brought.rest_hours, 0) as adjusted_rest_hours,
    coalesce(brought.statutory_hours, 0) as adjusted_statutory_hours
from attendance.edition('monthly_attendance', %(site_id)s, %(starts_on)s, %(known_at)s) as edition
inner join attendance.month_line
    on
        month_line.site_id = %(site_id)s
        and month_line.month_on = %(starts_on)s
        and edition.revision = month_line.revision
left join brought on month_line.employee_id = brought.employee_id
order by month_line.employee_id
