/*  The sheet 周转金: the two floats, what was spent of them and paid back, and whether the cash that was counted is right.

    Grain:  one row per holder.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  WA-D10 定额 − 库存 − 在途单据 = 0. Cash is what was counted last, less what was spent and plus what was paid
            back since.  */
select
    float.holder,
    float.float_amount,
    float.opening_transit_amount,
    float.spent_amount,
    float.repaid_amount,
    float.transit_amount,
    float.counted_on,
    float.cash_amount,
    float.delta_amount
from repairs.float_account(%(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz) as float
order by float.holder
