/*  Finds deposits that no longer stand as they stood when the month was planned.

    Grain:  one row per contract.
    Rerun:  safe; only reads. What the month has booked itself is counted in.
    Rules:  two runs at once: who comes second finds what the first one booked, and books nothing twice.  */
with planned as (
    select
        planned.contract_no,
        -- what it was planned from, which is not always what the months before add up to by now
        (array_agg(planned.balance_before order by planned.line_no))[1] as opening_balance,
        sum(planned.deposit_amount) as deposit_amount,
        sum(planned.reserved_amount) as reserved_amount,
        bool_or(entry.entry_id is not null) as is_booked
    from repairs.planned
    left join repairs.entry
        on
            planned.site_id = entry.site_id
            and planned.base_on = entry.base_on
            and planned.entry_kind = entry.entry_kind
            and planned.order_no = entry.order_no
            and planned.movement_no = entry.movement_no
    where
        planned.site_id = %(site_id)s
        and planned.base_on = %(base_on)s
        and planned.contractor_id = %(contractor_id)s
        and planned.contract_no <> ''
    group by planned.contract_no
),

opening as (
    select
        entry_line.contract_no,
        -sum(entry_line.amount) as reserved
    from repairs.entry
    inner join repairs.entry_line on entry.entry_id = entry_line.entry_id
    where
        entry.base_on < %(base_on)s
        and entry_line.account = '冻结质保金'
        and entry_line.contract_no in (select planned.contract_no from planned)
    group by entry_line.contract_no
)

select
    format(
        '合同%%s的质保金现为%%s（冻结%%s），与计算时的%%s（冻结%%s）不同，没有入账。请用“重算”重新计算。', planned.contract_no,
        coalesce(account.balance, 0.00), coalesce(account.reserved, 0.00), expected.balance, expected.reserved
    ) as problem
from planned
left join opening on planned.contract_no = opening.contract_no
cross join
    lateral (
        select
            planned.opening_balance + case when planned.is_booked then planned.deposit_amount else 0 end as balance,
            coalesce(opening.reserved, 0.00) + case when planned.is_booked then planned.reserved_amount else 0 end as reserved
    ) as expected
left join repairs.deposit_account as account on planned.contract_no = account.contract_no
where (coalesce(account.balance, 0), coalesce(account.reserved, 0)) <> (expected.balance, expected.reserved)
