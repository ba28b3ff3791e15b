/*  Lists the orders of a month that the deputy chief engineer is asked to certify, both classes.

    Grain:  one row per order.
    Rerun:  safe; only reads.
    Rules:  WA-D8.  */
select
    standing.order_no as item_no,
    concat_ws(
        ' · ', standing.order_class || '类', work_order.place_text, work_order.defect,
        coalesce(contractor.contractor_name, '公司承担（' || standing.class_reason || '）'),
        to_char(standing.settled_amount, 'FM999,999,999,990.00')
    ) as line
from repairs.standing
inner join ops.run on run.run_id = %(run_id)s
inner join repairs.work_order
    on
        standing.order_no = work_order.order_no
        and work_order.recorded_at <= run.known_at
        and run.known_at < work_order.superseded_at
left join repairs.contractor
    on
        standing.order_class = 'A'
        and standing.contractor_id = contractor.contractor_id
        and contractor.recorded_at <= run.known_at
        and run.known_at < contractor.superseded_at
where
    standing.workflow = 'deposit_chargebacks'
    and standing.site_id = %(site_id)s
    and standing.base_on = %(base_on)s
    and standing.outcome = '待认定'
order by standing.order_class, standing.contractor_id, standing.order_no
