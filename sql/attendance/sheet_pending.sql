/*  The sheet 待确认: what has no verdict yet, what it will be if nothing comes, until when, and who must sign.

    Grain:  one row per employee and attendance day.
    Rerun:  safe; only reads.  */
select
    employee_name,
    employee_id,
    work_on,
    case
        when slip_verdict = '待交假条' then '假条未交'
        when status = '缺卡' then '缺卡：' || reason
        when status = '进行中' then '夜班未结束'
        when reason = '同名' then '同名，无法分辨打卡人'
        else reason
    end as matter,
    case when pending_verdict <> '' then pending_verdict else '不作判定，须人工确认' end as verdict_otherwise,
    pending_until as due_at,
    case
        when slip_verdict = '待交假条' then '本人交假条'
        when status = '缺卡' then '本人补签，负责人签字'
        when status = '进行中' then '无需签字'
        when reason = '未排班' then '案场经理补排班'
        else '案场经理'
    end as signer
from attendance.attendance_day
where
    site_id = %(site_id)s
    and work_on between %(starts_on)s and %(last_on)s
    and (pending_until is not null or status = '待确认')
order by work_on, employee_id
