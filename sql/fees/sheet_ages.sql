/*  The sheet 账龄: what is owed after this notice, by the days since it was due.

    Grain:  one row per contract that owes.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  BIL-26 three years since the due day are told apart (民法典 188); what is asked now is not due yet.  */
with edition as materialized (
    select *
    from fees.edition(%(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz)
)

select
    edition.tower_name,
    contract.unit_no,
    tenant.tenant_name,
    age.not_due_amount,
    age.to_30_amount,
    age.to_60_amount,
    age.to_90_amount,
    age.to_180_amount,
    age.to_365_amount,
    age.to_3_years_amount,
    age.over_3_years_amount,
    age.all_amount,
    null::date as reminded_on,
    (
        select max(payment.paid_on)
        from fees.payment
        where
            payment.contract_no = age.contract_no
            and payment.status = '有效'
            and payment.paid_on < edition.as_of_on
            and payment.recorded_at <= edition.known_at
            and edition.known_at < payment.superseded_at
    ) as paid_on
from edition
cross join lateral fees.ages(edition.site_id, edition.base_on, edition.known_at) as age
left join fees.contract
    on
        age.contract_no = contract.contract_no
        and contract.recorded_at <= edition.known_at
        and edition.known_at < contract.superseded_at
left join fees.tenant
    on
        contract.tenant_id = tenant.tenant_id
        and tenant.recorded_at <= edition.known_at
        and edition.known_at < tenant.superseded_at
order by fees.unit_order(contract.unit_no), age.contract_no
