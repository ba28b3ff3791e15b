/*  Finds days that were computed for nobody, and people employed at a site who were not judged on a day of it.

    Grain:  one row per site and kind of finding.
    Rerun:  safe; only reads.
    Rules:  an all-green check over zero rows is no pass; every person due has a verdict.  */
with run as (
    select
        run_id,
        workflow,
        known_at
    from ops.run
    where run_id = %(run_id)s and mode <> 'trial'
),

computed_day as (
    select distinct
        result.site_id,
        result.base_on
    from ops.result
    inner join run on result.workflow = run.workflow and result.run_id = run.run_id
),

unjudged as (
    select
        computed_day.site_id,
        computed_day.base_on,
        employee.employee_id
    from computed_day
    cross join run
    inner join book.employee
        on
            computed_day.site_id = employee.site_id
            and computed_day.base_on between employee.joined_on and coalesce(employee.left_on, 'infinity')
            and employee.recorded_at <= run.known_at
            and run.known_at < employee.superseded_at
    where
        not exists (
            select from attendance.attendance_day
            where attendance_day.employee_id = employee.employee_id and attendance_day.work_on = computed_day.base_on
        )
        -- a later version of the same person may have moved to another site
        and not exists (
            select from book.employee as later
            where
                later.employee_id = employee.employee_id
                and later.effective_from > employee.effective_from
                and later.effective_from <= computed_day.base_on
                and later.recorded_at <= run.known_at
                and run.known_at < later.superseded_at
        )
)

select
    '案场' || site_id || '有' || count(distinct employee_id) || '人在' || min(base_on) || '等' || count(distinct base_on)
    || '天在职却没有判定。请联系系统管理员，并附上本次运行编号。' as problem
from unjudged
group by site_id
union all
select '本次计算没有得到任何人的任何一天。请核对花名册与案场编号后重跑。'
from run
where
    not exists (select from ops.run_gap where run_gap.run_id = run.run_id)
    and not exists (
        select from attendance.attendance_day
        inner join ops.run_scope
            on
                attendance_day.site_id = run_scope.site_id
                and run_scope.period @> attendance_day.work_on
        where run_scope.run_id = run.run_id
    )
order by 1
