/*  Judges every person due at the run's sites on the run's days: present, late, absent, on leave, at rest.

    Grain:  one row per employee and attendance day, in the columns of attendance.attendance_day.
    Rerun:  safe; fills a table of this transaction only (verdict). Nothing else is written.
    Rules:  GM-A1 required punches, late arrival, early leave. GM-A2 late up to and including the limit is
            fined, beyond it is absence and no fine. GM-A3, ATT-07 the roster decides rest days. GM-A4, GM-A5
            leave counts only when asked for in time, approved at its level and filed by its deadline.
            GM-A7 no punch and no leave is absence. OF-A1 calendar staff work when the State Council says so.
            HQ-A1 a missed punch needs a signature. GM-A11 the set of the higher rank wins.
    Shift:  the punches of a day are those from four and a half hours before the shift starts until the same
            time of the next day; the first is the arrival, the last the leaving.
    Speed:  `offset 0` keeps the planner from copying an expression to every place that names it. Rules, names and
            deadlines are looked up laterally: a join by dates is estimated at one row, and then looped over.  */
create temp table verdict on commit drop as
with due as materialized (
    select duty.*
    from duty
    where duty.is_judged
),

rule_version as materialized (
    select
        site_id,
        work_on,
        rule_id,
        max(valid_from) as rule_from,
        left(
            md5(string_agg(parameter || '=' || value || '@' || valid_from::text, ';' order by parameter)), 8
        ) as rule_version
    from rule_in_force
    group by site_id, work_on, rule_id
),

outing_cover as materialized (
    select
        due.employee_id,
        due.work_on,
        bool_or(outing.out_at <= due.starts_at) as covers_start,
        bool_or(outing.back_at is null or outing.back_at >= due.ends_at) as covers_end
    from attendance.outing
    inner join due
        on
            outing.employee_id = due.employee_id
            and outing.out_at < due.ends_at
            and coalesce(outing.back_at, (outing.out_at::date + 1)::timestamptz) > due.starts_at
            and outing.out_at >= due.starts_at - interval '1 day'
    where
        outing.recorded_at <= %(known_at)s
        and %(known_at)s < outing.superseded_at
        and outing.outing_kind = '因公'
        and outing.approver is not null
    group by due.employee_id, due.work_on
),

punched as (
    select
        due.*,
        case
            when leave_cover.slip_verdict in ('有效', '待交假条') then greatest(
                due.starts_at,
                case
                    when leave_cover.in_after_at >= due.break_starts_at and leave_cover.in_after_at < due.break_ends_at
                        then due.break_ends_at
                    else leave_cover.in_after_at
                end
            )
            else due.starts_at
        end as due_in_at,
        case
            when leave_cover.slip_verdict in ('有效', '待交假条') then least(
                due.ends_at,
                case
                    when
                        leave_cover.out_before_at > due.break_starts_at
                        and leave_cover.out_before_at <= due.break_ends_at
                        then due.break_starts_at
                    else leave_cover.out_before_at
                end
            )
            else due.ends_at
        end as due_out_at,
        leave_cover.slip_no as leave_slip_no,
        leave_cover.leave_type,
        leave_cover.slip_verdict,
        leave_cover.deadline_on,
        coalesce(outing_cover.covers_start, false) or coalesce(gathering_cover.covers_start, false) as is_out_at_start,
        coalesce(outing_cover.covers_end, false) or coalesce(gathering_cover.covers_end, false) as is_out_at_end,
        coalesce(outing_cover.covers_start or outing_cover.covers_end, false) as is_outing,
        coalesce(granted.grants_in, false) as grants_in,
        coalesce(granted.grants_out, false) as grants_out,
        coalesce(granted.is_over_quota, false) as is_over_quota,
        granted.slip_no as missed_punch_slip_no,
        punch.first_at,
        punch.last_at,
        due.has_namesake and exists (
            select from attendance.punch as unclear
            where
                unclear.site_id = due.site_id
                and unclear.badge_no = due.employee_name
                and unclear.punched_at >= due.window_opens_at
                and unclear.punched_at < due.window_closes_at
                and unclear.recorded_at <= %(known_at)s
        ) as has_namesake_punch
    from due
    left join leave_cover on due.employee_id = leave_cover.employee_id and due.work_on = leave_cover.work_on
    left join outing_cover on due.employee_id = outing_cover.employee_id and due.work_on = outing_cover.work_on
    left join gathering_cover
        on due.employee_id = gathering_cover.employee_id and due.work_on = gathering_cover.work_on
    left join granted on due.employee_id = granted.employee_id and due.work_on = granted.work_on
    left join lateral (
        select
            min(punch.punched_at) as first_at,
            max(punch.punched_at) as last_at
        from attendance.punch
        where
            punch.site_id = due.site_id
            and punch.badge_no = any(due.badges)
            and punch.punched_at >= due.window_opens_at
            and punch.punched_at < due.window_closes_at
            and punch.recorded_at <= %(known_at)s
    ) as punch on true
    offset 0
),

-- Where both are required, one punch alone is the arrival or the leaving, whichever it is nearer to. Where only the
-- arrival is, the first punch is the arrival, and a later one shows the leaving only in the second half of the shift.
told_apart as (
    select
        punched.*,
        policy.rule_set,
        policy.seconds_mode,
        policy.is_in_required,
        policy.is_out_required,
        policy.late_limit_minutes,
        policy.late_fine_amount,
        policy.late_over_absent_days,
        policy.early_fine_amount,
        policy.no_show_absent_days,
        policy.missing_punch_absent_days,
        policy.invalid_leave_absent_days,
        policy.calendar_rule_id,
        policy.punch_rule_id,
        policy.late_rule_id,
        policy.no_show_rule_id,
        policy.missing_rule_id,
        policy.leave_rule_id,
        policy.is_joining_exempt
        and (punched.work_on = punched.joined_on or punched.work_on = punched.left_on) as is_exempt,
        (punched.work_on + policy.missed_punch_deadline_days + 1)::timestamptz as signature_due_at,
        case
            when punched.last_at - punched.first_at > policy.debounce or punched.due_in_at is null
                then punched.first_at
            when not policy.is_out_required then punched.first_at
            when punched.first_at - punched.due_in_at <= punched.due_out_at - punched.first_at then punched.first_at
        end as in_at,
        case
            when punched.due_in_at is null then punched.last_at
            when not policy.is_out_required and punched.last_at - punched.due_in_at <= punched.due_out_at - punched.last_at
                then null
            when punched.last_at - punched.first_at > policy.debounce then punched.last_at
            when not policy.is_out_required then null
            when punched.first_at - punched.due_in_at > punched.due_out_at - punched.first_at then punched.last_at
        end as out_at,
        case
            when punched.slip_verdict is null or punched.slip_verdict not in ('有效', '待交假条') then 0
            when punched.due_in_at >= punched.due_out_at then 1
            when punched.due_in_at > punched.starts_at or punched.due_out_at < punched.ends_at then 0.5
            else 0
        end as leave_days
    from punched
    left join policy on punched.site_id = policy.site_id and punched.work_on = policy.work_on
    offset 0
),

measured as (
    select
        told_apart.*,
        %(known_at)s < ends_at + interval '4 hours' as is_open,
        case
            when in_at is null or due_in_at is null or is_out_at_start or grants_in or is_exempt then 0
            when seconds_mode = 'exact_second' then greatest(date_part('epoch', in_at - due_in_at), 0)
            else greatest(date_part('epoch', date_trunc('minute', in_at) - due_in_at), 0)
        end as late_seconds,
        case
            when out_at is null or due_out_at is null or is_out_at_end or grants_out or is_exempt then 0
            when seconds_mode = 'exact_second' then greatest(date_part('epoch', due_out_at - out_at), 0)
            else greatest(date_part('epoch', due_out_at - date_trunc('minute', out_at)), 0)
        end as early_seconds,
        is_in_required and in_at is null and not grants_in and not is_out_at_start as misses_in,
        is_out_required and out_at is null and not grants_out and not is_out_at_end as misses_out
    from told_apart
    offset 0
),

judged as (
    select
        measured.*,
        case
            when planned_code = '休' then case when works_calendar = 'official' and is_statutory then '法定节假日' else '休息' end
            when starts_at is null then '待确认'
            when slip_verdict not in ('有效', '待交假条') then '旷工'
            when leave_days = 1 then '请假'
            when first_at is null and has_namesake_punch and not is_out_at_start and not is_out_at_end then '待确认'
            when is_open and (misses_in or misses_out or early_seconds > 0) then '进行中'
            when
                first_at is null and not grants_in and not grants_out
                and not is_out_at_start and not is_out_at_end and (is_in_required or is_out_required)
                then '旷工'
            when misses_in or misses_out then '缺卡'
            when late_seconds > late_limit_minutes * 60 and late_over_absent_days > 0 then '旷工半天'
            when late_seconds > 0 then '迟到'
            when early_seconds > 0 then '早退'
            when leave_days > 0 then '请假'
            when is_outing then '公出'
            else '出勤'
        end as status
    from measured
    offset 0
),

consequence as (
    select
        judged.*,
        case
            when status = '出勤' then 0
            when status in ('休息', '法定节假日', '待确认', '进行中') or leave_days = 1 then 0
            when status = '旷工' and slip_verdict not in ('有效', '待交假条') then least(1, invalid_leave_absent_days)
            when status = '旷工' then least(1, no_show_absent_days) * (1 - leave_days)
            else least(
                1 - leave_days,
                case when late_seconds > late_limit_minutes * 60 then late_over_absent_days else 0 end
                + case
                    when status = '缺卡' and %(known_at)s >= signature_due_at then missing_punch_absent_days
                    else 0
                end
            )
        end as absent_days,
        case
            when status = '出勤' then 0
            when status in ('休息', '法定节假日', '待确认', '旷工') or leave_days = 1 then 0
            else
                case
                    when late_seconds > 0 and (late_seconds <= late_limit_minutes * 60 or late_over_absent_days = 0)
                        then late_fine_amount
                    else 0
                end
                + case when early_seconds > 0 and status <> '进行中' then early_fine_amount else 0 end
        end as fine_amount,
        case status
            when '出勤' then punch_rule_id
            when '休息' then calendar_rule_id
            when '法定节假日' then calendar_rule_id
            when '旷工半天' then late_rule_id
            when '迟到' then late_rule_id
            when '缺卡' then missing_rule_id
            when '请假' then leave_rule_id
            when '旷工' then case
                when slip_verdict not in ('有效', '待交假条') then leave_rule_id
                else no_show_rule_id
            end
            else punch_rule_id
        end as rule_id
    from judged
)

select
    consequence.employee_id,
    consequence.work_on,
    consequence.site_id,
    consequence.employee_name,
    consequence.department,
    consequence.post,
    consequence.badge_no,
    consequence.rule_set,
    coalesce(consequence.shift_code, '') as shift_code,
    coalesce(consequence.shift_name, case when consequence.planned_code = '休' then '休' else '' end) as shift_name,
    consequence.due_in_at,
    consequence.due_out_at,
    consequence.in_at,
    consequence.out_at,
    consequence.is_in_required,
    consequence.is_out_required,
    consequence.status,
    case
        when consequence.status = '出勤' then 0
        when consequence.status in ('休息', '法定节假日', '待确认', '旷工') or consequence.leave_days = 1 then 0
        else ceil(consequence.late_seconds / 60)
    end::integer as late_minutes,
    case
        when consequence.status = '出勤' then 0
        when
            consequence.status in ('休息', '法定节假日', '待确认', '旷工', '进行中') or consequence.leave_days = 1
            then 0
        else ceil(consequence.early_seconds / 60)
    end::integer as early_minutes,
    consequence.absent_days::numeric(3, 2) as absent_days,
    consequence.leave_days::numeric(3, 2) as leave_days,
    coalesce(consequence.leave_type, '') as leave_type,
    coalesce(consequence.leave_slip_no, '') as leave_slip_no,
    coalesce(consequence.slip_verdict, '') as slip_verdict,
    coalesce(consequence.missed_punch_slip_no, '') as missed_punch_slip_no,
    consequence.fine_amount::numeric(14, 2) as fine_amount,
    coalesce(consequence.rule_id, '') as rule_id,
    rule_version.rule_from,
    coalesce(rule_version.rule_version, '') as rule_version,
    case
        when consequence.status = '出勤' then ''
        when consequence.status = '待确认' and consequence.shift_code is null then '未排班'
        when consequence.status = '待确认' and consequence.starts_at is null then '班次未定义'
        when consequence.status = '待确认' then '同名'
        when consequence.status = '旷工' and consequence.slip_verdict is not null then consequence.slip_verdict
        when consequence.status = '旷工' then '无打卡无请假'
        when consequence.status = '缺卡' and consequence.is_over_quota then '补卡超过当月次数'
        when consequence.misses_in and consequence.misses_out and consequence.status = '缺卡' then '缺上下班卡'
        when consequence.misses_in and consequence.status = '缺卡' then '缺上班卡'
        when consequence.misses_out and consequence.status = '缺卡' then '缺下班卡'
        when consequence.status = '进行中' then '待下班卡'
        else ''
    end as reason,
    case
        when consequence.status = '出勤' then null
        when consequence.status = '进行中' then consequence.ends_at + interval '4 hours'
        when consequence.slip_verdict = '待交假条' then (consequence.deadline_on + 1)::timestamptz
        when consequence.status = '缺卡' and %(known_at)s < consequence.signature_due_at
            then consequence.signature_due_at
    end as pending_until,
    case
        when consequence.status = '出勤' then ''
        when consequence.slip_verdict = '待交假条' then '旷工' || trim_scale(consequence.invalid_leave_absent_days) || '天'
        when consequence.status = '缺卡' and %(known_at)s < consequence.signature_due_at
            then '旷工' || trim_scale(consequence.missing_punch_absent_days) || '天'
        when consequence.status = '进行中' then '缺卡'
        else ''
    end as pending_verdict,
    case
        when consequence.status in ('休息', '法定节假日') and consequence.first_at is not null then '休息日有打卡'
        when consequence.is_exempt then '入职/离职当日不计迟到早退'
        when consequence.slip_verdict not in ('有效', '待交假条') and consequence.first_at is not null then '当日有打卡'
        else ''
    end as remark,
    null::timestamptz as second_due_in_at,
    null::timestamptz as second_due_out_at,
    null::timestamptz as second_in_at,
    null::timestamptz as second_out_at,
    '' as day_kind,
    0::numeric(3, 2) as due_days,
    0::numeric(3, 2) as attended_days,
    0::numeric(3, 2) as pending_days,
    false as is_night,
    '' as overtime_kind,
    0::numeric(5, 2) as overtime_hours,
    '' as swap_no,
    '' as ruling_no
from consequence
left join rule_version
    on
        consequence.site_id = rule_version.site_id
        and consequence.work_on = rule_version.work_on
        and consequence.rule_id = rule_version.rule_id
