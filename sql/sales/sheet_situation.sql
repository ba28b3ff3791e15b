/*  The sheet 销售情况表: what was subscribed, signed, given back and sold, and what is left, by building and product type.

    Grain:  one row per project, building and product type with units, sales or movements.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  SAL-03 cancellations in the period of the developer's approval; SAL-19 sell-through on what was released by
            the last day, and on all; SAL-05 no quotient without a denominator.
    Joins:  hashed  */
with place as materialized (
    select *
    from sales.counted_place(
        %(workflow)s::text, %(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz
    )
    where opens_on <= %(last_on)s
),

-- projects that are known up to the same instant are asked about at once
together as materialized (
    select
        place.known_at,
        array_agg(place.site_id) as sites
    from place
    group by place.known_at
),

stock as (
    select stock.*
    from together
    cross join lateral sales.stock(together.sites, %(last_on)s::date, together.known_at) as stock
),

counted as (
    select
        counted.site_id,
        counted.building_no,
        counted.product_type,
        coalesce(sum(counted.quantity) filter (where counted.measure = 'subscribed_count'), 0) as subscribed_quantity,
        coalesce(sum(counted.quantity) filter (where counted.measure = 'subscribed_area'), 0) as subscribed_area,
        coalesce(sum(counted.quantity) filter (where counted.measure = 'subscribed_amount'), 0) as subscribed_amount,
        coalesce(sum(counted.quantity) filter (where counted.measure = 'signed_count'), 0) as signed_quantity,
        coalesce(sum(counted.quantity) filter (where counted.measure = 'signed_area'), 0) as signed_area,
        coalesce(sum(counted.quantity) filter (where counted.measure = 'signed_amount'), 0) as signed_amount,
        coalesce(sum(counted.quantity) filter (where counted.measure = 'cancelled_count'), 0) as cancelled_quantity,
        coalesce(sum(counted.quantity) filter (where counted.measure = 'returned_count'), 0) as returned_quantity,
        coalesce(sum(counted.quantity) filter (where counted.measure = 'returned_amount'), 0) as returned_amount,
        coalesce(sum(counted.quantity) filter (where counted.measure = 'net_signed_count'), 0) as net_quantity,
        coalesce(sum(counted.quantity) filter (where counted.measure = 'net_signed_area'), 0) as net_area,
        coalesce(sum(counted.quantity) filter (where counted.measure = 'net_signed_amount'), 0) as net_amount
    from sales.counted(
        %(workflow)s::text, %(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz
    ) as counted
    where
        counted.measure in (
            'subscribed_count', 'subscribed_area', 'subscribed_amount', 'signed_count', 'signed_area', 'signed_amount',
            'cancelled_count', 'returned_count', 'returned_amount', 'net_signed_count', 'net_signed_area',
            'net_signed_amount'
        )
    group by 1, 2, 3
),

leaf as (
    select
        coalesce(stock.site_id, counted.site_id) as site_id,
        coalesce(stock.building_no, counted.building_no) as building_no,
        coalesce(stock.product_type, counted.product_type) as product_type,
        stock.unit_count,
        stock.released_count,
        coalesce(counted.subscribed_quantity, 0) as subscribed_quantity,
        coalesce(counted.subscribed_area, 0) as subscribed_area,
        coalesce(counted.subscribed_amount, 0) as subscribed_amount,
        coalesce(counted.signed_quantity, 0) as signed_quantity,
        coalesce(counted.signed_area, 0) as signed_area,
        coalesce(counted.signed_amount, 0) as signed_amount,
        coalesce(counted.cancelled_quantity, 0) as cancelled_quantity,
        coalesce(counted.returned_quantity, 0) as returned_quantity,
        coalesce(counted.returned_amount, 0) as returned_amount,
        coalesce(counted.net_quantity, 0) as net_quantity,
        coalesce(counted.net_area, 0) as net_area,
        coalesce(counted.net_amount, 0) as net_amount,
        coalesce(stock.total_quantity, 0) as total_quantity,
        stock.unsold_quantity,
        stock.unsold_amount,
        stock.released_rate,
        stock.total_rate
    from stock
    full join counted
        on
            stock.site_id = counted.site_id
            and stock.building_no = counted.building_no
            and stock.product_type = counted.product_type
)

select
    place.project_name,
    coalesce(building.building_name, nullif(leaf.building_no, ''), '未注明楼栋') as building_name,
    coalesce(nullif(leaf.product_type, ''), '未注明') as product_type,
    leaf.unit_count,
    leaf.released_count,
    leaf.subscribed_quantity,
    leaf.subscribed_area,
    leaf.subscribed_amount,
    sales.conversion(leaf.subscribed_amount, leaf.subscribed_area, 2) as subscribed_price,
    leaf.signed_quantity,
    leaf.signed_area,
    leaf.signed_amount,
    sales.conversion(leaf.signed_amount, leaf.signed_area, 2) as signed_price,
    leaf.cancelled_quantity,
    leaf.returned_quantity,
    leaf.returned_amount,
    leaf.net_quantity,
    leaf.net_area,
    leaf.net_amount,
    sales.conversion(leaf.net_amount, leaf.net_area, 2) as net_price,
    leaf.total_quantity,
    leaf.unsold_quantity,
    leaf.unsold_amount,
    leaf.released_rate,
    leaf.total_rate,
    concat_ws(
        '；',
        case when leaf.unit_count is null then '没有房源登记，不算去化率' end,
        case when leaf.released_count = 0 then '尚未推盘，不算按已推去化率' end,
        case when leaf.unit_count is not null and leaf.unsold_amount is null then '期初已售的房号不明，不算未售货值' end,
        case when leaf.released_rate > 1 then '累计签约多于已推套数，请核对房源与期初' end
    ) as note
from leaf
inner join place on leaf.site_id = place.site_id
left join sales.building
    on
        leaf.site_id = building.site_id
        and leaf.building_no = building.building_no
        and building.recorded_at <= place.known_at
        and place.known_at < building.superseded_at
order by place.project_name, leaf.site_id, leaf.building_no, leaf.product_type
