/*  Waits until nobody else books for the contractor, and holds his deposits until the transaction ends.

    Grain:  one row per contract of the contractor; the number of rows means nothing.
    Rerun:  safe; only locks.
    Method: an advisory lock first, for a contractor's first booking has no row to lock yet. It is asked for in a condition
            about no row, which is answered before any row is looked for: a join would not ask while there is none.  */
with turn as materialized (
    select pg_advisory_xact_lock(hashtextextended('repairs|' || %(site_id)s || '|' || %(contractor_id)s, 0)) as taken
)

select account.contract_no
from repairs.deposit_account as account
where
    (select count(turn.taken) from turn) = 1
    and account.contract_no in (
        select planned.contract_no
        from repairs.planned
        where
            planned.site_id = %(site_id)s
            and planned.base_on = %(base_on)s
            and planned.contractor_id = %(contractor_id)s
    )
order by account.contract_no
for update of account
