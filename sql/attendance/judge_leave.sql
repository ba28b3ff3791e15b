/*  Judges leave slips, and says what leave covers of each duty: its start, its end, or all of it.

    Grain:  one row per employee and attendance day that a slip touches.
    Rerun:  safe; fills a table of this transaction only (leave_cover).
    Rules:  GM-A4, GM-A5 leave counts only when asked for in time, approved at its level and filed by its deadline;
            sick leave needs no asking where the supervisor must be told, but telling before the shift of each day.
            OF-A2 where a house does not check requests, a slip counts when it is approved.
    Halves: the morning ends at 12:00 and the afternoon begins at 13:30; in a shift of two spells, and in one whose
            break is on file, at the break's own ends.  */
create temp table leave_cover on commit drop as
with leave_slip as materialized (
    select
        leave.slip_no,
        leave.employee_id,
        leave.leave_type,
        leave.starts_at,
        leave.ends_at,
        leave.asked_at,
        leave.asked_by,
        leave.told_at,
        leave.submitted_on,
        leave.status,
        leave.approver_level,
        (leave.ends_at - interval '1 second')::date as last_on
    from attendance.leave
    where
        leave.recorded_at <= %(known_at)s
        and %(known_at)s < leave.superseded_at
        and leave.status <> '撤销'
        and leave.employee_id in (select identity.employee_id from identity)
        and leave.ends_at > (select min(policy.work_on) from policy)
        and leave.starts_at < (select max(policy.work_on) from policy) + interval '3 days'
),

-- What swaps that are heard make of the roster in the weeks after the slips, where deadlines move over days of rest.
swapped as materialized (
    select
        heard_swap.employee_id,
        jsonb_object_agg(heard_swap.work_on, heard_swap.swap_code) as swapped_days
    from attendance.heard_swap(
        (select min(leave_slip.last_on) from leave_slip), (select max(leave_slip.last_on) + 60 from leave_slip), %(known_at)s
    )
    where heard_swap.verdict = '有效'
    group by heard_swap.employee_id
),

-- The day a slip must be on file, where that is asked; it moves on over the person's days of rest.
slip_deadline as (
    select
        leave_slip.*,
        due.work_on,
        due.site_id,
        due.employee_name,
        due.starts_at as shift_starts_at,
        due.ends_at as shift_ends_at,
        due.break_starts_at,
        due.break_ends_at,
        policy.checks_request,
        policy.is_sick_notice_required,
        policy.leave_level1_days,
        policy.leave_level2_days,
        case
            when leave_slip.approver_level = any(string_to_array(policy.leave_level3_approvers, '、')) then 3
            when leave_slip.approver_level = any(string_to_array(policy.leave_level2_approvers, '、')) then 2
            when leave_slip.approver_level = any(string_to_array(policy.leave_level1_approvers, '、')) then 1
            else 0
        end as approver_rank,
        leave_slip.last_on - leave_slip.starts_at::date + 1
        - case
            when leave_slip.starts_at::time >= coalesce(case when due.is_split then due.break_starts_at::time end, '12:00')
                then 0.5
            else 0
        end
        - case
            when
                (leave_slip.ends_at - interval '1 second')::time
                < coalesce(case when due.is_split then due.break_ends_at::time end, '13:30')
                then 0.5
            else 0
        end as slip_days,
        case
            when policy.checks_request then attendance.first_duty_on(
                leave_slip.employee_id,
                leave_slip.last_on + policy.leave_slip_days,
                policy.works_calendar = 'official',
                %(known_at)s,
                swapped.swapped_days
            )
        end as deadline_on
    from leave_slip
    inner join duty as due
        on
            leave_slip.employee_id = due.employee_id
            and due.work_on between leave_slip.starts_at::date - 1 and leave_slip.ends_at::date
            and leave_slip.starts_at < due.ends_at
            and leave_slip.ends_at > due.starts_at
    inner join policy on due.site_id = policy.site_id and due.work_on = policy.work_on
    left join swapped on leave_slip.employee_id = swapped.employee_id
    -- without rules about requests, a request that was turned down is no leave and no offence
    where policy.checks_request or leave_slip.status = '批准'
),

leave_judged as materialized (
    select
        slip_deadline.*,
        case
            when slip_deadline.status = '未批准' then '未批准'
            when not slip_deadline.checks_request then '有效'
            when coalesce(slip_deadline.asked_by, '本人') not in ('本人', slip_deadline.employee_name) then '他人代请'
            when slip_deadline.leave_type = '病假' and slip_deadline.is_sick_notice_required then case
                when
                    least(slip_deadline.told_at, slip_deadline.asked_at)
                    < greatest(slip_deadline.starts_at, slip_deadline.shift_starts_at)
                    then ''
                else '班前未告知'
            end
            when slip_deadline.asked_at is null or slip_deadline.asked_at >= slip_deadline.starts_at then '事后补请'
            when
                slip_deadline.leave_type = '调休'
                and slip_deadline.asked_at::date >= slip_deadline.starts_at::date
                then '未提前一天'
            else ''
        end as objection,
        case
            when slip_deadline.approver_rank < case
                when slip_deadline.slip_days <= slip_deadline.leave_level1_days then 1
                when slip_deadline.slip_days <= slip_deadline.leave_level2_days then 2
                else 3
            end then '批准级别不够'
            when slip_deadline.submitted_on > slip_deadline.deadline_on then '假条逾期'
            when slip_deadline.submitted_on is not null then '有效'
            when %(known_at)s >= slip_deadline.deadline_on + interval '1 day' then '假条未交'
            else '待交假条'
        end as paper_verdict
    from slip_deadline
),

leave_ruled as materialized (
    select
        leave_judged.*,
        coalesce(nullif(leave_judged.objection, ''), leave_judged.paper_verdict) as slip_verdict
    from leave_judged
),

-- A slip that fails is not heard where a good one covers the same time (asked for again, and properly).
leave_beside as (
    select
        leave_ruled.*,
        range_agg(tstzrange(leave_ruled.starts_at, leave_ruled.ends_at))
            filter (where leave_ruled.slip_verdict in ('有效', '待交假条')) over of_day as granted
    from leave_ruled
    window of_day as (partition by leave_ruled.employee_id, leave_ruled.work_on)
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
        leave_heard.employee_id,
        leave_heard.work_on,
        leave_heard.shift_starts_at as starts_at,
        leave_heard.shift_ends_at as ends_at,
        coalesce(leave_heard.break_starts_at, (leave_heard.work_on + time '12:00')::timestamptz) as noon_starts_at,
        coalesce(leave_heard.break_ends_at, (leave_heard.work_on + time '13:30')::timestamptz) as noon_ends_at,
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
    group by
        leave_heard.employee_id, leave_heard.work_on, leave_heard.shift_starts_at, leave_heard.shift_ends_at,
        leave_heard.break_starts_at, leave_heard.break_ends_at
),

-- Until when leave holds from the start of the shift, and from when on until its end; slips that touch are one stretch.
-- Beside the break the same is said of each spell, for leave that begins or ends in the middle of the day.
leave_stretched as (
    select
        leave_joined.employee_id,
        leave_joined.work_on,
        leave_joined.slip_no,
        leave_joined.leave_type,
        leave_joined.slip_verdict,
        leave_joined.deadline_on,
        leave_joined.starts_at,
        leave_joined.ends_at,
        leave_joined.noon_starts_at,
        leave_joined.noon_ends_at,
        max(upper(stretch)) filter (where stretch @> leave_joined.starts_at) as in_after_at,
        min(lower(stretch)) filter (where stretch @> (leave_joined.ends_at - interval '1 second')) as out_before_at,
        min(lower(stretch)) filter (
            where stretch @> (leave_joined.noon_starts_at - interval '1 second')
        ) as noon_out_before_at,
        max(upper(stretch)) filter (where stretch @> leave_joined.noon_ends_at) as noon_in_after_at
    from leave_joined
    cross join lateral unnest(leave_joined.covered) as stretch
    group by
        leave_joined.employee_id, leave_joined.work_on, leave_joined.slip_no, leave_joined.leave_type,
        leave_joined.slip_verdict, leave_joined.deadline_on, leave_joined.starts_at, leave_joined.ends_at,
        leave_joined.noon_starts_at, leave_joined.noon_ends_at
)

select
    leave_stretched.employee_id,
    leave_stretched.work_on,
    leave_stretched.slip_no,
    leave_stretched.leave_type,
    leave_stretched.slip_verdict,
    leave_stretched.deadline_on,
    -- at noon nobody is due: who has the morning off comes when the afternoon begins, and the other way round
    case
        when
            leave_stretched.in_after_at >= leave_stretched.noon_starts_at
            and leave_stretched.in_after_at < leave_stretched.noon_ends_at
            and leave_stretched.starts_at < leave_stretched.noon_starts_at
            then least(leave_stretched.noon_ends_at, leave_stretched.ends_at)
        else leave_stretched.in_after_at
    end as in_after_at,
    case
        when
            leave_stretched.out_before_at > leave_stretched.noon_starts_at
            and leave_stretched.out_before_at <= leave_stretched.noon_ends_at
            and leave_stretched.ends_at > leave_stretched.noon_ends_at
            then greatest(leave_stretched.noon_starts_at, leave_stretched.starts_at)
        else leave_stretched.out_before_at
    end as out_before_at,
    leave_stretched.noon_out_before_at,
    leave_stretched.noon_in_after_at
from leave_stretched
