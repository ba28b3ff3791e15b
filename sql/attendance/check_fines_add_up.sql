/*  Finds days whose recorded totals differ from the sum of their lines.

    Grain:  one row per site and day.
    Rerun:  safe; only reads.  */
with run as (
    select
        run_id,
        workflow
    from ops.run
    where run_id = %(run_id)s and mode <> 'trial'
),

recorded as (
    select
        result.site_id,
        result.base_on,
        (result.totals ->> 'fine_amount')::numeric as fine_amount,
        (result.totals ->> 'absent_days')::numeric as absent_days,
        result.row_count
    from ops.result
    inner join run on result.workflow = run.workflow and result.run_id = run.run_id
),

summed as (
    select
        attendance_day.site_id,
        attendance_day.work_on,
        sum(attendance_day.fine_amount) as fine_amount,
        sum(attendance_day.absent_days) as absent_days,
        count(*) as row_count
    from attendance.attendance_day
    inner join recorded on attendance_day.site_id = recorded.site_id and attendance_day.work_on = recorded.base_on
    group by attendance_day.site_id, attendance_day.work_on
)

select
    '案场' || recorded.site_id || ' ' || recorded.base_on || '合计与明细不符：罚款' || recorded.fine_amount || '≠'
    || coalesce(summed.fine_amount, 0) || '或人数' || recorded.row_count || '≠' || coalesce(summed.row_count, 0)
    || '。请重跑该日；仍不符请联系系统管理员。' as problem
from recorded
left join summed on recorded.site_id = summed.site_id and recorded.base_on = summed.work_on
where
    (recorded.fine_amount, recorded.absent_days, recorded.row_count)
    is distinct from (summed.fine_amount, summed.absent_days, summed.row_count)
order by recorded.site_id, recorded.base_on
