/*  Lists reserved letters that have no words yet.

    Grain:  one row per letter.
    Rerun:  safe; only reads.
    Rules:  a filter that is null does not filter.  */
with run as (
    select
        %(artifact_id)s::bigint as artifact_id,
        %(run_id)s::bigint as run_id,
        %(letter_kind)s::text as letter_kind,
        %(outbox_ids)s::bigint[] as outbox_ids
)

select
    outbox.outbox_id,
    outbox.letter_kind,
    outbox.document_key,
    outbox.revision,
    outbox.recipient,
    outbox.recipient_name,
    outbox.artifact_id
from ops.outbox
cross join run
where
    outbox.state = 'reserved'
    and (run.artifact_id is null or outbox.artifact_id = run.artifact_id)
    and (run.run_id is null or outbox.run_id = run.run_id)
    and (run.letter_kind is null or outbox.letter_kind = run.letter_kind)
    and (run.outbox_ids is null or outbox.outbox_id = any(run.outbox_ids))
order by outbox.outbox_id
