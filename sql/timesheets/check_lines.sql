/*  Finds lines of the newest month sheets of a run that contradict the days they were made from.

    Grain:  one row per site, person and contradiction.
    Rerun:  safe; only reads.
    Rules:  ATT-19 the parts of a person's month add up to the calendar, and to the judged days; fines add up to theirs;
            nobody who was judged is left out.
    Joins:  hashed  */
with asked as materialized (
    select distinct
        run_day.site_id,
        date_trunc('month', run_day.day_on)::date as month_on
    from ops.run_day
    inner join ops.run on run_day.run_id = run.run_id
    -- what a trial marked has been taken back; an issued month stands whatever its days say since
    where
        run.run_id = %(run_id)s
        and run.mode <> 'trial'
        and not exists (
            select from ops.period_close
            where
                period_close.workflow = 'monthly_attendance'
                and period_close.site_id = run_day.site_id
                and period_close.period @> run_day.day_on
        )
        and not exists (
            select from ops.run_gap
            where run_gap.run_id = run.run_id and run_gap.site_id = run_day.site_id
        )
),

line as materialized (
    select
        month_line.*,
        cardinality(array_positions(month_line.marks, '○')) as unemployed_marks
    from asked
    inner join attendance.month_line on asked.site_id = month_line.site_id and asked.month_on = month_line.month_on
    where
        month_line.revision = (
            select max(result.revision)
            from ops.result
            where
                result.workflow = 'monthly_attendance'
                and result.site_id = asked.site_id
                and result.base_on = asked.month_on
        )
),

judged as materialized (
    select
        attendance_day.site_id,
        date_trunc('month', attendance_day.work_on)::date as month_on,
        attendance_day.employee_id,
        max(attendance_day.employee_name) as employee_name,
        count(*) as day_count,
        sum(attendance_day.attended_days) filter (where attendance_day.day_kind <> '') as attended_days,
        sum(attendance_day.leave_days) filter (where attendance_day.day_kind <> '') as leave_days,
        sum(attendance_day.absent_days) filter (where attendance_day.day_kind <> '') as absent_days,
        sum(attendance_day.overtime_hours) as overtime_hours,
        sum(attendance_day.fine_amount) as fine_amount,
        count(*) filter (where attendance_day.day_kind = '公休') as rest_days
    from attendance.attendance_day
    where
        attendance_day.site_id = any(array(select asked.site_id from asked))
        and attendance_day.work_on between %(first_on)s and %(last_on)s
    group by 1, 2, 3
),

compared as (
    select
        coalesce(line.site_id, judged.site_id) as site_id,
        concat_ws(' ', coalesce(line.employee_id, judged.employee_id), coalesce(line.employee_name, judged.employee_name)) as person,
        line.employee_id is null as is_left_out,
        line.calendar_days <> line.due_days + line.rest_days + line.statutory_days + line.unemployed_days as breaks_calendar,
        line.due_days
        <> line.attended_days + attendance.leave_total(line.leave_days) + line.absent_days + line.pending_days as breaks_due,
        line.unemployed_marks <> line.unemployed_days as breaks_marks,
        (
            line.attended_days, attendance.leave_total(line.leave_days), line.absent_days, line.rest_days,
            line.workday_overtime_hours + line.rest_overtime_hours + line.statutory_overtime_hours
        ) is distinct from (
            coalesce(judged.attended_days, 0), coalesce(judged.leave_days, 0), coalesce(judged.absent_days, 0),
            coalesce(judged.rest_days, 0), coalesce(judged.overtime_hours, 0)
        ) as breaks_days,
        line.late_fine_amount + line.early_fine_amount + line.gathering_fine_amount
        <> coalesce(judged.fine_amount, 0) as breaks_fines
    from line
    full join judged
        on
            line.site_id = judged.site_id
            and line.month_on = judged.month_on
            and line.employee_id = judged.employee_id
),

borne as (
    select
        line.site_id,
        line.month_on,
        sum(line.conduct_fine_amount + line.call_fine_amount + line.call_charge_amount + line.adjusted_fine_amount - line.waived_amount) as amount
    from line
    group by 1, 2
),

booked as (
    select
        asked.site_id,
        asked.month_on,
        (
            select coalesce(sum(conduct_fine.fine_amount + conduct_fine.charge_amount), 0)
            from attendance.conduct_fine
            where
                conduct_fine.site_id = asked.site_id
                and conduct_fine.counted_in = asked.month_on
                and conduct_fine.state = '有效'
        )
        + (
            select coalesce(sum(adjustment.fine_amount_delta), 0)
            from attendance.adjustment
            where adjustment.site_id = asked.site_id and adjustment.counted_in = asked.month_on
        )
        - (
            select coalesce(-sum(fine_due.amount), 0)
            from attendance.fine_due(asked.site_id, asked.month_on, %(known_at)s) as fine_due
            where
                fine_due.fine_kind <> '制度罚款'
                and (fine_due.entry_kind = '减免' or (fine_due.entry_kind = '上月调整' and fine_due.fine_kind <> '考勤'))
        ) as amount
    from asked
)

select
    compared.site_id,
    concat(
        compared.site_id, ' ', compared.person, '：',
        concat_ws(
            '，',
            case when compared.is_left_out then '考勤表没有此人' end,
            case when compared.breaks_calendar then '日历天数与应出勤、公休、法定节假日、未在职之和不符' end,
            case when compared.breaks_due then '应出勤与出勤、请假、旷工、待确认之和不符' end,
            case when compared.breaks_marks then '未在职天数与符号不符' end,
            case when compared.breaks_days then '天数、加班与每日结果之和不符' end,
            case when compared.breaks_fines then '罚款与每日结果之和不符' end
        ),
        '。请勿发布，用“重算”重新计算；仍不符请联系系统管理员。'
    ) as problem
from compared
where
    compared.is_left_out
    or compared.breaks_calendar
    or compared.breaks_due
    or compared.breaks_marks
    or compared.breaks_days
    or compared.breaks_fines
union all
select
    booked.site_id,
    concat(
        booked.site_id, '：考勤表的违纪、电话、减免和上月调整合计', borne.amount, '元，登记合计', booked.amount,
        '元，两者不符。请勿发布，用“重算”重新计算；仍不符请联系系统管理员。'
    ) as problem
from booked
inner join borne on booked.site_id = borne.site_id and booked.month_on = borne.month_on
where borne.amount <> booked.amount
order by site_id, problem
