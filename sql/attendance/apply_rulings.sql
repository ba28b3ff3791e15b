/*  Applies the rulings of people (考勤认定单) to the days on which the rules give no verdict of their own.

    Grain:  one row per employee and attendance day that a ruling names.
    Rerun:  safe; changes a table of this transaction only (verdict).
    Rules:  ATT-06, ATT-20 what waits for somebody to confirm it is decided by his word; what the rules decide, stays:
            the ruling is named and not heard. 按制度: the consequence that was waiting; where none was (nobody knows
            which shift, or whose punch), such a ruling decides nothing. A shift that is not over is not ruled on. */
with ruling as (
    select
        day_ruling.employee_id,
        day_ruling.work_on,
        day_ruling.ruling_no,
        day_ruling.verdict as word,
        day_ruling.reason,
        day_ruling.approver,
        verdict.pending_days > 0 as is_asked,
        day_ruling.verdict = '按制度' and verdict.pending_verdict = '' as is_void,
        verdict.status = '缺卡' as is_missing,
        case when verdict.day_kind = '应出勤' then 1 - verdict.leave_days else 0 end as open_days,
        verdict.absent_days as own_absent_days,
        policy.missing_punch_absent_days,
        policy.no_show_absent_days
    from attendance.day_ruling
    inner join verdict on day_ruling.employee_id = verdict.employee_id and day_ruling.work_on = verdict.work_on
    inner join policy on verdict.site_id = policy.site_id and verdict.work_on = policy.work_on
    where
        day_ruling.recorded_at <= %(known_at)s
        and %(known_at)s < day_ruling.superseded_at
        and verdict.status <> '进行中'
),

weighed as (
    select
        ruling.*,
        case
            when word in ('请假', '休息') then 0
            when word = '旷工' then open_days
            when word = '旷工半天' then least(open_days, greatest(own_absent_days, 0.5))
            when word = '按制度' and is_missing then least(open_days, own_absent_days + missing_punch_absent_days)
            when word = '按制度' then open_days * least(1, no_show_absent_days)
            else own_absent_days
        end::numeric(3, 2) as absent_days,
        -- lateness that the clock shows of a day with a missing punch stays what it is
        word in ('旷工', '请假', '休息') or (word = '按制度' and not is_missing) as drops_marks
    from ruling
)

update verdict
set
    status = case
        when not weighed.is_asked or weighed.is_void then verdict.status
        when weighed.word = '休息' then '休息'
        when weighed.word = '请假' then '请假'
        when weighed.word = '旷工' then '旷工'
        when weighed.word = '旷工半天' then '旷工半天'
        when weighed.word = '按制度' then case when weighed.is_missing then '缺卡' else '旷工' end
        when weighed.absent_days > 0 then '旷工半天'
        when verdict.late_minutes > 0 then '迟到'
        when verdict.early_minutes > 0 then '早退'
        when verdict.leave_days > 0 then '请假'
        else '出勤'
    end,
    day_kind = case when weighed.is_asked and weighed.word = '休息' then '公休' else verdict.day_kind end,
    due_days = case when weighed.is_asked and weighed.word = '休息' then 0 else verdict.due_days end,
    attended_days = case
        when not weighed.is_asked or weighed.is_void then verdict.attended_days
        when weighed.word in ('请假', '休息') then 0
        else weighed.open_days - weighed.absent_days
    end,
    leave_days = case
        when not weighed.is_asked or weighed.word not in ('请假', '休息') then verdict.leave_days
        when weighed.word = '请假' then 1
        else 0
    end,
    leave_type = case
        when not weighed.is_asked or weighed.word not in ('请假', '休息') then verdict.leave_type
        when weighed.word = '休息' then ''
        when verdict.leave_type <> '' then verdict.leave_type
        else '其他'
    end,
    absent_days = case
        when not weighed.is_asked or weighed.is_void then verdict.absent_days
        else weighed.absent_days
    end,
    pending_days = case when weighed.is_asked and not weighed.is_void then 0 else verdict.pending_days end,
    late_minutes = case when weighed.is_asked and weighed.drops_marks then 0 else verdict.late_minutes end,
    early_minutes = case when weighed.is_asked and weighed.drops_marks then 0 else verdict.early_minutes end,
    fine_amount = case when weighed.is_asked and weighed.drops_marks then 0 else verdict.fine_amount end,
    reason = case when weighed.is_asked and not weighed.is_void then weighed.reason else verdict.reason end,
    pending_until = case
        when weighed.is_asked and not weighed.is_void and verdict.slip_verdict <> '待交假条' then null
        else verdict.pending_until
    end,
    pending_verdict = case
        when weighed.is_asked and not weighed.is_void and verdict.slip_verdict <> '待交假条' then ''
        else verdict.pending_verdict
    end,
    remark = concat_ws(
        '；',
        nullif(verdict.remark, ''),
        '认定单' || weighed.ruling_no || case
            when not weighed.is_asked then '未采用：制度已有判定'
            when weighed.is_void then '未采用：制度无从判定，须写明结果'
            else '（' || weighed.approver || '认定' || weighed.word || '）'
        end
    ),
    ruling_no = case when weighed.is_asked and not weighed.is_void then weighed.ruling_no else '' end
from weighed
where verdict.employee_id = weighed.employee_id and verdict.work_on = weighed.work_on
