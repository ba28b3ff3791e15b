/*  The same answer as bare SQL: what one would write for this month, these three sets of rules and nothing else.

    Grain:  one row per employee and day, into bench.attendance_day (the columns and indexes of the product's table).
    Left out: versions of facts and rules, both cut-offs, closed months, namesakes, unknown badges, revisions, hashes,
            differences. The rules are constants in the text. The bench compares its answers with the product's.  */
insert into bench.attendance_day (
    employee_id, work_on, site_id, employee_name, department, post, badge_no, rule_set, shift_code, shift_name,
    due_in_at, due_out_at, in_at, out_at, is_in_required, is_out_required, status, late_minutes, early_minutes,
    absent_days, leave_days, leave_type, leave_slip_no, slip_verdict, missed_punch_slip_no, fine_amount,
    rule_id, rule_from, rule_version, reason, pending_until, pending_verdict, remark, day_kind, due_days,
    attended_days, pending_days, is_night, overtime_kind, overtime_hours
)
with policy (rule_set, first_site, last_site, needs_out, fines, default_code) as (
    values
        ('guomao', 'S00', 'S13', false, true, null),
        ('office', 'S14', 'S16', true, false, 'O'),
        ('huaqing', 'S17', 'S19', true, false, null)
),

day as (
    select
        day_no::date as work_on,
        coalesce(not calendar_day.is_off, extract(isodow from day_no) < 6) as is_workday,
        coalesce(calendar_day.is_statutory, false) as is_statutory
    from generate_series(%(starts_on)s::timestamp, %(last_on)s::timestamp, interval '1 day') as day_no
    left join book.calendar_day on calendar_day.day_on = day_no::date
),

due as materialized (
    select
        employee.employee_id,
        day.work_on,
        employee.site_id,
        employee.employee_name,
        employee.department,
        employee.post,
        employee.badge_no,
        policy.rule_set,
        policy.needs_out,
        policy.fines,
        day.is_statutory as is_holiday,
        policy.rule_set = 'office' and day.is_statutory as is_statutory,
        coalesce(roster.shift_code, case when day.is_workday then policy.default_code else '休' end) as shift_code,
        shift.shift_name,
        (day.work_on + shift.starts_at)::timestamptz as starts_at,
        (day.work_on + case when shift.ends_at <= shift.starts_at then 1 else 0 end + shift.ends_at)::timestamptz
            as ends_at,
        (day.work_on + shift.break_starts_at)::timestamptz as break_starts_at,
        (day.work_on + shift.break_ends_at)::timestamptz as break_ends_at,
        (
            day.work_on + coalesce(
                shift.starts_at - interval '4 hours 30 minutes',
                case when eve.shift_code = 'N' then time '12:00' else time '04:00' end
            )
        )::timestamptz as opens_at,
        coalesce(
            (
                day.work_on + case when shift.ends_at <= shift.starts_at then 1 else 0 end
                + shift.ends_at + interval '4 hours'
            )::timestamptz,
            (day.work_on + 1 + time '04:00')::timestamptz
        ) as closes_at
    from book.employee
    inner join policy on employee.site_id between policy.first_site and policy.last_site
    cross join day
    left join attendance.roster on employee.employee_id = roster.employee_id and day.work_on = roster.work_on
    left join attendance.roster as eve
        on employee.employee_id = eve.employee_id and day.work_on - 1 = eve.work_on and roster.shift_code = '休'
    left join attendance.shift
        on
            employee.site_id = shift.site_id
            and coalesce(roster.shift_code, case when day.is_workday then policy.default_code else '休' end)
            = shift.shift_code
),

leave_verdict as materialized (
    select
        leave.slip_no,
        leave.employee_id,
        leave.leave_type,
        leave.starts_at,
        leave.ends_at,
        employee.site_id,
        case
            when leave.status = '未批准' then '未批准'
            when employee.site_id > 'S13' then '有效'
            when leave.asked_at >= leave.starts_at then '事后补请'
            when case leave.approver_level when '部门经理' then 1 when '总经理' then 2 when '董事长' then 3 else 0 end
                < case
                    leave.ends_at::date - leave.starts_at::date + 1
                    - case when leave.starts_at::time >= '12:00' then 0.5 else 0 end
                    - case when leave.ends_at::time <= '13:30' then 0.5 else 0 end
                    when 0.5 then 1 when 1 then 2 else 3
                end then '批准级别不够'
            when leave.submitted_on > deadline.day_on then '假条逾期'
            when leave.submitted_on is null then '假条未交'
            else '有效'
        end as slip_verdict
    from attendance.leave
    inner join book.employee on leave.employee_id = employee.employee_id
    cross join lateral (
        select leave.ends_at::date + day_no as day_on
        from generate_series(1, 15) as day_no
        where
            not exists (
                select from attendance.roster
                where
                    roster.employee_id = leave.employee_id
                    and roster.work_on = leave.ends_at::date + day_no
                    and roster.shift_code = '休'
                    and roster.superseded_at = 'infinity'
            )
        order by day_no
        limit 1
    ) as deadline
    where employee.site_id <= 'S13' or leave.status = '批准'
),

leave_cover as (
    select
        due.employee_id,
        due.work_on,
        max(leave_verdict.ends_at) filter (where leave_verdict.starts_at <= due.starts_at) as in_after_at,
        min(leave_verdict.starts_at) filter (where leave_verdict.ends_at >= due.ends_at) as out_before_at,
        min(leave_verdict.slip_no) as slip_no,
        min(leave_verdict.leave_type) as leave_type,
        coalesce(min(leave_verdict.slip_verdict) filter (where leave_verdict.slip_verdict <> '有效'), '有效') as slip_verdict
    from due
    inner join leave_verdict
        on
            due.employee_id = leave_verdict.employee_id
            and due.starts_at < leave_verdict.ends_at
            and due.ends_at > leave_verdict.starts_at
    group by due.employee_id, due.work_on
),

outing as (
    select due.employee_id, due.work_on
    from due
    inner join attendance.outing
        on due.employee_id = outing.employee_id and outing.out_at < due.starts_at and outing.back_at > due.starts_at
),

missed_punch as (
    select
        employee_id,
        work_on,
        bool_or(punch_kind = '上班' and nth <= 3) as grants_in,
        bool_or(punch_kind = '下班' and nth <= 3) as grants_out,
        min(slip_no) as slip_no
    from (
        select
            missed_punch.*,
            row_number() over (
                partition by employee_id, date_trunc('month', work_on) order by signed_at, slip_no
            ) as nth
        from attendance.missed_punch
        where signer_level = '项目总监'
    ) as signed
    group by employee_id, work_on
),

clocked as (
    select
        due.*,
        leave_cover.slip_no,
        leave_cover.leave_type,
        leave_cover.slip_verdict,
        case
            when leave_cover.slip_verdict <> '有效' then due.starts_at
            when leave_cover.in_after_at >= due.break_starts_at and leave_cover.in_after_at < due.break_ends_at
                then due.break_ends_at
            else greatest(due.starts_at, leave_cover.in_after_at)
        end as due_in_at,
        case
            when leave_cover.slip_verdict <> '有效' then due.ends_at
            when leave_cover.out_before_at > due.break_starts_at and leave_cover.out_before_at <= due.break_ends_at
                then due.break_starts_at
            else least(due.ends_at, leave_cover.out_before_at)
        end as due_out_at,
        outing.employee_id is not null as is_out,
        coalesce(missed_punch.grants_in, false) as grants_in,
        coalesce(missed_punch.grants_out, false) as grants_out,
        missed_punch.slip_no as missed_slip_no,
        punch.first_at,
        punch.last_at
    from due
    left join leave_cover on due.employee_id = leave_cover.employee_id and due.work_on = leave_cover.work_on
    left join outing on due.employee_id = outing.employee_id and due.work_on = outing.work_on
    left join missed_punch on due.employee_id = missed_punch.employee_id and due.work_on = missed_punch.work_on
    left join lateral (
        select min(punched_at) as first_at, max(punched_at) as last_at
        from attendance.punch
        where
            punch.site_id = due.site_id
            and punch.badge_no = due.badge_no
            and punch.punched_at >= due.opens_at
            and punch.punched_at < due.closes_at
    ) as punch on true
    offset 0
),

told_apart as (
    select
        clocked.*,
        case
            when last_at - first_at > interval '1 minute' or due_in_at is null or not needs_out
                or first_at - due_in_at <= due_out_at - first_at then first_at
        end as in_at,
        case
            when due_in_at is null then case when last_at - first_at > interval '1 minute' then last_at end
            when not needs_out and last_at - due_in_at <= due_out_at - last_at then null
            when last_at - first_at > interval '1 minute' then last_at
            when not needs_out then null
            when first_at - due_in_at > due_out_at - first_at then last_at
        end as out_at,
        case
            when slip_verdict is distinct from '有效' then 0
            when due_in_at >= due_out_at then 1
            when due_in_at > starts_at or due_out_at < ends_at then 0.5
            else 0
        end as leave_days
    from clocked
    offset 0
),

measured as (
    select
        told_apart.*,
        case
            when is_out or grants_in then 0
            else greatest(ceil(extract(epoch from date_trunc('minute', in_at) - due_in_at) / 60), 0)
        end::integer as late_minutes,
        case when grants_out then 0 else greatest(ceil(extract(epoch from due_out_at - date_trunc('minute', out_at)) / 60), 0) end
        ::integer as early_minutes,
        in_at is null and not grants_in and not is_out as misses_in,
        needs_out and out_at is null and not grants_out as misses_out
    from told_apart
    offset 0
),

judged as (
    select
        measured.*,
        case
            when shift_code = '休' then case when is_statutory then '法定节假日' else '休息' end
            when slip_verdict <> '有效' then '旷工'
            when leave_days = 1 then '请假'
            when first_at is null and not grants_in and not grants_out and not is_out then '旷工'
            when misses_in or misses_out then '缺卡'
            when fines and late_minutes > 30 then '旷工半天'
            when late_minutes > 0 then '迟到'
            when early_minutes > 0 then '早退'
            when leave_days > 0 then '请假'
            when is_out then '公出'
            else '出勤'
        end as status
    from measured
    offset 0
),

weighed as (
    select
        judged.*,
        case
            when status in ('休息', '法定节假日') or leave_days = 1 then 0
            when status = '旷工' and slip_verdict <> '有效' then 1
            when status = '旷工' then 1 - leave_days
            else least(
                1 - leave_days,
                case when fines and late_minutes > 30 then 0.5 else 0 end
                + case when status = '缺卡' then case rule_set when 'huaqing' then 1 else 0.5 end else 0 end
            )
        end as absent_days,
        case
            when is_holiday and starts_at is not null and leave_days < 1 and status not in ('旷工', '缺卡')
                then round(extract(epoch from until_at - from_at - greatest(
                    least(break_ends_at, until_at) - greatest(break_starts_at, from_at), interval '0'
                )) / 3600, 2)
            else 0
        end as overtime_hours
    from judged
    cross join lateral (
        select
            case when late_minutes > 0 then greatest(due_in_at, date_trunc('minute', in_at)) else due_in_at end as from_at,
            greatest(
                due_in_at, case when late_minutes > 0 then date_trunc('minute', in_at) end,
                case when early_minutes > 0 then least(due_out_at, out_at) else due_out_at end
            ) as until_at
    ) as attended
    offset 0
)

select
    employee_id,
    work_on,
    site_id,
    employee_name,
    department,
    post,
    badge_no,
    rule_set,
    shift_code,
    coalesce(shift_name, '休') as shift_name,
    due_in_at,
    due_out_at,
    in_at,
    out_at,
    true as is_in_required,
    needs_out as is_out_required,
    status,
    case when status in ('休息', '法定节假日', '旷工') or leave_days = 1 then 0 else coalesce(late_minutes, 0) end,
    case when status in ('休息', '法定节假日', '旷工') or leave_days = 1 then 0 else coalesce(early_minutes, 0) end,
    absent_days,
    leave_days,
    coalesce(leave_type, ''),
    coalesce(slip_no, ''),
    coalesce(slip_verdict, ''),
    coalesce(missed_slip_no, ''),
    case
        when fines and late_minutes between 1 and 30 and status not in ('休息', '旷工') and leave_days < 1 then 10
        else 0
    end as fine_amount,
    case rule_set
        when 'office' then 'OF-A1'
        when 'huaqing' then 'HQ-A1'
        else case status
            when '休息' then 'GM-A3' when '旷工半天' then 'GM-A2' when '迟到' then 'GM-A2' when '请假' then 'GM-A4'
            when '旷工' then case when slip_verdict <> '有效' then 'GM-A4' else 'GM-A7' end
            else 'GM-A1'
        end
    end as rule_id,
    case rule_set when 'office' then date '2018-01-01' else date '2026-01-01' end as rule_from,
    'bare sql',
    case
        when status = '旷工' then coalesce(slip_verdict, '无打卡无请假')
        when status = '缺卡' and misses_in and misses_out then '缺上下班卡'
        when status = '缺卡' and misses_in then '缺上班卡'
        when status = '缺卡' then '缺下班卡'
        else ''
    end as reason,
    null,
    '',
    case
        when status in ('休息', '法定节假日') and first_at is not null then '休息日有打卡'
        when slip_verdict <> '有效' and first_at is not null then '当日有打卡'
        else ''
    end as remark,
    case when status = '休息' then '公休' when status = '法定节假日' then status else '应出勤' end as day_kind,
    case when status in ('休息', '法定节假日') then 0 else 1 end as due_days,
    case when status in ('休息', '法定节假日') then 0 else 1 - leave_days - absent_days end as attended_days,
    0 as pending_days,
    coalesce(ends_at > (work_on + 1)::timestamptz, false) as is_night,
    case when overtime_hours > 0 then '法定节假日' else '' end as overtime_kind,
    overtime_hours
from weighed
