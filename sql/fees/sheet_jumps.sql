/*  The sheet 环比预警: charges that moved by more than the tower's limit.

    Grain:  one row per contract and kind of charge.
    Rerun:  safe; only reads what was known at `known_at`.  */
select
    bill.unit_no,
    bill.tenant_name,
    jump.charge_kind,
    jump.before_amount,
    jump.amount as current_amount,
    jump.change_rate,
    jump.jump_limit as limit_rate
from fees.jumps(%(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz) as jump
inner join fees.bill
    on
        bill.site_id = %(site_id)s
        and bill.base_on = %(starts_on)s
        and jump.contract_no = bill.contract_no
order by abs(jump.change_rate) desc, fees.unit_order(bill.unit_no), jump.charge_kind
