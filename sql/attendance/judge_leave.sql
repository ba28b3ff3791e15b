/*  Judges leave slips, and says what leave covers of each duty: its start, its end, or all of it.

    Grain:  one row per employee and attendance day that a slip touches.
    Rerun:  safe; fills a table of this transaction only (leave_cover).
    Rules:  GM-A4, GM-A5 leave counts only when asked for in time, approved at its level and filed by its deadline.
            OF-A2 where a house does not check requests, a slip counts when it is approved.  */
create temp table leave_cover on commit drop as
with approver_rank (approver_level, approver_rank) as (
    values ('部门经理', 1), ('销售部经理', 1), ('总经理', 2), ('董事长', 3)
),

leave_slip as materialized (
    select
        leave.slip_no,
        leave.employee_id,
        leave.leave_type,
        leave.starts_at,
        leave.ends_at,
        leave.asked_at,
        leave.asked_by,
        leave.submitted_on,
        leave.status,
        coalesce(approver_rank.approver_rank, 0) as approver_rank,
        (leave.ends_at - interval '1 second')::date - leave.starts_at::date + 1
        - case when leave.starts_at::time >= time '12:00' then 0.5 else 0 end
        - case when (leave.ends_at - interval '1 second')::time < time '13:30' then 0.5 else 0 end as slip_days
    from attendance.leave
    left join approver_rank on leave.approver_level = approver_rank.approver_level
    where
        leave.recorded_at <= %(known_at)s
        and %(known_at)s < leave.superseded_at
        and leave.status <> '撤销'
        and leave.employee_id in (select identity.employee_id from identity)
        and leave.ends_at > (select min(policy.work_on) from policy)
        and leave.starts_at < (select max(policy.work_on) from policy) + interval '3 days'
),

-- The day a slip must be on file, where that is asked; it moves on over the person's days of rest.
slip_deadline as (
    select
        leave_slip.*,
        policy.work_on,
        policy.site_id,
        policy.checks_request,
        policy.leave_level1_days,
        policy.leave_level2_days,
        identity.employee_name,
        case
            when policy.checks_request then attendance.first_duty_on(
                leave_slip.employee_id,
                leave_slip.ends_at::date + policy.leave_slip_days,
                policy.works_calendar = 'official',
                %(known_at)s
            )
        end as deadline_on
    from leave_slip
    inner join identity on leave_slip.employee_id = identity.employee_id
    inner join policy
        on
            identity.site_id = policy.site_id
            and policy.work_on between leave_slip.starts_at::date - 1 and leave_slip.ends_at::date
            and policy.work_on >= identity.holds_from
            and policy.work_on < identity.holds_until
    -- without rules about requests, a request that was turned down is no leave and no offence
    where policy.checks_request or leave_slip.status = '批准'
),

leave_judged as materialized (
    select
        slip_deadline.slip_no,
        slip_deadline.employee_id,
        slip_deadline.leave_type,
        slip_deadline.starts_at,
        slip_deadline.ends_at,
        slip_deadline.site_id,
        slip_deadline.work_on,
        slip_deadline.deadline_on,
        case
            when slip_deadline.status = '未批准' then '未批准'
            when not slip_deadline.checks_request then '有效'
            when coalesce(slip_deadline.asked_by, '本人') not in ('本人', slip_deadline.employee_name) then '他人代请'
            when slip_deadline.asked_at is null or slip_deadline.asked_at >= slip_deadline.starts_at then '事后补请'
            when
                slip_deadline.leave_type = '调休'
                and slip_deadline.asked_at::date >= slip_deadline.starts_at::date
                then '未提前一天'
            when slip_deadline.approver_rank < case
                when slip_deadline.slip_days <= slip_deadline.leave_level1_days then 1
                when slip_deadline.slip_days <= slip_deadline.leave_level2_days then 2
                else 3
            end then '批准级别不够'
            when slip_deadline.submitted_on > slip_deadline.deadline_on then '假条逾期'
            when slip_deadline.submitted_on is not null then '有效'
            when %(known_at)s >= slip_deadline.deadline_on + interval '1 day' then '假条未交'
            else '待交假条'
        end as slip_verdict
    from slip_deadline
),

-- A slip that fails is not heard where a good one covers the same time (asked for again, and properly).
leave_beside as (
    select
        leave_judged.*,
        range_agg(tstzrange(leave_judged.starts_at, leave_judged.ends_at))
            filter (where leave_judged.slip_verdict in ('有效', '待交假条')) over of_day as granted
    from leave_judged
    window of_day as (partition by leave_judged.employee_id, leave_judged.work_on)
),

leave_heard as (
    select leave_beside.*
    from leave_beside
    where
        leave_beside.slip_verdict in ('有效', '待交假条')
        or leave_beside.granted is null
        or not leave_beside.granted && tstzrange(leave_beside.starts_at, leave_beside.ends_at)
),

leave_joined as (
    select
        due.employee_id,
        due.work_on,
        due.starts_at,
        due.ends_at,
        range_agg(tstzrange(leave_heard.starts_at, leave_heard.ends_at)) as covered,
        string_agg(leave_heard.slip_no, '、' order by leave_heard.starts_at, leave_heard.slip_no) as slip_no,
        (array_agg(leave_heard.leave_type order by leave_heard.starts_at, leave_heard.slip_no))[1] as leave_type,
        coalesce(
            min(leave_heard.slip_verdict) filter (where leave_heard.slip_verdict not in ('有效', '待交假条')),
            min(leave_heard.slip_verdict) filter (where leave_heard.slip_verdict = '待交假条'),
            '有效'
        ) as slip_verdict,
        min(leave_heard.deadline_on) as deadline_on
    from leave_heard
    inner join duty as due
        on
            leave_heard.employee_id = due.employee_id
            and leave_heard.site_id = due.site_id
            and leave_heard.work_on = due.work_on
            and leave_heard.starts_at < due.ends_at
            and leave_heard.ends_at > due.starts_at
    group by due.employee_id, due.work_on, due.starts_at, due.ends_at
)

-- What leave covers of a shift: its start, its end, or all of it; slips that touch are one stretch.
select
    leave_joined.employee_id,
    leave_joined.work_on,
    leave_joined.slip_no,
    leave_joined.leave_type,
    leave_joined.slip_verdict,
    leave_joined.deadline_on,
    max(upper(stretch)) filter (where stretch @> leave_joined.starts_at) as in_after_at,
    min(lower(stretch)) filter (where stretch @> (leave_joined.ends_at - interval '1 second')) as out_before_at
from leave_joined
cross join lateral unnest(leave_joined.covered) as stretch
group by
    leave_joined.employee_id, leave_joined.work_on, leave_joined.slip_no, leave_joined.leave_type,
    leave_joined.slip_verdict, leave_joined.deadline_on
