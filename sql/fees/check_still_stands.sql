/*  Finds why a reckoned month may not be released as it was approved.

    Grain:  one row per reason.
    Rerun:  safe; only reads.
    Rules:  BIL-19 a correction that was booked into the month after it was reckoned is not in its bills yet: the month
            is drawn up again, and approved again, rather than released without it.  */
with booked as (
    select
        entry.contract_no,
        sum(entry.amount) as amount
    from fees.entry
    where
        entry.site_id = %(site_id)s
        and entry.base_on = %(base_on)s
        and entry.entry_kind in ('红字', '蓝字')
    group by entry.contract_no
),

billed as (
    select
        bill.contract_no,
        bill.correction_amount as amount
    from fees.bill
    where bill.site_id = %(site_id)s and bill.base_on = %(base_on)s and bill.correction_amount <> 0
)

select
    concat(
        '合同', coalesce(booked.contract_no, billed.contract_no), '的红蓝字在计算之后有变动（账单', coalesce(billed.amount, 0),
        '元，入账', coalesce(booked.amount, 0), '元）。请用重跑单选择“重算”，重新审批后再发布。'
    ) as problem
from booked
full join billed on booked.contract_no = billed.contract_no
where
    coalesce(booked.amount, 0) <> coalesce(billed.amount, 0)
    -- a month that is closed already takes no more corrections
    and not exists (
        select from ops.period_close
        where
            period_close.workflow = 'fee_notices'
            and period_close.site_id = %(site_id)s
            and period_close.period @> %(base_on)s::date
    )
order by 1
