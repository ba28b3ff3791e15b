/*  The sheet 计算依据: a sentence with the figures for every line that costs, excuses or waits.

    Grain:  one row per employee and day that is not simply present or at rest, and per conduct slip.
    Rerun:  safe; only reads what was known at `known_at`.  */
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
    where
        attendance_day.status not in ('出勤', '休息', '法定节假日')
        or attendance_day.fine_amount > 0
        or attendance_day.missed_punch_slip_no <> ''
        or attendance_day.overtime_hours > 0
        or attendance_day.ruling_no <> ''
),

-- What was found beside the clock of a day, with what it costs.
found as (
    select
        offence.employee_id,
        offence.work_on,
        string_agg(
            offence.offence_kind || '：' || offence.reason || concat_ws(
                '',
                case when offence.absent_days > 0 then '，旷工' || trim_scale(offence.absent_days) || '天' end,
                case when offence.fine_amount > 0 then '，罚款' || offence.fine_amount || '元' end
            ), '；' order by offence.offence_kind, offence.source_no
        ) as findings,
        sum(offence.absent_days) as absent_days,
        min(offence.file_id) as file_id,
        min(offence.line_no) as line_no
    from attendance.offence
    inner join document
        on offence.site_id = document.site_id and offence.work_on between document.starts_on and document.last_on
    group by offence.employee_id, offence.work_on
),

-- The clause of each rule as it stood: of its parameters, the one that decided is quoted first.
clause as (
    select
        rule.rule_id,
        rule.parameter,
        rule.valid_from,
        coalesce(rule.valid_to, 'infinity') as valid_to,
        rule.clause,
        rule_set.rule_set_name
    from book.rule
    cross join document
    inner join book.rule_set
        on
            rule.rule_set = rule_set.rule_set
            and rule_set.recorded_at <= document.known_at
            and document.known_at < rule_set.superseded_at
    where rule.recorded_at <= document.known_at and document.known_at < rule.superseded_at
),

-- The punch a verdict rests on, with the file and line it came from.
punch_used as (
    select distinct on (covered_day.employee_id, covered_day.work_on)
        covered_day.employee_id,
        covered_day.work_on,
        punch.file_id,
        punch.line_no
    from covered_day
    cross join document
    inner join attendance.punch
        on
            covered_day.site_id = punch.site_id
            and punch.badge_no in (covered_day.badge_no, covered_day.employee_id, covered_day.employee_name)
            and punch.punched_at in (
                covered_day.in_at, covered_day.out_at, covered_day.second_in_at, covered_day.second_out_at
            )
            and punch.recorded_at <= document.known_at
    order by covered_day.employee_id, covered_day.work_on, punch.punched_at, punch.device_id
),

slip_used as (
    select
        leave.slip_no,
        leave.approver,
        leave.asked_at,
        leave.submitted_on,
        leave.file_id,
        leave.line_no
    from attendance.leave
    inner join document on leave.recorded_at <= document.known_at and document.known_at < leave.superseded_at
),

signature_used as (
    select
        missed_punch.employee_id,
        missed_punch.work_on,
        max(missed_punch.signer) as signer,
        max(missed_punch.signed_at) as signed_at
    from attendance.missed_punch
    inner join document
        on missed_punch.recorded_at <= document.known_at and document.known_at < missed_punch.superseded_at
    where missed_punch.status = '批准'
    group by missed_punch.employee_id, missed_punch.work_on
),

ruling_used as (
    select
        day_ruling.employee_id,
        day_ruling.work_on,
        day_ruling.verdict,
        day_ruling.approver,
        day_ruling.decided_on,
        day_ruling.file_id,
        day_ruling.line_no
    from attendance.day_ruling
    inner join document
        on
            day_ruling.work_on between document.starts_on and document.last_on
            and day_ruling.recorded_at <= document.known_at
            and document.known_at < day_ruling.superseded_at
),

ground as (
    select
        covered_day.work_on as sort_on,
        covered_day.employee_id || ' ' || covered_day.employee_name as subject,
        covered_day.work_on::text as item,
        concat_ws(
            '，',
            covered_day.status,
            case when covered_day.fine_amount > 0 then '罚款' || covered_day.fine_amount || '元' end,
            case when covered_day.absent_days > 0 then '旷工' || trim_scale(covered_day.absent_days) || '天' end,
            case when covered_day.leave_days > 0 then '请假' || trim_scale(covered_day.leave_days) || '天' end,
            case
                when covered_day.overtime_hours > 0
                    then covered_day.overtime_kind || '加班' || trim_scale(covered_day.overtime_hours) || '小时'
            end
        ) as outcome,
        to_char(covered_day.work_on, 'FMMM"月"FMDD"日"') || regexp_replace(case
            when covered_day.ruling_no <> ''
                then
                    '制度无判定，按认定单' || covered_day.ruling_no || coalesce('由' || ruling_used.approver, '') || '认定为'
                    || ruling_used.verdict || '（' || covered_day.reason || '）'
                    || case
                        when covered_day.absent_days > 0 then '，记旷工' || trim_scale(covered_day.absent_days) || '天'
                        else ''
                    end
            when covered_day.reason = '打卡归属不明'
                then
                    '两班之间的打卡归属不明' || case when covered_day.status = '缺卡' then '，' || covered_day.remark else '' end
                    || '，未经认定不作判定（按制度为' || covered_day.pending_verdict || '）'
            when covered_day.reason = '未排班' then '没有排班，不作判定，待案场补报'
            when covered_day.reason = '同名' then '设备只有姓名且本案场有同名人员，不作判定'
            when covered_day.reason = '班次未定义' then '排班代码“' || covered_day.shift_code || '”没有定义，不作判定'
            when covered_day.status = '旷工' and covered_day.leave_slip_no <> ''
                and covered_day.slip_verdict not in ('有效', '待交假条')
                then
                    '假条' || covered_day.leave_slip_no || covered_day.slip_verdict
                    || coalesce('（申请' || to_char(slip_used.asked_at, 'MM-DD HH24:MI') || '）', '（无申请时间）')
                    || coalesce('（交条' || to_char(slip_used.submitted_on, 'MM-DD') || '）', '')
                    || '，请假无效，记旷工' || trim_scale(covered_day.absent_days) || '天'
                    || case when covered_day.remark <> '' then '（' || covered_day.remark || '）' else '' end
            when covered_day.status = '旷工' and covered_day.reason like '无打卡无请假%%'
                then
                    '应到' || coalesce(to_char(timed.due_in_at, 'HH24:MI'), '') || '，无打卡、无有效请假，记旷工'
                    || trim_scale(covered_day.absent_days) || '天'
            when covered_day.status = '请假'
                then
                    covered_day.leave_type || '，假条' || covered_day.leave_slip_no
                    || coalesce('，' || slip_used.approver || '批准', '')
                    || case when covered_day.slip_verdict = '待交假条' then '，假条待交' else '' end
                    || '，计请假' || trim_scale(covered_day.leave_days) || '天'
            when covered_day.status = '缺卡'
                then
                    covered_day.reason
                    || case
                        when covered_day.reason = '缺中午卡'
                            then
                                '（到' || coalesce(to_char(covered_day.in_at, 'HH24:MI'), '—')
                                || '，中午离' || coalesce(to_char(covered_day.out_at, 'HH24:MI'), '—')
                                || '，中午到' || coalesce(to_char(covered_day.second_in_at, 'HH24:MI'), '—')
                                || '，离' || coalesce(to_char(covered_day.second_out_at, 'HH24:MI'), '—') || '）'
                        when timed.in_at is not null then '（到' || to_char(timed.in_at, 'HH24:MI') || '）'
                        when timed.out_at is not null then '（离' || to_char(timed.out_at, 'HH24:MI') || '）'
                        else ''
                    end
                    || case
                        when covered_day.absent_days > 0 then '，无有效签字，记旷工' || trim_scale(covered_day.absent_days) || '天'
                        when covered_day.pending_until is not null
                            then
                                '，' || to_char(covered_day.pending_until - interval '1 second', 'MM-DD')
                                || '前补签，否则' || covered_day.pending_verdict
                        else ''
                    end
            when covered_day.late_minutes > 0 and timed.first_late is not null
                then
                    concat_ws(
                        '；',
                        case
                            when timed.first_late > 0
                                then
                                    to_char(covered_day.in_at, 'FMHH24:MI') || '打卡，应到'
                                    || to_char(covered_day.due_in_at, 'FMHH24:MI') || '，迟到' || timed.first_late || '分钟'
                                    || case when timed.first_late > limits.late_limit::integer then '，超过' else '≤' end
                                    || limits.late_limit || '分钟'
                        end,
                        case
                            when timed.second_late > 0
                                then
                                    '第二段' || to_char(covered_day.second_in_at, 'FMHH24:MI') || '打卡，应到'
                                    || to_char(covered_day.second_due_in_at, 'FMHH24:MI') || '，迟到' || timed.second_late
                                    || '分钟'
                                    || case when timed.second_late > limits.late_limit::integer then '，超过' else '≤' end
                                    || limits.late_limit || '分钟'
                        end,
                        '两段合计'
                        || case
                            when covered_day.absent_days > 0 then '旷工' || trim_scale(covered_day.absent_days) || '天，'
                            else ''
                        end
                        || '罚款' || covered_day.fine_amount || '元'
                    )
            when covered_day.late_minutes > 0
                then
                    to_char(timed.in_at, 'FMHH24:MI') || '打卡，应到' || to_char(timed.due_in_at, 'FMHH24:MI')
                    || '，迟到' || covered_day.late_minutes || '分钟'
                    || case
                        when covered_day.absent_days > 0
                            then '，超过' || limits.late_limit || '分钟，记旷工' || trim_scale(covered_day.absent_days) || '天，不另罚款'
                        when covered_day.fine_amount > 0
                            then '≤' || limits.late_limit || '分钟，罚款' || covered_day.fine_amount || '元'
                        else '，记迟到一次，本制度不罚款'
                    end
                    || case when covered_day.leave_days > 0 then '（上午请假，假条' || covered_day.leave_slip_no || '）' else '' end
            when covered_day.early_minutes > 0
                then
                    coalesce(
                        to_char(timed.out_at, 'FMHH24:MI') || '离岗，应离' || to_char(timed.due_out_at, 'FMHH24:MI') || '，', ''
                    ) || '早退' || covered_day.early_minutes || '分钟'
            when covered_day.status = '公出' then '外出登记为因公，视为出勤'
            when covered_day.status = '进行中' then '班次尚未结束，待下班卡，暂不判定'
            when covered_day.missed_punch_slip_no <> ''
                then
                    '漏打卡，补卡单' || covered_day.missed_punch_slip_no
                    || coalesce('由' || signature_used.signer || '签字', '') || '，视为正常'
            when found.absent_days > 0 then ''
            when covered_day.overtime_hours > 0 then ''
            else covered_day.status
        end
        || coalesce('；' || found.findings || '（当日合计以一天为限）', '')
        || case
            when covered_day.overtime_hours > 0
                then
                    '；' || case
                        when covered_day.remark like '%%加班单%%' then '加班单所批时间与打卡取少'
                        else '法定节假日在岗，按实际在岗时间'
                    end
                    || '，计' || covered_day.overtime_kind || '加班' || trim_scale(covered_day.overtime_hours) || '小时'
            else ''
        end, '^；', '') as reasoning,
        clause.rule_set_name as rule_book,
        clause.clause,
        nullif(covered_day.rule_id, '') as rule_id,
        covered_day.rule_from as rule_from_on,
        coalesce(ruling_used.file_id, punch_used.file_id, slip_used.file_id, found.file_id) as file_id,
        case
            when ruling_used.file_id is not null then ruling_used.line_no
            when punch_used.file_id is not null then punch_used.line_no
            when slip_used.file_id is not null then slip_used.line_no
            else found.line_no
        end as line_no,
        case
            when ruling_used.file_id is not null then ruling_used.approver
            when covered_day.missed_punch_slip_no <> '' then signature_used.signer
        end as adjusted_by,
        case
            when ruling_used.file_id is not null then ruling_used.decided_on::timestamptz
            when covered_day.missed_punch_slip_no <> '' then signature_used.signed_at
        end as adjusted_at
    from covered_day
    left join lateral (
        select clause.*
        from clause
        where
            clause.rule_id = covered_day.rule_id
            and covered_day.work_on between clause.valid_from and clause.valid_to
        order by
            clause.parameter = case covered_day.status
                when '旷工半天' then 'late_over_absent_days'
                when '迟到' then 'late_fine_amount'
                when '缺卡' then 'missing_punch_absent_days'
                when '旷工' then
                    case
                        when covered_day.slip_verdict in ('', '有效', '待交假条') then 'no_show_absent_days'
                        else 'invalid_leave_absent_days'
                    end
                when '请假' then 'leave_checks_request'
                else 'is_in_required'
            end desc,
            clause.parameter = 'is_in_required' desc,
            clause.parameter
        limit 1
    ) as clause on true
    left join lateral (
        select rule.value as late_limit
        from book.rule
        cross join document
        where
            rule.parameter = 'late_limit_minutes'
            and rule.rule_id = covered_day.rule_id
            and covered_day.work_on between rule.valid_from and coalesce(rule.valid_to, 'infinity')
            and rule.recorded_at <= document.known_at
            and document.known_at < rule.superseded_at
        limit 1
    ) as limits on true
    left join punch_used on covered_day.employee_id = punch_used.employee_id and covered_day.work_on = punch_used.work_on
    left join slip_used on split_part(covered_day.leave_slip_no, '、', 1) = slip_used.slip_no
    left join found on covered_day.employee_id = found.employee_id and covered_day.work_on = found.work_on
    left join ruling_used
        on
            covered_day.ruling_no <> ''
            and covered_day.employee_id = ruling_used.employee_id
            and covered_day.work_on = ruling_used.work_on
    -- The day's arrival and leaving, whichever spell they are of; of two spells that were judged, how late each began.
    cross join lateral (
        select
            coalesce(covered_day.in_at, covered_day.second_in_at) as in_at,
            coalesce(covered_day.due_in_at, covered_day.second_due_in_at) as due_in_at,
            case when covered_day.second_due_out_at is null then covered_day.out_at else covered_day.second_out_at end
                as out_at,
            coalesce(covered_day.second_due_out_at, covered_day.due_out_at) as due_out_at,
            case when part.is_split then covered_day.late_minutes - part.second_late end as first_late,
            case when part.is_split then part.second_late end as second_late
        from (
            select
                covered_day.due_in_at is not null and covered_day.second_in_at is not null as is_split,
                least(
                    covered_day.late_minutes,
                    greatest(
                        ceil(
                            extract(
                                epoch from date_trunc('minute', covered_day.second_in_at) - covered_day.second_due_in_at
                            ) / 60
                        ), 0
                    )
                )::integer as second_late
        ) as part
    ) as timed
    left join signature_used
        on covered_day.employee_id = signature_used.employee_id and covered_day.work_on = signature_used.work_on
    union all
    select
        conduct_fine.event_on,
        conduct_fine.employee_id || coalesce(' ' || attendance_day.employee_name, ''),
        '违纪单' || conduct_fine.slip_no,
        concat_ws(
            '，',
            conduct_fine.state,
            '罚款' || conduct_fine.fine_amount || '元',
            case when conduct_fine.charge_amount > 0 then '赔偿话费' || conduct_fine.charge_amount || '元' end
        ),
        to_char(conduct_fine.event_on, 'FMMM"月"FMDD"日"') || conduct_fine.reason || case
            when conduct_fine.state = '待确认' then '，当事人未签字，暂不计罚'
            when conduct_fine.state = '同因重复' then '，与当日迟到罚款同一事由，只计一次，待裁定'
            when conduct_fine.charge_amount > 0
                then
                    '，话费' || conduct_fine.charge_amount || '元照价赔偿，并罚款'
                    || trim_scale(round(conduct_fine.fine_amount / conduct_fine.charge_amount, 2)) || '倍共'
                    || conduct_fine.fine_amount || '元'
            else '，罚款' || conduct_fine.fine_amount || '元'
        end,
        clause.rule_set_name,
        clause.clause,
        conduct_fine.rule_id,
        conduct_fine.rule_from,
        conduct_slip.file_id,
        conduct_slip.line_no,
        conduct_slip.issued_by,
        null
    from attendance.conduct_fine
    inner join document
        on
            conduct_fine.site_id = document.site_id
            and conduct_fine.event_on between document.starts_on and document.last_on
    left join attendance.conduct_slip
        on
            conduct_fine.slip_no = conduct_slip.slip_no
            and conduct_slip.recorded_at <= document.known_at
            and document.known_at < conduct_slip.superseded_at
    left join attendance.attendance_day
        on conduct_fine.employee_id = attendance_day.employee_id and conduct_fine.event_on = attendance_day.work_on
    left join lateral (
        select clause.*
        from clause
        where
            clause.rule_id = conduct_fine.rule_id
            and conduct_fine.event_on between clause.valid_from and clause.valid_to
        order by
            clause.parameter = case
                when conduct_fine.charge_amount > 0 then 'call_fine_factor'
                when conduct_fine.reason like '%%坐着%%' then 'seated_slip_amount'
                else 'late_work_slip_amount'
            end desc,
            clause.parameter
        limit 1
    ) as clause on true
)

select
    ground.subject,
    ground.item,
    ground.outcome,
    ground.reasoning,
    ground.rule_book,
    ground.clause,
    ground.rule_id,
    ground.rule_from_on,
    landing_file.file_name,
    ground.line_no,
    ground.adjusted_by,
    ground.adjusted_at
from ground
left join ops.landing_file on ground.file_id = landing_file.file_id
order by ground.sort_on, ground.subject, ground.item
