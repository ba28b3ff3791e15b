/*  The sheet 减免: waivers that took effect since the last notice, with who approved them.

    Grain:  one row per waiver.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  BIL-22 a waiver lowers what is owed and is not a collection.  */
with edition as materialized (
    select *
    from fees.edition(%(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz)
)

select
    waiver.waiver_no,
    contract.unit_no,
    tenant.tenant_name,
    waiver.charge_kind,
    waiver.amount as waiver_amount,
    waiver.reason,
    waiver.approver,
    waiver.effective_on
from edition
inner join fees.contract
    on
        edition.site_id = contract.site_id
        and contract.recorded_at <= edition.known_at
        and edition.known_at < contract.superseded_at
inner join fees.waiver
    on
        contract.contract_no = waiver.contract_no
        and waiver.effective_on < edition.as_of_on
        and waiver.recorded_at <= edition.known_at
        and edition.known_at < waiver.superseded_at
        and (
            edition.before_on is null
            or waiver.effective_on >= edition.before_as_of_on
            or waiver.recorded_at > edition.before_known_at
        )
left join fees.tenant
    on
        contract.tenant_id = tenant.tenant_id
        and tenant.recorded_at <= edition.known_at
        and edition.known_at < tenant.superseded_at
order by waiver.effective_on, waiver.waiver_no
