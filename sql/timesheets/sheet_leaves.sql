/*  The sheet 请假明细: every leave slip that touches the month, who may approve so much, who did, how it was judged.

    Grain:  one row per slip.
    Rerun:  safe; only reads what was known at `known_at`. Types only: a slip's cause is nobody's business here.
    Rules:  GM-A4 the level that a leave needs follows from its length, and the rule set names who has it;
            OF-A2 afterwards it is reported back.  */
with document as (
    select
        %(site_id)s::text as site_id,
        %(starts_on)s::date as starts_on,
        %(last_on)s::date as last_on,
        %(known_at)s::timestamptz as known_at
),

line as materialized (
    select line.*
    from document
    cross join lateral attendance.known_month(document.site_id, document.starts_on, document.known_at) as line
),

slip as (
    select
        leave.*,
        line.employee_name,
        (leave.ends_at - interval '1 second')::date - leave.starts_at::date + 1
        - case when leave.starts_at::time >= time '12:00' then 0.5 else 0 end
        - case when (leave.ends_at - interval '1 second')::time < time '13:30' then 0.5 else 0 end as slip_days
    from document
    inner join attendance.leave
        on
            leave.starts_at < (document.last_on + 1)::timestamptz
            and leave.ends_at > document.starts_on::timestamptz
            and leave.recorded_at <= document.known_at
            and document.known_at < leave.superseded_at
    inner join line on leave.employee_id = line.employee_id
),

judged as (
    select
        slip.slip_no,
        sum(attendance_day.leave_days / cardinality(string_to_array(attendance_day.leave_slip_no, '、'))) as leave_days,
        min(attendance_day.slip_verdict) filter (where attendance_day.slip_verdict not in ('', '有效')) as slip_verdict,
        count(*) as day_count
    from document
    inner join attendance.attendance_day
        on
            document.site_id = attendance_day.site_id
            and attendance_day.work_on between document.starts_on and document.last_on
            and attendance_day.leave_slip_no <> ''
    inner join slip
        on
            attendance_day.employee_id = slip.employee_id
            and slip.slip_no = any(string_to_array(attendance_day.leave_slip_no, '、'))
    group by slip.slip_no
),

asked_of as (
    select
        slip.slip_no,
        book.is_yes(
            attendance.rule_value(document.site_id, slip.starts_at::date, 'leave_checks_request', document.known_at)
        ) as checks_request,
        book.is_yes(
            attendance.rule_value(document.site_id, slip.starts_at::date, 'leave_reports_back', document.known_at)
        ) as reports_back,
        case
            when
                slip.slip_days <= coalesce(
                    attendance.rule_value(document.site_id, slip.starts_at::date, 'leave_level1_days', document.known_at)::numeric, 0.5
                )
                then 1
            when
                slip.slip_days <= coalesce(
                    attendance.rule_value(document.site_id, slip.starts_at::date, 'leave_level2_days', document.known_at)::numeric, 1
                )
                then 2
            else 3
        end as needed_level,
        -- of the three levels in turn; defaults as in attendance/set_policy
        array[
            coalesce(
                attendance.rule_value(document.site_id, slip.starts_at::date, 'leave_level1_approvers', document.known_at),
                '部门经理、销售部经理'
            ),
            coalesce(
                attendance.rule_value(document.site_id, slip.starts_at::date, 'leave_level2_approvers', document.known_at), '总经理'
            ),
            coalesce(
                attendance.rule_value(document.site_id, slip.starts_at::date, 'leave_level3_approvers', document.known_at), '董事长'
            )
        ] as approvers
    from slip
    cross join document
),

-- who stands in two lists has the higher level
level as (
    select
        asked_of.slip_no,
        string_agg(listed.word, '、' order by listed.nth) as approvers
    from asked_of
    cross join
        lateral unnest(string_to_array(asked_of.approvers[asked_of.needed_level], '、')) with ordinality as listed (word, nth)
    where
        listed.word <> all(string_to_array(array_to_string(asked_of.approvers[asked_of.needed_level + 1 :], '、'), '、'))
    group by asked_of.slip_no
)

select
    slip.slip_no as slip_id,
    slip.employee_name,
    slip.leave_type,
    slip.starts_at,
    slip.ends_at,
    coalesce(judged.leave_days, 0) as leave_days,
    slip.approver,
    case
        when not coalesce(asked_of.checks_request, false) then '本制度不分级'
        else coalesce(level.approvers, concat('第', asked_of.needed_level, '级'))
    end as needed_level,
    slip.approver_level,
    slip.asked_at,
    slip.submitted_on,
    case
        when judged.slip_verdict in ('假条逾期', '假条未交') then '逾期'
        when judged.slip_verdict = '待交假条' then '待交'
        when not coalesce(asked_of.checks_request, false) then '不要求'
        else '按时'
    end as is_late,
    case
        when slip.reported_back_at is not null then to_char(slip.reported_back_at, 'YYYY-MM-DD HH24:MI')
        when not coalesce(asked_of.reports_back, false) then '不要求'
        else '未销假'
    end as reported_back,
    case
        when slip.status <> '批准' then slip.status
        when judged.day_count is null then '当日不应出勤'
        else coalesce(judged.slip_verdict, '有效')
    end as verdict
from slip
inner join asked_of on slip.slip_no = asked_of.slip_no
left join level on slip.slip_no = level.slip_no
left join judged on slip.slip_no = judged.slip_no
order by slip.starts_at, slip.slip_no
