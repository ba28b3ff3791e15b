/*  Notes which orders the run is going to ask about, so that no other run asks about them meanwhile.

    Grain:  one row per run, level, duty and order.
    Rerun:  safe; what was noted stays.
    Rules:  WA-D6.  */
insert into repairs.asked (run_id, level_no, duty, order_no, asked_amount)
select
    %(run_id)s as run_id,
    waiting.level_no,
    waiting.duty,
    waiting.order_no,
    waiting.amount
from repairs.to_approve(%(run_id)s) as waiting
on conflict (run_id, level_no, duty, order_no) do nothing
