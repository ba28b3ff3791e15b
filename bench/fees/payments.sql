/*  What came in after September's notices: most in time, some late, in part, not at all, or too much; and a few waivers.

    Grain:  receipts and waivers by contract; September is released.  */
insert into fees.payment (receipt_no, paid_on, amount, contract_no, recorded_at, file_id, line_no)
select
    concat('R', part.part_no, '-', bill.contract_no),
    part.paid_on,
    part.amount,
    bill.contract_no,
    '2026-10-20 07:00',
    13,
    tenant.tenant_no
from fees.bill
inner join bench.tenant on bill.contract_no = tenant.contract_no
inner join lateral (
    select 1 as part_no, date '2026-09-22' + tenant.tenant_no % 8 as paid_on, bill.payable_amount as amount
    where tenant.tenant_no % 10 < 6
    union all
    select 1, date '2026-10-10', bill.payable_amount
    where tenant.tenant_no % 10 = 6
    union all
    select 1, date '2026-10-05', round(bill.payable_amount / 2, 2)
    where tenant.tenant_no % 10 = 7
    union all
    select 2, date '2026-10-12', round(bill.payable_amount / 4, 2)
    where tenant.tenant_no % 10 = 7
    union all
    select 1, date '2026-09-28', bill.payable_amount + 200
    where tenant.tenant_no % 10 = 9
) as part on true
where bill.base_on = '2026-09-01' and bill.payable_amount > 0;

insert into fees.waiver (
    waiver_no, contract_no, charge_kind, amount, effective_on, reason, approver, recorded_at, file_id, line_no
)
select 'JM' || tenant_no, contract_no, '物业费', 50, '2026-10-08', '漏水', '总经理', '2026-10-20 07:00', 14, tenant_no
from bench.tenant
where tenant_no % 100 in (77, 78);
