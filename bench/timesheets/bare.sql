/*  The month of everybody by one statement that knows this month, these sites and these rules, and no other run. */
insert into bench.month_line (
    site_id, month_on, revision, employee_id, employee_name, department, post, rule_set, joined_on, left_on, marks,
    afternoon_marks, calendar_days, due_days, attended_days, rest_days, statutory_days, unemployed_days, leave_days,
    outing_days, gathering_count, absent_days, pending_days, late_count, late_minutes, early_count, missing_count,
    signed_count, night_count, workday_overtime_hours, rest_overtime_hours, statutory_overtime_hours,
    adjusted_absent_days, adjusted_leave_days, late_fine_amount, early_fine_amount, gathering_fine_amount,
    conduct_fine_amount, call_charge_amount, call_fine_amount, waived_amount, adjusted_fine_amount, remark
)
with day as (
    select
        attendance_day.*,
        extract(day from attendance_day.work_on)::integer as day_no,
        coalesce(offence.fine_amount, 0) as gathering_amount,
        coalesce(offence.late_minutes, 0) as found_minutes,
        offence.employee_id is not null as is_found,
        attendance_day.second_due_in_at is not null and attendance_day.day_kind = '应出勤' and attendance_day.absent_days < 1 and attendance_day.leave_days < 1 as is_split,
        case
            when attendance_day.day_kind = '公休' then '休'
            when attendance_day.absent_days >= 1 then '×'
            when attendance_day.absent_days > 0 and attendance_day.second_due_in_at is null then '半'
            when attendance_day.leave_days > 0
                then case attendance_day.leave_type when '事假' then '事' when '病假' then '病' when '年假' then '年' else '假' end
            when attendance_day.status = '缺卡' then '缺'
            when attendance_day.late_minutes > 0 and attendance_day.second_due_in_at is null then '迟'
            when attendance_day.early_minutes > 0 and attendance_day.second_due_in_at is null then '早'
            when attendance_day.status = '公出' then '公'
            when attendance_day.is_night then '夜'
            when attendance_day.second_due_in_at is not null and attendance_day.in_at > attendance_day.due_in_at then '迟'
            else '√'
        end as mark
    from attendance.attendance_day
    left join attendance.offence
        on attendance_day.employee_id = offence.employee_id and attendance_day.work_on = offence.work_on
    where attendance_day.work_on between '2026-10-01' and '2026-10-31'
),

summed as (
    select
        day.site_id,
        day.employee_id,
        count(*) as row_count,
        min(day.day_no) as first_day,
        array_agg(day.mark order by day.day_no) as marks,
        array_agg(
            case
                when not day.is_split then ''
                when day.absent_days > 0 then '×'
                when day.early_minutes > 0 then '早'
                when day.status = '公出' then '公'
                when day.is_night then '夜'
                else '√'
            end order by day.day_no
        ) as afternoon_marks,
        bool_or(day.is_split) as has_spells,
        max(day.employee_name) as employee_name,
        max(day.department) as department,
        max(day.post) as post,
        max(day.rule_set) as rule_set,
        sum(day.due_days) as due_days,
        sum(day.attended_days) as attended_days,
        count(*) filter (where day.day_kind = '公休') as rest_days,
        sum(day.absent_days) as absent_days,
        sum(day.leave_days) as leave_days,
        max(day.leave_type) as leave_type,
        count(*) filter (where day.status = '公出') as outing_days,
        count(*) filter (where day.late_minutes > 0 and day.absent_days = 0)
        + count(*) filter (where day.is_found) as late_count,
        sum(day.late_minutes + day.found_minutes) filter (where day.absent_days = 0) as late_minutes,
        count(*) filter (where day.early_minutes > 0) as early_count,
        count(*) filter (where day.status = '缺卡') as missing_count,
        count(*) filter (where day.is_night) as night_count,
        sum(day.overtime_hours) as overtime_hours,
        sum(day.fine_amount - day.gathering_amount) filter (where day.early_minutes = 0) as late_amount,
        sum(day.fine_amount) filter (where day.early_minutes > 0) as early_amount,
        sum(day.gathering_amount) as gathering_amount
    from day
    group by day.site_id, day.employee_id
),

slip as (
    select
        conduct_fine.site_id,
        conduct_fine.employee_id,
        sum(conduct_fine.fine_amount) filter (where conduct_fine.charge_amount = 0) as conduct_amount,
        sum(conduct_fine.fine_amount) filter (where conduct_fine.charge_amount > 0) as call_amount,
        sum(conduct_fine.charge_amount) as charge_amount
    from attendance.conduct_fine
    group by 1, 2
),

waiver as (
    select
        attendance_day.site_id,
        fine_waiver.employee_id,
        sum(least(fine_waiver.amount, attendance_day.fine_amount)) as amount
    from attendance.fine_waiver
    inner join attendance.attendance_day
        on fine_waiver.employee_id = attendance_day.employee_id and fine_waiver.event_on = attendance_day.work_on
    group by 1, 2
),

employment as (
    select distinct on (employee.employee_id)
        employee.employee_id,
        employee.employee_name,
        employee.department,
        employee.post,
        employee.joined_on
    from book.employee
    order by employee.employee_id, employee.effective_from desc
),

person as (
    select
        summed.site_id,
        summed.employee_id
    from summed
    union
    select
        slip.site_id,
        slip.employee_id
    from slip
    union
    select
        adjustment.site_id,
        adjustment.employee_id
    from attendance.adjustment
)

select
    person.site_id,
    date '2026-10-01',
    1,
    person.employee_id,
    employment.employee_name,
    employment.department,
    employment.post,
    coalesce(summed.rule_set, ''),
    employment.joined_on,
    null,
    case
        when summed.row_count = 31 then summed.marks
        else
            array_fill('○'::text, array[coalesce(summed.first_day, 32) - 1]) || coalesce(summed.marks, '{}')
            || array_fill('○'::text, array[coalesce(32 - summed.first_day - summed.row_count::integer, 0)])
    end,
    case
        when summed.has_spells and summed.row_count = 31 then summed.afternoon_marks
        when summed.has_spells
            then
                array_fill(''::text, array[summed.first_day - 1]) || summed.afternoon_marks
                || array_fill(''::text, array[32 - summed.first_day - summed.row_count::integer])
    end,
    31,
    coalesce(summed.due_days, 0),
    coalesce(summed.attended_days, 0),
    coalesce(summed.rest_days, 0),
    0,
    31 - coalesce(summed.row_count, 0),
    case
        when summed.leave_days > 0
            then
                jsonb_build_object(
                    case summed.leave_type when '年假' then '年休假' else summed.leave_type end, trim_scale(summed.leave_days)
                )
        else '{}'
    end,
    coalesce(summed.outing_days, 0),
    0,
    coalesce(summed.absent_days, 0),
    0,
    coalesce(summed.late_count, 0),
    coalesce(summed.late_minutes, 0),
    coalesce(summed.early_count, 0),
    coalesce(summed.missing_count, 0),
    0,
    coalesce(summed.night_count, 0),
    0,
    0,
    coalesce(summed.overtime_hours, 0),
    coalesce(adjustment.absent_days_delta, 0),
    coalesce(adjustment.leave_days_delta, 0),
    coalesce(summed.late_amount, 0),
    coalesce(summed.early_amount, 0),
    coalesce(summed.gathering_amount, 0),
    coalesce(slip.conduct_amount, 0),
    coalesce(slip.charge_amount, 0),
    coalesce(slip.call_amount, 0),
    coalesce(waiver.amount, 0),
    coalesce(adjustment.fine_amount_delta, 0),
    concat_ws(
        '；',
        case
            when summed.row_count < 31 and elsewhere.row_count > 0
                then
                    concat(
                        '调动：', to_char(date '2026-09-30' + elsewhere.first_day, 'MM-DD'), '至',
                        to_char(date '2026-09-30' + elsewhere.first_day + elsewhere.row_count::integer - 1, 'MM-DD'), '在', site.site_name
                    )
        end,
        case when summed.employee_id is null then '本月未在本案场任职，仅上月调整或违纪单' end,
        case when summed.leave_type = '陪产假' then concat('其他假：陪产假', trim_scale(summed.leave_days), '天') end
    )
from person
inner join employment on person.employee_id = employment.employee_id
left join summed on person.site_id = summed.site_id and person.employee_id = summed.employee_id
left join slip on person.site_id = slip.site_id and person.employee_id = slip.employee_id
left join waiver on person.site_id = waiver.site_id and person.employee_id = waiver.employee_id
left join attendance.adjustment on person.site_id = adjustment.site_id and person.employee_id = adjustment.employee_id
left join summed as elsewhere on person.employee_id = elsewhere.employee_id and person.site_id <> elsewhere.site_id
left join book.site on elsewhere.site_id = site.site_id
