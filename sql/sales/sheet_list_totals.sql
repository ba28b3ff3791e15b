/*  The totals of the lists of a 销售周报 or 销售月报, from the registers and not from the lists.

    Grain:  one row.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  every total row is a sum of SQL (outputs 0); SAL-14 buckets and 未到期 are all that is outstanding.  */
with place as materialized (
    select project.site_id
    from sales.projects_of(%(site_id)s::text, %(known_at)s::timestamptz) as project
),

contract as materialized (
    select *
    from sales.contract_at(%(site_id)s::text, %(last_on)s::date, %(known_at)s::timestamptz)
),

-- of a group, each project by what its period was issued with
counted_place as materialized (
    select
        counted_place.site_id,
        counted_place.known_at
    from
        sales.counted_place(%(workflow)s::text, %(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz)
            as counted_place
),

receivable as materialized (
    select receivable.*
    from counted_place
    cross join lateral sales.receivable_at(counted_place.site_id, %(last_on)s::date, counted_place.known_at) as receivable
    where receivable.open_amount > 0
),

unsigned as (
    select
        coalesce(sum(unsigned.amount), 0) as amount,
        coalesce(sum(unsigned.deposit_amount), 0) as deposit_amount,
        coalesce(sum(unsigned.received_amount), 0) as received_amount,
        count(*)::integer as listed_count
    from counted_place
    cross join lateral sales.unsigned_at(counted_place.site_id, %(last_on)s::date, counted_place.known_at) as unsigned
),

signed as (
    select
        coalesce(sum(contract.signed_area), 0) as area,
        coalesce(sum(contract.signed_amount), 0) as amount,
        coalesce(sum(register.down_amount), 0) as down_amount,
        coalesce(sum(register.loan_amount), 0) as loan_amount,
        count(*)::integer as listed_count
    from contract
    inner join sales.contract as register
        on
            contract.site_id = register.site_id
            and contract.contract_no = register.contract_no
            and contract.source = register.source
            and register.recorded_at <= %(known_at)s
            and %(known_at)s < register.superseded_at
    where contract.signed_on >= %(starts_on)s
),

moved as (
    select
        change.change_kind,
        coalesce(change.approved_on <= %(last_on)s, false) as is_approved,
        case when change.change_kind in ('退订', '退房') then - change.amount else change.amount end as amount
    from place
    inner join sales.change
        on
            place.site_id = change.site_id
            and change.recorded_at <= %(known_at)s
            and %(known_at)s < change.superseded_at
    where
        change.applied_on <= %(last_on)s
        and (change.approved_on is null or change.approved_on >= %(starts_on)s)
),

changed as (
    select
        coalesce(sum(moved.amount) filter (where moved.is_approved and moved.change_kind = '退订'), 0) as subscribed_amount,
        coalesce(sum(moved.amount) filter (where moved.is_approved and moved.change_kind <> '退订'), 0) as signed_amount,
        coalesce(sum(moved.amount) filter (where not moved.is_approved), 0) as pending_amount
    from moved
),

received as (
    select
        coalesce(sum(receipt.amount), 0) as amount,
        coalesce(sum(receipt.amount) filter (where receipt.confirmed_by is not null), 0) as confirmed_amount,
        count(*)::integer as listed_count
    from place
    inner join sales.receipt
        on
            place.site_id = receipt.site_id
            and receipt.recorded_at <= %(known_at)s
            and %(known_at)s < receipt.superseded_at
    where receipt.value_on between %(starts_on)s and %(last_on)s
),

aged as (
    select
        (select count(*)::integer from (select distinct site_id, contract_no from receivable) as owing) as contract_count,
        coalesce(sum(receivable.open_amount), 0) as open_amount,
        coalesce(sum(receivable.open_amount) filter (where receivable.overdue_days = 0), 0) as current_amount,
        coalesce(sum(receivable.open_amount) filter (where receivable.overdue_days between 1 and 30), 0) as late_30_amount,
        coalesce(sum(receivable.open_amount) filter (where receivable.overdue_days between 31 and 60), 0) as late_60_amount,
        coalesce(sum(receivable.open_amount) filter (where receivable.overdue_days between 61 and 90), 0) as late_90_amount,
        coalesce(sum(receivable.open_amount) filter (where receivable.overdue_days > 90), 0) as late_over_amount,
        coalesce(
            sum(receivable.open_amount) filter (
                where receivable.due_on <@ sales.next_period(%(starts_on)s::date, %(last_on)s::date)
            ),
            0
        ) as next_amount
    from receivable
),

advanced as (
    select coalesce(sum(advance.advance_amount), 0) as amount
    from sales.advance_at(%(site_id)s::text, %(last_on)s::date, %(known_at)s::timestamptz) as advance
    where (advance.site_id, advance.contract_no) in (select receivable.site_id, receivable.contract_no from receivable)
),

loan as (
    select
        mortgage.amount,
        coalesce(mortgage.paid_on <= %(last_on)s, false) as is_paid
    from contract
    inner join sales.mortgage
        on
            contract.site_id = mortgage.site_id
            and contract.contract_no = mortgage.contract_no
            and mortgage.recorded_at <= %(known_at)s
            and %(known_at)s < mortgage.superseded_at
    where
        contract.cancelled_on is null
        and (mortgage.paid_on is null or mortgage.paid_on >= %(starts_on)s)
),

lent as (
    select
        coalesce(sum(loan.amount), 0) as amount,
        coalesce(sum(loan.amount) filter (where not loan.is_paid), 0) as unpaid_amount
    from loan
)

select
    unsigned.amount as unsigned_amount,
    unsigned.deposit_amount as unsigned_deposit_amount,
    unsigned.received_amount as unsigned_received_amount,
    unsigned.listed_count as unsigned_count,
    signed.area as signed_area,
    signed.amount as signed_amount,
    signed.down_amount,
    signed.loan_amount,
    signed.listed_count as signed_count,
    changed.subscribed_amount as changed_subscribed_amount,
    changed.signed_amount as changed_signed_amount,
    changed.pending_amount as changed_pending_amount,
    received.amount as received_amount,
    received.confirmed_amount,
    received.listed_count as received_count,
    aged.contract_count,
    aged.open_amount,
    aged.current_amount,
    aged.late_30_amount,
    aged.late_60_amount,
    aged.late_90_amount,
    aged.late_over_amount,
    aged.next_amount,
    advanced.amount as advance_amount,
    lent.amount as mortgage_amount,
    lent.unpaid_amount as mortgage_unpaid_amount
from unsigned
cross join signed
cross join changed
cross join received
cross join aged
cross join advanced
cross join lent
