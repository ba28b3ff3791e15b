/*  The letters to contractors that have no words yet, and which paper goes with each.

    Grain:  one row per letter.
    Rerun:  safe; only reads.  */
select
    outbox.outbox_id,
    paper.paper_no,
    outbox.recipient_name
from ops.artifact
inner join repairs.paper
    on
        artifact.workflow = paper.workflow
        and artifact.site_id = paper.site_id
        and lower(artifact.period) = paper.base_on
inner join ops.outbox
    on
        artifact.artifact_id = outbox.artifact_id
        and outbox.document_key = artifact.document_kind || '/' || paper.paper_no
where artifact.artifact_id = %(artifact_id)s and outbox.state = 'reserved'
order by outbox.outbox_id
