/*  The chart 去化率: of the units of each building and product type, how many are sold, released and open, not released.

    Grain:  one row per project, building and product type that has registered units.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  SAL-19 sell-through on released stock and on total stock are two figures.
    Joins:  hashed  */
with place as materialized (
    select project.*
    from sales.projects_of(%(site_id)s::text, %(known_at)s::timestamptz) as project
),

stock as (
    select stock.*
    from sales.stock(array[%(site_id)s::text], %(last_on)s::date, %(known_at)s::timestamptz) as stock
    where stock.unit_count > 0
)

select
    concat_ws(
        '·',
        case when place.is_group then place.project_name end,
        coalesce(building.building_name, stock.building_no),
        nullif(stock.product_type, '')
    ) as label,
    stock.total_quantity as sold_quantity,
    greatest(0, stock.released_count - stock.total_quantity) as open_quantity,
    greatest(0, stock.unit_count - greatest(stock.released_count, stock.total_quantity)) as unreleased_quantity,
    stock.released_rate,
    stock.total_rate
from stock
inner join place on stock.site_id = place.site_id
left join sales.building
    on
        stock.site_id = building.site_id
        and stock.building_no = building.building_no
        and building.recorded_at <= %(known_at)s
        and %(known_at)s < building.superseded_at
order by stock.site_id, length(stock.building_no), stock.building_no, stock.product_type
