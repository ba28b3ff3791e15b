/*  Counts letters by state.

    Grain:  one row.
    Rerun:  safe; only reads.
    Rules:  a filter that is null does not filter.  */
with run as (
    select
        %(run_id)s::bigint as run_id,
        %(document_key)s::text as document_key,
        %(artifact_id)s::bigint as artifact_id
)

select
    count(*) filter (where outbox.state = 'unclear') as unclear_count,
    count(*) filter (where outbox.state = 'refused') as refused_count,
    count(*) filter (where outbox.state in ('ready', 'sending')) as left_count,
    count(*) filter (where outbox.state = 'sending') as sending_count
from ops.outbox
cross join run
where
    (run.run_id is null or outbox.run_id = run.run_id)
    and (run.document_key is null or outbox.document_key = run.document_key)
    and (run.artifact_id is null or outbox.artifact_id = run.artifact_id)
