/*  The sheet 在办工单: all open orders with the step that they have taken and what keeps them from the next.

    Grain:  one row per open order.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  WA-D1 to WA-D9.  */
select
    known.order_no,
    known.order_class,
    known.project_name,
    known.place_text,
    known.defect,
    nullif(known.contractor_name, '') as contractor_name,
    known.reported_on,
    known.step,
    coalesce(nullif(known.stop, ''), '待月末入账') as stop_text,
    known.missing,
    known.department,
    case when known.stop <> '' then known.since_on end as since_on,
    case when known.stop <> '' then known.stopped_days end as stopped_count,
    known.amount,
    known.amount_basis
from
    repairs.known_order(
        'repair_orders', %(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz, true
    ) as known
where known.outcome <> '自修结案'
order by known.step_no, known.stopped_days desc, known.order_no
