/*  The sheet 退订退房换房: what the developer approved in the period, and what still waits for its approval.

    Grain:  one row per change.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  SAL-03, SAL-18 counted on the day of the developer's approval, contract number shown; what is not approved
            counts in no period.  */
with change as materialized (
    select
        change.*,
        coalesce(change.approved_on <= %(last_on)s, false) as is_approved
    from sales.projects_of(%(site_id)s::text, %(known_at)s::timestamptz) as place
    inner join sales.change
        on
            place.site_id = change.site_id
            and change.recorded_at <= %(known_at)s
            and %(known_at)s < change.superseded_at
    where
        change.applied_on <= %(last_on)s
        and (change.approved_on is null or change.approved_on >= %(starts_on)s)
)

select
    change.change_kind,
    coalesce(change.contract_no, change.subscription_no) as deal_no,
    concat_ws(
        '→', coalesce(contract.unit_no, subscription.unit_no, '未登记'), change.new_unit_no
    ) as unit_text,
    case when change.is_approved and change.change_kind = '退订' then - change.amount end as subscribed_amount,
    case
        when change.is_approved and change.change_kind = '退房' then - change.amount
        when change.is_approved and change.change_kind in ('换房', '补充协议') then change.amount
    end as signed_amount,
    case
        when not change.is_approved then case when change.change_kind in ('退订', '退房') then - change.amount else change.amount end
    end as pending_amount,
    change.applied_on,
    case when change.is_approved then change.approved_on end as approved_on,
    case when change.is_approved then '本期' else '待开发商批准，未计入' end as counted_text,
    sales.masked_text(change.reason) as reason
from change
left join lateral (
    select contract.unit_no
    from sales.contract
    where
        contract.site_id = change.site_id
        and contract.contract_no = change.contract_no
        and contract.recorded_at <= %(known_at)s
        and %(known_at)s < contract.superseded_at
    order by contract.source = '项目' desc
    limit 1
) as contract on true
left join sales.subscription
    on
        change.site_id = subscription.site_id
        and change.subscription_no = subscription.subscription_no
        and subscription.recorded_at <= %(known_at)s
        and %(known_at)s < subscription.superseded_at
order by not change.is_approved, change.approved_on, change.applied_on, change.change_no
