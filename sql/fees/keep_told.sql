/*  Keeps what the drawn bills of the towers said so far, for the comparison after they are drawn anew.

    Grain:  one row per contract and item, of towers that were reckoned before and are not released; a table of this
            transaction only (told_amount).
    Rerun:  safe; writes nothing else.
    Parts:  fees/list_parts  */
create temp table told_amount on commit drop as
with scope as materialized (
    select
        open_scope.site_id,
        open_scope.base_on
    from fees.open_scope
    where open_scope.run_id = %(run_id)s and not open_scope.is_closed
)

select
    bill_line.site_id,
    bill_line.base_on,
    bill_line.contract_no,
    bill_line.charge_kind as item,
    sum(bill_line.amount) as amount
from scope
inner join fees.bill_line on scope.site_id = bill_line.site_id and scope.base_on = bill_line.base_on
group by bill_line.site_id, bill_line.base_on, bill_line.contract_no, bill_line.charge_kind
union all
select
    bill.site_id,
    bill.base_on,
    bill.contract_no,
    part.item,
    part.amount
from scope
inner join fees.bill on scope.site_id = bill.site_id and scope.base_on = bill.base_on
cross join lateral (
    values
    ('期初欠费', bill.opening_amount),
    ('红蓝字', bill.correction_amount),
    ('违约金', bill.late_fee_amount),
    ('预收抵扣', bill.credit_applied),
    ('本次应缴总额', case when bill.status = '出单' then bill.payable_amount end)
) as part (item, amount)
