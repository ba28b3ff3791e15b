/*  Reckons overtime: approved slips, and the shifts that people work on a statutory holiday.

    Grain:  one row per employee and attendance day with a slip, or on duty on a statutory day.
    Rerun:  safe; changes a table of this transaction only (verdict).
    Rules:  ATT-21 a statutory day is 法定节假日 (paid threefold), any other day off 休息日 (twofold, or time off),
            the time outside the shift on a working day 平日 (one and a half times); a date is one of them, so hours
            are never mixed. Of a slip counts what lies between the first and the last punch of the day, where
            `overtime_basis` asks for punches. Who is on duty on a statutory day needs no slip: the shift counts as
            it was attended, less its break. Hours are rounded half up to the hundredth. A day that waits for its
            verdict has no hours yet.
    Joins:  hashed  */
with slip_of_day as materialized (
    select
        overtime.employee_id,
        overtime.work_on,
        range_agg(tstzrange(overtime.starts_at, overtime.ends_at)) as approved,
        string_agg(overtime.slip_no, '、' order by overtime.slip_no) as slip_no,
        bool_and(overtime.compensation = '调休') as is_for_time_off
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
        slip_of_day.slip_no,
        slip_of_day.is_for_time_off
    from duty
    left join slip_of_day on duty.employee_id = slip_of_day.employee_id and duty.work_on = slip_of_day.work_on
    where duty.is_judged and (slip_of_day.slip_no is not null or (duty.is_statutory and duty.starts_at is not null))
),

-- What is asked of the person: the shift, its two spells; nothing on a day off.
planned as (
    select
        concerned.employee_id,
        concerned.work_on,
        concerned.slip_no,
        concerned.is_for_time_off,
        concerned.approved,
        concerned.is_statutory,
        concerned.starts_at is not null as is_on_duty,
        verdict.day_kind,
        verdict.status,
        verdict.leave_days,
        verdict.late_minutes > 0 as is_late,
        verdict.early_minutes > 0 as is_early,
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

-- Of a shift on a statutory day, what was attended: from the arrival if late, until the leaving if early.
attended as (
    select
        planned.*,
        case
            when
                not planned.is_statutory
                or not planned.is_on_duty
                -- leave by a ruling keeps the shift's times
                or planned.leave_days = 1
                or planned.status not in ('出勤', '公出', '迟到', '早退', '旷工半天', '请假')
                then '{}'::tstzmultirange
            else
                (
                    planned.shift
                    * (
                        tstzmultirange(tstzrange(first_spell.from_at, greatest(first_spell.from_at, first_spell.until_at)))
                        + tstzmultirange(
                            tstzrange(second_spell.from_at, greatest(second_spell.from_at, second_spell.until_at))
                        )
                    )
                ) - planned.rest
        end as attended
    from planned
    cross join lateral (
        select
            coalesce(
                case when planned.is_late then greatest(planned.due_in_at, date_trunc('minute', planned.in_at)) end,
                planned.due_in_at, '-infinity'
            ) as from_at,
            case
                when planned.due_in_at is null then '-infinity'
                when planned.is_early then least(planned.due_out_at, planned.out_at)
                else planned.due_out_at
            end as until_at
    ) as first_spell
    cross join lateral (
        select
            coalesce(
                case
                    when planned.is_late then greatest(planned.second_due_in_at, date_trunc('minute', planned.second_in_at))
                end,
                planned.second_due_in_at, '-infinity'
            ) as from_at,
            case
                when planned.second_due_in_at is null then '-infinity'
                when planned.is_early then least(planned.second_due_out_at, planned.second_out_at)
                else planned.second_due_out_at
            end as until_at
    ) as second_spell
),

counted as (
    select
        attended.employee_id,
        attended.work_on,
        attended.slip_no,
        attended.is_for_time_off,
        attended.status,
        attended.is_statutory and attended.is_on_duty as is_holiday_shift,
        case
            when attended.is_statutory then '法定节假日'
            when attended.day_kind = '应出勤' then '平日'
            else '休息日'
        end as overtime_kind,
        round(
            coalesce(
                (
                    select sum(extract(epoch from upper(stretch) - lower(stretch)))
                    from unnest(
                        coalesce((attended.approved - attended.shift) * attended.present, '{}'::tstzmultirange)
                        + attended.attended
                    ) as stretch
                ), 0
            ) / 3600, 2
        ) as overtime_hours
    from attended
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
            when counted.overtime_hours = 0 then '加班单' || counted.slip_no || '未见班外打卡，不计加班'
            when counted.is_for_time_off then '加班单' || counted.slip_no || '以调休补偿'
            else '加班单' || counted.slip_no
        end,
        case when counted.is_holiday_shift and counted.status = '缺卡' then '缺卡，节假日工时未计' end
    )
from counted
where verdict.employee_id = counted.employee_id and verdict.work_on = counted.work_on
