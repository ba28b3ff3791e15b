/*  The sheet 异常 of a month sheet: what waits, what costs somebody a day, what is asked about, person by person.

    Grain:  one row per person and matter, per site day without a result, per conduct slip and waiver.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  ATT-19 what waits holds up the final sheet; ATT-14 slips that cost nothing yet.  */
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

day as materialized (
    select attendance_day.*
    from document
    inner join attendance.attendance_day
        on
            document.site_id = attendance_day.site_id
            and attendance_day.work_on between document.starts_on and document.last_on
    where attendance_day.pending_days > 0 or attendance_day.absent_days > 0 or attendance_day.day_kind = ''
),

matter as (
    select
        day.employee_id,
        case when day.pending_days > 0 or day.day_kind = '' then 1 else 2 end as rank,
        day.work_on,
        concat(
            to_char(day.work_on, 'MM-DD'),
            case
                when day.day_kind = '' then '旧版判定'
                when day.pending_days > 0 then coalesce(nullif(day.reason, ''), day.status)
                else concat(day.status, case when day.reason not in ('', day.status) then concat('（', day.reason, '）') end)
            end
        ) as words,
        case when day.pending_days > 0 then day.pending_days when day.day_kind = '' then 1 else day.absent_days end as days,
        day.pending_until
    from day
),

told as (
    select
        matter.employee_id,
        matter.rank,
        sum(matter.days) as days,
        min(matter.work_on) as first_on,
        max(matter.pending_until) as pending_until,
        string_agg(matter.words, '、' order by matter.work_on) as words
    from matter
    group by matter.employee_id, matter.rank
),

taken_off as materialized (
    select
        fine_due.source_no as waiver_no,
        -fine_due.amount as amount
    from document
    cross join lateral attendance.fine_due(document.site_id, document.starts_on, document.known_at) as fine_due
    where fine_due.entry_kind = '减免'
),

waiver as (
    select
        fine_waiver.*,
        line.employee_name,
        waived.waived_amount
    from document
    inner join attendance.fine_waiver
        on
            fine_waiver.status = '批准'
            and fine_waiver.event_on between document.starts_on and document.last_on
            and fine_waiver.recorded_at <= document.known_at
            and document.known_at < fine_waiver.superseded_at
    inner join line on fine_waiver.employee_id = line.employee_id
    left join lateral (
        select sum(taken_off.amount) as waived_amount
        from taken_off
        where taken_off.waiver_no = fine_waiver.waiver_no
    ) as waived on true
    where waived.waived_amount is null or waived.waived_amount < fine_waiver.amount
),

finding (
    rank, severity, subject, problem, impact_amount, advice, department, person, due_on, first_seen_on, file_id, line_no
) as (
    select
        told.rank,
        case told.rank when 1 then '必须处理' else '请核对' end,
        line.employee_id || ' ' || line.employee_name,
        concat(case told.rank when 1 then '待确认' else '旷工' end, attendance.days_text(told.days), '天：', told.words),
        null::numeric,
        case told.rank
            when 1 then '请补齐签字、假条、排班或考勤认定单，否则不出定稿'
            else '请部门核对；确有假条或补卡单的请补交'
        end,
        nullif(line.department, ''),
        line.employee_name,
        case told.rank when 1 then (told.pending_until - interval '1 second')::date end,
        told.first_on,
        null::integer,
        null::integer
    from told
    inner join line on told.employee_id = line.employee_id
    union all
    select
        1,
        '必须处理',
        '本案场',
        day_at::date || ' 没有考勤结果',
        null,
        '请补报打卡资料或花名册后重跑考勤日报，否则不出定稿',
        '人事行政',
        null,
        null,
        day_at::date,
        null,
        null
    from document
    cross join lateral generate_series(document.starts_on::timestamp, document.last_on::timestamp, interval '1 day') as day_at
    where
        not exists (
            select from ops.result
            where
                result.workflow = 'daily_attendance'
                and result.site_id = document.site_id
                and result.base_on = day_at::date
        )
        and exists (
            select from line
            where line.marks[extract(day from day_at)::integer] = '?'
        )
    union all
    select
        3,
        case conduct_fine.state when '待确认' then '必须处理' else '请核对' end,
        '违纪单' || conduct_fine.slip_no,
        concat(
            conduct_fine.event_on, ' ', line.employee_name,
            case conduct_fine.state when '待确认' then '当事人未签字，暂不计罚' else '与当日迟到罚款同一事由，只计一次' end
        ),
        conduct_slip.amount,
        case conduct_fine.state when '待确认' then '请当事人签字后重新提交' else '请人事裁定保留哪一笔' end,
        '人事行政',
        null,
        null,
        conduct_fine.event_on,
        conduct_slip.file_id,
        conduct_slip.line_no
    from document
    inner join attendance.conduct_fine
        on
            document.site_id = conduct_fine.site_id
            and conduct_fine.counted_in = document.starts_on
            and conduct_fine.state <> '有效'
    left join line on conduct_fine.employee_id = line.employee_id
    left join attendance.conduct_slip
        on
            conduct_fine.slip_no = conduct_slip.slip_no
            and conduct_slip.recorded_at <= document.known_at
            and document.known_at < conduct_slip.superseded_at
    union all
    select
        4,
        '请核对',
        '减免单' || waiver.waiver_no,
        concat(
            waiver.event_on, ' ', waiver.employee_name, waiver.fine_kind,
            case
                when waiver.waived_amount is null then '当日没有可减免的罚款，或已计入其他月份'
                else concat('罚款只有', waiver.waived_amount, '元，按此减免')
            end
        ),
        waiver.amount - coalesce(waiver.waived_amount, 0),
        '请核对减免单的日期、种类和金额',
        '人事行政',
        waiver.approver,
        null,
        waiver.event_on,
        waiver.file_id,
        waiver.line_no
    from waiver
    union all
    select
        5,
        '提示',
        line.employee_id || ' ' || line.employee_name,
        line.remark,
        null,
        case when line.remark like '调动%%' then '两处天数相加为全月，请勿重复发薪' else '请人事确认计薪口径' end,
        '人事行政',
        null,
        null,
        document.starts_on,
        null,
        null
    from line
    cross join document
    where line.remark <> ''
)

select
    finding.severity,
    finding.subject,
    finding.problem,
    finding.impact_amount,
    finding.advice,
    coalesce(finding.department, '人事行政') as department,
    finding.person,
    finding.due_on,
    finding.first_seen_on,
    document.last_on - finding.first_seen_on as lasting_days,
    '未处理' as state,
    landing_file.file_name,
    finding.line_no
from finding
cross join document
left join ops.landing_file on finding.file_id = landing_file.file_id
order by
    array_position(array['必须处理', '请核对', '提示'], finding.severity), finding.rank, finding.first_seen_on, finding.subject
