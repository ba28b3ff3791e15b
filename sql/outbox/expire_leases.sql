/*  Sets letters aside whose deliverer vanished: nobody knows whether they went out (待核实).

    Grain:  one row per letter.
    Rerun:  safe; a letter is set aside once.
    Rules:  OPS-07 an unclear letter is never sent again blindly; whoever looks sets aside those of every run, as
            the run of the vanished one may not come back.  */
with run as (
    select %(reason)s::text as reason
)

update ops.outbox set
    state = 'unclear',
    last_error = run.reason
from run
where
    outbox.state = 'sending'
    and outbox.lease_until < clock_timestamp()
