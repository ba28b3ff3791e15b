/*  The sheet 异常: what somebody should look at, by whom and until when.

    Grain:  one row per person and day, slip, swap, badge, roster finding or returned line.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  GM-A3 rest on a weekend or twice in a row needs a signature; YJ-A2, SL-A1 so does rest on a day that the
            house keeps free of it, and a week of the roster has its number of working days: listed 请核对, without
            consequence. ATT-11 swaps that are not heard. OF-A2 leave that nobody reported back from.  */
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

-- What the rules in force say of each day about rest and leave.
setting as materialized (
    select
        day_at::date as work_on,
        bool_or(heard.parameter = 'rest_day_rotation') as rotates,
        max(',' || translate(heard.value, '、， ', ',,') || ',')
            filter (where heard.parameter = 'no_rest_on') as no_rest_on,
        max(heard.value) filter (where heard.parameter = 'workdays_a_week')::integer as workdays_a_week,
        coalesce(bool_or(book.is_yes(heard.value)) filter (where heard.parameter = 'leave_reports_back'), false)
            as is_reported_back
    from document
    cross join lateral generate_series(document.starts_on::timestamp, document.last_on, interval '1 day') as day_at
    cross join lateral (
        select distinct on (rule.parameter)
            rule.parameter,
            rule.value
        from book.site_rule_set
        inner join book.rule_set on site_rule_set.rule_set = rule_set.rule_set
        inner join book.rule on rule_set.rule_set = rule.rule_set
        where
            site_rule_set.site_id = document.site_id
            and rule.parameter in ('rest_day_rotation', 'no_rest_on', 'workdays_a_week', 'leave_reports_back')
            and day_at between site_rule_set.valid_from and coalesce(site_rule_set.valid_to, 'infinity')
            and day_at between rule.valid_from and coalesce(rule.valid_to, 'infinity')
            and site_rule_set.recorded_at <= document.known_at
            and document.known_at < site_rule_set.superseded_at
            and rule_set.recorded_at <= document.known_at
            and document.known_at < rule_set.superseded_at
            and rule.recorded_at <= document.known_at
            and document.known_at < rule.superseded_at
        order by rule.parameter, rule_set.rank desc, rule.rule_set
    ) as heard
    group by day_at
),

-- Since the week in which the document begins: a week of the roster is looked at as a whole.
swapped as materialized (
    select
        heard_swap.*,
        swap.approver_level,
        swap.file_id,
        swap.line_no
    from document
    cross join lateral attendance.heard_swap(
        document.starts_on - 7, document.last_on, document.known_at
    ) as heard_swap
    inner join attendance.swap
        on
            heard_swap.swap_no = swap.swap_no
            and swap.recorded_at <= document.known_at
            and document.known_at < swap.superseded_at
),

rostered as materialized (
    select
        roster.employee_id,
        roster.work_on,
        coalesce(swapped.swap_code, roster.shift_code) as shift_code,
        case when swapped.swap_no is null then roster.approver_level else swapped.approver_level end as approver_level,
        case when swapped.swap_no is null then roster.file_id else swapped.file_id end as file_id,
        case when swapped.swap_no is null then roster.line_no else swapped.line_no end as line_no
    from document
    inner join attendance.roster
        on
            roster.work_on between document.starts_on - 7 and document.last_on
            and roster.recorded_at <= document.known_at
            and document.known_at < roster.superseded_at
            and roster.employee_id in (select covered_day.employee_id from covered_day)
    left join swapped
        on roster.employee_id = swapped.employee_id and roster.work_on = swapped.work_on and swapped.verdict = '有效'
),

rest as (
    select
        covered_day.*,
        rostered.approver_level,
        rostered.file_id,
        rostered.line_no,
        eve.work_on is not null and coalesce(rostered.approver_level, '') <> '董事长' and setting.rotates as is_second,
        extract(isodow from covered_day.work_on) in (6, 7) and setting.rotates as is_weekend,
        case
            when setting.no_rest_on like '%%,H,%%' and calendar_day.is_off then calendar_day.day_name
            when position(',' || extract(isodow from covered_day.work_on) || ',' in setting.no_rest_on) > 0
                then '星期' || substr('一二三四五六日', extract(isodow from covered_day.work_on)::integer, 1)
        end as kept_free
    from covered_day
    cross join document
    inner join setting on covered_day.work_on = setting.work_on
    inner join rostered on covered_day.employee_id = rostered.employee_id and covered_day.work_on = rostered.work_on
    left join rostered as eve
        on
            covered_day.employee_id = eve.employee_id
            and covered_day.work_on - 1 = eve.work_on
            and eve.shift_code = '休'
    left join book.calendar_day
        on
            covered_day.work_on = calendar_day.day_on
            and calendar_day.recorded_at <= document.known_at
            and document.known_at < calendar_day.superseded_at
    where rostered.shift_code = '休'
),

-- Weeks whose Sunday the document is about.
short_week as (
    select
        covered_day.employee_id,
        covered_day.employee_name,
        covered_day.department,
        covered_day.work_on as sunday,
        setting.workdays_a_week,
        count(*) as rest_count
    from covered_day
    inner join setting on covered_day.work_on = setting.work_on
    inner join rostered
        on
            covered_day.employee_id = rostered.employee_id
            and rostered.work_on between covered_day.work_on - 6 and covered_day.work_on
            and rostered.shift_code = '休'
    where extract(isodow from covered_day.work_on) = 7
    group by
        covered_day.employee_id, covered_day.employee_name, covered_day.department, covered_day.work_on,
        setting.workdays_a_week
    having count(*) > 7 - setting.workdays_a_week
),

-- What is said of a swap is said of its first day here, to both sites where there are two.
unheard as (
    select
        side.swap_no,
        side.swap_kind,
        side.verdict,
        side.work_on,
        max(covered_day.department) as department,
        string_agg(side.employee_name || '（' || coalesce(side.own_code, '未排班') || '）', '与' order by side.employee_id)
            as people,
        string_agg(side.employee_name, '、' order by side.employee_id) as person,
        min(side.file_id) as file_id,
        min(side.line_no) as line_no
    from (
        select
            swapped.*,
            coalesce(known.employee_name, swapped.employee_id) as employee_name,
            min(swapped.work_on) over (partition by swapped.swap_no) as first_on,
            bool_or(swapped.site_id = document.site_id) over (partition by swapped.swap_no) as is_ours
        from swapped
        cross join document
        left join lateral (
            select employee.employee_name
            from book.employee
            where
                employee.employee_id = swapped.employee_id
                and employee.recorded_at <= document.known_at
                and document.known_at < employee.superseded_at
            order by employee.effective_from desc
            limit 1
        ) as known on true
        where swapped.verdict <> '有效' and swapped.work_on between document.starts_on and document.last_on
    ) as side
    left join covered_day on side.employee_id = covered_day.employee_id and side.work_on = covered_day.work_on
    where side.is_ours and side.work_on = side.first_on
    group by side.swap_no, side.swap_kind, side.verdict, side.work_on
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
            when is_second then ' 连续第二天休息，未见董事长批准'
            when is_weekend then ' 周末安排休息，未见销售部经理批准'
            else ' ' || kept_free || '原则上不排休，当日安排休息，未见批准'
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
    where is_second or (approver_level is null and (is_weekend or kept_free is not null))
    union all
    select
        3,
        '请核对',
        employee_id || ' ' || employee_name,
        sunday - 6 || '至' || sunday || ' 一周休息' || rest_count || '天，规定每周工作' || workdays_a_week || '天',
        null,
        '请核对排班；加休的请补假条或批准',
        nullif(department, ''),
        employee_name,
        null,
        sunday,
        null,
        null
    from short_week
    union all
    select
        3,
        '请核对',
        swap_kind || '单' || swap_no,
        work_on || ' ' || people || swap_kind || '，' || verdict || '，没有生效',
        null,
        case verdict
            when '缺本人同意' then '请提出人签字同意后重报，未生效前按本人排班上班'
            when '缺对方同意' then '请对方签字同意后重报，未生效前按本人排班上班'
            when '未获批准' then '请批准人签字后重报，未生效前按本人排班上班'
            when '未事先说明' then '调休须在第一个班次开始前说明，请核对实际出勤'
            when '冲突' then '同一人同一天只能换一次，请撤销多余的换班单'
            when '未排班' then '请补报双方当日排班，或更正换班单'
            when '班次未定义' then '请换双方案场都有的班次，或补报班次资料'
            else '两班之间休息不足，请批准人在换班单注明准许，或改换他日'
        end,
        nullif(department, ''),
        person,
        null,
        work_on,
        file_id,
        line_no
    from unheard
    union all
    select
        3,
        '请核对',
        covered_day.employee_id || ' ' || covered_day.employee_name,
        '假条' || leave.slip_no || '至' || to_char(leave.ends_at, 'YYYY-MM-DD HH24:MI') || '止，未见销假',
        null,
        '请本人销假，考勤员登记销假时间',
        nullif(covered_day.department, ''),
        covered_day.employee_name,
        null,
        covered_day.work_on,
        leave.file_id,
        leave.line_no
    from attendance.leave
    inner join document
        on
            leave.recorded_at <= document.known_at
            and document.known_at < leave.superseded_at
            and leave.ends_at <= document.known_at
    inner join covered_day
        on
            leave.employee_id = covered_day.employee_id
            and covered_day.work_on = (leave.ends_at - interval '1 second')::date
    inner join setting on covered_day.work_on = setting.work_on and setting.is_reported_back
    where leave.status = '批准' and leave.reported_back_at is null
    union all
    select
        3,
        '请核对',
        '临时作息' || later.shift_code,
        to_char(earlier.from_on, 'YYYY-MM-DD') || '起与' || to_char(later.from_on, 'YYYY-MM-DD')
        || '起的两张临时作息都针对'
        || case later.shift_code when '*' then '全部班次' else '班次' || later.shift_code end
        || case later.post when '*' then '' else '（岗位' || later.post || '）' end
        || '，重叠的日子按后开始的一张',
        null,
        '请更正其中一张的起止日期',
        '人事行政',
        null,
        null,
        greatest(later.from_on, document.starts_on),
        later.file_id,
        later.line_no
    from attendance.timetable_change as later
    inner join document
        on
            later.site_id = document.site_id
            and later.from_on <= document.last_on
            and later.to_on >= document.starts_on
            and later.recorded_at <= document.known_at
            and document.known_at < later.superseded_at
    inner join attendance.timetable_change as earlier
        on
            later.site_id = earlier.site_id
            and later.shift_code = earlier.shift_code
            and later.post = earlier.post
            and earlier.from_on < later.from_on
            and earlier.to_on >= greatest(later.from_on, document.starts_on)
            and earlier.recorded_at <= document.known_at
            and document.known_at < earlier.superseded_at
    union all
    select
        3,
        '请核对',
        offence.employee_id || ' ' || covered_day.employee_name,
        offence.work_on || ' ' || offence.offence_kind || '：' || offence.reason,
        null,
        '制度没有规定如何处理，请主管核实',
        nullif(covered_day.department, ''),
        covered_day.employee_name,
        null,
        offence.work_on,
        offence.file_id,
        offence.line_no
    from attendance.offence
    inner join covered_day on offence.employee_id = covered_day.employee_id and offence.work_on = covered_day.work_on
    where offence.offence_kind = '用餐超时' and offence.absent_days = 0 and offence.fine_amount = 0
    union all
    select
        3,
        '请核对',
        stray_punch.employee_id || ' ' || covered_day.employee_name,
        stray_punch.work_on || ' 有' || count(*) || '次打卡不在任何班次的时段内：'
        || string_agg(to_char(stray_punch.punched_at, 'MM-DD HH24:MI'), '、' order by stray_punch.punched_at),
        null,
        '请核对排班；确系加班的请补加班单',
        nullif(covered_day.department, ''),
        covered_day.employee_name,
        null,
        stray_punch.work_on,
        null,
        null
    from attendance.stray_punch
    inner join covered_day
        on stray_punch.employee_id = covered_day.employee_id and stray_punch.work_on = covered_day.work_on
    group by stray_punch.employee_id, stray_punch.work_on, covered_day.employee_name, covered_day.department
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
