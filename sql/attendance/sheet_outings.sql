/*  The sheet 外出登记: outings of the document's people and days.

    Grain:  one row per outing.
    Rerun:  safe; only reads facts known at `known_at`.  */
with document as (
    select
        %(site_id)s::text as site_id,
        %(starts_on)s::date as starts_on,
        %(last_on)s::date as last_on,
        %(known_at)s::timestamptz as known_at
)

select
    attendance_day.employee_name,
    outing.outing_kind,
    outing.approver,
    outing.out_at,
    outing.back_at,
    outing.destination,
    outing.check_result
from attendance.outing
inner join document
    on
        outing.recorded_at <= document.known_at
        and document.known_at < outing.superseded_at
        and outing.out_at >= document.starts_on
        and outing.out_at < document.last_on + 1
inner join attendance.attendance_day
    on
        outing.employee_id = attendance_day.employee_id
        and attendance_day.work_on = outing.out_at::date
        and attendance_day.site_id = document.site_id
order by outing.out_at, outing.employee_id
