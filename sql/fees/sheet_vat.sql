/*  The sheet 增值税: the lines of the notices by who is taxed, rate and method.

    Grain:  one row per payee, rate and method.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  BIL-23 rates are kept apart; net and tax make the price to the cent, line by line.  */
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
    payee.account_name,
    bill_line.vat_rate,
    bill_line.vat_method,
    sum(bill_line.amount) as line_amount,
    sum(bill_line.net_amount) as net_amount,
    sum(bill_line.vat_amount) as vat_amount
from edition
inner join bill on bill.status = '出单'
inner join fees.bill_line
    on
        edition.site_id = bill_line.site_id
        and edition.base_on = bill_line.base_on
        and bill.contract_no = bill_line.contract_no
left join lateral (
    select payee.*
    from fees.payee
    where
        payee.payee_id = bill_line.payee_id
        and payee.valid_from <= edition.as_of_on
        and payee.recorded_at <= edition.known_at
        and edition.known_at < payee.superseded_at
    order by payee.valid_from desc
    limit 1
) as payee on true
where bill_line.amount is not null
group by payee.payee_id, payee.account_name, bill_line.vat_rate, bill_line.vat_method
order by payee.payee_id, bill_line.vat_rate, bill_line.vat_method
