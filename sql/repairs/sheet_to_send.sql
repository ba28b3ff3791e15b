/*  The sheet 待发函: letters to contractors that are due, and those that wait for a step before.

    Grain:  one row per order and kind of letter.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  WAR-05 notice before the repair; WA-D8 the audit department tells the contractor the audited amount.  */
select
    unsent.letter_kind,
    unsent.order_no,
    unsent.contractor_name,
    unsent.contract_no,
    unsent.place_text,
    unsent.defect,
    unsent.amount,
    unsent.department,
    unsent.state_text,
    unsent.since_on,
    unsent.waiting_days as waiting_count
from repairs.to_send(%(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz) as unsent
order by unsent.is_due desc, unsent.letter_kind, unsent.contractor_id, unsent.order_no
