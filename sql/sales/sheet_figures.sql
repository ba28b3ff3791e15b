/*  The key figures: this period and the one before, the month, the year, the project as a whole, and the target.

    Grain:  one row per figure.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  SAL-05, SAL-16, SAL-17; the period's figure has its late facts in it, the cumulative ones count by business
            day: opening balance and everything known up to the period's end.
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

figure as (
    select *
    from (
        values
        (1, '来电', '组', 'call_count'),
        (2, '来访', '组', 'visit_count'),
        (3, '其中首次来访', '组', 'new_visit_count'),
        (4, '认购套数', '套', 'subscribed_count'),
        (5, '净签约套数', '套', 'net_signed_count'),
        (6, '净签约金额', '元', 'net_signed_amount'),
        (7, '回款净额', '元', 'received_amount')
    ) as figure (line_no, item, unit, measure)
),

counted as (
    select
        counted.site_id,
        counted.measure,
        sum(counted.quantity) as period_quantity,
        coalesce(sum(counted.quantity) filter (where counted.is_late), 0) as late_quantity
    from sales.counted(
        %(workflow)s::text, %(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz
    ) as counted
    group by 1, 2
),

before as (
    select
        counted_before.measure,
        sum(counted_before.quantity) as quantity
    from sales.counted_before(
        %(workflow)s::text, %(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz
    ) as counted_before
    group by 1
),

known as (
    select
        measured.site_id,
        measured.measure,
        sum(measured.quantity) filter (
            where measured.business_on >= date_trunc('month', %(last_on)s::timestamp)::date
        ) as month_quantity,
        sum(measured.quantity) filter (
            where measured.business_on >= date_trunc('year', %(last_on)s::timestamp)::date
        ) as year_quantity,
        sum(measured.quantity) as total_quantity
    from together
    cross join lateral sales.measured(together.sites, '-infinity', %(last_on)s::date, together.known_at) as measured
    group by 1, 2
),

opened as (
    select
        opened.site_id,
        opened.measure,
        sum(opened.quantity) as quantity
    from together
    cross join lateral sales.opened(together.sites, together.known_at) as opened
    group by 1, 2
),

goal as (
    select
        goal.site_id,
        goal.measure,
        goal.target_amount
    from together
    cross join lateral sales.goal(%(workflow)s::text, together.sites, %(last_on)s::date, together.known_at) as goal
    where goal.consultant_id = ''
),

told as (
    select
        figure.line_no,
        figure.item,
        figure.unit,
        figure.measure,
        coalesce(sum(counted.period_quantity), 0) as period_quantity,
        coalesce(sum(counted.late_quantity), 0) as late_quantity,
        coalesce(sum(known.month_quantity), 0) as month_quantity,
        coalesce(sum(known.year_quantity), 0) as year_quantity,
        coalesce(sum(known.total_quantity), 0) + coalesce(sum(opened.quantity), 0) as total_quantity,
        sum(goal.target_amount) as target_quantity,
        sum(
            case
                when goal.target_amount is null then 0
                when %(workflow)s = 'monthly_sales' then coalesce(counted.period_quantity, 0)
                else coalesce(known.month_quantity, 0)
            end
        ) as done_quantity,
        count(*) filter (where goal.target_amount is null) as untargeted_count,
        count(*) as project_count
    from figure
    cross join place
    left join counted on place.site_id = counted.site_id and figure.measure = counted.measure
    left join known on place.site_id = known.site_id and figure.measure = known.measure
    left join opened on place.site_id = opened.site_id and figure.measure = opened.measure
    left join goal on place.site_id = goal.site_id and figure.measure = goal.measure
    group by 1, 2, 3, 4
),

compared as (
    select
        told.*,
        case
            when sales.has_before(%(workflow)s::text, %(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz)
                then coalesce(before.quantity, 0)
        end as before_quantity
    from told
    left join before on told.measure = before.measure
)

select
    compared.item,
    compared.unit,
    compared.period_quantity,
    compared.late_quantity,
    compared.before_quantity,
    sales.conversion(compared.period_quantity - compared.before_quantity, nullif(greatest(compared.before_quantity, 0), 0))
        as change_rate,
    compared.month_quantity,
    compared.year_quantity,
    compared.total_quantity,
    compared.target_quantity,
    sales.conversion(compared.done_quantity, compared.target_quantity) as completion_rate,
    concat_ws(
        '；',
        case
            when compared.before_quantity is null then '没有上期资料，不算环比'
            when compared.before_quantity <= 0 then '上期不大于零，不算环比'
        end,
        case
            when compared.measure = 'new_visit_count' then null
            when compared.untargeted_count = compared.project_count then '未下达目标，不算完成率'
            when compared.untargeted_count > 0
                then concat(compared.untargeted_count, '个项目未下达目标，完成率按已下达的项目计算')
            when compared.target_quantity = 0 then '目标为零，不算完成率'
        end
    ) as note
from compared
order by compared.line_no
