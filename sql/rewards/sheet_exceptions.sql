/*  The sheet 异常 of the 一周奖罚公布: what of the week is not counted yet.

    Grain:  one row per day without a result, per day with verdicts that wait, and for slips that wait.
    Rerun:  safe; only reads what was known at `known_at`.
    Privacy: announced to everybody: days and numbers, no name of anybody who waits for a slip.  */
with finding (rank, subject, problem, advice, department, first_seen_on) as (
    select
        1,
        day_at::date::text,
        '当日没有考勤结果，未计入',
        '请案场补交当日打卡资料，再重出本表',
        '案场',
        day_at::date
    from generate_series(%(starts_on)s::date::timestamp, %(last_on)s::date::timestamp, interval '1 day') as day_at
    where not exists (
        select from ops.result
        where
            result.workflow = 'daily_attendance'
            and result.site_id = %(site_id)s
            and result.base_on = day_at::date
            and result.known_at <= %(known_at)s
    )
    union all
    select
        2,
        attendance_day.work_on::text,
        concat(count(*), '人次待确认或进行中，未计入'),
        '以考勤日报“待确认”的处理结果为准',
        '案场',
        attendance_day.work_on
    from attendance.attendance_day
    where
        attendance_day.site_id = %(site_id)s
        and attendance_day.work_on between %(starts_on)s and %(last_on)s
        and (attendance_day.pending_until is not null or attendance_day.status in ('待确认', '进行中'))
    group by attendance_day.work_on
    union all
    select
        3,
        '违纪单',
        concat(count(*), '张待确认或与迟到罚款同一事由，未计入'),
        '以考勤日报“违纪单”的处理结果为准',
        '人事行政',
        min(conduct_fine.event_on)
    from attendance.conduct_fine
    where
        conduct_fine.site_id = %(site_id)s
        and conduct_fine.event_on between %(starts_on)s and %(last_on)s
        and conduct_fine.state <> '有效'
    having count(*) > 0
)

select
    '请核对' as severity,
    finding.subject,
    finding.problem,
    null::numeric as impact_amount,
    finding.advice,
    finding.department,
    null::text as person,
    null::date as due_on,
    finding.first_seen_on,
    %(last_on)s::date - finding.first_seen_on as lasting_days,
    '未处理' as state,
    null::text as file_name,
    null::integer as line_no
from finding
order by finding.rank, finding.first_seen_on
