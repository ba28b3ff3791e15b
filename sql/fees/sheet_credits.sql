/*  The sheet 预收待抵: money in advance, what came in and what these notices use of it.

    Grain:  one row per contract that has or had some.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  BIL-13 what is not used stays credit.  */
with edition as materialized (
    select *
    from fees.edition(%(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz)
),

moved as materialized (
    select *
    from fees.movement(%(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz)
)

select
    contract.unit_no,
    tenant.tenant_name,
    -moved.opening_amount as opening_amount,
    moved.advance_amount,
    -moved.credit_amount as credit_amount,
    -moved.closing_amount as closing_amount
from moved
cross join edition
left join fees.contract
    on
        moved.contract_no = contract.contract_no
        and contract.recorded_at <= edition.known_at
        and edition.known_at < contract.superseded_at
left join fees.tenant
    on
        contract.tenant_id = tenant.tenant_id
        and tenant.recorded_at <= edition.known_at
        and edition.known_at < tenant.superseded_at
where
    moved.charge_kind = '预收款'
    and row(moved.opening_amount, moved.advance_amount, moved.credit_amount, moved.closing_amount)
    is distinct from row(0, 0, 0, 0)
order by fees.unit_order(contract.unit_no), moved.contract_no
