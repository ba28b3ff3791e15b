/*  Lists who receives a document now.

    Grain:  one row per recipient.
    Rerun:  safe; only reads.
    Rules:  the list is the one known to, and in force at, the run that releases; a run that wants no mail
            has no recipients (OPS-06: backfills compare in silence).  */
with run as (
    select
        run.known_at,
        run.known_at::date as known_on,
        %(artifact_id)s::bigint as artifact_id
    from ops.run
    where run.run_id = %(run_id)s::bigint and run.wants_mail
)

select
    recipient.address,
    recipient.recipient_name
from run
inner join ops.artifact on run.artifact_id = artifact.artifact_id
inner join book.recipient
    on
        artifact.document_kind = recipient.document_kind
        and recipient.site_id in (artifact.site_id, '*')
        and run.known_on between recipient.valid_from and coalesce(recipient.valid_to, 'infinity')
        and recipient.recorded_at <= run.known_at
        and run.known_at < recipient.superseded_at
order by recipient.address, recipient.recipient_name
