/*  What was still open, by month and kind, on the notices of a tower's month.

    Grain:  one row per notice, month and kind.
    Rerun:  safe; only reads what is frozen.  */
select
    bill_arrear.contract_no,
    bill_arrear.base_month,
    bill_arrear.charge_kind,
    sum(bill_arrear.open_amount) as open_amount
from fees.bill_arrear
inner join fees.notice
    on
        bill_arrear.site_id = notice.site_id
        and bill_arrear.base_on = notice.base_on
        and bill_arrear.contract_no = notice.contract_no
where
    notice.site_id = %(site_id)s
    and notice.base_on = %(base_on)s
    and notice.revision = %(revision)s
    and notice.sequence_no %% %(parts)s = %(part)s
group by bill_arrear.contract_no, bill_arrear.base_month, bill_arrear.charge_kind
order by bill_arrear.contract_no, bill_arrear.base_month, bill_arrear.charge_kind
