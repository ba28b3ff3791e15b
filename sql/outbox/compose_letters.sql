/*  Puts the words into reserved letters and makes them ready to go.

    Grain:  one row per letter.
    Rerun:  safe; a letter that has its words keeps them.  */
with run as (
    select
        %(outbox_ids)s::bigint[] as outbox_ids,
        %(subjects)s::text[] as subjects,
        %(bodies_html)s::text[] as bodies_html,
        %(bodies_text)s::text[] as bodies_text
),

composed as (
    select
        letter.outbox_id,
        letter.subject,
        letter.body_html,
        letter.body_text
    from run
    cross join unnest(run.outbox_ids, run.subjects, run.bodies_html, run.bodies_text)
        as letter (outbox_id, subject, body_html, body_text)
)

update ops.outbox set
    subject = composed.subject,
    body_html = composed.body_html,
    body_text = composed.body_text,
    state = 'ready'
from composed
where outbox.outbox_id = composed.outbox_id and outbox.state = 'reserved'
