/*  The sheet 周月衔接: the weeks that touch the period, their days by month, and what their weekly reports said.

    Grain:  one row per ISO week and figure.
    Rerun:  safe; only reads what was known, and issued, at `known_at`.
    Rules:  SAL-02 a month is the sum of its days, never of weeks; what a weekly report said then and what is known of
            its days now differ by what later weekly reports counted as late, and what none has counted yet.
    Joins:  hashed  */
with place as materialized (
    select *
    from sales.counted_place(
        %(workflow)s::text, %(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz
    )
),

-- projects that are known up to the same instant are asked about at once
together as materialized (
    select
        place.known_at,
        array_agg(place.site_id) as sites
    from place
    group by place.known_at
),

-- the month is that of the period's last day
week as materialized (
    select
        week_at::date as week_from_on,
        week_at::date + 6 as week_until_on,
        date_trunc('month', %(last_on)s::timestamp)::date as month_from_on,
        (date_trunc('month', %(last_on)s::timestamp) + interval '1 month')::date - 1 as month_until_on
    from
        generate_series(
            date_trunc('week', %(starts_on)s::timestamp), date_trunc('week', %(last_on)s::timestamp), interval '7 days'
        ) as week_at
),

span as (
    select
        min(week.week_from_on) as first_on,
        max(week.week_until_on) as until_on
    from week
),

item as (
    select *
    from (
        values
        (1, '来访', '组', 'visit_count'),
        (2, '认购套数', '套', 'subscribed_count'),
        (3, '净签约套数', '套', 'net_signed_count'),
        (4, '净签约金额', '元', 'net_signed_amount'),
        (5, '回款净额', '元', 'received_amount')
    ) as item (line_no, item, unit, measure)
),

moved as (
    select
        sales.base_of('weekly_sales', measured.business_on) as week_from_on,
        measured.measure,
        coalesce(sum(measured.quantity) filter (where measured.business_on < week.month_from_on), 0) as before_quantity,
        coalesce(
            sum(measured.quantity) filter (where measured.business_on between week.month_from_on and week.month_until_on), 0
        ) as this_quantity,
        coalesce(sum(measured.quantity) filter (where measured.business_on > week.month_until_on), 0) as after_quantity
    from together
    cross join span
    cross join lateral sales.measured(together.sites, span.first_on, span.until_on, together.known_at) as measured
    inner join week on sales.base_of('weekly_sales', measured.business_on) = week.week_from_on
    group by 1, 2
),

issued as (
    select
        issued_period.site_id,
        issued_period.base_on
    from place
    inner join sales.issued_period
        on
            place.site_id = issued_period.site_id
            and issued_period.workflow = 'weekly_sales'
            and issued_period.issued_at <= place.known_at
),

-- a group's week is issued when the weeks of all its projects are
issued_week as (
    select week.week_from_on
    from week
    cross join place
    left join issued on place.site_id = issued.site_id and week.week_from_on = issued.base_on
    where place.opens_on <= week.week_until_on
    group by week.week_from_on
    having bool_and(issued.site_id is not null)
),

said as (
    select
        tally.base_on as week_from_on,
        measure_part.measure,
        sum(
            case measure_part.figure
                when 'count' then tally.moved_count when 'area' then tally.moved_area else tally.moved_amount
            end
        ) as quantity
    from issued
    inner join sales.tally
        on
            issued.site_id = tally.site_id
            and issued.base_on = tally.base_on
            and tally.workflow = 'weekly_sales'
            and not tally.is_late
    inner join sales.measure_part on tally.indicator = measure_part.indicator
    group by 1, 2
),

explained as (
    select
        sales.base_of('weekly_sales', late_line.business_on) as week_from_on,
        measure_part.measure,
        sum(
            case measure_part.figure
                when 'count' then late_line.moved_count when 'area' then late_line.moved_area else late_line.moved_amount
            end
        ) as quantity
    from issued
    inner join sales.late_line
        on
            issued.site_id = late_line.site_id
            and issued.base_on = late_line.base_on
            and late_line.workflow = 'weekly_sales'
    inner join sales.measure_part on late_line.indicator = measure_part.indicator
    group by 1, 2
),

told as (
    select
        week.*,
        item.line_no,
        item.item,
        item.unit,
        greatest(least(week.week_until_on, week.month_from_on - 1) - week.week_from_on + 1, 0) as before_days_count,
        greatest(least(week.week_until_on, week.month_until_on) - greatest(week.week_from_on, week.month_from_on) + 1, 0)
            as this_days_count,
        greatest(week.week_until_on - greatest(week.week_from_on, week.month_until_on + 1) + 1, 0) as after_days_count,
        coalesce(moved.before_quantity, 0) as before_quantity,
        coalesce(moved.this_quantity, 0) as this_quantity,
        coalesce(moved.after_quantity, 0) as after_quantity,
        coalesce(moved.before_quantity, 0) + coalesce(moved.this_quantity, 0) + coalesce(moved.after_quantity, 0)
            as week_quantity,
        case when issued_week.week_from_on is not null then coalesce(said.quantity, 0) end as issued_quantity,
        case when issued_week.week_from_on is not null then coalesce(explained.quantity, 0) end as explained_quantity
    from week
    cross join item
    left join moved on week.week_from_on = moved.week_from_on and item.measure = moved.measure
    left join issued_week on week.week_from_on = issued_week.week_from_on
    left join said on week.week_from_on = said.week_from_on and item.measure = said.measure
    left join explained on week.week_from_on = explained.week_from_on and item.measure = explained.measure
)

select
    sales.period_text('weekly_sales', told.week_from_on) as week_text,
    told.week_from_on,
    told.week_until_on,
    told.item,
    told.unit,
    told.before_days_count,
    told.before_quantity,
    told.this_days_count,
    told.this_quantity,
    told.after_days_count,
    told.after_quantity,
    told.week_quantity,
    told.issued_quantity,
    told.week_quantity - told.issued_quantity as delta_quantity,
    told.explained_quantity,
    case
        when told.issued_quantity is null then '该周周报尚未发布'
        when told.week_quantity = told.issued_quantity then ''
        when told.week_quantity - told.issued_quantity = told.explained_quantity then '差额已在其后周报补记'
        else concat(
            '差额中', trim_scale(told.week_quantity - told.issued_quantity - told.explained_quantity), told.unit,
            '将在下一期周报补记'
        )
    end as note
from told
order by told.week_from_on, told.line_no
