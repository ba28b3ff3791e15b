/*  Gathers what people did beside the clock: left the post, stayed too long at lunch, missed a meeting, swapped in private.

    Grain:  one row per person, day, kind and source, in the columns of attendance.offence.
    Rerun:  safe; fills a table of this transaction only (found_offence).
    Rules:  GM-A8, YJ-A3 away from the post without consent, as an outing or a spot check shows, is absence; who has
            not come yet is late, which the clock judges. GM-A8 lunch outside is announced and has a limit. YJ-A4 late
            for or absent from a meeting counts as late arrival or early leave; a swap of rest days is announced
            beforehand. GM-A6 a private swap that was carried out makes both absent on the shift that each owed.
    Speed:  starts from the registers, which are small: only the days that they name are looked up, once.  */
create temp table found_offence on commit drop as
with check_seen as materialized (
    select
        spot_check.employee_id,
        spot_check.checked_at,
        spot_check.checker,
        spot_check.file_id,
        spot_check.line_no
    from attendance.spot_check
    where
        spot_check.recorded_at <= %(known_at)s
        and %(known_at)s < spot_check.superseded_at
        and spot_check.finding = '不在岗'
        and spot_check.checked_at >= %(first_on)s::date
        and spot_check.checked_at < %(last_on)s::date + 2
),

outing_seen as materialized (
    select
        outing.employee_id,
        outing.out_at,
        outing.back_at,
        outing.outing_kind,
        outing.approver,
        outing.approver_level,
        outing.slip_no,
        outing.file_id,
        outing.line_no
    from attendance.outing
    where
        outing.recorded_at <= %(known_at)s
        and %(known_at)s < outing.superseded_at
        and outing.out_at < %(last_on)s::date + 2
        and coalesce(outing.back_at, outing.out_at + interval '1 day') >= %(first_on)s::date
),

attendee_seen as materialized (
    select
        gathering_attendee.employee_id,
        gathering.gathering_no,
        gathering.gathering_kind,
        gathering.gathering_name,
        gathering.starts_at as held_from,
        gathering.ends_at as held_until,
        gathering_attendee.signed_in_at,
        gathering_attendee.left_at,
        gathering_attendee.is_excused,
        gathering_attendee.file_id,
        gathering_attendee.line_no
    from attendance.gathering
    inner join attendance.gathering_attendee on gathering.gathering_no = gathering_attendee.gathering_no
    where
        gathering.recorded_at <= %(known_at)s
        and %(known_at)s < gathering.superseded_at
        and gathering.starts_at >= %(first_on)s::date
        and gathering.starts_at < %(last_on)s::date + 2
        and gathering_attendee.recorded_at <= %(known_at)s
        and %(known_at)s < gathering_attendee.superseded_at
),

-- A swap from either side, on each of the days that it names.
swap_side as materialized (
    select distinct
        swap.swap_no,
        swap.asked_at,
        swap.file_id,
        swap.line_no,
        side.employee_id,
        side.other_employee_id,
        side.work_on
    from attendance.swap
    cross join lateral (
        values
        (swap.first_employee_id, swap.second_employee_id, swap.first_on),
        (swap.first_employee_id, swap.second_employee_id, swap.second_on),
        (swap.second_employee_id, swap.first_employee_id, swap.first_on),
        (swap.second_employee_id, swap.first_employee_id, swap.second_on)
    ) as side (employee_id, other_employee_id, work_on)
    where
        swap.recorded_at <= %(known_at)s
        and %(known_at)s < swap.superseded_at
        and swap.status <> '撤销'
        and side.work_on between %(first_on)s::date and %(last_on)s::date
),

touched as materialized (
    select
        employee_id,
        (checked_at - days_before * interval '1 day')::date as work_on
    from check_seen
    cross join generate_series(0, 1) as days_before
    union
    select
        employee_id,
        day_at::date as work_on
    from outing_seen
    cross join lateral generate_series(
        greatest(out_at::date - 1, %(first_on)s::date)::timestamp,
        least(coalesce(back_at, out_at)::date, %(last_on)s::date)::timestamp,
        interval '1 day'
    ) as day_at
    union
    select
        employee_id,
        (held_from - days_before * interval '1 day')::date as work_on
    from attendee_seen
    cross join generate_series(0, 1) as days_before
    union
    select
        employee_id,
        work_on
    from swap_side
),

leave_granted as materialized (
    select
        leave_cover.employee_id,
        leave_cover.work_on,
        range_agg(tstzrange(leave.starts_at, leave.ends_at)) as stretches
    from touched
    inner join leave_cover
        on
            touched.employee_id = leave_cover.employee_id
            and touched.work_on = leave_cover.work_on
            and leave_cover.slip_verdict in ('有效', '待交假条')
    cross join lateral unnest(string_to_array(leave_cover.slip_no, '、')) as slip (slip_no)
    inner join attendance.leave
        on
            slip.slip_no = leave.slip_no
            and leave.recorded_at <= %(known_at)s
            and %(known_at)s < leave.superseded_at
    group by leave_cover.employee_id, leave_cover.work_on
),

due as materialized (
    select
        duty.employee_id,
        duty.work_on,
        duty.site_id,
        duty.is_judged,
        duty.badges,
        duty.starts_at,
        duty.ends_at,
        duty.break_starts_at,
        duty.break_ends_at,
        duty.is_patrol,
        duty.window_opens_at,
        duty.window_closes_at,
        duty.swap_no,
        duty.swap_verdict,
        policy.is_joining_exempt and coalesce(duty.work_on in (duty.joined_on, duty.left_on), false) as is_exempt,
        policy.seconds_mode,
        policy.is_in_required or policy.is_out_required as is_punch_required,
        policy.late_limit_minutes,
        policy.late_fine_amount,
        policy.late_over_absent_days,
        policy.early_fine_amount,
        policy.no_show_absent_days,
        policy.left_post_absent_days,
        policy.is_private_outing_slip_required,
        string_to_array(
            concat_ws('、', policy.leave_level1_approvers, policy.leave_level2_approvers, policy.leave_level3_approvers), '、'
        ) as leave_approvers,
        policy.lunch_limit_minutes,
        policy.lunch_over_absent_days,
        policy.is_counting_gatherings,
        policy.private_swap,
        policy.is_rest_swap_absent,
        coalesce(granted.grants_in or granted.grants_out, false) as is_signed_for,
        coalesce(leave_granted.stretches, '{}') as on_leave,
        punch.first_at,
        punch.last_at
    from touched
    inner join duty on touched.employee_id = duty.employee_id and touched.work_on = duty.work_on
    inner join policy on duty.site_id = policy.site_id and duty.work_on = policy.work_on
    left join granted on duty.employee_id = granted.employee_id and duty.work_on = granted.work_on
    left join leave_granted
        on duty.employee_id = leave_granted.employee_id and duty.work_on = leave_granted.work_on
    left join lateral (
        select
            min(punch.punched_at) as first_at,
            max(punch.punched_at) as last_at
        from attendance.punch
        where
            punch.site_id = duty.site_id
            and punch.badge_no = any(duty.badges)
            and punch.punched_at >= duty.window_opens_at
            and punch.punched_at < duty.window_closes_at
            and punch.recorded_at <= %(known_at)s
    ) as punch on true
),

-- The shift without leave; nobody owes presence at patrol times, nor in the break.
owed as materialized (
    select
        due.*,
        case
            when due.starts_at is null or due.is_patrol then '{}'
            else tstzmultirange(tstzrange(due.starts_at, due.ends_at)) - due.on_leave
        end as at_shift,
        case
            when due.break_ends_at > due.break_starts_at
                then tstzmultirange(tstzrange(due.break_starts_at, due.break_ends_at))
            else '{}'
        end as at_break
    from due
),

outing_met as materialized (
    select
        owed.employee_id,
        owed.work_on,
        outing_seen.out_at,
        outing_seen.back_at,
        outing_seen.outing_kind,
        outing_seen.file_id,
        outing_seen.line_no,
        tstzrange(outing_seen.out_at, coalesce(outing_seen.back_at, owed.ends_at)) as away,
        outing_seen.approver is not null
        and (
            outing_seen.outing_kind <> '因私'
            or not owed.is_private_outing_slip_required
            -- the level of who may approve leave, where one is named; else the paper speaks for itself
            or coalesce(outing_seen.approver_level = any(owed.leave_approvers), outing_seen.slip_no is not null)
        ) as has_consent,
        outing_seen.approver
    from outing_seen
    inner join owed
        on
            outing_seen.employee_id = owed.employee_id
            and outing_seen.out_at < owed.ends_at
            and coalesce(outing_seen.back_at, (outing_seen.out_at::date + 1)::timestamptz) > owed.starts_at
),

on_business as materialized (
    select
        employee_id,
        work_on,
        min(out_at) as began_at,
        range_agg(away) as stretches
    from outing_met
    where outing_kind = '因公' and has_consent
    group by employee_id, work_on
),

gathered as materialized (
    select
        owed.employee_id,
        owed.work_on,
        min(attendee_seen.signed_in_at) as signed_in_at
    from attendee_seen
    inner join owed
        on
            attendee_seen.employee_id = owed.employee_id
            and attendee_seen.held_from < owed.ends_at
            and attendee_seen.held_until > owed.starts_at
    group by owed.employee_id, owed.work_on
),

-- When a person was first known to be at work: by a punch, a signature for one, business outside, a meeting.
arrived as materialized (
    select
        owed.*,
        owed.at_shift - owed.at_break as at_work,
        coalesce(on_business.stretches, '{}') as on_business,
        least(
            owed.first_at,
            case when owed.is_signed_for or not owed.is_punch_required then owed.starts_at end,
            on_business.began_at,
            gathered.signed_in_at
        ) as arrived_at
    from owed
    left join on_business on owed.employee_id = on_business.employee_id and owed.work_on = on_business.work_on
    left join gathered on owed.employee_id = gathered.employee_id and owed.work_on = gathered.work_on
),

away_at_check as (
    select
        arrived.employee_id,
        arrived.work_on,
        '脱岗' as offence_kind,
        '查岗' || to_char(check_seen.checked_at, 'YYYY-MM-DD HH24:MI:SS') as source_no,
        arrived.left_post_absent_days as absent_days,
        0 as late_minutes,
        0 as early_minutes,
        0 as fine_amount,
        'left_post_absent_days' as parameter,
        to_char(check_seen.checked_at, 'FMHH24:MI') || '查岗不在岗（查岗人' || check_seen.checker || '），无外出登记'
            as reason,
        check_seen.file_id,
        check_seen.line_no
    from check_seen
    inner join arrived
        on
            check_seen.employee_id = arrived.employee_id
            and arrived.at_work @> check_seen.checked_at
            and arrived.arrived_at <= check_seen.checked_at
    where
        -- an entry in the log is judged itself
        not exists (
            select from outing_met
            where
                outing_met.employee_id = arrived.employee_id
                and outing_met.work_on = arrived.work_on
                and outing_met.away @> check_seen.checked_at
        )
        and not exists (
            select from attendee_seen
            where
                attendee_seen.employee_id = arrived.employee_id
                and check_seen.checked_at >= attendee_seen.signed_in_at
                and check_seen.checked_at < coalesce(attendee_seen.left_at, attendee_seen.held_until)
        )
),

-- Lunch in the break is the person's own affair, unless the house has a rule for it.
left_unasked as (
    select
        arrived.employee_id,
        arrived.work_on,
        '脱岗' as offence_kind,
        '外出' || to_char(outing_met.out_at, 'YYYY-MM-DD HH24:MI:SS') as source_no,
        arrived.left_post_absent_days as absent_days,
        0 as late_minutes,
        0 as early_minutes,
        0 as fine_amount,
        'left_post_absent_days' as parameter,
        to_char(outing_met.out_at, 'FMHH24:MI') || outing_met.outing_kind || '外出'
        || coalesce('至' || to_char(outing_met.back_at, 'FMHH24:MI'), '（无返回时间）')
        || case
            when outing_met.outing_kind = '用餐' then '，未事先告知'
            when outing_met.approver is not null then '，无批准的外出单'
            else '，无批准人'
        end as reason,
        outing_met.file_id,
        outing_met.line_no
    from outing_met
    inner join arrived on outing_met.employee_id = arrived.employee_id and outing_met.work_on = arrived.work_on
    where
        not outing_met.has_consent
        and arrived.arrived_at < outing_met.out_at
        and case
            when outing_met.outing_kind = '用餐' and arrived.lunch_limit_minutes is not null
                then arrived.at_shift && outing_met.away
            else arrived.at_work && outing_met.away
        end
),

lunch_measured as (
    select
        outing_met.*,
        arrived.lunch_limit_minutes,
        arrived.lunch_over_absent_days,
        case
            when arrived.seconds_mode = 'exact_second' then date_part('epoch', outing_met.back_at - outing_met.out_at)
            else date_part('epoch', date_trunc('minute', outing_met.back_at) - date_trunc('minute', outing_met.out_at))
        end as lunch_seconds
    from outing_met
    inner join arrived on outing_met.employee_id = arrived.employee_id and outing_met.work_on = arrived.work_on
    where
        outing_met.outing_kind = '用餐'
        and outing_met.has_consent
        and arrived.lunch_limit_minutes is not null
        and arrived.at_shift && outing_met.away
),

stayed_at_lunch as (
    select
        employee_id,
        work_on,
        '用餐超时' as offence_kind,
        '外出' || to_char(out_at, 'YYYY-MM-DD HH24:MI:SS') as source_no,
        case when back_at is null then 0 else lunch_over_absent_days end as absent_days,
        0 as late_minutes,
        0 as early_minutes,
        0 as fine_amount,
        'lunch_limit_minutes' as parameter,
        to_char(out_at, 'FMHH24:MI') || '外出用餐'
        || coalesce(
            '，' || to_char(back_at, 'FMHH24:MI') || '返回，共' || ceil(lunch_seconds / 60) || '分钟，超过'
            || lunch_limit_minutes || '分钟',
            '，无返回时间，时长不明，不计'
        ) as reason,
        file_id,
        line_no
    from lunch_measured
    where back_at is null or lunch_seconds > lunch_limit_minutes * 60
),

-- A meeting belongs to the shift within which it begins, else to the shift of its date.
due_at_gathering as (
    select distinct on (attendee_seen.gathering_no, attendee_seen.employee_id)
        arrived.*,
        attendee_seen.gathering_no,
        attendee_seen.gathering_kind || '“' || attendee_seen.gathering_name || '”' as gathering,
        attendee_seen.held_from,
        attendee_seen.held_until,
        attendee_seen.signed_in_at,
        attendee_seen.file_id,
        attendee_seen.line_no,
        case
            when arrived.seconds_mode = 'exact_second'
                then date_part('epoch', attendee_seen.signed_in_at - attendee_seen.held_from)
            else date_part('epoch', date_trunc('minute', attendee_seen.signed_in_at) - attendee_seen.held_from)
        end as late_seconds,
        case
            when attendee_seen.signed_in_at is null
                then (arrived.on_business + arrived.on_leave)
                && tstzrange(attendee_seen.held_from, attendee_seen.held_until)
            else (arrived.on_business + arrived.on_leave) @> attendee_seen.held_from
        end as is_away_rightly
    from attendee_seen
    inner join arrived
        on
            attendee_seen.employee_id = arrived.employee_id
            and (
                arrived.work_on = attendee_seen.held_from::date
                or (arrived.starts_at <= attendee_seen.held_from and attendee_seen.held_from < arrived.ends_at)
            )
    where arrived.is_counting_gatherings and not attendee_seen.is_excused
    order by
        attendee_seen.gathering_no,
        attendee_seen.employee_id,
        coalesce(arrived.starts_at <= attendee_seen.held_from and attendee_seen.held_from < arrived.ends_at, false) desc,
        arrived.work_on desc
),

-- On a day of rest, or one that nobody planned, it is only listed.
late_at_gathering as (
    select
        employee_id,
        work_on,
        '会议迟到' as offence_kind,
        gathering_no as source_no,
        case
            when starts_at is not null and late_seconds > late_limit_minutes * 60 then late_over_absent_days
            else 0
        end as absent_days,
        case when starts_at is not null then ceil(late_seconds / 60) else 0 end as late_minutes,
        0 as early_minutes,
        case
            when starts_at is null then 0
            when late_seconds <= late_limit_minutes * 60 or late_over_absent_days = 0 then late_fine_amount
            else 0
        end as fine_amount,
        'gatherings_count' as parameter,
        to_char(held_from, 'FMHH24:MI') || gathering || '，' || to_char(signed_in_at, 'FMHH24:MI') || '签到，迟到'
        || ceil(late_seconds / 60) || '分钟' || case when starts_at is null then '，当日休息，不计' else '' end as reason,
        file_id,
        line_no
    from due_at_gathering
    where late_seconds > 0 and not is_exempt and not is_away_rightly
),

-- Who was not there all day is absent already.
absent_from_gathering as (
    select
        employee_id,
        work_on,
        '会议缺席' as offence_kind,
        gathering_no as source_no,
        0 as absent_days,
        0 as late_minutes,
        case when starts_at is not null then ceil(date_part('epoch', held_until - held_from) / 60) else 0 end
            as early_minutes,
        case when starts_at is not null then early_fine_amount else 0 end as fine_amount,
        'gatherings_count' as parameter,
        to_char(held_from, 'FMHH24:MI') || '至' || to_char(held_until, 'FMHH24:MI') || gathering || '缺席'
        || case when starts_at is null then '，当日休息，不计' else '，按早退计' end as reason,
        file_id,
        line_no
    from due_at_gathering
    where
        signed_in_at is null
        and held_until <= %(known_at)s
        and not is_away_rightly
        and (starts_at is null or arrived_at is not null)
),

-- Which of the two shifts a person's punches fit: the distance from its start and, after more than one, its end.
swap_fit as materialized (
    select
        swap_side.swap_no,
        swap_side.employee_id,
        swap_side.other_employee_id,
        swap_side.work_on,
        abs(date_part('epoch', own.first_at - own.starts_at))
        + case when own.last_at > own.first_at then abs(date_part('epoch', own.last_at - own.ends_at)) else 0 end
            as from_own,
        abs(date_part('epoch', there.first_at - other.starts_at))
        + case when there.last_at > there.first_at then abs(date_part('epoch', there.last_at - other.ends_at)) else 0 end
            as from_other
    from swap_side
    inner join due as own on swap_side.employee_id = own.employee_id and swap_side.work_on = own.work_on
    inner join due as other on swap_side.other_employee_id = other.employee_id and swap_side.work_on = other.work_on
    left join lateral (
        select
            min(punch.punched_at) as first_at,
            max(punch.punched_at) as last_at
        from attendance.punch
        where
            punch.site_id = own.site_id
            and punch.badge_no = any(own.badges)
            and punch.punched_at >= other.window_opens_at
            and punch.punched_at < other.window_closes_at
            and punch.recorded_at <= %(known_at)s
    ) as there on true
),

-- One did the other's shift, and that one did not simply do it himself.
carried_out as (
    select
        fit.swap_no,
        fit.work_on
    from swap_fit as fit
    inner join swap_fit as counterpart
        on
            fit.swap_no = counterpart.swap_no
            and fit.work_on = counterpart.work_on
            and fit.employee_id = counterpart.other_employee_id
    group by fit.swap_no, fit.work_on
    having
        bool_or(
            fit.from_other is not null
            and coalesce(fit.from_other < fit.from_own, true)
            and (counterpart.from_own is null or coalesce(counterpart.from_other < counterpart.from_own, false))
        )
),

-- Each owes one day: that of the shift that the roster gave to the person.
swapped_in_private as (
    select
        due.employee_id,
        due.work_on,
        '私自换班' as offence_kind,
        swap_side.swap_no as source_no,
        case when due.starts_at is not null then 1 else 0 end as absent_days,
        0 as late_minutes,
        0 as early_minutes,
        0 as fine_amount,
        'private_swap' as parameter,
        '换班单' || swap_side.swap_no || due.swap_verdict || '仍自行换班'
        || case when due.starts_at is not null then '，双方当日按旷工' else '，本人当日休息，不计' end as reason,
        swap_side.file_id,
        swap_side.line_no
    from swap_side
    inner join carried_out on swap_side.swap_no = carried_out.swap_no and swap_side.work_on = carried_out.work_on
    inner join due
        on
            swap_side.employee_id = due.employee_id
            and swap_side.work_on = due.work_on
            and swap_side.swap_no = due.swap_no
    where due.private_swap = 'both_absent' and due.swap_verdict in ('未获批准', '缺本人同意', '缺对方同意')
),

-- Where the clock finds nobody all day it says absent itself.
rested_unannounced as (
    select
        arrived.employee_id,
        arrived.work_on,
        '未告知调休' as offence_kind,
        swap_side.swap_no as source_no,
        case when arrived.is_punch_required then 0 else least(1, arrived.no_show_absent_days) end as absent_days,
        0 as late_minutes,
        0 as early_minutes,
        0 as fine_amount,
        'rest_swap_absent' as parameter,
        '调休单' || swap_side.swap_no
        || coalesce('于' || to_char(swap_side.asked_at, 'MM-DD HH24:MI') || '才提出', '无申请时间')
        || '，未事先说明，当日未到岗'
        || case when arrived.is_punch_required then '，已按无打卡记旷工，不另计' else '，按旷工计' end as reason,
        swap_side.file_id,
        swap_side.line_no
    from swap_side
    inner join arrived on swap_side.employee_id = arrived.employee_id and swap_side.work_on = arrived.work_on
    where
        arrived.is_rest_swap_absent
        and arrived.swap_no = swap_side.swap_no
        and arrived.swap_verdict = '未事先说明'
        and arrived.first_at is null
        and (arrived.arrived_at is null or not arrived.is_punch_required)
        and not isempty(arrived.at_shift)
),

found as (
    select * from away_at_check
    union all
    select * from left_unasked
    union all
    select * from stayed_at_lunch
    union all
    select * from late_at_gathering
    union all
    select * from absent_from_gathering
    union all
    select * from swapped_in_private
    union all
    select * from rested_unannounced
),

decided as materialized (
    select
        found.*,
        due.site_id,
        coalesce(rule_in_force.rule_id, '') as rule_id
    from found
    inner join due on found.employee_id = due.employee_id and found.work_on = due.work_on and due.is_judged
    left join rule_in_force
        on
            due.site_id = rule_in_force.site_id
            and due.work_on = rule_in_force.work_on
            and found.parameter = rule_in_force.parameter
),

rule_version as (
    select
        site_id,
        work_on,
        rule_id,
        max(valid_from) as rule_from,
        left(
            md5(string_agg(parameter || '=' || value || '@' || valid_from::text, ';' order by parameter)), 8
        ) as rule_version
    from rule_in_force
    where (site_id, work_on, rule_id) in (select decided.site_id, decided.work_on, decided.rule_id from decided)
    group by site_id, work_on, rule_id
)

select
    decided.employee_id,
    decided.work_on,
    decided.offence_kind,
    decided.source_no,
    decided.site_id,
    least(1, decided.absent_days)::numeric(3, 2) as absent_days,
    decided.late_minutes::integer as late_minutes,
    decided.early_minutes::integer as early_minutes,
    decided.fine_amount::numeric(14, 2) as fine_amount,
    decided.rule_id,
    rule_version.rule_from,
    coalesce(rule_version.rule_version, '') as rule_version,
    decided.reason,
    decided.file_id,
    decided.line_no
from decided
left join rule_version
    on
        decided.site_id = rule_version.site_id
        and decided.work_on = rule_version.work_on
        and decided.rule_id = rule_version.rule_id
