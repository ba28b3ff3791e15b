/*  The sheet 待确认: what has no verdict yet, what it will be if nothing comes, until when, and who must sign.

    Grain:  one row per employee and attendance day, and per person and day of a swap that is not heard.
    Rerun:  safe; only reads what was known at `known_at`.  */
with document as (
    select
        %(site_id)s::text as site_id,
        %(starts_on)s::date as starts_on,
        %(last_on)s::date as last_on,
        %(known_at)s::timestamptz as known_at
),

waiting as (
    select
        attendance_day.employee_name,
        attendance_day.employee_id,
        attendance_day.work_on,
        1 as rank,
        case
            when attendance_day.slip_verdict = '待交假条' then '假条未交'
            when attendance_day.status = '缺卡' and attendance_day.reason = '打卡归属不明'
                then '打卡归属不明：' || split_part(attendance_day.remark, '；', 1)
            when attendance_day.status = '缺卡' then '缺卡：' || attendance_day.reason
            when attendance_day.status = '进行中' and attendance_day.is_night then '夜班未结束'
            when attendance_day.status = '进行中' then '班次未结束'
            when attendance_day.reason = '同名' then '同名，无法分辨打卡人'
            else attendance_day.reason
        end as matter,
        case
            when attendance_day.pending_verdict = '' then '不作判定，须人工确认'
            when attendance_day.reason = '打卡归属不明' then attendance_day.pending_verdict || '（经人工认定后）'
            else attendance_day.pending_verdict
        end as verdict_otherwise,
        attendance_day.pending_until as due_at,
        case
            when attendance_day.slip_verdict = '待交假条' then '本人交假条'
            when attendance_day.reason = '打卡归属不明' then '本人补签，或案场经理开认定单'
            when attendance_day.status = '缺卡' then '本人补签，负责人签字'
            when attendance_day.status = '进行中' then '无需签字'
            when attendance_day.reason = '未排班' then '案场经理补排班'
            else '案场经理'
        end as signer
    from attendance.attendance_day
    inner join document
        on
            attendance_day.site_id = document.site_id
            and attendance_day.work_on between document.starts_on and document.last_on
    where attendance_day.pending_until is not null or attendance_day.pending_days > 0
),

unheard_swap as (
    select
        attendance_day.employee_name,
        attendance_day.employee_id,
        attendance_day.work_on,
        2 as rank,
        '换班未获批：换班单' || heard_swap.swap_no || heard_swap.verdict as matter,
        case
            when exists (
                select from attendance.offence
                where
                    offence.employee_id = attendance_day.employee_id
                    and offence.work_on = attendance_day.work_on
                    and offence.offence_kind in ('私自换班', '未告知调休')
            ) then '按私自换班记旷工'
            else '各按本人排班判定'
        end as verdict_otherwise,
        null::timestamptz as due_at,
        case heard_swap.verdict
            when '缺本人同意' then '申请人签字'
            when '缺对方同意' then '对方签字'
            when '间隔不足' then '案场经理另行批准'
            else '案场经理'
        end as signer
    from document
    cross join lateral attendance.heard_swap(document.starts_on, document.last_on, document.known_at) as heard_swap
    inner join attendance.attendance_day
        on
            heard_swap.employee_id = attendance_day.employee_id
            and heard_swap.work_on = attendance_day.work_on
            and document.site_id = attendance_day.site_id
    where heard_swap.verdict <> '有效' and heard_swap.work_on between document.starts_on and document.last_on
)

select
    told.employee_name,
    told.employee_id,
    told.work_on,
    told.matter,
    told.verdict_otherwise,
    told.due_at,
    told.signer
from (
    select * from waiting
    union all
    select * from unheard_swap
) as told
order by told.work_on, told.employee_id, told.rank, told.matter
