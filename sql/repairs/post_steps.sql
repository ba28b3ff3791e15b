/*  Takes the last steps of orders that the month settles: certified, and charged or paid.

    Grain:  one row per order and step.
    Rerun:  safe; a step that is there stays.
    Rules:  WA-D8, WA-D9; without the steps before, the keys of the order's way refuse.  */
insert into repairs.order_step (order_no, step_no, order_class, previous_no, taken_on, run_id)
select
    planned.order_no,
    way.step_no,
    way.order_class,
    way.previous_no,
    case
        when way.step_no = 90 then certification.certified_on
        else (planned.base_on + interval '1 month')::date - 1
    end as taken_on,
    %(run_id)s as run_id
from repairs.planned
inner join repairs.way
    on way.order_class = case when planned.contractor_id = '' then 'B' else 'A' end and way.step_no in (90, 100)
inner join repairs.certification
    on planned.order_no = certification.order_no and certification.superseded_at = 'infinity'
where
    planned.site_id = %(site_id)s
    and planned.base_on = %(base_on)s
    and planned.contractor_id = %(contractor_id)s
    and planned.entry_kind = '结算'
order by planned.order_no, way.step_no
on conflict (order_no, step_no) do nothing
