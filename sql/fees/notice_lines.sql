/*  The charges on the notices of a tower's month.

    Grain:  one row per line of a notice of the revision.
    Rerun:  safe; only reads what is frozen.  */
with noticed as (
    select
        contract_no
    from fees.notice
    where
        site_id = %(site_id)s
        and base_on = %(base_on)s
        and revision = %(revision)s
        and sequence_no %% %(parts)s = %(part)s
),

line as (
    select
        bill_line.*,
        1 as revision
    from fees.bill_line
    where bill_line.site_id = %(site_id)s and bill_line.base_on = %(base_on)s
    union all
    select corrected_line.*
    from fees.corrected_line
    where corrected_line.site_id = %(site_id)s and corrected_line.base_on = %(base_on)s
)

select
    line.contract_no,
    line.charge_kind,
    case when line.item = line.charge_kind then '' else line.item end as item,
    line.starts_on,
    line.ends_on,
    line.previous_reading,
    line.current_reading,
    line.quantity,
    line.unit,
    line.unit_price,
    line.amount,
    line.vat_rate,
    line.payee_id,
    line.mark
from line
inner join noticed on line.contract_no = noticed.contract_no
where line.revision = %(revision)s
order by line.contract_no, line.line_no
