/*  Reckons overtime: approved slips, and the shifts that people work on a statutory holiday.

    Grain:  one row per employee and attendance day with a slip, or on duty on a statutory day.
    Rerun:  safe; changes a table of this transaction only (verdict).
    Rules:  ATT-21 a statutory day is 法定节假日 (paid threefold), any other day off 休息日 (twofold, or time off),
            the time outside the shift on a working day 平日 (one and a half times); a date is one of them, so hours
            are never mixed. Of a slip counts what lies between the first and the last punch of the day, where
            `overtime_basis` asks for punches. The hours are those that are paid: what a slip compensates by time off
            is told, and not counted; only a day off can be compensated so.
            Who is on duty on a statutory day needs no slip: the shift counts as it was attended, less its break. Who
            came so late that it is absence, too, is paid for the time from then on, as the clock shows it; half a day
            of absence that no time tells (a ruling, a post left) leaves half of the hours that were due. Hours are rounded half up to the hundredth. A day that waits for
            its verdict has no hours yet.
    Joins:  hashed  */
with slip_of_day as materialized (
    select
        overtime.employee_id,
        overtime.work_on,
        range_agg(tstzrange(overtime.starts_at, overtime.ends_at)) as approved,
        range_agg(tstzrange(overtime.starts_at, overtime.ends_at)) filter (where overtime.compensation <> '调休') as paid,
        string_agg(overtime.slip_no, '、' order by overtime.slip_no) as slip_no,
        string_agg(overtime.slip_no, '、' order by overtime.slip_no) filter (where overtime.compensation = '调休')
            as time_off_slip_no
    from attendance.overtime
    where
        overtime.status = '批准'
        and overtime.work_on between %(first_on)s and %(last_on)s
        and overtime.recorded_at <= %(known_at)s
        and %(known_at)s < overtime.superseded_at
    group by overtime.employee_id, overtime.work_on
),

concerned as materialized (
    select
        duty.*,
        slip_of_day.approved,
        slip_of_day.paid,
        slip_of_day.slip_no,
        slip_of_day.time_off_slip_no
    from duty
    left join slip_of_day on duty.employee_id = slip_of_day.employee_id and duty.work_on = slip_of_day.work_on
    where duty.is_judged and (slip_of_day.slip_no is not null or duty.is_statutory)
),

-- What is asked of the person: the shift, its two spells; nothing on a day off.
planned as (
    select
        concerned.employee_id,
        concerned.work_on,
        concerned.slip_no,
        concerned.time_off_slip_no,
        concerned.approved,
        coalesce(concerned.paid, '{}'::tstzmultirange) as paid,
        concerned.is_statutory,
        concerned.is_split,
        concerned.starts_at is not null as is_on_duty,
        verdict.day_kind,
        verdict.status,
        verdict.attended_days,
        verdict.absent_days,
        policy.late_limit_minutes,
        policy.late_over_absent_days,
        verdict.late_minutes > 0 as is_judged_late,
        verdict.late_minutes > 0 or own.is_exempt as is_late,
        verdict.early_minutes > 0 or own.is_exempt as is_early,
        verdict.due_in_at,
        verdict.due_out_at,
        verdict.in_at,
        verdict.out_at,
        verdict.second_due_in_at,
        verdict.second_due_out_at,
        verdict.second_in_at,
        verdict.second_out_at,
        case
            when concerned.starts_at is null then '{}'::tstzmultirange
            when concerned.is_split then tstzmultirange(
                tstzrange(concerned.starts_at, concerned.break_starts_at),
                tstzrange(concerned.break_ends_at, concerned.ends_at)
            )
            else tstzmultirange(tstzrange(concerned.starts_at, concerned.ends_at))
        end as shift,
        case
            when concerned.is_split or concerned.break_starts_at is null then '{}'::tstzmultirange
            else tstzmultirange(tstzrange(concerned.break_starts_at, concerned.break_ends_at))
        end as rest,
        case
            when policy.overtime_basis = 'slip' then tstzmultirange(tstzrange(null, null))
            else coalesce(present.present, '{}'::tstzmultirange)
        end as present
    from concerned
    inner join verdict on concerned.employee_id = verdict.employee_id and concerned.work_on = verdict.work_on
    inner join policy on concerned.site_id = policy.site_id and concerned.work_on = policy.work_on
    -- whose lateness costs nothing on the first and the last day is still paid for the time that he was there
    cross join lateral (
        select
            policy.is_joining_exempt
            and (concerned.work_on = concerned.joined_on or concerned.work_on = concerned.left_on) is true as is_exempt
    ) as own
    left join lateral (
        select tstzmultirange(tstzrange(min(punch.punched_at), max(punch.punched_at))) as present
        from attendance.punch
        where
            concerned.slip_no is not null
            and punch.site_id = concerned.site_id
            and punch.badge_no = any(concerned.badges)
            and punch.punched_at >= concerned.window_opens_at
            and punch.punched_at < concerned.window_closes_at
            and punch.recorded_at <= %(known_at)s
        having count(*) > 0
    ) as present on true
    where verdict.pending_days = 0
),

-- Of a shift on a statutory day: what leave left of each spell, and what the clock shows of that, from the arrival if late,
-- until the leaving if early. Absence for coming late is told by the clock: the time before the arrival.
spell as (
    select
        planned.employee_id,
        planned.work_on,
        planned.attended_days,
        planned.absent_days,
        planned.late_over_absent_days,
        -- asked for only where absence takes a share of it
        case
            when planned.absent_days > 0
                then
                    attendance.seconds_of(
                        planned.shift
                        * tstzmultirange(tstzrange(told.due_in_at, greatest(told.due_in_at, told.due_out_at)))
                        - planned.rest
                    )
        end as due_seconds,
        attendance.seconds_of(
            planned.shift
            * tstzmultirange(tstzrange(shown.from_at, greatest(shown.from_at, shown.until_at)))
            - planned.rest
        ) as shown_seconds,
        planned.absent_days > 0
        and planned.is_judged_late
        and planned.late_over_absent_days > 0
        and shown.from_at > told.due_in_at + make_interval(mins => planned.late_limit_minutes) as is_over
    from planned
    cross join lateral (
        values
        (planned.due_in_at, planned.due_out_at, planned.in_at, planned.out_at),
        (planned.second_due_in_at, planned.second_due_out_at, planned.second_in_at, planned.second_out_at)
    ) as told (due_in_at, due_out_at, in_at, out_at)
    cross join lateral (
        select
            greatest(told.due_in_at, case when planned.is_late then date_trunc('minute', told.in_at) end) as from_at,
            least(told.due_out_at, case when planned.is_early then told.out_at end) as until_at
    ) as shown
    where
        planned.is_statutory
        and planned.is_on_duty
        and planned.attended_days + planned.absent_days > 0
        and told.due_in_at is not null
),

beside as (
    select
        found_offence.employee_id,
        found_offence.work_on,
        sum(found_offence.absent_days) as absent_days
    from found_offence
    group by found_offence.employee_id, found_offence.work_on
),

-- Absence that no time tells takes its share of what was due; and nobody is paid for more than the clock shows.
attended as (
    select
        summed.employee_id,
        summed.work_on,
        least(summed.shown_seconds, shared.seconds) as seconds,
        shared.told_days,
        summed.is_over,
        shared.seconds < summed.shown_seconds as is_shared
    from (
        select
            spell.employee_id,
            spell.work_on,
            max(spell.attended_days) + max(spell.absent_days) as due_days,
            max(spell.absent_days) - sum(case when spell.is_over then spell.late_over_absent_days else 0 end)
                as untold_absent_days,
            bool_or(spell.is_over) as is_over,
            sum(spell.due_seconds) as due_seconds,
            sum(spell.shown_seconds) as shown_seconds
        from spell
        group by spell.employee_id, spell.work_on
    ) as summed
    -- a day never costs more than one: what was found beside the clock keeps its share where coming late has taken the rest
    left join beside on summed.employee_id = beside.employee_id and summed.work_on = beside.work_on
    cross join lateral (
        select summed.due_days - least(summed.due_days, greatest(summed.untold_absent_days, beside.absent_days, 0)) as told_days
    ) as told
    cross join lateral (
        select
            told.told_days,
            case
                when told.told_days = summed.due_days then summed.shown_seconds
                else summed.due_seconds * told.told_days / summed.due_days
            end as seconds
    ) as shared
),

-- Outside the shift: what slips have paid, and for what they give a day off instead. Only work on a day off may be
-- compensated so; on a statutory day, and behind the shift of a working day, it is paid.
slipped as (
    select
        planned.*,
        kind.overtime_kind,
        case when planned.slip_no is not null then attendance.seconds_of(outside.worked * outside.paid) end as paid_seconds,
        case when planned.slip_no is not null then attendance.seconds_of(outside.worked - outside.paid) end as time_off_seconds
    from planned
    cross join lateral (
        select
            case
                when planned.is_statutory then '法定节假日'
                when planned.day_kind = '应出勤' then '平日'
                else '休息日'
            end as overtime_kind
    ) as kind
    cross join lateral (
        select
            coalesce((planned.approved - planned.shift) * planned.present, '{}') as worked,
            case when kind.overtime_kind = '休息日' then coalesce(planned.paid, '{}') else planned.approved end as paid
    ) as outside
),

counted as (
    select
        slipped.employee_id,
        slipped.work_on,
        slipped.slip_no,
        slipped.time_off_slip_no,
        slipped.overtime_kind,
        slipped.status,
        slipped.attended_days,
        slipped.is_statutory,
        slipped.is_on_duty,
        attended.told_days,
        coalesce(attended.is_over, false) as is_over,
        coalesce(attended.is_shared, false) as is_shared,
        coalesce(attended.seconds, 0) as attended_seconds,
        round((coalesce(slipped.paid_seconds, 0) + coalesce(attended.seconds, 0)) / 3600, 2) as overtime_hours,
        round(coalesce(slipped.time_off_seconds, 0) / 3600, 2) as time_off_hours
    from slipped
    left join attended on slipped.employee_id = attended.employee_id and slipped.work_on = attended.work_on
)

update verdict
set
    overtime_kind = case when counted.overtime_hours > 0 then counted.overtime_kind else '' end,
    overtime_hours = counted.overtime_hours,
    remark = concat_ws(
        '；',
        nullif(verdict.remark, ''),
        case
            when counted.slip_no is null then null
            when counted.overtime_hours + counted.time_off_hours = 0
                then '加班单' || counted.slip_no || '未见班外打卡，不计加班'
            else
                concat(
                    '加班单', counted.slip_no,
                    case when counted.time_off_slip_no <> counted.slip_no then '，其中' || counted.time_off_slip_no end,
                    case
                        when counted.time_off_slip_no is null then null
                        when counted.overtime_kind = '休息日'
                            then '以调休补偿' || trim_scale(counted.time_off_hours) || '小时，不计加班费'
                        else '：' || counted.overtime_kind || '不以调休补偿，照计加班费'
                    end
                )
        end,
        case
            when not counted.is_statutory then null
            when not counted.is_on_duty
                then case when counted.attended_days > 0 then '班次不明，节假日工时未计，请补加班单' end
            when counted.attended_seconds = 0 then case when counted.status = '缺卡' then '缺卡，节假日工时未计' end
            when counted.is_shared then '节假日工时按出勤' || trim_scale(counted.told_days) || '天计'
            when counted.is_over then '节假日工时自到岗起计'
        end
    )
from counted
where verdict.employee_id = counted.employee_id and verdict.work_on = counted.work_on
