/*  The sheet 出勤明细: every person and day of the document.

    Grain:  one row per employee and attendance day.
    Rerun:  safe; only reads.  */
with document as (
    select
        %(site_id)s::text as site_id,
        %(starts_on)s::date as starts_on,
        %(last_on)s::date as last_on,
        %(known_at)s::timestamptz as known_at
)

select
    attendance_day.work_on,
    '周' || substr('一二三四五六日', extract(isodow from attendance_day.work_on)::integer, 1) as weekday,
    attendance_day.employee_id,
    attendance_day.employee_name,
    concat_ws('/', nullif(attendance_day.department, ''), nullif(attendance_day.post, '')) as post,
    rule_set.rule_set_name,
    attendance_day.shift_name,
    case
        when attendance_day.leave_days = 1 then '全天假'
        else to_char(coalesce(attendance_day.due_in_at, attendance_day.second_due_in_at), 'HH24:MI')
    end as due_time,
    case
        when attendance_day.in_at is not null then to_char(attendance_day.in_at, 'HH24:MI')
        when attendance_day.leave_days = 1 then null
        when attendance_day.due_in_at is not null and not attendance_day.is_in_required then '本岗不要求'
    end as in_time,
    case
        when attendance_day.out_at is not null
            then
                to_char(attendance_day.out_at, 'HH24:MI')
                || case when attendance_day.out_at::date > attendance_day.work_on then '(次日)' else '' end
        when attendance_day.leave_days = 1 then null
        when attendance_day.due_in_at is null then null
        when attendance_day.second_due_in_at is not null and attendance_day.reason <> '缺中午卡' then '本岗不要求'
        when attendance_day.second_due_in_at is null and not attendance_day.is_out_required then '本岗不要求'
    end as out_time,
    case
        when attendance_day.second_in_at is not null then to_char(attendance_day.second_in_at, 'HH24:MI')
        when attendance_day.leave_days = 1 or attendance_day.second_due_in_at is null then null
        when attendance_day.due_in_at is not null and attendance_day.reason <> '缺中午卡' then '本岗不要求'
    end as second_in_time,
    case
        when attendance_day.second_out_at is not null
            then
                to_char(attendance_day.second_out_at, 'HH24:MI')
                || case when attendance_day.second_out_at::date > attendance_day.work_on then '(次日)' else '' end
        when attendance_day.leave_days = 1 or attendance_day.second_due_out_at is null then null
        when not attendance_day.is_out_required then '本岗不要求'
    end as second_out_time,
    attendance_day.status,
    attendance_day.late_minutes,
    attendance_day.early_minutes,
    attendance_day.absent_days,
    nullif(attendance_day.leave_type, '') as leave_type,
    nullif(attendance_day.leave_slip_no, '') as leave_slip_id,
    case attendance_day.slip_verdict
        when '' then null
        when '有效' then '按时'
        else attendance_day.slip_verdict
    end as slip_verdict,
    attendance_day.fine_amount,
    nullif(attendance_day.overtime_kind, '') as overtime_kind,
    nullif(attendance_day.overtime_hours, 0) as overtime_hours,
    concat_ws('；', nullif(attendance_day.reason, ''), nullif(attendance_day.remark, '')) as remark,
    nullif(
        concat_ws(
            '；',
            case
                when attendance_day.swap_no <> '' and attendance_day.remark not like '%%未采用%%'
                    then '换班单' || attendance_day.swap_no
            end,
            case when attendance_day.ruling_no <> '' then '认定单' || attendance_day.ruling_no end,
            case when attendance_day.missed_punch_slip_no <> '' then '补卡单' || attendance_day.missed_punch_slip_no end
        ), ''
    ) as handled
from attendance.attendance_day
inner join document
    on
        attendance_day.site_id = document.site_id
        and attendance_day.work_on between document.starts_on and document.last_on
left join book.rule_set
    on
        attendance_day.rule_set = rule_set.rule_set
        and rule_set.recorded_at <= document.known_at
        and document.known_at < rule_set.superseded_at
order by attendance_day.work_on, attendance_day.department, attendance_day.employee_id
