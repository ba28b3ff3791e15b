/*  The sheet 维修工程款支付表: what the property company is owed for its repair team, and what it was paid.

    Grain:  one row per order that is not paid, or was settled or paid in the month.
    Rerun:  safe; only reads what was known at `known_at`; of what is certified a preview knows nothing.
    Rules:  WA-D9 finance pays on the certified settlement, without review by any further department.  */
with account as materialized (
    select team_account.*
    from repairs.team_account(%(site_id)s::text, %(starts_on)s::date) as team_account
    where team_account.is_moved or team_account.owed_amount <> team_account.paid_amount
),

paid as (
    select
        payment.order_no,
        max(payment.paid_on) as paid_on,
        string_agg(nullif(payment.opinion, ''), '；' order by payment.paid_on, payment.payment_no) as opinion
    from repairs.team_payment as payment
    where
        payment.order_no in (select account.order_no from account)
        and payment.paid_on <= %(last_on)s
        and payment.recorded_at <= %(known_at)s
        and %(known_at)s < payment.superseded_at
    group by payment.order_no
),

certified as (
    select distinct on (certification.order_no)
        certification.order_no,
        certification.certifier
    from repairs.certification
    left join ops.run on certification.run_id = run.run_id
    where
        certification.order_no in (select account.order_no from account)
        and certification.verdict = '认定'
        and (
            (certification.recorded_at <= %(known_at)s and %(known_at)s < certification.superseded_at)
            or (not %(is_preview)s and run.workflow = 'deposit_chargebacks' and run.period @> %(starts_on)s::date)
        )
    order by certification.order_no, certification.recorded_at desc
)

select
    edition.payee_name,
    account.order_no,
    work_order.order_class,
    work_order.place_text,
    audit.audited_amount,
    certified.certifier,
    account.owed_amount,
    account.paid_amount,
    account.owed_amount - account.paid_amount as open_amount,
    paid.paid_on,
    case
        when account.paid_amount > account.owed_amount then concat_ws('；', '已付超过应付，请核对收回', paid.opinion)
        when paid.opinion is not null then paid.opinion
        when account.paid_amount = account.owed_amount then '已付清'
        when certified.certifier is null then '认定后支付'
        else '已认定，可支付，无须其余部门再行审核'
    end as opinion
from account
cross join repairs.edition(%(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz) as edition
left join repairs.work_order
    on
        account.order_no = work_order.order_no
        and work_order.recorded_at <= edition.known_at
        and edition.known_at < work_order.superseded_at
left join repairs.audit
    on
        account.order_no = audit.order_no
        and audit.recorded_at <= edition.known_at
        and edition.known_at < audit.superseded_at
left join certified on account.order_no = certified.order_no
left join paid on account.order_no = paid.order_no
order by account.owed_amount = account.paid_amount, work_order.order_class, account.order_no
