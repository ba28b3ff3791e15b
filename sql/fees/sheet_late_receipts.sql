/*  The sheet 截止后到账: money that is dated on or after the cut-off and was known when this was drawn up.

    Grain:  one row per receipt.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  FE-C1, BIL-18 payments count through the eve of the 20th; what came later is shown and counts next time.  */
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
    payment.paid_on,
    nullif(payment.payer_name, '') as payer_name,
    payment.receipt_no,
    payment.amount as paid_amount,
    coalesce(bill.unit_no, contract.unit_no) as unit_no,
    tenant.tenant_name,
    coalesce(bill.notice_no, case when bill.status = '出单' then '待发布' end) as notice_no,
    '不计入本期，下期抵扣' as treatment
from edition
inner join fees.contract
    on
        edition.site_id = contract.site_id
        and contract.recorded_at <= edition.known_at
        and edition.known_at < contract.superseded_at
inner join fees.payment
    on
        contract.contract_no = payment.contract_no
        and payment.status = '有效'
        and payment.paid_on >= edition.as_of_on
        and payment.recorded_at <= edition.known_at
        and edition.known_at < payment.superseded_at
left join fees.tenant
    on
        contract.tenant_id = tenant.tenant_id
        and tenant.recorded_at <= edition.known_at
        and edition.known_at < tenant.superseded_at
left join bill on contract.contract_no = bill.contract_no
order by payment.paid_on, payment.receipt_no
