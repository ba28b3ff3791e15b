/*  The sheet 异常: what somebody should look at, by whom and until when.

    Grain:  one row per person and day, slip, badge, roster finding or returned line.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  GM-A3 rest on a weekend or twice in a row needs a signature: listed 请核对, without consequence.  */
with document as (
    select
        %(site_id)s::text as site_id,
        %(starts_on)s::date as starts_on,
        %(last_on)s::date as last_on,
        %(known_at)s::timestamptz as known_at
),

covered_day as (
    select attendance_day.*
    from attendance.attendance_day
    inner join document
        on
            attendance_day.site_id = document.site_id
            and attendance_day.work_on between document.starts_on and document.last_on
),

rest as (
    select
        covered_day.*,
        roster.approver_level,
        roster.file_id,
        roster.line_no,
        exists (
            select from attendance.roster as before
            where
                before.employee_id = covered_day.employee_id
                and before.work_on = covered_day.work_on - 1
                and before.shift_code = '休'
                and before.recorded_at <= document.known_at
                and document.known_at < before.superseded_at
        ) as rested_before
    from covered_day
    cross join document
    inner join attendance.roster
        on
            covered_day.employee_id = roster.employee_id
            and covered_day.work_on = roster.work_on
            and roster.recorded_at <= document.known_at
            and document.known_at < roster.superseded_at
    where
        roster.shift_code = '休'
        and exists (
            select from book.rule
            inner join book.site_rule_set on rule.rule_set = site_rule_set.rule_set
            where
                rule.parameter = 'rest_day_rotation'
                and site_rule_set.site_id = document.site_id
                and covered_day.work_on between rule.valid_from and coalesce(rule.valid_to, 'infinity')
                and covered_day.work_on
                between site_rule_set.valid_from and coalesce(site_rule_set.valid_to, 'infinity')
                and rule.recorded_at <= document.known_at
                and document.known_at < rule.superseded_at
                and site_rule_set.recorded_at <= document.known_at
                and document.known_at < site_rule_set.superseded_at
        )
),

-- Days on which every group owes a summary of its work (YJ-A4): of two rule sets the higher rank is heard.
summary_day as (
    select day_on.work_on
    from document
    cross join lateral (
        select day_at::date as work_on
        from generate_series(document.starts_on::timestamp, document.last_on::timestamp, interval '1 day') as day_at
    ) as day_on
    cross join lateral (
        select rule.value
        from book.site_rule_set
        inner join book.rule_set on site_rule_set.rule_set = rule_set.rule_set
        inner join book.rule on rule_set.rule_set = rule.rule_set
        where
            rule.parameter = 'requires_work_summary'
            and site_rule_set.site_id = document.site_id
            and day_on.work_on between site_rule_set.valid_from and coalesce(site_rule_set.valid_to, 'infinity')
            and day_on.work_on between rule.valid_from and coalesce(rule.valid_to, 'infinity')
            and site_rule_set.recorded_at <= document.known_at
            and document.known_at < site_rule_set.superseded_at
            and rule_set.recorded_at <= document.known_at
            and document.known_at < rule_set.superseded_at
            and rule.recorded_at <= document.known_at
            and document.known_at < rule.superseded_at
        order by rule_set.rank desc, rule.rule_set
        limit 1
    ) as heard
    where book.is_yes(heard.value)
),

-- Turns that the wrong one took, and those that were not taken (GM-A10, SL-A2).
turn_named as (
    select
        reception_turn.*,
        seen.employee_name,
        due.employee_name as due_employee_name
    from attendance.reception_turn
    inner join document
        on
            reception_turn.site_id = document.site_id
            and reception_turn.work_on between document.starts_on and document.last_on
    left join covered_day as seen
        on reception_turn.employee_id = seen.employee_id and reception_turn.work_on = seen.work_on
    left join covered_day as due
        on reception_turn.due_employee_id = due.employee_id and reception_turn.work_on = due.work_on
),

finding (
    rank, severity, subject, problem, impact_amount, advice, department, person, due_on, first_seen_on, file_id, line_no
) as (
    select
        1,
        '必须处理',
        employee_id || ' ' || employee_name,
        work_on::text || ' ' || case
            when slip_verdict = '待交假条' then '请假' || leave_slip_no || '尚未交假条'
            when status = '进行中' then '班次未结束，待下班卡'
            when status = '待确认' and reason = '未排班' then '当日没有排班'
            when status = '待确认' and reason = '同名' then '本案场有同名人员，设备只有姓名，无法分辨'
            when status = '待确认' then '排班的班次代码“' || shift_code || '”没有定义'
            else reason
        end,
        null::numeric,
        case
            when slip_verdict = '待交假条' then '请本人在截止日前交假条'
            when status = '进行中' then '无需处理，下班后自动补判'
            when reason = '未排班' then '请案场补报排班表后重跑'
            when reason = '同名' then '请改用含考勤号的导出，或在花名册登记考勤号'
            when status = '待确认' then '请补报班次资料或更正排班'
            else '请本人补签并由负责人签字'
        end,
        nullif(department, ''),
        employee_name,
        (pending_until - interval '1 second')::date,
        work_on,
        null::integer,
        null::integer
    from covered_day
    where pending_until is not null or status = '待确认'
    union all
    select
        2,
        '请核对',
        employee_id || ' ' || employee_name,
        work_on::text || ' ' || status || '：' || reason || case when remark <> '' then '（' || remark || '）' else '' end,
        null,
        case
            when slip_verdict not in ('', '有效') then '假条' || leave_slip_no || slip_verdict || '，请核对后归档'
            when reason = '补卡超过当月次数' then '补卡单' || missed_punch_slip_no || '超过当月次数，请核对'
            else '请核对打卡与排班；确有补签的请补交'
        end,
        nullif(department, ''),
        employee_name,
        null,
        work_on,
        null,
        null
    from covered_day
    where pending_until is null and status in ('旷工', '缺卡')
    union all
    select
        3,
        '请核对',
        employee_id || ' ' || employee_name,
        work_on::text || case
            when rested_before and coalesce(approver_level, '') <> '董事长' then ' 连续第二天休息，未见董事长批准'
            else ' 周末安排休息，未见销售部经理批准'
        end,
        null,
        '请在排班表补填批准人，或更正排班',
        nullif(department, ''),
        employee_name,
        null,
        work_on,
        file_id,
        line_no
    from rest
    where
        (rested_before and coalesce(approver_level, '') <> '董事长')
        or (extract(isodow from work_on) in (6, 7) and approver_level is null)
    union all
    select
        4,
        case conduct_fine.state when '待确认' then '必须处理' else '请核对' end,
        '违纪单' || conduct_fine.slip_no,
        case conduct_fine.state
            when '待确认' then '当事人未签字，暂不计罚'
            when '同因重复' then '与当日迟到罚款同一事由，只计一次'
            else '关账后收到，计入' || to_char(conduct_fine.counted_in, 'YYYY年MM月')
        end,
        conduct_fine.fine_amount,
        case conduct_fine.state
            when '待确认' then '请当事人签字后重新提交'
            when '同因重复' then '请人事裁定保留哪一笔'
            else '无需处理'
        end,
        '人事行政',
        null,
        null,
        conduct_fine.event_on,
        null,
        null
    from attendance.conduct_fine
    inner join document
        on
            conduct_fine.site_id = document.site_id
            and conduct_fine.event_on between document.starts_on and document.last_on
    where conduct_fine.state <> '有效' or conduct_fine.counted_in > conduct_fine.event_on
    union all
    select
        5,
        '请核对',
        '考勤号' || punch.badge_no,
        '未登记的考勤号，' || min(punch.punched_at)::date || '起打卡' || count(*) || '次，未计入任何人',
        null,
        '请在花名册登记该考勤号，或确认非本单位人员',
        '人事行政',
        null,
        null,
        min(punch.punched_at)::date,
        min(punch.file_id),
        min(punch.line_no)
    from attendance.punch
    inner join document
        on
            punch.site_id = document.site_id
            and punch.punched_at >= document.starts_on
            and punch.punched_at < document.last_on + 1
            and punch.recorded_at <= document.known_at
    inner join book.site
        on
            punch.site_id = site.site_id
            and not site.is_admitting_unknown
            and site.recorded_at <= document.known_at
            and document.known_at < site.superseded_at
    where
        not exists (
            select from book.employee
            where
                employee.site_id = punch.site_id
                and punch.badge_no in (employee.badge_no, employee.employee_id, employee.employee_name)
                and employee.recorded_at <= document.known_at
                and document.known_at < employee.superseded_at
        )
    group by punch.badge_no
    union all
    select
        6,
        '提示',
        '临时工号',
        count(distinct employee_id) || '个未登记的考勤号按临时工号计算',
        null,
        '请补报花名册，登记姓名与入职日',
        '人事行政',
        null,
        null,
        min(work_on),
        null,
        null
    from covered_day
    where post = '未登记'
    having count(*) > 0
    union all
    select
        7,
        '请核对',
        covered_day.employee_id || ' ' || covered_day.employee_name,
        offence.work_on::text || ' ' || offence.offence_kind || '：' || offence.reason || case
            when offence.absent_days > 0 then '，记旷工' || trim_scale(offence.absent_days) || '天'
            else ''
        end,
        nullif(offence.fine_amount, 0),
        case
            when offence.offence_kind in ('脱岗', '用餐超时') then '请核对外出登记与查岗记录；确经同意的请补登批准人'
            when offence.offence_kind in ('会议迟到', '会议缺席') then '请核对会议签到；准假的请登记'
            else '请核对换班单与打卡；确经批准的请补登'
        end,
        nullif(covered_day.department, ''),
        covered_day.employee_name,
        null,
        offence.work_on,
        offence.file_id,
        offence.line_no
    from attendance.offence
    inner join covered_day on offence.employee_id = covered_day.employee_id and offence.work_on = covered_day.work_on
    union all
    select
        8,
        '请核对',
        employee_id || coalesce(' ' || employee_name, ''),
        to_char(came_at, 'YYYY-MM-DD HH24:MI') || ' ' || case
            when outcome = '未上位' then '轮到接待而未上位，由本人负责'
            else
                '轮位不符：轮到' || coalesce(due_employee_name, due_employee_id) || '，实由'
                || coalesce(employee_name, employee_id) || outcome
        end,
        null,
        case when outcome = '未上位' then '请案场经理核实后处理' else '请核对接待登记与签到先后；确因故换人的请在备注说明' end,
        null,
        employee_name,
        null,
        work_on,
        file_id,
        line_no
    from turn_named
    where outcome = '未上位' or (is_counted and due_employee_id not in ('', employee_id))
    union all
    select distinct
        9,
        '请核对',
        covered_day.department,
        covered_day.work_on::text || ' 未交工作小结',
        null::numeric,
        '请该组补交当日工作小结，由秘书归档',
        covered_day.department,
        null,
        null::date,
        covered_day.work_on,
        null::integer,
        null::integer
    from covered_day
    cross join document
    inner join summary_day on covered_day.work_on = summary_day.work_on
    where
        covered_day.department <> ''
        and covered_day.due_in_at is not null
        and (covered_day.in_at is not null or covered_day.out_at is not null or covered_day.status in ('出勤', '公出'))
        and not exists (
            select from attendance.work_summary
            where
                work_summary.site_id = covered_day.site_id
                and work_summary.group_name = covered_day.department
                and work_summary.summary_on = covered_day.work_on
                and work_summary.recorded_at <= document.known_at
                and document.known_at < work_summary.superseded_at
        )
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
order by finding.rank, finding.first_seen_on, finding.subject
