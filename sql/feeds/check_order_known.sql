/*  Finds rows about a work order that nobody registered; a row that names none passes (of a float).

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  OPS-10 the row goes back with its reason and the others go on; accepted, it would approve, cost or pay nothing. */
select
    feed_row.row_no,
    'order_no' as column_name,
    format('没有登记派工单“%%s”', feed_row.order_no) as reason,
    '请先报《派工单登记》，或改正派工单号，再把这一行重新报送' as advice
from feed_row
where
    feed_row.fault_no = 0
    and not exists (
        select from repairs.work_order
        where work_order.order_no = feed_row.order_no and work_order.superseded_at = 'infinity'
    )
    and feed_row.order_no is not null
