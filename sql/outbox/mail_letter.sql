/*  Reads one letter for a person who is about to resolve it.

    Grain:  one letter.
    Rerun:  safe; only reads.  */
with run as (
    select %(outbox_id)s::bigint as outbox_id
)

select
    outbox.outbox_id,
    outbox.letter_kind,
    outbox.document_key,
    outbox.revision,
    outbox.recipient,
    outbox.state
from run
inner join ops.outbox on run.outbox_id = outbox.outbox_id
