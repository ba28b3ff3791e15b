/*  Cancels letters that have not gone out and of which a later revision speaks for itself.

    Grain:  one row per letter.
    Rerun:  safe; a letter is cancelled once.
    Rules:  only of the documents named: letters of the same kind about something else go out as they are.  */
with document as (
    select
        told.document_key,
        told.revision
    from unnest(%(document_keys)s::text[], %(revisions)s::integer[]) as told (document_key, revision)
)

update ops.outbox set
    state = 'cancelled',
    resolution = %(reason)s,
    resolved_by = 'system',
    resolved_at = clock_timestamp()
from document
where
    outbox.letter_kind = %(letter_kind)s
    and outbox.document_key = document.document_key
    and outbox.revision < document.revision
    and outbox.state in ('reserved', 'ready')
