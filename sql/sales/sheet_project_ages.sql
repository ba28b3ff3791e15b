/*  The sheet 应收账龄 of the group: what each project's customers owe at the period's end, by age.

    Grain:  one row per project of the place, those without receivables too.
    Rerun:  safe; only reads what each project's period was issued with, else what was known at `known_at`.
    Rules:  SAL-14 buckets; SA-B7 what falls due in the next period; SAL-21 no customer is named.  */
select
    place.project_name,
    count(age.contract_no)::integer as contract_count,
    coalesce(sum(age.open_amount), 0) as open_amount,
    coalesce(sum(age.current_amount), 0) as current_amount,
    coalesce(sum(age.late_30_amount), 0) as late_30_amount,
    coalesce(sum(age.late_60_amount), 0) as late_60_amount,
    coalesce(sum(age.late_90_amount), 0) as late_90_amount,
    coalesce(sum(age.late_over_amount), 0) as late_over_amount,
    coalesce(sum(age.next_amount), 0) as next_amount
from
    sales.counted_place(%(workflow)s::text, %(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz) as place
left join
    lateral sales.contract_age(place.site_id, %(starts_on)s::date, %(last_on)s::date, place.known_at) as age
    on place.site_id = age.site_id
where place.opens_on <= %(last_on)s
group by place.site_id, place.project_name
order by place.site_id
