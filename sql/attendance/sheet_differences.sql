/*  The sheet 差异: what this revision says otherwise than the one before, value by value.

    Grain:  one row per employee, day and value that changed; per conduct slip, line of a register and day that arrived since.
    Rerun:  safe; only reads changes noted after the previous revision and up to this one.

    来源 names what was recorded between the two revisions about that person and day: file, line, arrival. What changed
    because time went by says so; what no record explains stays empty, and the sheet says 未记录.  */
with document as (
    select
        artifact.artifact_id,
        artifact.site_id,
        artifact.period,
        artifact.known_at,
        before.known_at as known_before
    from ops.artifact
    inner join ops.artifact as before
        on
            artifact.document_kind = before.document_kind
            and artifact.site_id = before.site_id
            and artifact.period = before.period
            and artifact.revision = before.revision + 1
    where artifact.artifact_id = %(artifact_id)s
),

changed as (
    select
        day_change.employee_id,
        day_change.work_on,
        (array_agg(day_change.old_row order by day_change.run_id))[1] as old_row,
        (array_agg(day_change.new_row order by day_change.run_id desc))[1] as new_row
    from attendance.day_change
    inner join ops.run on day_change.run_id = run.run_id
    inner join document
        on
            day_change.site_id = document.site_id
            and document.period @> day_change.work_on
            and run.known_at > document.known_before
            and run.known_at <= document.known_at
    group by day_change.employee_id, day_change.work_on
),

-- What is recorded about each of these people and days, with who asked for it and who agreed.
recorded as (
    select
        changed.employee_id,
        changed.work_on,
        1 as rank,
        leave.file_id,
        leave.line_no,
        leave.recorded_at,
        leave.asked_by as proposed_by,
        leave.approver as approved_by
    from changed
    inner join attendance.leave
        on
            changed.employee_id = leave.employee_id
            and (
                leave.slip_no = any(string_to_array(changed.new_row ->> 'leave_slip_no', '、'))
                or leave.slip_no = any(string_to_array(changed.old_row ->> 'leave_slip_no', '、'))
                or (leave.starts_at < changed.work_on + 1 and leave.ends_at > changed.work_on)
            )
    union all
    select
        changed.employee_id,
        changed.work_on,
        2,
        punch.file_id,
        punch.line_no,
        punch.recorded_at,
        '考勤设备',
        '—'
    from changed
    cross join document
    inner join attendance.punch
        on
            document.site_id = punch.site_id
            and punch.badge_no in (
                coalesce(changed.new_row, changed.old_row) ->> 'badge_no',
                changed.employee_id,
                coalesce(changed.new_row, changed.old_row) ->> 'employee_name'
            )
            and punch.punched_at in (
                (changed.new_row ->> 'in_at')::timestamptz, (changed.new_row ->> 'out_at')::timestamptz,
                (changed.new_row ->> 'second_in_at')::timestamptz, (changed.new_row ->> 'second_out_at')::timestamptz
            )
    union all
    select
        changed.employee_id,
        changed.work_on,
        3,
        missed_punch.file_id,
        missed_punch.line_no,
        missed_punch.recorded_at,
        null,
        missed_punch.signer
    from changed
    inner join attendance.missed_punch
        on
            changed.employee_id = missed_punch.employee_id
            and changed.work_on = missed_punch.work_on
    union all
    select
        changed.employee_id,
        changed.work_on,
        4,
        outing.file_id,
        outing.line_no,
        outing.recorded_at,
        null,
        outing.approver
    from changed
    inner join attendance.outing
        on
            changed.employee_id = outing.employee_id
            and outing.out_at < changed.work_on + 1
            and coalesce(outing.back_at, outing.out_at) >= changed.work_on
    union all
    select
        changed.employee_id,
        changed.work_on,
        5,
        roster.file_id,
        roster.line_no,
        roster.recorded_at,
        null,
        roster.approver
    from changed
    inner join attendance.roster
        on
            changed.employee_id = roster.employee_id
            and changed.work_on = roster.work_on
    union all
    select
        changed.employee_id,
        changed.work_on,
        6,
        shift.file_id,
        shift.line_no,
        shift.recorded_at,
        null,
        null
    from changed
    cross join document
    inner join attendance.shift
        on
            document.site_id = shift.site_id
            and changed.new_row ->> 'shift_code' = shift.shift_code
            and changed.work_on between shift.valid_from and coalesce(shift.valid_to, 'infinity')
    union all
    select
        changed.employee_id,
        changed.work_on,
        7,
        rule.file_id,
        rule.line_no,
        rule.recorded_at,
        null,
        null
    from changed
    inner join book.rule
        on
            changed.new_row ->> 'rule_set' = rule.rule_set
            and changed.new_row ->> 'rule_id' = rule.rule_id
            and changed.new_row ->> 'rule_version' <> changed.old_row ->> 'rule_version'
            and changed.new_row ->> 'rule_id' = changed.old_row ->> 'rule_id'
            and changed.work_on between rule.valid_from and coalesce(rule.valid_to, 'infinity')
    union all
    select
        changed.employee_id,
        changed.work_on,
        8,
        employee.file_id,
        employee.line_no,
        employee.recorded_at,
        null,
        null
    from changed
    inner join book.employee
        on
            changed.employee_id = employee.employee_id
    union all
    select
        changed.employee_id,
        changed.work_on,
        9,
        calendar_day.file_id,
        calendar_day.line_no,
        calendar_day.recorded_at,
        null,
        null
    from changed
    inner join book.calendar_day
        on
            changed.work_on = calendar_day.day_on
    union all
    select
        changed.employee_id,
        changed.work_on,
        10,
        swap.file_id,
        swap.line_no,
        swap.recorded_at,
        swap.first_employee_id,
        swap.approver
    from changed
    inner join attendance.swap
        on
            changed.employee_id in (swap.first_employee_id, swap.second_employee_id)
            and changed.work_on in (swap.first_on, swap.second_on)
    union all
    select
        changed.employee_id,
        changed.work_on,
        11,
        timetable_change.file_id,
        timetable_change.line_no,
        timetable_change.recorded_at,
        null,
        timetable_change.approver
    from changed
    cross join document
    inner join attendance.timetable_change
        on
            document.site_id = timetable_change.site_id
            and changed.work_on between timetable_change.from_on and timetable_change.to_on
    union all
    select
        changed.employee_id,
        changed.work_on,
        12,
        day_ruling.file_id,
        day_ruling.line_no,
        day_ruling.recorded_at,
        null,
        day_ruling.approver
    from changed
    inner join attendance.day_ruling
        on
            changed.employee_id = day_ruling.employee_id
            and changed.work_on = day_ruling.work_on
    union all
    select
        changed.employee_id,
        changed.work_on,
        13,
        overtime.file_id,
        overtime.line_no,
        overtime.recorded_at,
        null,
        overtime.approver
    from changed
    inner join attendance.overtime
        on
            changed.employee_id = overtime.employee_id
            and changed.work_on = overtime.work_on
    union all
    select
        changed.employee_id,
        changed.work_on,
        14,
        spot_check.file_id,
        spot_check.line_no,
        spot_check.recorded_at,
        spot_check.checker,
        null
    from changed
    inner join attendance.spot_check
        on
            changed.employee_id = spot_check.employee_id
            and changed.work_on = spot_check.checked_at::date
    union all
    select
        changed.employee_id,
        changed.work_on,
        15,
        gathering_attendee.file_id,
        gathering_attendee.line_no,
        gathering_attendee.recorded_at,
        null,
        null
    from changed
    cross join document
    inner join attendance.gathering
        on document.site_id = gathering.site_id and changed.work_on = gathering.starts_at::date
    inner join attendance.gathering_attendee
        on
            changed.employee_id = gathering_attendee.employee_id
            and gathering_attendee.gathering_no = gathering.gathering_no
),

-- Of that, what came between the two revisions.
fact as (
    select recorded.*
    from recorded
    inner join document
        on recorded.recorded_at > document.known_before and recorded.recorded_at <= document.known_at
),

kind (rank, reason) as (
    values
    (1, '假条到达或撤销'),
    (2, '打卡资料补到'),
    (3, '补卡单到达'),
    (4, '外出登记到达'),
    (5, '排班更正'),
    (6, '班次更正'),
    (7, '制度资料更正'),
    (8, '花名册更正'),
    (9, '放假安排更正'),
    (10, '换班单到达或更正'),
    (11, '临时作息到达或更正'),
    (12, '认定单到达'),
    (13, '加班单到达或更正'),
    (14, '查岗登记到达'),
    (15, '会议签到到达')
),

origin as (
    select
        fact.employee_id,
        fact.work_on,
        string_agg(
            landing_file.file_name || ' 第' || fact.line_no || '行（' || to_char(landing_file.received_at, 'MM-DD HH24:MI') || '到）',
            '；' order by fact.rank, fact.file_id, fact.line_no
        ) as source,
        string_agg(distinct kind.reason, '；') as reason,
        string_agg(distinct fact.proposed_by, '、') as proposed_by,
        string_agg(distinct fact.approved_by, '、') as approved_by
    from fact
    inner join kind on fact.rank = kind.rank
    inner join ops.landing_file on fact.file_id = landing_file.file_id
    group by fact.employee_id, fact.work_on
),

-- The words of the rule before and after, where the same rule decided by another version.
rewording as (
    select
        changed.employee_id,
        changed.work_on,
        string_agg(distinct rule.clause, '；') filter (where rule.superseded_at <= document.known_at) as old_clause,
        string_agg(distinct rule.clause, '；') filter (where rule.recorded_at > document.known_before) as new_clause
    from changed
    cross join document
    inner join book.rule
        on
            changed.new_row ->> 'rule_set' = rule.rule_set
            and changed.new_row ->> 'rule_id' = rule.rule_id
            and changed.work_on between rule.valid_from and coalesce(rule.valid_to, 'infinity')
            and (
                (rule.recorded_at > document.known_before and rule.recorded_at <= document.known_at)
                or (rule.superseded_at > document.known_before and rule.superseded_at <= document.known_at)
            )
    group by changed.employee_id, changed.work_on
),

-- Lines of registers that the workbook lists beside the days' figures; what such a line changed of a day is told above.
listed (
    sort_no, site_id, employee_id, day_on, title, said, reason, approver, recorded_at, superseded_at, file_id, line_no
) as (
    select
        21,
        attendance_day.site_id,
        outing.employee_id,
        attendance_day.work_on,
        '外出登记',
        concat(outing.outing_kind, ' ', to_char(outing.out_at, 'HH24:MI'), coalesce('至' || to_char(outing.back_at, 'HH24:MI'), '起')),
        '外出登记到达',
        outing.approver,
        outing.recorded_at,
        outing.superseded_at,
        outing.file_id,
        outing.line_no
    from document
    inner join attendance.attendance_day
        on document.site_id = attendance_day.site_id and document.period @> attendance_day.work_on
    inner join attendance.outing
        on
            attendance_day.employee_id = outing.employee_id
            and outing.out_at >= attendance_day.work_on
            and outing.out_at < attendance_day.work_on + 1
    union all
    select
        22,
        attendance_day.site_id,
        spot_check.employee_id,
        attendance_day.work_on,
        '查岗',
        concat(to_char(spot_check.checked_at, 'HH24:MI'), ' ', spot_check.finding),
        '查岗登记到达',
        null,
        spot_check.recorded_at,
        spot_check.superseded_at,
        spot_check.file_id,
        spot_check.line_no
    from document
    inner join attendance.attendance_day
        on document.site_id = attendance_day.site_id and document.period @> attendance_day.work_on
    inner join attendance.spot_check
        on
            attendance_day.employee_id = spot_check.employee_id
            and spot_check.checked_at >= attendance_day.work_on
            and spot_check.checked_at < attendance_day.work_on + 1
    union all
    select
        23,
        gathering.site_id,
        gathering_attendee.employee_id,
        gathering.starts_at::date,
        '会议签到',
        concat(gathering.gathering_name, ' ', coalesce(to_char(gathering_attendee.signed_in_at, 'HH24:MI'), '未签到')),
        '会议签到到达',
        null,
        greatest(gathering.recorded_at, gathering_attendee.recorded_at),
        least(gathering.superseded_at, gathering_attendee.superseded_at),
        gathering_attendee.file_id,
        gathering_attendee.line_no
    from document
    inner join attendance.gathering
        on document.site_id = gathering.site_id and document.period @> gathering.starts_at::date
    inner join attendance.gathering_attendee on gathering.gathering_no = gathering_attendee.gathering_no
    union all
    select
        24,
        reception.site_id,
        reception.employee_id,
        reception.came_at::date,
        '接待登记',
        concat(to_char(reception.came_at, 'HH24:MI'), ' ', reception.outcome),
        '接待登记到达',
        null,
        reception.recorded_at,
        reception.superseded_at,
        reception.file_id,
        reception.line_no
    from document
    inner join attendance.reception
        on document.site_id = reception.site_id and document.period @> reception.came_at::date
),

item (sort_no, field, title) as (
    values
    (1, 'status', '状态'),
    (2, 'in_at', '上班打卡'),
    (3, 'out_at', '下班打卡'),
    (4, 'late_minutes', '迟到分钟'),
    (5, 'early_minutes', '早退分钟'),
    (6, 'absent_days', '旷工天数'),
    (7, 'leave_days', '请假天数'),
    (8, 'slip_verdict', '假条判定'),
    (9, 'fine_amount', '制度罚款'),
    (10, 'rule_id', '适用条款'),
    (11, 'rule_version', '条款内容'),
    (12, 'shift_name', '班次'),
    (13, 'second_in_at', '第二段到'),
    (14, 'second_out_at', '第二段离'),
    (15, 'pending_days', '待确认天数'),
    (16, 'overtime_kind', '加班类别'),
    (17, 'overtime_hours', '加班小时'),
    (18, 'swap_no', '换班单'),
    (19, 'ruling_no', '认定单')
),

difference as (
    select
        changed.work_on as sort_on,
        item.sort_no,
        changed.employee_id || ' ' || coalesce(
            changed.new_row ->> 'employee_name', changed.old_row ->> 'employee_name'
        ) as subject,
        nullif(coalesce(changed.new_row ->> 'leave_slip_no', ''), '') as slip_number,
        changed.work_on::text || ' ' || item.title as item,
        case
            when item.field in ('in_at', 'out_at', 'second_in_at', 'second_out_at')
                then to_char((changed.old_row ->> item.field)::timestamptz, 'HH24:MI')
            when item.field in ('absent_days', 'leave_days', 'pending_days', 'overtime_hours')
                then trim_scale((changed.old_row ->> item.field)::numeric)::text
            when item.field = 'rule_version' then coalesce(rewording.old_clause, '更正前')
            when item.field = 'slip_verdict' and changed.old_row ->> 'slip_verdict' = '有效' then '按时'
            else nullif(changed.old_row ->> item.field, '')
        end as old_value,
        case
            when item.field in ('in_at', 'out_at', 'second_in_at', 'second_out_at')
                then to_char((changed.new_row ->> item.field)::timestamptz, 'HH24:MI')
            when item.field in ('absent_days', 'leave_days', 'pending_days', 'overtime_hours')
                then trim_scale((changed.new_row ->> item.field)::numeric)::text
            when item.field = 'rule_version' then coalesce(rewording.new_clause, '更正后')
            when item.field = 'slip_verdict' and changed.new_row ->> 'slip_verdict' = '有效' then '按时'
            else nullif(changed.new_row ->> item.field, '')
        end as new_value,
        case
            when item.field = 'fine_amount'
                then
                    coalesce((changed.new_row ->> item.field)::numeric, 0)
                    - coalesce((changed.old_row ->> item.field)::numeric, 0)
        end as delta_amount,
        case
            when changed.old_row is null then '新增'
            when changed.new_row is null then '取消'
            else '变更'
        end as change_kind,
        case
            when origin.reason is not null then origin.reason
            when is_overdue.holds then '补正期限已过'
            else '资料更正'
        end as reason,
        case when is_overdue.holds then '无新资料，按期限判定' else origin.source end as source,
        case when is_overdue.holds then '—' else origin.proposed_by end as proposed_by,
        case when is_overdue.holds then '—' else origin.approved_by end as approved_by,
        '随本版邮件通知' as is_notified
    from changed
    cross join document
    cross join item
    left join origin on changed.employee_id = origin.employee_id and changed.work_on = origin.work_on
    left join rewording on changed.employee_id = rewording.employee_id and changed.work_on = rewording.work_on
    cross join lateral (
        select
            origin.source is null
            and coalesce((changed.old_row ->> 'pending_until')::timestamptz <= document.known_at, false) as holds
    ) as is_overdue
    where
        nullif(changed.old_row ->> item.field, '') is distinct from nullif(changed.new_row ->> item.field, '')
        and (
            item.field <> 'rule_version'
            or changed.new_row ->> 'rule_id' = changed.old_row ->> 'rule_id'
        )
    union all
    select
        conduct_slip.event_on,
        20,
        conduct_slip.employee_id || coalesce(' ' || attendance_day.employee_name, ''),
        conduct_slip.slip_no,
        conduct_slip.event_on::text || ' 违纪单',
        null,
        conduct_fine.state || ' ' || conduct_fine.fine_amount || '元',
        conduct_fine.fine_amount,
        '新增或变更',
        '违纪单到达或更正',
        landing_file.file_name || ' 第' || conduct_slip.line_no || '行（'
        || to_char(landing_file.received_at, 'MM-DD HH24:MI') || '到）',
        conduct_slip.issued_by,
        null,
        '随本版邮件通知'
    from attendance.conduct_slip
    inner join document
        on
            conduct_slip.recorded_at > document.known_before
            and conduct_slip.recorded_at <= document.known_at
            and document.known_at < conduct_slip.superseded_at
            and document.period @> conduct_slip.event_on
    inner join attendance.conduct_fine
        on conduct_slip.slip_no = conduct_fine.slip_no and document.site_id = conduct_fine.site_id
    left join ops.landing_file on conduct_slip.file_id = landing_file.file_id
    left join attendance.attendance_day
        on conduct_slip.employee_id = attendance_day.employee_id and conduct_slip.event_on = attendance_day.work_on
    union all
    select
        listed.day_on,
        listed.sort_no,
        listed.employee_id || coalesce(' ' || attendance_day.employee_name, ''),
        null,
        listed.day_on::text || ' ' || listed.title,
        case when arrival.is_gone then listed.said end,
        case when not arrival.is_gone then listed.said end,
        null,
        case when arrival.is_gone then '取消' else '新增' end,
        case when arrival.is_gone then '登记撤销或更正' else listed.reason end,
        landing_file.file_name || ' 第' || listed.line_no || '行（' || to_char(landing_file.received_at, 'MM-DD HH24:MI') || '到）',
        null,
        listed.approver,
        '随本版邮件通知'
    from listed
    cross join document
    -- a line that came and was replaced between the two revisions was never shown
    cross join lateral (
        select listed.recorded_at <= document.known_before as is_gone
    ) as arrival
    left join ops.landing_file on listed.file_id = landing_file.file_id
    left join attendance.attendance_day
        on listed.employee_id = attendance_day.employee_id and listed.day_on = attendance_day.work_on
    where
        (
            (
                listed.recorded_at > document.known_before
                and listed.recorded_at <= document.known_at
                and document.known_at < listed.superseded_at
            )
            or (
                listed.recorded_at <= document.known_before
                and document.known_before < listed.superseded_at
                and listed.superseded_at <= document.known_at
            )
        )
        and not exists (
            select from changed
            where changed.employee_id = listed.employee_id and changed.work_on = listed.day_on
        )
    union all
    select
        result.base_on,
        30,
        '全案场',
        null,
        result.base_on::text || ' 全天',
        null,
        result.row_count || '人',
        null,
        '新增',
        '当日资料补到',
        (
            select string_agg(distinct landing_file.file_name, '；')
            from attendance.punch
            inner join ops.landing_file on punch.file_id = landing_file.file_id
            where
                punch.site_id = document.site_id
                and punch.punched_at >= result.base_on
                and punch.punched_at < result.base_on + 1
                and punch.recorded_at > document.known_before
                and punch.recorded_at <= document.known_at
        ),
        null,
        null,
        '随本版邮件通知'
    from ops.result
    inner join document
        on
            result.site_id = document.site_id
            and document.period @> result.base_on
            and result.known_at > document.known_before
            and result.known_at <= document.known_at
    where result.workflow = 'daily_attendance' and result.revision = 1
)

select
    subject,
    slip_number,
    item,
    old_value,
    new_value,
    delta_amount,
    change_kind,
    reason,
    source,
    proposed_by,
    approved_by,
    is_notified
from difference
order by sort_on, subject, sort_no
