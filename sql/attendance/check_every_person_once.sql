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

-- The version of a person that holds on a day: the newest that has taken effect, else the first there is.
in_force as (
    select distinct on (computed_day.base_on, employee.employee_id)
        computed_day.base_on,
        employee.employee_id,
        employee.site_id,
        employee.joined_on,
        employee.left_on
    from (select distinct base_on from computed_day) as computed_day
    cross join run
    inner join book.employee on employee.recorded_at <= run.known_at and run.known_at < employee.superseded_at
    order by
        computed_day.base_on, employee.employee_id,
        employee.effective_from <= computed_day.base_on desc,
        abs(employee.effective_from - computed_day.base_on)
),

unjudged as (
    select
        in_force.site_id,
        in_force.base_on,
        in_force.employee_id
    from in_force
    inner join computed_day on in_force.site_id = computed_day.site_id and in_force.base_on = computed_day.base_on
    where
        in_force.base_on between in_force.joined_on and coalesce(in_force.left_on, 'infinity')
        and not exists (
            select from attendance.attendance_day
            where
                attendance_day.employee_id = in_force.employee_id
                and attendance_day.work_on = in_force.base_on
        )
)

select
    '案场' || site_id || '有' || count(distinct employee_id) || '人在' || min(base_on) || '等' || count(distinct base_on)
    || '天在职却没有判定。请联系系统管理员，并附上本次运行编号。' as problem
from unjudged
group by site_id
union all
select '案场' || run_scope.site_id || '在本次期间没有得到任何人的任何一天。请核对花名册与案场编号后重跑。'
from run
inner join ops.run_scope on run.run_id = run_scope.run_id and run_scope.cause = 'asked'
where
    not exists (
        select from ops.run_gap
        where run_gap.run_id = run.run_id and run_gap.site_id = run_scope.site_id
    )
    and not exists (
        select from attendance.attendance_day
        where
            attendance_day.site_id = run_scope.site_id
            and run_scope.period @> attendance_day.work_on
    )
order by 1
