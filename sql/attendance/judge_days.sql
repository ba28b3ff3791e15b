/*  Judges every person due at the run's sites on the run's days: present, late, absent, on leave, at rest.

    Grain:  one row per employee and attendance day, in the columns of attendance.attendance_day.
    Rerun:  safe; fills a table of this transaction only (verdict). Nothing else is written.
    Rules:  GM-A1 required punches, late arrival, early leave. GM-A2 late up to and including the limit is
            fined, beyond it is absence and no fine. GM-A3, ATT-07 the roster decides rest days. GM-A4, GM-A5
            leave counts only when asked for in time, approved at its level and filed by its deadline.
            GM-A7 no punch and no leave is absence. OF-A1 calendar staff work when the State Council says so.
            HQ-A1 a missed punch needs a signature. GM-A11 the set of the higher rank wins.
    Shift:  the punches of a day are those of its window (plan_days, settle_windows); the first is the arrival, the
            last the leaving. Of two spells (fit_spells) each is judged once. ATT-03, ATT-04, ATT-06, ATT-19.
    Later:  apply_rulings, add_offences and reckon_overtime change the few verdicts that they are about.
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
        bool_or(outing.out_at <= due.break_starts_at and coalesce(outing.back_at >= due.break_ends_at, true)) as covers_noon,
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
        coalesce(outing_cover.covers_noon, false) as is_out_at_noon,
        coalesce(outing_cover.covers_start or outing_cover.covers_end, false) as is_outing,
        coalesce(granted.grants_in, false) as grants_in,
        coalesce(granted.grants_out, false) as grants_out,
        coalesce(granted.is_over_quota, false) as is_over_quota,
        granted.slip_no as missed_punch_slip_no,
        day_ruling.decided_on as ruled_on,
        spell_fit.has_first and spell_fit.has_second as has_noon,
        spell_fit.has_first,
        spell_fit.has_second,
        spell_fit.is_noon_required,
        spell_fit.noon_due_out_at,
        spell_fit.noon_due_in_at,
        spell_fit.noon_out_at,
        spell_fit.noon_in_at,
        spell_fit.in_at as spell_in_at,
        spell_fit.out_at as spell_out_at,
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
    left join spell_fit on due.employee_id = spell_fit.employee_id and due.work_on = spell_fit.work_on
    left join attendance.day_ruling
        on
            due.employee_id = day_ruling.employee_id
            and due.work_on = day_ruling.work_on
            and day_ruling.recorded_at <= %(known_at)s
            and %(known_at)s < day_ruling.superseded_at
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
        policy.closes_after,
        policy.is_joining_exempt
        and (punched.work_on = punched.joined_on or punched.work_on = punched.left_on) as is_exempt,
        (punched.work_on + policy.missed_punch_deadline_days + 1)::timestamptz as signature_due_at,
        case
            when punched.has_first is not null then punched.spell_in_at
            when
                punched.due_in_at is null
                or (punched.last_at - punched.first_at > policy.debounce and not punched.is_contested)
                then punched.first_at
            when not policy.is_out_required and not punched.is_contested then punched.first_at
            when punched.first_at - punched.due_in_at <= punched.due_out_at - punched.first_at then punched.first_at
        end as in_at,
        case
            when punched.has_first is not null then punched.spell_out_at
            when punched.due_in_at is null
                then case when punched.last_at - punched.first_at > policy.debounce then punched.last_at end
            when
                (not policy.is_out_required or punched.is_contested)
                and punched.last_at - punched.due_in_at <= punched.due_out_at - punched.last_at
                then null
            when punched.last_at - punched.first_at > policy.debounce or punched.is_contested then punched.last_at
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
        %(known_at)s < ends_at + closes_after as is_open,
        case
            when in_at is null or due_in_at is null or is_out_at_start or grants_in or is_exempt or is_patrol then 0
            when seconds_mode = 'exact_second' then greatest(date_part('epoch', in_at - due_in_at), 0)
            else greatest(date_part('epoch', date_trunc('minute', in_at) - due_in_at), 0)
        end as late_seconds,
        case
            when out_at is null or due_out_at is null or is_out_at_end or grants_out or is_exempt or is_patrol then 0
            when seconds_mode = 'exact_second' then greatest(date_part('epoch', due_out_at - out_at), 0)
            else greatest(date_part('epoch', due_out_at - date_trunc('minute', out_at)), 0)
        end as early_seconds,
        case
            when noon_in_at is null or is_out_at_noon or is_exempt or is_patrol then 0
            when seconds_mode = 'exact_second' then greatest(date_part('epoch', noon_in_at - noon_due_in_at), 0)
            else greatest(date_part('epoch', date_trunc('minute', noon_in_at) - noon_due_in_at), 0)
        end as noon_late_seconds,
        case
            when noon_out_at is null or is_out_at_noon or is_exempt or is_patrol then 0
            when seconds_mode = 'exact_second' then greatest(date_part('epoch', noon_due_out_at - noon_out_at), 0)
            else greatest(date_part('epoch', noon_due_out_at - date_trunc('minute', noon_out_at)), 0)
        end as noon_early_seconds,
        is_in_required and in_at is null and not grants_in and not is_out_at_start as misses_in,
        is_out_required and out_at is null and not grants_out and not is_out_at_end as misses_out,
        -- a signature stands for the arrival at noon, or the leaving, where the day's own was punched
        coalesce(is_noon_required, false)
        and not is_out_at_noon
        and (
            (noon_in_at is null and not (grants_in and in_at is not null))
            or (noon_out_at is null and not (grants_out and out_at is not null))
        ) as misses_noon
    from told_apart
    offset 0
),

judged as (
    select
        measured.*,
        case when late_seconds > late_limit_minutes * 60 then 1 else 0 end
        + case when noon_late_seconds > late_limit_minutes * 60 then 1 else 0 end as over_count,
        case
            when planned_code = '休' then case when works_calendar = 'official' and is_statutory then '法定节假日' else '休息' end
            when starts_at is null then '待确认'
            when is_patrol then case when leave_days > 0 then '请假' else '出勤' end
            when slip_verdict not in ('有效', '待交假条') then '旷工'
            when leave_days = 1 then '请假'
            when first_at is null and has_namesake_punch and not is_out_at_start and not is_out_at_end then '待确认'
            when
                is_open
                and (
                    misses_in or misses_out or misses_noon or early_seconds > 0 or noon_early_seconds > 0
                    or (out_at is null and not grants_out and not is_out_at_end)
                )
                then '进行中'
            when
                first_at is null and not grants_in and not grants_out
                and not is_out_at_start and not is_out_at_end and (is_in_required or is_out_required)
                then case when is_contested then '待确认' else '旷工' end
            when misses_in or misses_out or misses_noon then '缺卡'
            when
                (late_seconds > late_limit_minutes * 60 or noon_late_seconds > late_limit_minutes * 60)
                and late_over_absent_days > 0
                then '旷工半天'
            when late_seconds > 0 or noon_late_seconds > 0 then '迟到'
            when early_seconds > 0 or noon_early_seconds > 0 then '早退'
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
        status = '缺卡'
        and (
            is_contested
            or %(known_at)s < signature_due_at
            or coalesce(ruled_on::timestamptz < signature_due_at, false)
        ) as is_held_back,
        (
            case
                when status = '出勤' then 0
                when status in ('休息', '法定节假日', '待确认') or leave_days = 1 or is_patrol then 0
                when status = '旷工' and slip_verdict not in ('有效', '待交假条') then least(1, invalid_leave_absent_days)
                when status = '旷工' then least(1, no_show_absent_days) * (1 - leave_days)
                else least(
                    1 - leave_days,
                    over_count * late_over_absent_days
                    + case
                        when
                            status = '缺卡'
                            and not is_contested
                            and %(known_at)s >= signature_due_at
                            and coalesce(ruled_on::timestamptz >= signature_due_at, true)
                            then missing_punch_absent_days
                        else 0
                    end
                )
            end
        )::numeric(3, 2) as absent_days,
        case
            when status = '出勤' then 0
            when status in ('休息', '法定节假日', '待确认', '旷工') or leave_days = 1 then 0
            else
                late_fine_amount * (
                    case
                        when late_seconds > 0 and (late_seconds <= late_limit_minutes * 60 or late_over_absent_days = 0)
                            then 1
                        else 0
                    end
                    + case
                        when
                            noon_late_seconds > 0
                            and (noon_late_seconds <= late_limit_minutes * 60 or late_over_absent_days = 0)
                            then 1
                        else 0
                    end
                )
                + case
                    when status = '进行中' then 0
                    else
                        early_fine_amount * (
                            case when early_seconds > 0 then 1 else 0 end
                            + case when noon_early_seconds > 0 then 1 else 0 end
                        )
                end
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
    offset 0
),

weighed as (
    select
        consequence.*,
        case
            when status = '出勤' then 0
            when status in ('进行中', '待确认') or is_held_back then 1 - leave_days - absent_days
            else 0
        end::numeric(3, 2) as pending_days
    from consequence
    offset 0
)

select
    weighed.employee_id,
    weighed.work_on,
    weighed.site_id,
    weighed.employee_name,
    weighed.department,
    weighed.post,
    weighed.badge_no,
    weighed.rule_set,
    coalesce(weighed.shift_code, '') as shift_code,
    coalesce(weighed.shift_name, case when weighed.planned_code = '休' then '休' else '' end) as shift_name,
    case when weighed.has_second and not weighed.has_first then null else weighed.due_in_at end as due_in_at,
    case
        when weighed.has_noon then weighed.noon_due_out_at
        when weighed.has_second then null
        else weighed.due_out_at
    end as due_out_at,
    case when weighed.has_second and not weighed.has_first then null else weighed.in_at end as in_at,
    case
        when weighed.has_noon then weighed.noon_out_at
        when weighed.has_second then null
        else weighed.out_at
    end as out_at,
    weighed.is_in_required,
    weighed.is_out_required,
    case
        when weighed.status = '旷工半天' and weighed.over_count = 2 and weighed.absent_days = 1 then '旷工'
        else weighed.status
    end as status,
    case
        when weighed.status = '出勤' then 0
        when weighed.status in ('休息', '法定节假日', '待确认', '旷工') or weighed.leave_days = 1 then 0
        else ceil(weighed.late_seconds / 60) + ceil(weighed.noon_late_seconds / 60)
    end::integer as late_minutes,
    case
        when weighed.status = '出勤' then 0
        when
            weighed.status in ('休息', '法定节假日', '待确认', '旷工', '进行中') or weighed.leave_days = 1
            then 0
        else ceil(weighed.early_seconds / 60) + ceil(weighed.noon_early_seconds / 60)
    end::integer as early_minutes,
    weighed.absent_days,
    weighed.leave_days::numeric(3, 2) as leave_days,
    coalesce(weighed.leave_type, '') as leave_type,
    coalesce(weighed.leave_slip_no, '') as leave_slip_no,
    coalesce(weighed.slip_verdict, '') as slip_verdict,
    coalesce(weighed.missed_punch_slip_no, '') as missed_punch_slip_no,
    weighed.fine_amount::numeric(14, 2) as fine_amount,
    coalesce(weighed.rule_id, '') as rule_id,
    rule_version.rule_from,
    coalesce(rule_version.rule_version, '') as rule_version,
    case
        when weighed.status = '出勤' then ''
        when weighed.status = '待确认' and weighed.shift_code is null then '未排班'
        when weighed.status = '待确认' and weighed.starts_at is null then '班次未定义'
        when weighed.status = '待确认' and weighed.is_contested then '打卡归属不明'
        when weighed.status = '待确认' then '同名'
        when weighed.status = '旷工' and weighed.slip_verdict not in ('有效', '待交假条') then weighed.slip_verdict
        when weighed.status = '旷工' then '无打卡无请假'
        when weighed.status = '缺卡' and weighed.is_contested then '打卡归属不明'
        when weighed.status = '缺卡' and weighed.is_over_quota then '补卡超过当月次数'
        when weighed.misses_in and weighed.misses_out and weighed.status = '缺卡' then '缺上下班卡'
        when weighed.misses_in and weighed.status = '缺卡' then '缺上班卡'
        when weighed.misses_out and weighed.status = '缺卡' then '缺下班卡'
        when weighed.status = '缺卡' then '缺中午卡'
        when weighed.status = '进行中' then '待下班卡'
        when weighed.status = '旷工半天' and weighed.over_count = 2 then '两段均迟到超限'
        else ''
    end as reason,
    case
        when weighed.status = '出勤' then null
        when weighed.status = '进行中' then weighed.ends_at + weighed.closes_after
        when weighed.slip_verdict = '待交假条' and not weighed.is_patrol then (weighed.deadline_on + 1)::timestamptz
        when weighed.is_held_back and not weighed.is_contested and %(known_at)s < weighed.signature_due_at
            then weighed.signature_due_at
    end as pending_until,
    case
        when weighed.status = '出勤' then ''
        when weighed.slip_verdict = '待交假条' and not weighed.is_patrol
            then '旷工' || trim_scale(weighed.invalid_leave_absent_days) || '天'
        when weighed.is_held_back then '旷工' || trim_scale(weighed.missing_punch_absent_days) || '天'
        when weighed.status = '待确认' and weighed.is_contested
            then '旷工' || trim_scale(weighed.no_show_absent_days) || '天'
        when weighed.status = '进行中' then '缺卡'
        else ''
    end as pending_verdict,
    case
        when weighed.status = '出勤' and not weighed.is_exempt and weighed.swap_no = '' and not weighed.is_patrol then ''
        else
            concat_ws(
                '；',
                case
                    when weighed.status in ('休息', '法定节假日') and weighed.first_at is not null then '休息日有打卡'
                    when weighed.is_patrol and weighed.first_at is null and weighed.status = '出勤' then '巡查岗不考勤'
                    when weighed.is_exempt then '入职/离职当日不计迟到早退'
                    when
                        weighed.slip_verdict not in ('有效', '待交假条')
                        and weighed.first_at is not null
                        and not weighed.is_patrol
                        then '当日有打卡'
                    when weighed.status = '缺卡' and weighed.is_contested then case
                        when weighed.misses_in and weighed.misses_out then '缺上下班卡'
                        when weighed.misses_in then '缺上班卡'
                        when weighed.misses_out then '缺下班卡'
                        else '缺中午卡'
                    end
                end,
                case
                    when weighed.swap_verdict not in ('', '有效')
                        then '换班单' || weighed.swap_no || '未采用：' || weighed.swap_verdict
                end
            )
    end as remark,
    case when weighed.has_noon then weighed.noon_due_in_at when weighed.has_second then weighed.due_in_at end
        as second_due_in_at,
    case when weighed.has_second then weighed.due_out_at end as second_due_out_at,
    case when weighed.has_noon then weighed.noon_in_at when weighed.has_second then weighed.in_at end as second_in_at,
    case when weighed.has_second then weighed.out_at end as second_out_at,
    case
        when weighed.status = '休息' then '公休'
        when weighed.status = '法定节假日' then '法定节假日'
        else '应出勤'
    end as day_kind,
    case when weighed.status in ('休息', '法定节假日') then 0 else 1 end::numeric(3, 2) as due_days,
    case
        when weighed.status = '出勤' then 1
        when weighed.status in ('休息', '法定节假日') then 0
        else 1 - weighed.leave_days - weighed.absent_days - weighed.pending_days
    end::numeric(3, 2) as attended_days,
    weighed.pending_days,
    coalesce(weighed.ends_at > (weighed.work_on + 1)::timestamptz, false) as is_night,
    '' as overtime_kind,
    0::numeric(5, 2) as overtime_hours,
    weighed.swap_no,
    '' as ruling_no
from weighed
left join rule_version
    on
        weighed.site_id = rule_version.site_id
        and weighed.work_on = rule_version.work_on
        and weighed.rule_id = rule_version.rule_id
