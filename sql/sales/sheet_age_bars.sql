/*  The chart under 应收账龄: what is owed in each bucket at the period's end.

    Grain:  one row per bucket, from 未到期 to 90以上.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  SAL-14.  */
select
    named.bucket,
    coalesce(sum(receivable.open_amount), 0) as open_amount
from (values (1, '未到期'), (2, '1–30'), (3, '31–60'), (4, '61–90'), (5, '90以上')) as named (place, bucket)
left join (
    select
        owed.bucket,
        owed.open_amount
    from
        sales.counted_place(%(workflow)s::text, %(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz)
            as place
    cross join lateral sales.receivable_at(place.site_id, %(last_on)s::date, place.known_at) as owed
) as receivable
    on named.bucket = receivable.bucket
group by named.place, named.bucket
order by named.place
