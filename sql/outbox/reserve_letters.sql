/*  Reserves one letter per recipient of each document's revision; the documents are of one kind.

    Grain:  one row per kind, document, revision and recipient.
    Rerun:  safe; a letter that is reserved stays as it is.
    Rules:  OPS-12 a later revision also goes to everyone who got, or may yet get, an earlier one;
            OPS-07 the Message-ID follows from the key, so that a letter sent again carries the same one.  */
with run as (
    select
        %(letter_kind)s::text as letter_kind,
        %(document_keys)s::text[] as document_keys,
        %(revisions)s::integer[] as revisions,
        %(listed_keys)s::text[] as listed_keys,
        %(addresses)s::text[] as addresses,
        %(names)s::text[] as names,
        %(artifact_id)s::bigint as artifact_id,
        %(run_id)s::bigint as run_id
),

document as (
    select
        run.letter_kind,
        told.document_key,
        told.revision
    from run
    cross join unnest(run.document_keys, run.revisions) as told (document_key, revision)
),

listed as (
    select
        listed.document_key,
        lower(trim(listed_address)) as recipient,
        listed_name as recipient_name,
        1 as rank
    from run
    cross join
        unnest(run.listed_keys, run.addresses, run.names) as listed (document_key, listed_address, listed_name)
),

informed_before as (
    select
        outbox.document_key,
        outbox.recipient,
        outbox.recipient_name,
        2 as rank
    from ops.outbox
    inner join document on outbox.letter_kind = document.letter_kind and outbox.document_key = document.document_key
    where outbox.revision < document.revision and outbox.state not in ('refused', 'cancelled')
),

addressed as (
    select distinct on (document_key, recipient)
        document_key,
        recipient,
        recipient_name
    from (
        select * from listed
        union all
        select * from informed_before
    ) as everyone
    order by document_key, recipient, rank, recipient_name
)

insert into ops.outbox (
    letter_kind, document_key, revision, recipient, recipient_name, artifact_id, run_id, message_id
)
select
    document.letter_kind,
    document.document_key,
    document.revision,
    addressed.recipient,
    addressed.recipient_name,
    run.artifact_id,
    run.run_id,
    '<' || left(encode(sha256(convert_to(concat_ws(
        E'\n', document.letter_kind, document.document_key, document.revision, addressed.recipient
    ), 'UTF8')), 'hex'), 40) || '@letters.backoffice>'
from run
cross join document
inner join addressed on document.document_key = addressed.document_key
order by document.document_key, addressed.recipient
on conflict (letter_kind, document_key, revision, recipient) do nothing
