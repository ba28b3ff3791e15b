/*  Claims the next ready letter for one deliverer, until its lease runs out.

    Grain:  at most one letter.
    Rerun:  safe; a letter that somebody else is claiming is passed over.
    Rules:  OPS-07 the claim is committed before anything is sent; a filter that is null does not filter. A letter's own
            files go along before that of its document.  */
with run as (
    select
        %(after_id)s::bigint as after_id,
        %(run_id)s::bigint as run_id,
        %(document_key)s::text as document_key,
        %(artifact_id)s::bigint as artifact_id,
        %(lease_seconds)s::double precision as lease_seconds
),

next_letter as (
    select
        outbox.outbox_id,
        outbox.artifact_id,
        outbox.file_path,
        outbox.sha256,
        outbox.byte_count,
        outbox.further_files
    from ops.outbox
    cross join run
    where
        outbox.state = 'ready'
        and outbox.outbox_id > run.after_id
        and (run.run_id is null or outbox.run_id = run.run_id)
        and (run.document_key is null or outbox.document_key = run.document_key)
        and (run.artifact_id is null or outbox.artifact_id = run.artifact_id)
    order by outbox.outbox_id
    limit 1
    for update of outbox skip locked
),

attached as (
    select
        next_letter.outbox_id,
        case
            when coalesce(next_letter.file_path, artifact.artifact_id::text) is null then '[]'::jsonb
            else jsonb_build_array(jsonb_build_object(
                'file_path', coalesce(next_letter.file_path, artifact.file_path),
                'sha256', coalesce(next_letter.sha256, artifact.sha256),
                'byte_count', coalesce(next_letter.byte_count, artifact.byte_count)
            ))
        end || next_letter.further_files as files
    from next_letter
    left join ops.artifact on next_letter.artifact_id = artifact.artifact_id
)

update ops.outbox set
    state = 'sending',
    lease_until = clock_timestamp() + make_interval(secs => run.lease_seconds),
    last_error = ''
from attached
cross join run
where outbox.outbox_id = attached.outbox_id
returning
    outbox.outbox_id,
    outbox.recipient,
    outbox.recipient_name,
    outbox.subject,
    outbox.body_html,
    outbox.body_text,
    outbox.message_id,
    outbox.lease_until,
    attached.files
