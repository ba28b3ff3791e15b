/*  Reserves one letter per recipient of a document's revision.

    Grain:  one row per kind, document, revision and recipient.
    Rerun:  safe; a letter that is reserved stays as it is.
    Rules:  OPS-12 a later revision also goes to everyone who got, or may yet get, an earlier one;
            OPS-07 the Message-ID follows from the key, so that a letter sent again carries the same one.  */
with run as (
    select
        %(letter_kind)s::text as letter_kind,
        %(document_key)s::text as document_key,
        %(revision)s::integer as revision,
        %(addresses)s::text[] as addresses,
        %(names)s::text[] as names,
        %(artifact_id)s::bigint as artifact_id,
        %(run_id)s::bigint as run_id
),

listed as (
    select
        lower(trim(listed_address)) as recipient,
        listed_name as recipient_name,
        1 as rank
    from run
    cross join unnest(run.addresses, run.names) as listed (listed_address, listed_name)
),

informed_before as (
    select
        outbox.recipient,
        outbox.recipient_name,
        2 as rank
    from ops.outbox
    inner join run on outbox.letter_kind = run.letter_kind and outbox.document_key = run.document_key
    where outbox.revision < run.revision and outbox.state not in ('refused', 'cancelled')
),

addressed as (
    select distinct on (recipient)
        recipient,
        recipient_name
    from (
        select * from listed
        union all
        select * from informed_before
    ) as everyone
    order by recipient, rank, recipient_name
)

insert into ops.outbox (
    letter_kind, document_key, revision, recipient, recipient_name, artifact_id, run_id, message_id
)
select
    run.letter_kind,
    run.document_key,
    run.revision,
    addressed.recipient,
    addressed.recipient_name,
    run.artifact_id,
    run.run_id,
    '<' || left(encode(sha256(convert_to(concat_ws(
        E'\n', run.letter_kind, run.document_key, run.revision, addressed.recipient
    ), 'UTF8')), 'hex'), 40) || '@letters.backoffice>'
from run
cross join addressed
order by addressed.recipient
on conflict (letter_kind, document_key, revision, recipient) do nothing
