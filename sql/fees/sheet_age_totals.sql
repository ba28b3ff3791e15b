/*  The totals of the sheet 账龄 and of its chart.

    Grain:  one row.
    Rerun:  safe; only reads what was known at `known_at`.  */
select
    coalesce(sum(not_due_amount), 0) as not_due_amount,
    coalesce(sum(to_30_amount), 0) as to_30_amount,
    coalesce(sum(to_60_amount), 0) as to_60_amount,
    coalesce(sum(to_90_amount), 0) as to_90_amount,
    coalesce(sum(to_180_amount), 0) as to_180_amount,
    coalesce(sum(to_365_amount), 0) as to_365_amount,
    coalesce(sum(to_3_years_amount), 0) as to_3_years_amount,
    coalesce(sum(over_3_years_amount), 0) as over_3_years_amount,
    coalesce(sum(all_amount), 0) as all_amount
from fees.ages(%(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz)
