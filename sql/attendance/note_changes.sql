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

judged_day as materialized (
    select
        run_day.site_id,
        run_day.day_on as work_on,
        exists (
            select from ops.result
            where
                result.workflow = run_day.workflow
                and result.site_id = run_day.site_id
                and result.base_on = run_day.day_on
        ) as is_noted,
        attendance.is_frozen(run_day.site_id, run_day.day_on) as is_frozen
    from ops.run_day
    where run_day.run_id = %(run_id)s
),

-- Days to leave out rather than days to take: few, so that the planner's guess at their number does no harm.
not_noted as materialized (
    select
        site_id,
        work_on
    from judged_day
    where not is_noted
),

kept as (
    select attendance_day.*
    from ops.run_scope
    inner join attendance.attendance_day
        on
            run_scope.site_id = attendance_day.site_id
            and attendance_day.work_on >= lower(run_scope.period)
            and attendance_day.work_on < upper(run_scope.period)
    where
        run_scope.run_id = %(run_id)s
        and not exists (
            select from not_noted
            where not_noted.site_id = attendance_day.site_id and not_noted.work_on = attendance_day.work_on
        )
),

judged as (
    select verdict.*
    from verdict
    where
        -- asked once: where nothing was computed before, the verdicts need not be read
        (select bool_or(judged_day.is_noted) from judged_day)
        and not exists (
            select from not_noted
            where not_noted.site_id = verdict.site_id and not_noted.work_on = verdict.work_on
        )
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
where
    row(kept.*) is distinct from row(judged.*)
    -- of a closed month only a question that was open then may still be answered, or turn out to be none
    and (
        kept.pending_days > 0
        or not exists (
            select from judged_day
            where
                judged_day.is_frozen
                and judged_day.site_id = coalesce(judged.site_id, kept.site_id)
                and judged_day.work_on = coalesce(judged.work_on, kept.work_on)
        )
    )
on conflict do nothing
