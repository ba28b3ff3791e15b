/*  Books what the notices of a tower's month ask for: charges by line, late fees by item.

    Grain:  one row per line of a bill that has its notice.
    Rerun:  safe; a line is booked once.
    Payee:  a late fee is of the kind of its principal, because it goes to whom that goes.
    Rules:  BIL-06 a line that waits for its reading is not booked. BIL-10 a late fee becomes payable once, on the
            notice that shows it.  */
insert into fees.entry (
    site_id, base_on, contract_no, entry_kind, line_no, charge_kind, amount, due_on, notice_no, about_on, counts_to, run_id
)
with booked_notice as (
    select notice.*
    from fees.notice
    where notice.site_id = %(site_id)s and notice.base_on = %(base_on)s and notice.revision = 1
)

select
    bill_line.site_id,
    bill_line.base_on,
    bill_line.contract_no,
    '应收' as entry_kind,
    bill_line.line_no,
    bill_line.charge_kind,
    bill_line.amount,
    booked_notice.due_on,
    booked_notice.notice_no,
    bill_line.base_on as about_on,
    null::date as counts_to,
    %(run_id)s::bigint as run_id
from fees.bill_line
inner join booked_notice
    on
        bill_line.site_id = booked_notice.site_id
        and bill_line.base_on = booked_notice.base_on
        and bill_line.contract_no = booked_notice.contract_no
where bill_line.amount is not null

union all

select
    bill_late_fee.site_id,
    bill_late_fee.base_on,
    bill_late_fee.contract_no,
    '违约金' as entry_kind,
    row_number() over (
        partition by bill_late_fee.contract_no order by bill_late_fee.item_key, bill_late_fee.stretch_no
    )::integer as line_no,
    concat('违约金（', bill_late_fee.charge_kind, '）') as charge_kind,
    bill_late_fee.amount,
    booked_notice.due_on,
    booked_notice.notice_no,
    bill_late_fee.base_on as about_on,
    bill_late_fee.counts_to,
    %(run_id)s::bigint as run_id
from fees.bill_late_fee
inner join booked_notice
    on
        bill_late_fee.site_id = booked_notice.site_id
        and bill_late_fee.base_on = booked_notice.base_on
        and bill_late_fee.contract_no = booked_notice.contract_no
where bill_late_fee.amount > 0
on conflict (site_id, base_on, contract_no, entry_kind, line_no) do nothing
