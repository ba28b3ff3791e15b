/*  The sheet 回款: money that reached the bank in the period by its value date, and whether finance confirmed it.

    Grain:  one row per receipt.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  SAL-12 refunds are negative in the period they are paid; SAL-13 the value date tells the period.  */
select
    receipt.value_on,
    coalesce(contract.unit_no, subscription.unit_no) as unit_no,
    receipt.receipt_kind,
    receipt.amount,
    receipt.receipt_no,
    coalesce(receipt.contract_no, receipt.subscription_no) as deal_no,
    receipt.instalment_no,
    case
        when receipt.confirmed_by is null then '未确认'
        else concat_ws(' ', receipt.confirmed_by, receipt.confirmed_on)
    end as confirm_text
from sales.projects_of(%(site_id)s::text, %(known_at)s::timestamptz) as place
inner join sales.receipt
    on
        place.site_id = receipt.site_id
        and receipt.recorded_at <= %(known_at)s
        and %(known_at)s < receipt.superseded_at
left join sales.contract_at(%(site_id)s::text, %(last_on)s::date, %(known_at)s::timestamptz) as contract
    on receipt.site_id = contract.site_id and receipt.contract_no = contract.contract_no
left join sales.subscription
    on
        receipt.site_id = subscription.site_id
        and receipt.subscription_no = subscription.subscription_no
        and subscription.recorded_at <= %(known_at)s
        and %(known_at)s < subscription.superseded_at
where receipt.value_on between %(starts_on)s and %(last_on)s
order by receipt.value_on, receipt.receipt_no
