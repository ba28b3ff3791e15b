/*  The sheet 违纪单: slips of the document's days, with what they cost and why.

    Grain:  one row per slip.
    Rerun:  safe; only reads facts known at `known_at`.  */
with document as (
    select
        %(site_id)s::text as site_id,
        %(starts_on)s::date as starts_on,
        %(last_on)s::date as last_on,
        %(known_at)s::timestamptz as known_at
)

select
    conduct_fine.slip_no as slip_id,
    conduct_fine.event_on,
    attendance_day.employee_name,
    conduct_fine.reason as cause,
    conduct_fine.rule_id as clause,
    case when conduct_fine.counted_in > conduct_fine.event_on then 0 else conduct_fine.fine_amount end as fine_amount,
    case when conduct_fine.counted_in > conduct_fine.event_on then 0 else conduct_fine.charge_amount end as charge_amount,
    conduct_slip.issued_by,
    conduct_slip.is_signed,
    conduct_fine.state,
    case
        when conduct_fine.counted_in > conduct_fine.event_on
            then '关账后收到，' || conduct_fine.fine_amount || '元计入' || to_char(conduct_fine.counted_in, 'YYYY年MM月')
    end as remark
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
order by conduct_fine.event_on, conduct_fine.slip_no
