/*  The deposit ledger beside the general ledger, under the sheet 质保金变动核对.

    Grain:  one row per account.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  no balance of the general ledger is not a balance of 0: it is said that none was reported.  */
select
    compared.account,
    compared.ledger_amount,
    compared.general_amount,
    compared.ledger_amount - compared.general_amount as delta_amount,
    case
        when compared.general_amount is null then '—(未报)'
        when compared.general_amount = compared.ledger_amount then '一致'
        else '不一致'
    end as verdict
from repairs.general_comparison(%(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz) as compared
order by compared.place
