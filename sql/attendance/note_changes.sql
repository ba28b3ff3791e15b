/*  Notes, before days are marked anew, what a re-evaluation is about to change of what was computed before.

    Grain:  one row per run, employee and attendance day; only days that already had a result.
    Rerun:  safe; the same run notes a change once.
    Rules:  ATT-10 old and new value are kept; the 差异 sheet reads them.  */
insert into attendance.day_change (run_id, employee_id, work_on, site_id, action, old_row, new_row)
with run as (
    select
        run_id,
        workflow
    from ops.run
    where run_id = %(run_id)s
),

computed_day as (
    select
        result.site_id,
        result.base_on as work_on
    from ops.result
    inner join run on result.workflow = run.workflow
    inner join ops.run_scope
        on
            run.run_id = run_scope.run_id
            and result.site_id = run_scope.site_id
            and run_scope.period @> result.base_on
    where result.revision = 1 and not attendance.is_frozen(result.site_id, result.base_on)
),

kept as (
    select attendance_day.*
    from attendance.attendance_day
    inner join computed_day
        on attendance_day.site_id = computed_day.site_id and attendance_day.work_on = computed_day.work_on
),

judged as (
    select verdict.*
    from verdict
    inner join computed_day on verdict.site_id = computed_day.site_id and verdict.work_on = computed_day.work_on
)

select
    run.run_id,
    coalesce(judged.employee_id, kept.employee_id) as employee_id,
    coalesce(judged.work_on, kept.work_on) as work_on,
    coalesce(judged.site_id, kept.site_id) as site_id,
    case
        when kept.employee_id is null then 'INSERT'
        when judged.employee_id is null then 'DELETE'
        else 'UPDATE'
    end as action,
    case when kept.employee_id is not null then to_jsonb(kept) end as old_row,
    case when judged.employee_id is not null then to_jsonb(judged) end as new_row
from kept
full join judged on kept.employee_id = judged.employee_id and kept.work_on = judged.work_on
cross join run
where row(kept.*) is distinct from row(judged.*)
on conflict do nothing
