/*  Sets letters aside whose deliverer vanished: nobody knows whether they went out (待核实).

    Grain:  one row per letter.
    Rerun:  safe; a letter is set aside once.
    Rules:  OPS-07 an unclear letter is never sent again blindly; a filter that is null does not filter.  */
with run as (
    select
        %(run_id)s::bigint as run_id,
        %(document_key)s::text as document_key,
        %(artifact_id)s::bigint as artifact_id,
        %(reason)s::text as reason
)

update ops.outbox set
    state = 'unclear',
    last_error = run.reason
from run
where
    outbox.state = 'sending'
    and outbox.lease_until < clock_timestamp()
    and (run.run_id is null or outbox.run_id = run.run_id)
    and (run.document_key is null or outbox.document_key = run.document_key)
    and (run.artifact_id is null or outbox.artifact_id = run.artifact_id)
