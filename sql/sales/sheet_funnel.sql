/*  The chart 漏斗: from calls to signings of the period's own days.

    Grain:  one row per step, from 来电 to 签约.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  SAL-06 a customer is new once; what was cancelled in the period was still subscribed or signed.
    Joins:  hashed  */
select
    named.step,
    coalesce(sum(moved.moved_count), 0) as moved_quantity
from (
    values (1, '来电', '来电新'), (2, '来访', '来访新'), (3, '认购', '认购'), (4, '签约', '签约')
) as named (place, step, indicator)
left join sales.moved(array[%(site_id)s::text], %(starts_on)s::date, %(last_on)s::date, %(known_at)s::timestamptz) as moved
    on named.indicator = moved.indicator
group by named.place, named.step
order by named.place
