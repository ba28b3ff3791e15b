/*  The sheet 收款单位汇总: what is asked now, by who is paid and for what.

    Grain:  one row per payee and kind of charge.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  rent goes to the owner, everything else to the property company; late fees go with their principal.  */
with edition as materialized (
    select *
    from fees.edition(%(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz)
)

select
    payee.account_name,
    payee.bank_name,
    payee.account_no as account_number,
    asked.charge_kind,
    count(distinct asked.contract_no)::integer as household_count,
    sum(asked.amount) as asked_amount
from edition
cross join lateral fees.asked(edition.site_id, edition.base_on, edition.known_at) as asked
inner join fees.bill
    on
        edition.site_id = bill.site_id
        and edition.base_on = bill.base_on
        and asked.contract_no = bill.contract_no
        and bill.status = '出单'
left join lateral (
    select payee.*
    from fees.payee
    where
        payee.payee_id = asked.payee_id
        and payee.valid_from <= edition.as_of_on
        and payee.recorded_at <= edition.known_at
        and edition.known_at < payee.superseded_at
    order by payee.valid_from desc
    limit 1
) as payee on true
group by payee.payee_id, payee.account_name, payee.bank_name, payee.account_no, asked.charge_kind
order by
    payee.payee_id,
    array_position(array['租金', '物业费', '电费', '水费', '停车费', '其他', '违约金'], asked.charge_kind)
