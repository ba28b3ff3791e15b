/*  Letters that a person must settle: their delivery is unknown, or the address was refused.

    Grain:  one row per letter.
    Rerun:  safe; only reads.  */
select
    outbox_id,
    recipient,
    coalesce(subject, document_key) as subject,
    state,
    last_error
from ops.outbox
where state in ('unclear', 'refused')
order by outbox_id
