/*  The letters to consultants that have no words yet, and whose each is.

    Grain:  one row per letter.
    Rerun:  safe; only reads.  */
select
    outbox.outbox_id,
    split_part(outbox.document_key, '/', 4) as consultant_id,
    outbox.recipient_name,
    project.project_name,
    project.contact
from ops.artifact
inner join ops.outbox on artifact.artifact_id = outbox.artifact_id and outbox.letter_kind = artifact.document_kind
inner join sales.project
    on
        artifact.site_id = project.site_id
        and project.recorded_at <= artifact.known_at
        and artifact.known_at < project.superseded_at
where artifact.artifact_id = %(artifact_id)s and outbox.state = 'reserved'
order by outbox.outbox_id
