/*  Keeps what a person found out about a letter, or where it shall go instead.

    Grain:  one letter.
    Rerun:  safe; a letter that is no longer in one of the expected states is not found.
    Rules:  OPS-07 only a person sends an unclear letter again, and it keeps its Message-ID.  */
with run as (
    select
        %(outbox_id)s::bigint as outbox_id,
        %(expected)s::text[] as expected,
        %(state)s::text as state,
        %(recipient)s::text as recipient,
        %(resolved_by)s::text as resolved_by,
        %(resolution)s::text as resolution
)

update ops.outbox set
    state = run.state,
    recipient = coalesce(run.recipient, outbox.recipient),
    lease_until = null,
    last_error = '',
    resolved_by = run.resolved_by,
    resolved_at = clock_timestamp(),
    resolution = run.resolution
from run
where outbox.outbox_id = run.outbox_id and outbox.state = any(run.expected)
