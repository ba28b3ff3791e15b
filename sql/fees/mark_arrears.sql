/*  Marks what is still open on the eve of the 20th, item by item: the 期初欠费 of a notice.

    Grain:  one row per contract and open item.
    Rerun:  safe; a row that says the same already is not touched, one that is settled now goes.
    Joins:  hashed; temporary tables carry no statistics, and a loop over them would be quadratic.
    Parts:  fees/list_parts  */
with scope as materialized (
    select site_id
    from fees.open_scope
    where run_id = %(run_id)s and not is_closed
),

reckoned as materialized (
    select
        settlement.site_id,
        %(first_on)s::date as base_on,
        settlement.contract_no,
        settlement.item_key,
        settlement.base_month,
        settlement.charge_kind,
        settlement.due_on,
        settlement.item_amount as amount,
        sum(settlement.settled_amount)::numeric(14, 2) as settled_amount,
        (settlement.item_amount - sum(settlement.settled_amount))::numeric(14, 2) as open_amount
    from settlement
    inner join scope on settlement.site_id = scope.site_id
    where settlement.item_key <> ''
    group by
        settlement.site_id, settlement.contract_no, settlement.item_key, settlement.base_month,
        settlement.charge_kind, settlement.due_on, settlement.item_amount
    having settlement.item_amount <> sum(settlement.settled_amount)
),

kept as materialized (
    select bill_arrear.*
    from fees.bill_arrear
    where
        bill_arrear.site_id = any(array(select scope.site_id from scope))
        and bill_arrear.base_on = %(first_on)s
),

gone as (
    delete from fees.bill_arrear
    using kept
    where
        bill_arrear.site_id = kept.site_id
        and bill_arrear.base_on = kept.base_on
        and bill_arrear.contract_no = kept.contract_no
        and bill_arrear.item_key = kept.item_key
        and not exists (
            select from reckoned
            where
                reckoned.contract_no = kept.contract_no
                and reckoned.item_key = kept.item_key
                and row(reckoned.*) is not distinct from row(kept.*)
        )
    returning bill_arrear.contract_no
)

insert into fees.bill_arrear
-- nothing to compare with: as they come, which is the order of the key
select reckoned.*
from reckoned
where not exists (select from kept)
union all
select reckoned.*
from reckoned
where
    -- what goes has gone before the first row comes
    (select count(*) from gone) >= 0
    and exists (select from kept)
    and not exists (
        select from kept
        where
            kept.contract_no = reckoned.contract_no
            and kept.item_key = reckoned.item_key
            and row(reckoned.*) is not distinct from row(kept.*)
    )
