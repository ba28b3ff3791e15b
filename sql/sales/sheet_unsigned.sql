/*  The sheet 认购未签约: subscriptions of the period's last day without a contract (SAL-04).

    Grain:  one row per subscription.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  SAL-04; the day agreed, else sign_days of the rules of the day of subscription. SAL-21 the customer is masked.  */
select
    unsigned.unit_no,
    sales.masked_name(unsigned.customer_name) as customer,
    unsigned.subscribed_on,
    unsigned.amount,
    unsigned.deposit_amount,
    unsigned.received_amount,
    unsigned.sign_by_on,
    nullif(unsigned.overdue_days, 0) as overdue_days,
    sales.masked_text(unsigned.open_reason) as open_reason,
    coalesce(consultant.consultant_name, unsigned.consultant_id) as consultant_name
from sales.unsigned_at(%(site_id)s::text, %(last_on)s::date, %(known_at)s::timestamptz) as unsigned
left join sales.staff_on(%(last_on)s::date, %(known_at)s::timestamptz) as consultant
    on unsigned.consultant_id = consultant.consultant_id
order by unsigned.overdue_days desc nulls last, unsigned.sign_by_on, unsigned.unit_no, unsigned.subscription_no
