/*  Keeps the deputy chief engineer's certification of the month's list, order by order; what he took out, with his reason.

    Grain:  one row per order that was asked about.
    Rerun:  safe; what was certified at the same amount stays, another certification of the order is superseded.
    Rules:  WA-D8, of both classes; each with a written opinion.  */
with answered as materialized (
    select
        standing.order_no,
        standing.settled_amount,
        standing.order_class,
        case when out.item_no is null then '认定' else '剔除' end as verdict,
        coalesce(out.reason, %(opinion)s) as opinion
    from repairs.standing
    left join jsonb_to_recordset(%(taken_out)s::jsonb) as out (item_no text, reason text)
        on standing.order_no = out.item_no
    where
        standing.workflow = 'deposit_chargebacks'
        and standing.site_id = %(site_id)s
        and standing.base_on = %(base_on)s
        and standing.outcome = '待认定'
),

superseded as (
    update repairs.certification as known
    set superseded_at = clock_timestamp()
    from answered
    where known.order_no = answered.order_no and known.superseded_at = 'infinity'
    returning known.order_no
)

insert into repairs.certification (
    order_no, verdict, certified_amount, order_class, certifier, opinion, certified_on, recorded_at, run_id
)
select
    answered.order_no,
    answered.verdict,
    answered.settled_amount,
    answered.order_class,
    %(decided_by)s as certifier,
    answered.opinion,
    %(decided_on)s::date as certified_on,
    clock_timestamp() as recorded_at,
    %(run_id)s as run_id
from answered
where (select count(*) from superseded) >= 0
