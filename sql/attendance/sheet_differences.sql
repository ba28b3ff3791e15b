/*  The sheet 差异: what this revision says otherwise than the one before, value by value.

    Grain:  one row per employee, day and value that changed; per conduct slip and per day that arrived since.
    Rerun:  safe; only reads changes noted after the previous revision and up to this one.  */
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
    (10, 'rule_version', '制度版本'),
    (11, 'shift_name', '班次')
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
            when item.field in ('in_at', 'out_at') then to_char((changed.old_row ->> item.field)::timestamptz, 'HH24:MI')
            else nullif(changed.old_row ->> item.field, '')
        end as old_value,
        case
            when item.field in ('in_at', 'out_at') then to_char((changed.new_row ->> item.field)::timestamptz, 'HH24:MI')
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
            when coalesce(changed.new_row ->> 'leave_slip_no', '') <> coalesce(changed.old_row ->> 'leave_slip_no', '')
                then '假条到达或撤销'
            when (changed.new_row ->> 'in_at') is distinct from (changed.old_row ->> 'in_at')
                or (changed.new_row ->> 'out_at') is distinct from (changed.old_row ->> 'out_at') then '打卡资料补到'
            when coalesce(changed.new_row ->> 'missed_punch_slip_no', '')
                <> coalesce(changed.old_row ->> 'missed_punch_slip_no', '') then '补卡单到达'
            when (changed.new_row ->> 'rule_version') is distinct from (changed.old_row ->> 'rule_version')
                and (changed.new_row ->> 'rule_id') = (changed.old_row ->> 'rule_id') then '制度资料更正'
            when (changed.new_row ->> 'shift_code') is distinct from (changed.old_row ->> 'shift_code') then '排班更正'
            else '补正期限已过或资料更正'
        end as reason,
        null::text as source,
        null::text as proposed_by,
        null::text as approved_by,
        '随本版邮件通知' as is_notified
    from changed
    cross join item
    where
        (changed.old_row ->> item.field) is distinct from (changed.new_row ->> item.field)
    union all
    select
        conduct_slip.event_on,
        20,
        conduct_slip.employee_id,
        conduct_slip.slip_no,
        conduct_slip.event_on::text || ' 违纪单',
        null,
        conduct_fine.state || ' ' || conduct_fine.fine_amount || '元',
        conduct_fine.fine_amount,
        '新增或变更',
        '违纪单到达或更正',
        landing_file.file_name,
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
        null,
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
