/*  Reckons what each contract still owes on the eve of the 20th, item by item, and when which part of it was settled.

    Grain:  one row per contract and item (a month's charge of one kind) with the moments of its settlement, for the
            statements after it; a table of this transaction only (open_item, settlement).
    Rerun:  safe; writes nothing else.
    Rules:  FE-C1 payments count that are dated through the eve of the 20th and known by known_at. BIL-22 a waiver
            lowers the principal from its day. BIL-12 (seam) payments settle what was due first; among what was due
            on one day late fees come first (民法典 561).
    Method: items in the order of settling and payments in the order of days are laid end to end along one line of
            money; where two stretches overlap, that payment settles that item by so much.  */
create temp table settlement on commit drop as
with contract as materialized (
    select contract.contract_no, contract.site_id
    from fees.contract
    inner join fees.open_scope on contract.site_id = open_scope.site_id
    where
        open_scope.run_id = %(run_id)s
        and contract.recorded_at <= %(known_at)s
        and %(known_at)s < contract.superseded_at
),

item as materialized (
    select
        contract.contract_no,
        contract.site_id,
        concat_ws('|', 'QC', opening.charge_kind, to_char(opening.base_month, 'YYYY-MM')) as item_key,
        opening.base_month,
        opening.charge_kind,
        opening.due_on,
        opening.amount
    from contract
    inner join fees.opening on contract.contract_no = opening.contract_no
    where
        opening.charge_kind <> '预收'
        and opening.recorded_at <= %(known_at)s
        and %(known_at)s < opening.superseded_at
    union all
    select
        contract.contract_no,
        contract.site_id,
        concat_ws('|', 'YS', entry.charge_kind, to_char(entry.about_on, 'YYYY-MM')) as item_key,
        entry.about_on as base_month,
        entry.charge_kind,
        min(entry.due_on) as due_on,
        sum(entry.amount) as amount
    from contract
    inner join fees.entry on contract.contract_no = entry.contract_no
    where entry.base_on < %(first_on)s
    group by contract.contract_no, contract.site_id, entry.charge_kind, entry.about_on
),

waived_line as (
    select
        waiver.contract_no,
        waiver.charge_kind,
        waiver.effective_on as settled_on,
        waiver.amount,
        sum(waiver.amount) over of_kind as until_amount
    from contract
    inner join fees.waiver on contract.contract_no = waiver.contract_no
    where
        waiver.effective_on < %(as_of_on)s
        and waiver.recorded_at <= %(known_at)s
        and %(known_at)s < waiver.superseded_at
    window of_kind as (
        partition by waiver.contract_no, waiver.charge_kind order by waiver.effective_on, waiver.waiver_no
    )
),

owed_line as (
    select
        item.*,
        sum(item.amount) over (
            partition by item.contract_no, item.charge_kind order by item.due_on, item.base_month, item.item_key
        ) as until_amount
    from item
),

waived as materialized (
    select
        owed_line.contract_no,
        owed_line.item_key,
        waived_line.settled_on,
        least(owed_line.until_amount, waived_line.until_amount)
        - greatest(owed_line.until_amount - owed_line.amount, waived_line.until_amount - waived_line.amount) as amount
    from owed_line
    inner join waived_line
        on
            owed_line.contract_no = waived_line.contract_no
            and owed_line.charge_kind = waived_line.charge_kind
            and waived_line.until_amount > owed_line.until_amount - owed_line.amount
            and waived_line.until_amount - waived_line.amount < owed_line.until_amount
),

remaining as (
    select
        item.contract_no,
        item.site_id,
        item.item_key,
        item.base_month,
        item.charge_kind,
        item.due_on,
        item.amount - coalesce(waiver_total.amount, 0) as amount
    from item
    left join (
        select contract_no, item_key, sum(amount) as amount
        from waived
        group by contract_no, item_key
    ) as waiver_total
        on item.contract_no = waiver_total.contract_no and item.item_key = waiver_total.item_key
),

remaining_line as (
    select
        remaining.*,
        sum(remaining.amount) over (
            partition by remaining.contract_no
            order by remaining.due_on, left(remaining.charge_kind, 3) <> '违约金', remaining.base_month, remaining.item_key
        ) as until_amount
    from remaining
    where remaining.amount > 0
),

paid as (
    select
        contract.contract_no,
        payment.paid_on as settled_on,
        payment.amount,
        payment.receipt_no
    from contract
    inner join fees.payment on contract.contract_no = payment.contract_no
    where
        payment.status = '有效'
        and payment.paid_on < %(as_of_on)s
        and payment.recorded_at <= %(known_at)s
        and %(known_at)s < payment.superseded_at
    union all
    select
        contract.contract_no,
        opening.base_month as settled_on,
        opening.amount,
        ''
    from contract
    inner join fees.opening on contract.contract_no = opening.contract_no
    where
        opening.charge_kind = '预收'
        and opening.recorded_at <= %(known_at)s
        and %(known_at)s < opening.superseded_at
),

paid_line as (
    select
        paid.*,
        sum(paid.amount) over (
            partition by paid.contract_no order by paid.settled_on, paid.receipt_no
        ) as until_amount
    from paid
)

select
    item.site_id,
    item.contract_no,
    item.item_key,
    item.base_month,
    item.charge_kind,
    item.due_on,
    item.amount as item_amount,
    settled.settled_on,
    settled.manner,
    coalesce(settled.amount, 0) as settled_amount
from item
left join (
    select contract_no, item_key, settled_on, '减免' as manner, amount
    from waived
    union all
    select
        remaining_line.contract_no,
        remaining_line.item_key,
        paid_line.settled_on,
        '到账' as manner,
        least(remaining_line.until_amount, paid_line.until_amount)
        - greatest(remaining_line.until_amount - remaining_line.amount, paid_line.until_amount - paid_line.amount) as amount
    from remaining_line
    inner join paid_line
        on
            remaining_line.contract_no = paid_line.contract_no
            and paid_line.until_amount > remaining_line.until_amount - remaining_line.amount
            and paid_line.until_amount - paid_line.amount < remaining_line.until_amount
) as settled
    on item.contract_no = settled.contract_no and item.item_key = settled.item_key

union all

-- what came in and settles nothing yet stands under no item: money in advance
select
    contract.site_id,
    contract.contract_no,
    '' as item_key,
    null as base_month,
    '预收' as charge_kind,
    null as due_on,
    0 as item_amount,
    max(paid.settled_on) as settled_on,
    '预收' as manner,
    sum(paid.amount) - coalesce(
        (
            select sum(remaining.amount) from remaining
            where remaining.contract_no = contract.contract_no and remaining.amount > 0
        ),
        0
    ) as settled_amount
from paid
inner join contract on paid.contract_no = contract.contract_no
group by contract.site_id, contract.contract_no
having sum(paid.amount) > coalesce(
    (
        select sum(remaining.amount) from remaining
        where remaining.contract_no = contract.contract_no and remaining.amount > 0
    ),
    0
)
