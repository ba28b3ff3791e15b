/*  Puts the words into reserved letters and makes them ready to go.

    Grain:  one row per letter.
    Rerun:  safe; a letter that has its words keeps them.
    Rules:  a letter's own file is null where the file of its document goes along; further files stand beside an own one.  */
with run as (
    select
        %(outbox_ids)s::bigint[] as outbox_ids,
        %(subjects)s::text[] as subjects,
        %(bodies_html)s::text[] as bodies_html,
        %(bodies_text)s::text[] as bodies_text,
        %(file_paths)s::text[] as file_paths,
        %(sha256s)s::text[] as sha256s,
        %(byte_counts)s::bigint[] as byte_counts,
        %(further_files)s::jsonb[] as further_files
),

composed as (
    select
        letter.outbox_id,
        letter.subject,
        letter.body_html,
        letter.body_text,
        letter.file_path,
        letter.sha256,
        letter.byte_count,
        letter.further_files
    from run
    cross join
        unnest(
            run.outbox_ids,
            run.subjects,
            run.bodies_html,
            run.bodies_text,
            run.file_paths,
            run.sha256s,
            run.byte_counts,
            run.further_files
        ) as letter (outbox_id, subject, body_html, body_text, file_path, sha256, byte_count, further_files)
)

update ops.outbox set
    subject = composed.subject,
    body_html = composed.body_html,
    body_text = composed.body_text,
    file_path = composed.file_path,
    sha256 = composed.sha256,
    byte_count = composed.byte_count,
    further_files = composed.further_files,
    state = 'ready'
from composed
where outbox.outbox_id = composed.outbox_id and outbox.state = 'reserved'
