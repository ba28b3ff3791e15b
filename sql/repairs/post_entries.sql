/*  Books a contractor's part of the month: one entry per planned line, dated the month's last day.

    Grain:  one row per planned entry.
    Rerun:  safe; a contractor's month is booked once, as a whole.
    Rules:  Q7 entries bear the month's last day, business_on the day of what happened (WAR-17); the key to the order's way
            refuses a settlement of an order that has not gone it; an order is settled again only after a reversal.  */
insert into repairs.entry (
    entry_no, site_id, base_on, contractor_id, contract_no, entry_kind, order_no, movement_no, business_on, booked_on, turn_no,
    reverses_id, run_id
)
select
    concat_ws('-', 'PZ', planned.site_id, to_char(planned.base_on, 'YYYYMM'), number.digits) as entry_no,
    planned.site_id,
    planned.base_on,
    planned.contractor_id,
    planned.contract_no,
    planned.entry_kind,
    planned.order_no,
    planned.movement_no,
    planned.business_on,
    (planned.base_on + interval '1 month')::date - 1 as booked_on,
    case
        when planned.entry_kind = '结算'
            then 1 + (
                select count(*)
                from repairs.entry as reversal
                where reversal.entry_kind = '冲回' and reversal.order_no = planned.order_no
            )
        else coalesce((select original.turn_no from repairs.entry as original where original.entry_id = planned.reverses_id), 1)
    end as turn_no,
    planned.reverses_id,
    %(run_id)s as run_id
from repairs.planned
-- lpad cuts off what is longer
cross join lateral (select lpad(planned.line_no::text, greatest(4, length(planned.line_no::text)), '0') as digits) as number
where
    planned.site_id = %(site_id)s
    and planned.base_on = %(base_on)s
    and planned.contractor_id = %(contractor_id)s
    and not exists (
        select from repairs.entry
        where
            entry.site_id = planned.site_id
            and entry.base_on = planned.base_on
            and entry.contractor_id = planned.contractor_id
    )
order by planned.line_no
