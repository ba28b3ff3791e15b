/*  The sheet 超时效: steps that took longer than the rules give, taken late in these days or still open at their end.

    Grain:  one row per order and step.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  WA-D1, WA-D2, WA-D3, WA-D5; working days by the calendar.  */
select
    overdue.order_no,
    overdue.place_text,
    contractor.contractor_name,
    overdue.span,
    overdue.due_on,
    overdue.done_on,
    overdue.late_days as late_count,
    case
        when overdue.extended_until is not null then concat('是，至', overdue.extended_until)
        when overdue.span like '%%工种' then '否'
        else '—'
    end as extended_text,
    overdue.department
from
    repairs.overdue(%(site_id)s::text, %(starts_on)s::date, %(last_on)s::date, %(known_at)s::timestamptz) as overdue
left join repairs.contractor
    on
        overdue.contractor_id = contractor.contractor_id
        and contractor.recorded_at <= %(known_at)s
        and %(known_at)s < contractor.superseded_at
order by overdue.done_on is not null, overdue.late_days desc, overdue.order_no, overdue.due_on
