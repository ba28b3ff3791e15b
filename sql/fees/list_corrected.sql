/*  Lists the households that an edition of a tower's month corrects, as the sheet 异常 calls them.

    Grain:  one row per corrected contract; none of a first edition.
    Rerun:  safe; only reads what was known at `known_at`.  */
select
    concat_ws(' ', bill.unit_no, coalesce(nullif(bill.tenant_name, ''), bill.contract_no)) as subject
from fees.corrected_by(%(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz) as corrected_by
inner join fees.bill
    on
        bill.site_id = %(site_id)s
        and bill.base_on = %(starts_on)s
        and corrected_by.contract_no = bill.contract_no
order by fees.unit_order(bill.unit_no), bill.contract_no
