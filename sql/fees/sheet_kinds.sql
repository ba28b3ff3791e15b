/*  The chart 本期应收 by charge on the cover.

    Grain:  one row per kind of charge, late fees and corrections among them.
    Rerun:  safe; only reads what was known at `known_at`.  */
select
    asked.charge_kind,
    sum(asked.amount) as asked_amount
from fees.asked(%(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz) as asked
group by asked.charge_kind
order by array_position(array['租金', '物业费', '电费', '水费', '停车费', '其他', '违约金'], asked.charge_kind)
