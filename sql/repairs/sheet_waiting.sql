/*  The sheet 待审批: orders that somebody has to approve, highest level first.

    Grain:  one row per order.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  WA-D6 levels; WAR-03 by the sum of a group; WAR-04 again when the settlement is higher.  */
select
    concat('第', waiting.level_no, '级') as level_text,
    waiting.duty,
    waiting.order_no,
    waiting.order_class,
    waiting.place_text,
    nullif(waiting.contractor_name, '') as contractor_name,
    waiting.amount,
    waiting.amount_basis,
    waiting.reason,
    waiting.approved_text,
    waiting.since_on,
    waiting.stopped_days as stopped_count
from repairs.waiting(%(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz) as waiting
order by waiting.level_no desc, waiting.since_on, waiting.order_no
