/*  Logs that a person resolved a letter.

    Grain:  one event.
    Rerun:  written in the transaction that resolves the letter, so once.  */
with run as (
    select
        %(outbox_id)s::bigint as outbox_id,
        %(actor)s::text as actor,
        %(kind)s::text as kind,
        %(detail)s::text as detail
)

insert into ops.event (run_id, actor, kind, detail)
select
    outbox.run_id,
    run.actor,
    run.kind,
    run.detail
from run
inner join ops.outbox on run.outbox_id = outbox.outbox_id
