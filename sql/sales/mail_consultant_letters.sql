/*  The letters to consultants that have no words yet, and whose each is.

    Grain:  one row per letter.
    Rerun:  safe; only reads.
    Rules:  a correction says which edition it replaces, why, and who asked for it (outputs 0).  */
select
    outbox.outbox_id,
    split_part(outbox.document_key, '/', 4) as consultant_id,
    outbox.recipient_name,
    project.project_name,
    project.contact,
    to_char(replaced.issued_at, 'YYYY-MM-DD HH24:MI') as replaced_text,
    coalesce(nullif(run.reason, ''), '资料更正') as reason,
    run.requested_by
from ops.artifact
inner join ops.run on artifact.run_id = run.run_id
inner join ops.outbox on artifact.artifact_id = outbox.artifact_id and outbox.letter_kind = artifact.document_kind
inner join sales.project
    on
        artifact.site_id = project.site_id
        and project.recorded_at <= artifact.known_at
        and artifact.known_at < project.superseded_at
left join ops.artifact as replaced
    on
        artifact.document_kind = replaced.document_kind
        and artifact.site_id = replaced.site_id
        and artifact.period = replaced.period
        and artifact.revision - 1 = replaced.revision
where artifact.artifact_id = %(artifact_id)s and outbox.state = 'reserved'
order by outbox.outbox_id
