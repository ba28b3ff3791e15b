/*  The sheet 质保金台账: each contract's deposit, what it should be, what moved, and what is free.

    Grain:  one row per contract.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  WAR-22 roll-forward; WAR-13, WAR-23 what is held above the cap is shown as to be returned, the ledger is not
            changed by itself.  */
select
    deposit.project_name,
    deposit.contractor_name,
    deposit.contract_no,
    deposit.settled_amount as price_amount,
    deposit.deposit_rate,
    deposit.due_amount,
    deposit.held_amount,
    deposit.held_on,
    deposit.accepted_on,
    deposit.liability_until_on,
    deposit.opening_amount,
    deposit.added_amount,
    deposit.deducted_amount,
    deposit.reversed_amount,
    deposit.returned_amount,
    deposit.closing_amount,
    deposit.reserved_amount,
    deposit.closing_amount - deposit.reserved_amount as available_amount,
    case
        when deposit.above_amount > 0
            then concat(
                '上限', to_char(deposit.cap_amount, 'FM999,999,999,990.00'), '，超出',
                to_char(deposit.above_amount, 'FM999,999,999,990.00'), '，应退还'
            )
    end as cap_text,
    case
        when deposit.closing_amount = 0 then null
        when deposit.liability_until_on <= edition.last_on then concat('已到期', edition.last_on - deposit.liability_until_on, '天')
        when deposit.liability_until_on <= edition.last_on + 60 then concat('还有', deposit.liability_until_on - edition.last_on, '天到期')
    end as until_text
from repairs.edition(%(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz) as edition
cross join lateral repairs.deposit(edition.site_id, edition.base_on, edition.known_at) as deposit
order by deposit.project_name, deposit.contractor_name, deposit.contract_no
