/*  The sheet 质保金变动核对: each contract's deposit from the opening to the closing balance.

    Grain:  one row per contract that holds or moved anything.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  WAR-22 期初 − 扣款 ＋ 冲回 ＋ 增加 − 退还 = 期末, per contract and in total; else the workbook is refused.  */
select
    coalesce(contractor.contractor_name, movement.contractor_id) as contractor_name,
    movement.contract_no,
    movement.opening_amount,
    movement.deducted_amount,
    movement.reversed_amount,
    movement.added_amount,
    movement.returned_amount,
    movement.closing_amount,
    movement.opening_amount - movement.deducted_amount + movement.reversed_amount + movement.added_amount
    - movement.returned_amount - movement.closing_amount as proof_amount
from repairs.movement(%(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz) as movement
left join repairs.contractor
    on
        movement.contractor_id = contractor.contractor_id
        and contractor.recorded_at <= %(known_at)s
        and %(known_at)s < contractor.superseded_at
where
    row(
        movement.opening_amount, movement.deducted_amount, movement.reversed_amount, movement.added_amount,
        movement.returned_amount, movement.closing_amount
    ) is distinct from row(0, 0, 0, 0, 0, 0)
order by contractor_name, movement.contract_no
