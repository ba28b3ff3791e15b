/*  The sheet 暂停清单: orders that the month does not settle, what each lacks, and whose turn it is.

    Grain:  one row per order that is audited and stopped, or not settled yet.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  WA-D1 to WA-D8; the rule that stops each is named with its clause.  */
select
    known.order_no,
    known.order_class,
    known.place_text,
    nullif(known.contractor_name, '') as contractor_name,
    known.outcome,
    concat(known.step, ' → ', known.stop) as step_text,
    known.missing,
    concat_ws(' ', clause.clause, known.stop_rule) as clause_text,
    known.department,
    known.since_on,
    known.stopped_days as stopped_count,
    case when known.outcome = '暂停' then known.settled_amount end as settled_amount
from
    repairs.known_order(
        'deposit_chargebacks', %(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz, %(is_preview)s::boolean
    ) as known
left join lateral (
    select rule.clause
    from repairs.clause_of(%(site_id)s::text, known.stop_rule, known.rule_from, %(known_at)s::timestamptz) as rule
) as clause on true
where known.outcome in ('暂停', '未到结算')
order by known.outcome = '未到结算', known.department, known.stopped_days desc, known.order_no
