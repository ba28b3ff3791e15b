/*  The sheet 应收变动表: from what the last notices asked to what these ask, by charge.

    Grain:  one row per kind of charge, and one for money in advance.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  BIL-13 money in advance is no collection of the month; BIL-22 a waiver is not a collection.  */
with edition as materialized (
    select *
    from fees.edition(%(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz)
),

moved as materialized (
    select *
    from fees.movement(%(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz)
)

select
    edition.tower_name,
    moved.charge_kind,
    sum(moved.opening_amount) as opening_amount,
    nullif(sum(moved.restated_amount), 0) as restated_amount,
    sum(moved.asked_amount) as asked_amount,
    sum(moved.current_received_amount) as current_received_amount,
    sum(moved.earlier_received_amount) as earlier_received_amount,
    sum(moved.advance_amount) as advance_amount,
    sum(moved.credit_amount) as credit_amount,
    sum(moved.waived_amount) as waived_amount,
    sum(moved.red_amount) as red_amount,
    sum(moved.blue_amount) as blue_amount,
    sum(moved.closing_amount) as closing_amount,
    sum(
        moved.opening_amount + moved.restated_amount + moved.asked_amount - moved.current_received_amount
        - moved.earlier_received_amount - moved.advance_amount - moved.credit_amount - moved.waived_amount
        + moved.red_amount + moved.blue_amount - moved.closing_amount
    ) as proof_amount
from moved
cross join edition
group by edition.tower_name, moved.charge_kind
having
    bool_or(
        row(
            moved.opening_amount, moved.asked_amount, moved.current_received_amount, moved.earlier_received_amount,
            moved.advance_amount, moved.credit_amount, moved.waived_amount, moved.red_amount, moved.closing_amount
        ) is distinct from row(0, 0, 0, 0, 0, 0, 0, 0, 0)
    )
order by
    array_position(
        array['租金', '物业费', '电费', '水费', '停车费', '其他', '违约金', '预收款'], moved.charge_kind
    )
