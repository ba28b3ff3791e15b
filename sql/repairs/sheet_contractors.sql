/*  The chart on the cover: what the month charges to each contractor, and what he disputes.

    Grain:  one row per contractor concerned, the largest first.
    Rerun:  safe; only reads what was known at `known_at`.  */
with charged (contractor_id, deducted_amount, claimed_amount, disputed_amount) as (
    select
        planned.contractor_id,
        -planned.deposit_amount,
        planned.claim_amount,
        0
    from repairs.planned
    where
        planned.site_id = %(site_id)s
        and planned.base_on = %(starts_on)s
        and planned.entry_kind = '结算'
        and planned.contractor_id <> ''
    union all
    select
        standing.contractor_id,
        0,
        0,
        standing.settled_amount
    from repairs.standing
    where
        standing.workflow = 'deposit_chargebacks'
        and standing.site_id = %(site_id)s
        and standing.base_on = %(starts_on)s
        and standing.outcome = '争议冻结'
)

select
    coalesce(contractor.contractor_name, charged.contractor_id) as contractor_name,
    sum(charged.deducted_amount) as deducted_amount,
    sum(charged.claimed_amount) as claimed_amount,
    sum(charged.disputed_amount) as disputed_amount
from charged
left join repairs.contractor
    on
        charged.contractor_id = contractor.contractor_id
        and contractor.recorded_at <= %(known_at)s
        and %(known_at)s < contractor.superseded_at
group by charged.contractor_id, contractor.contractor_name
order by sum(charged.deducted_amount + charged.claimed_amount + charged.disputed_amount) desc, charged.contractor_id
