/*  The accounts into which a tower's notices are paid, as they hold on the 20th.

    Grain:  one row per payee.
    Rerun:  safe; only reads.  */
select distinct on (payee.payee_id)
    payee.payee_id,
    payee.account_name,
    payee.bank_name,
    payee.account_no
from fees.payee
where
    payee.valid_from <= %(base_on)s::date + 19
    and payee.recorded_at <= %(known_at)s
    and %(known_at)s < payee.superseded_at
order by payee.payee_id, payee.valid_from desc
