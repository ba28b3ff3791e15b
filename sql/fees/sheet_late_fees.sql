/*  The sheet 违约金: what lateness costs, stretch by stretch.

    Grain:  one row per item and stretch of the same principal.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  BIL-09 the due day is not counted, the 20th is; BIL-10 simple, per stretch; BIL-11 by contract, with its cap.  */
with edition as materialized (
    select *
    from fees.edition(%(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz)
),

bill as materialized (
    select noticed.*
    from fees.noticed_bill(
        %(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz, %(before_run)s::bigint
    ) as noticed
)

select
    coalesce(bill.notice_no, '待发布') as notice_no,
    bill.unit_no,
    bill.tenant_name,
    bill_late_fee.charge_kind,
    to_char(bill_late_fee.base_month, 'YYYY-MM') as month_text,
    bill_late_fee.principal as principal_amount,
    bill_late_fee.due_on,
    bill_late_fee.counts_to as counted_on,
    bill_late_fee.day_count as late_count,
    concat(trim_scale(bill_late_fee.late_rate * 100), '%%') as rate_text,
    bill_late_fee.late_clause,
    bill_late_fee.amount as late_fee_amount,
    bill_late_fee.is_capped,
    bill_late_fee.hint
from edition
inner join bill on bill.status = '出单'
inner join fees.bill_late_fee
    on
        edition.site_id = bill_late_fee.site_id
        and edition.base_on = bill_late_fee.base_on
        and bill.contract_no = bill_late_fee.contract_no
order by fees.unit_order(bill.unit_no), bill.contract_no, bill_late_fee.due_on, bill_late_fee.item_key, bill_late_fee.stretch_no
