/*  The sheet 差异: what this edition says otherwise than the one before; of a final edition that is its draft.

    Grain:  one row per person, and day or figure that differs.
    Rerun:  safe; only reads the lines of the two revisions.
    Rules:  outputs 2: 初稿 against 定稿; what decided a day now is named as its source.  */
with document as (
    select
        artifact.*,
        lower(artifact.period) as month_on,
        run.reason,
        run.requested_by
    from ops.artifact
    inner join ops.run on artifact.run_id = run.run_id
    where artifact.artifact_id = %(artifact_id)s
),

before as (
    select earlier.artifact_id
    from document
    inner join ops.artifact as earlier
        on
            document.site_id = earlier.site_id
            and document.period = earlier.period
            and (
                (document.document_kind = earlier.document_kind and document.revision - 1 = earlier.revision)
                or (
                    document.document_kind = 'monthly_attendance'
                    and document.revision = 1
                    and earlier.document_kind = 'attendance_draft'
                    and earlier.known_at <= document.known_at
                )
            )
    order by earlier.known_at desc, earlier.revision desc
    limit 1
),

new_line as materialized (
    select line.*
    from document
    cross join lateral attendance.document_month(document.artifact_id) as line
),

old_line as materialized (
    select line.*
    from before
    cross join lateral attendance.document_month(before.artifact_id) as line
),

both_lines as (
    select
        coalesce(new.employee_id, old.employee_id) as employee_id,
        coalesce(new.employee_name, old.employee_name) as employee_name,
        new,
        old
    from new_line as new
    full join old_line as old on new.employee_id = old.employee_id
    cross join before
    where (to_jsonb(new) - 'revision') is distinct from (to_jsonb(old) - 'revision')
),

said as (
    select
        both_lines.employee_id,
        both_lines.employee_name,
        value.*,
        null::date as work_on
    from both_lines
    cross join lateral (
        select
            (both_lines.new).*
    ) as new
    cross join lateral (
        select
            (both_lines.old).*
    ) as old
    cross join lateral (
        values
        (39, '考勤表', case when old.employee_id is not null then '列入' end, case when new.employee_id is not null then '列入' end, null),
        (40, '应出勤天数', attendance.days_text(old.due_days), attendance.days_text(new.due_days), null),
        (41, '出勤天数', attendance.days_text(old.attended_days), attendance.days_text(new.attended_days), null),
        (42, '旷工天数', attendance.days_text(old.absent_days), attendance.days_text(new.absent_days), null),
        (43, '公休天数', attendance.days_text(old.rest_days), attendance.days_text(new.rest_days), null),
        (44, '法定节假日', attendance.days_text(old.statutory_days), attendance.days_text(new.statutory_days), null),
        (45, '未在职', attendance.days_text(old.unemployed_days), attendance.days_text(new.unemployed_days), null),
        (46, '待确认天数', attendance.days_text(old.pending_days), attendance.days_text(new.pending_days), null),
        (47, '迟到次数', old.late_count::text, new.late_count::text, null),
        (48, '早退次数', old.early_count::text, new.early_count::text, null),
        (49, '缺卡次数', old.missing_count::text, new.missing_count::text, null),
        (50, '补卡次数', old.signed_count::text, new.signed_count::text, null),
        (51, '夜班次数', old.night_count::text, new.night_count::text, null),
        (52, '平日加班小时', attendance.days_text(old.workday_overtime_hours), attendance.days_text(new.workday_overtime_hours), null),
        (53, '休息日加班小时', attendance.days_text(old.rest_overtime_hours), attendance.days_text(new.rest_overtime_hours), null),
        (54, '法定节假日加班小时', attendance.days_text(old.statutory_overtime_hours), attendance.days_text(new.statutory_overtime_hours), null),
        (55, '上月调整旷工天数', attendance.days_text(old.adjusted_absent_days), attendance.days_text(new.adjusted_absent_days), null),
        (56, '上月调整请假天数', attendance.days_text(old.adjusted_leave_days), attendance.days_text(new.adjusted_leave_days), null),
        (80, '迟到罚款', old.late_fine_amount || '元', new.late_fine_amount || '元', coalesce(new.late_fine_amount, 0) - coalesce(old.late_fine_amount, 0)),
        (81, '早退罚款', old.early_fine_amount || '元', new.early_fine_amount || '元', coalesce(new.early_fine_amount, 0) - coalesce(old.early_fine_amount, 0)),
        (82, '会议培训罚款', old.gathering_fine_amount || '元', new.gathering_fine_amount || '元', coalesce(new.gathering_fine_amount, 0) - coalesce(old.gathering_fine_amount, 0)),
        (83, '违纪罚款', old.conduct_fine_amount || '元', new.conduct_fine_amount || '元', coalesce(new.conduct_fine_amount, 0) - coalesce(old.conduct_fine_amount, 0)),
        (84, '收费电话费(赔偿)', old.call_charge_amount || '元', new.call_charge_amount || '元', coalesce(new.call_charge_amount, 0) - coalesce(old.call_charge_amount, 0)),
        (85, '收费电话罚款', old.call_fine_amount || '元', new.call_fine_amount || '元', coalesce(new.call_fine_amount, 0) - coalesce(old.call_fine_amount, 0)),
        (86, '减免', old.waived_amount || '元', new.waived_amount || '元', coalesce(new.waived_amount, 0) - coalesce(old.waived_amount, 0)),
        (87, '上月调整罚款', old.adjusted_fine_amount || '元', new.adjusted_fine_amount || '元', coalesce(new.adjusted_fine_amount, 0) - coalesce(old.adjusted_fine_amount, 0)),
        (95, '请假天数', attendance.days_text(attendance.leave_total(old.leave_days)), attendance.days_text(attendance.leave_total(new.leave_days)), null)
    ) as value (rank, item, old_value, new_value, delta_amount)
    union all
    select
        both_lines.employee_id,
        both_lines.employee_name,
        day_no,
        to_char(document.month_on + day_no - 1, 'MM-DD'),
        concat_ws('/', old.marks[day_no], nullif(old.afternoon_marks[day_no], '')),
        concat_ws('/', new.marks[day_no], nullif(new.afternoon_marks[day_no], '')),
        null,
        document.month_on + day_no - 1
    from both_lines
    cross join document
    cross join lateral (
        select
            (both_lines.new).*
    ) as new
    cross join lateral (
        select
            (both_lines.old).*
    ) as old
    cross join lateral generate_series(1, cardinality(coalesce(new.marks, old.marks))) as day_no
)

select
    said.employee_id || ' ' || said.employee_name as subject,
    nullif(
        concat_ws(
            '、', nullif(attendance_day.leave_slip_no, ''), nullif(attendance_day.missed_punch_slip_no, ''),
            nullif(attendance_day.swap_no, ''), nullif(attendance_day.ruling_no, '')
        ), ''
    ) as slip_number,
    said.item,
    nullif(said.old_value, '') as old_value,
    nullif(said.new_value, '') as new_value,
    said.delta_amount::numeric as delta_amount,
    case
        when coalesce(said.old_value, '') = '' then '新增'
        when coalesce(said.new_value, '') = '' then '取消'
        else '变更'
    end as change_kind,
    coalesce(nullif(document.reason, ''), '资料补到，按制度重新判定') as reason,
    case
        when attendance_day.employee_id is not null
            then
                concat_ws(
                    '，',
                    '假条' || nullif(attendance_day.leave_slip_no, ''),
                    '补卡单' || nullif(attendance_day.missed_punch_slip_no, ''),
                    '换班单' || nullif(attendance_day.swap_no, ''),
                    '考勤认定单' || nullif(attendance_day.ruling_no, ''),
                    '现判' || attendance_day.status
                )
        when said.work_on is null then '由各日结果汇总'
    end as source,
    document.requested_by as proposed_by,
    null::text as approved_by,
    '随本版通知' as is_notified
from said
cross join document
left join attendance.attendance_day
    on
        said.employee_id = attendance_day.employee_id
        and said.work_on = attendance_day.work_on
        and document.site_id = attendance_day.site_id
where coalesce(said.old_value, '') is distinct from coalesce(said.new_value, '')
order by said.employee_id, said.rank
