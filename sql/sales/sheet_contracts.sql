/*  The sheet 签约明细: contracts signed in the period, with the step of the price ladder that each reached.

    Grain:  one row per contract.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  SA-B9 price steps and who may grant them; SAL-10 shares; SAL-20 the counted source; SAL-21 masked.  */
with signed as materialized (
    select contract.*
    from sales.contract_at(%(site_id)s::text, %(last_on)s::date, %(known_at)s::timestamptz) as contract
    where contract.signed_on >= %(starts_on)s
),

consultant as materialized (
    select *
    from sales.staff_on(%(last_on)s::date, %(known_at)s::timestamptz)
),

share as (
    select
        contract_share.site_id,
        contract_share.contract_no,
        string_agg(
            concat(
                coalesce(consultant.consultant_name, contract_share.consultant_id),
                to_char(contract_share.share * 100, 'FM990.00'), '%%'
            ),
            '、' order by contract_share.share desc, contract_share.consultant_id
        ) as text
    from signed
    inner join sales.contract_share
        on
            signed.site_id = contract_share.site_id
            and signed.contract_no = contract_share.contract_no
            and contract_share.share > 0
            and contract_share.recorded_at <= %(known_at)s
            and %(known_at)s < contract_share.superseded_at
    left join consultant on contract_share.consultant_id = consultant.consultant_id
    group by contract_share.site_id, contract_share.contract_no
)

select
    signed.contract_no,
    signed.signed_unit_no as unit_no,
    sales.masked_name(signed.customer_name) as customer,
    signed.signed_on,
    signed.signed_area as area,
    round(signed.signed_amount / signed.signed_area, 2) as unit_price,
    signed.signed_amount as amount,
    priced.reached,
    round(signed.signed_amount / priced.list_amount, 4) as discount_rate,
    case priced.verdict
        when '已批准' then concat('已批准至', priced.approved_price)
        when '未定' then case when priced.list_amount is null then '无房源价格' else '未定权限' end
        else priced.verdict
    end as verdict,
    register.approved_by,
    register.payment_way,
    register.down_amount,
    register.loan_amount,
    coalesce(consultant.consultant_name, signed.consultant_id) as consultant_name,
    coalesce(share.text, concat(coalesce(consultant.consultant_name, signed.consultant_id), '100.00%%')) as share_text
from signed
inner join sales.price_check(%(site_id)s::text, %(starts_on)s::date, %(last_on)s::date, %(known_at)s::timestamptz) as priced
    on signed.site_id = priced.site_id and signed.contract_no = priced.contract_no
inner join sales.contract as register
    on
        signed.site_id = register.site_id
        and signed.contract_no = register.contract_no
        and signed.source = register.source
        and register.recorded_at <= %(known_at)s
        and %(known_at)s < register.superseded_at
left join consultant on signed.consultant_id = consultant.consultant_id
left join share on signed.site_id = share.site_id and signed.contract_no = share.contract_no
order by signed.signed_on, signed.contract_no
