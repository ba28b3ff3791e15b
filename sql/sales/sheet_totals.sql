/*  Every total of the sales report, from the tables and not from its sheets: the sheets are held against it.

    Grain:  one row.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  a sheet shows all that the period counts, its late facts among it.
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

counted as (
    select
        counted.measure,
        sum(counted.quantity) as quantity
    from sales.counted(
        %(workflow)s::text, %(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz
    ) as counted
    group by counted.measure
),

figure as (
    select
        coalesce(max(counted.quantity) filter (where counted.measure = 'call_count'), 0) as call_quantity,
        coalesce(max(counted.quantity) filter (where counted.measure = 'new_call_count'), 0) as new_call_quantity,
        coalesce(max(counted.quantity) filter (where counted.measure = 'visit_count'), 0) as visit_quantity,
        coalesce(max(counted.quantity) filter (where counted.measure = 'new_visit_count'), 0) as new_visit_quantity,
        coalesce(max(counted.quantity) filter (where counted.measure = 'return_visit_count'), 0) as return_visit_quantity,
        coalesce(max(counted.quantity) filter (where counted.measure = 'subscribed_count'), 0) as subscribed_quantity,
        coalesce(max(counted.quantity) filter (where counted.measure = 'subscribed_area'), 0) as subscribed_area,
        coalesce(max(counted.quantity) filter (where counted.measure = 'subscribed_amount'), 0) as subscribed_amount,
        coalesce(max(counted.quantity) filter (where counted.measure = 'cancelled_count'), 0) as cancelled_quantity,
        coalesce(max(counted.quantity) filter (where counted.measure = 'signed_count'), 0) as signed_quantity,
        coalesce(max(counted.quantity) filter (where counted.measure = 'signed_area'), 0) as signed_area,
        coalesce(max(counted.quantity) filter (where counted.measure = 'signed_amount'), 0) as signed_amount,
        coalesce(max(counted.quantity) filter (where counted.measure = 'returned_count'), 0) as returned_quantity,
        coalesce(max(counted.quantity) filter (where counted.measure = 'returned_amount'), 0) as returned_amount,
        coalesce(max(counted.quantity) filter (where counted.measure = 'net_signed_count'), 0) as net_quantity,
        coalesce(max(counted.quantity) filter (where counted.measure = 'net_signed_area'), 0) as net_area,
        coalesce(max(counted.quantity) filter (where counted.measure = 'net_signed_amount'), 0) as net_amount,
        coalesce(max(counted.quantity) filter (where counted.measure = 'received_amount'), 0) as received_amount
    from counted
),

unit as (
    select
        count(*)::integer as unit_count,
        (count(*) filter (where unit.released_on <= %(last_on)s))::integer as released_count
    from place
    inner join sales.unit
        on
            place.site_id = unit.site_id
            and unit.recorded_at <= place.known_at
            and place.known_at < unit.superseded_at
),

sold as (
    select sum(sold.quantity) as quantity
    from (
        select measured.quantity
        from together
        cross join lateral sales.measured(together.sites, '-infinity', %(last_on)s::date, together.known_at) as measured
        where measured.measure = 'net_signed_count'
        union all
        select opened.quantity
        from together
        cross join lateral sales.opened(together.sites, together.known_at) as opened
        where opened.measure = 'net_signed_count'
    ) as sold
),

late as (
    select
        count(*)::integer as late_count,
        coalesce(sum(late_line.moved_count), 0) as moved_quantity,
        coalesce(sum(late_line.moved_area), 0) as moved_area,
        coalesce(sum(late_line.moved_amount), 0) as moved_amount
    from place
    inner join sales.late_line
        on
            place.site_id = late_line.site_id
            and late_line.workflow = %(workflow)s
            and late_line.base_on = %(starts_on)s
)

select
    unit.unit_count as situation_unit_count,
    unit.released_count as situation_released_count,
    figure.subscribed_quantity as situation_subscribed_quantity,
    figure.subscribed_area as situation_subscribed_area,
    figure.subscribed_amount as situation_subscribed_amount,
    sales.conversion(figure.subscribed_amount, figure.subscribed_area, 2) as situation_subscribed_price,
    figure.signed_quantity as situation_signed_quantity,
    figure.signed_area as situation_signed_area,
    figure.signed_amount as situation_signed_amount,
    sales.conversion(figure.signed_amount, figure.signed_area, 2) as situation_signed_price,
    figure.cancelled_quantity as situation_cancelled_quantity,
    figure.returned_quantity as situation_returned_quantity,
    figure.returned_amount as situation_returned_amount,
    figure.net_quantity as situation_net_quantity,
    figure.net_area as situation_net_area,
    figure.net_amount as situation_net_amount,
    sales.conversion(figure.net_amount, figure.net_area, 2) as situation_net_price,
    coalesce(sold.quantity, 0) as situation_total_quantity,
    sales.conversion(coalesce(sold.quantity, 0), unit.released_count) as situation_released_rate,
    sales.conversion(coalesce(sold.quantity, 0), unit.unit_count) as situation_total_rate,
    figure.new_call_quantity as traffic_new_call_quantity,
    figure.call_quantity as traffic_call_quantity,
    figure.new_visit_quantity as traffic_new_visit_quantity,
    figure.return_visit_quantity as traffic_return_visit_quantity,
    figure.visit_quantity as traffic_visit_quantity,
    figure.signed_quantity as traffic_signed_quantity,
    figure.call_quantity as ranking_call_quantity,
    figure.visit_quantity as ranking_visit_quantity,
    figure.subscribed_quantity as ranking_subscribed_quantity,
    figure.net_quantity as ranking_signed_quantity,
    figure.net_amount as ranking_signed_amount,
    figure.received_amount as ranking_received_amount,
    late.late_count,
    late.moved_quantity as late_moved_quantity,
    late.moved_area as late_moved_area,
    late.moved_amount as late_moved_amount
from figure
cross join unit
cross join sold
cross join late
