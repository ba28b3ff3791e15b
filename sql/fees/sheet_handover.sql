/*  The sheet 移交清单: the bundle that the cashier hands to the owner's finance on the 20th.

    Grain:  one row.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  FE-C1 on the 20th to the owner's finance, which alone hands them out.  */
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
    count(*)::integer as notice_count,
    coalesce(sum(bill.payable_amount), 0) as payable_amount,
    '财务部出纳' as from_department,
    concat(edition.owner_name, '财务部') as to_department
from edition
inner join bill on bill.status = '出单'
group by edition.owner_name
