/*  Stamps what became of a claimed letter: sent, refused, unclear, or ready to be tried again.

    Grain:  one letter.
    Rerun:  safe; only the holder of the claim finds the letter, and only until a person resolved it.
    Rules:  a deliverer that was slow may still stamp what it knows after its lease ran out.  */
with run as (
    select
        %(outbox_id)s::bigint as outbox_id,
        %(lease_until)s::timestamptz as lease_until,
        %(state)s::text as state,
        %(sent_to)s::text as sent_to,
        %(reason)s::text as reason
)

update ops.outbox set
    state = run.state,
    sent_to = run.sent_to,
    sent_at = case when run.state = 'sent' then clock_timestamp() end,
    last_error = run.reason
from run
where
    outbox.outbox_id = run.outbox_id
    and outbox.state in ('sending', 'unclear')
    and outbox.lease_until = run.lease_until
