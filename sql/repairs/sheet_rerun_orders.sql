/*  The sheet 逐单 of the 重跑结果单: what a run did to each order, as the run told it.

    Grain:  one row per order.
    Rerun:  safe; only reads.
    Rules:  outputs 6.5.  */
select
    told.site_name,
    told.order_no,
    told.order_class,
    told.contractor_name,
    told.contract_no,
    told.entry_no,
    told.booked_on,
    case
        when run.mode <> 'trial' then told.action
        when told.action = '待入账' then '将入账'
        when told.action = '待认定' then '将提交认定'
        when told.action = '待冲回' then '将冲回'
        else told.action
    end as action,
    told.old_amount,
    told.new_amount,
    told.reason
from ops.run_line
inner join ops.run on run_line.run_id = run.run_id
cross join lateral jsonb_to_record(run_line.line) as told (
    site_name text, order_no text, order_class text, contractor_name text, contract_no text, entry_no text, booked_on date,
    action text, old_amount numeric, new_amount numeric, reason text
)
where run_line.run_id = %(run_id)s and run_line.sheet = '逐户'
order by run_line.line_no
