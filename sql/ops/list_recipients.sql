/*  Lists who receives a kind of letter today, for one scope or for all.

    Grain:  one row per recipient.
    Rerun:  safe; only reads what holds now: these letters are about now, not about a period.  */
select distinct
    address,
    recipient_name
from book.recipient
where
    document_kind = %(document_kind)s
    and site_id in (%(site_id)s, '*')
    and superseded_at = 'infinity'
    and valid_from <= statement_timestamp()::date
    and coalesce(valid_to, 'infinity') >= statement_timestamp()::date
order by address
