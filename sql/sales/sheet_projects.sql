/*  Under the sheet 销售情况表: the place's projects side by side, for its chart.

    Grain:  one row per project.
    Rerun:  safe; only reads what was known at `known_at`.
    Joins:  hashed  */
select
    place.project_name,
    coalesce(sum(counted.quantity) filter (where counted.measure = 'visit_count'), 0) as visit_quantity,
    coalesce(sum(counted.quantity) filter (where counted.measure = 'subscribed_count'), 0) as subscribed_quantity,
    coalesce(sum(counted.quantity) filter (where counted.measure = 'net_signed_count'), 0) as net_quantity,
    coalesce(sum(counted.quantity) filter (where counted.measure = 'net_signed_amount'), 0) as net_amount,
    coalesce(sum(counted.quantity) filter (where counted.measure = 'received_amount'), 0) as received_amount
from sales.projects_of(%(site_id)s::text, %(known_at)s::timestamptz) as place
left join
    sales.counted(%(workflow)s::text, %(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz) as counted
    on place.site_id = counted.site_id
where place.opens_on <= %(last_on)s
group by place.site_id, place.project_name
order by place.project_name, place.site_id
