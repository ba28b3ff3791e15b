/*  The sheet 逐户 of the 重跑结果单: what a run did to each household, as the run told it.

    Grain:  one row per household.
    Rerun:  safe; only reads.
    Rules:  outputs 6.5.  */
select
    told.site_name,
    told.unit_no,
    told.tenant_name,
    told.contract_no,
    told.notice_no,
    told.released_on,
    case
        when run.mode <> 'trial' then told.action
        when told.action = '待发布' then '将新开'
        when told.action = '本次替换' then '将替换'
        when told.action = '已发，有差异未改' then '已发，如更正将变动'
        else told.action
    end as action,
    told.old_amount,
    told.new_amount,
    told.delta_amount,
    told.mail_text,
    told.reason
from ops.run_line
inner join ops.run on run_line.run_id = run.run_id
cross join lateral jsonb_to_record(run_line.line) as told (
    site_name text, unit_no text, tenant_name text, contract_no text, notice_no text, released_on date, action text,
    old_amount numeric, new_amount numeric, delta_amount numeric, mail_text text, reason text
)
where run_line.run_id = %(run_id)s and run_line.sheet = '逐户'
order by run_line.line_no
