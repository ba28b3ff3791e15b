/*  The late fees on the notices of a tower's month.

    Grain:  one row per stretch of days.
    Rerun:  safe; only reads what is frozen.  */
select
    bill_late_fee.contract_no,
    bill_late_fee.charge_kind,
    bill_late_fee.base_month,
    bill_late_fee.principal,
    bill_late_fee.late_rate,
    bill_late_fee.day_count,
    bill_late_fee.counts_from + 1 as first_on,
    bill_late_fee.counts_to as last_on,
    bill_late_fee.late_clause,
    bill_late_fee.amount
from fees.bill_late_fee
inner join fees.notice
    on
        bill_late_fee.site_id = notice.site_id
        and bill_late_fee.base_on = notice.base_on
        and bill_late_fee.contract_no = notice.contract_no
where
    notice.site_id = %(site_id)s
    and notice.base_on = %(base_on)s
    and notice.revision = %(revision)s
    and notice.sequence_no %% %(parts)s = %(part)s
order by bill_late_fee.contract_no, bill_late_fee.base_month, bill_late_fee.charge_kind, bill_late_fee.stretch_no
