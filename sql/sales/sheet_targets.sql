/*  The sheet 目标与计划: the month's targets and what is done of them, next month's plan, the plan of the use of funds.

    Grain:  one row per project and target, planned item, or plan that was not handed in.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  SAL-16 which version is printed; SAL-17 no target, no completion; SA-B7, SA-B9 plans by the day of the rules.
    Joins:  hashed  */
with place as materialized (
    select
        counted_place.*,
        (date_trunc('month', %(last_on)s::timestamp) + interval '1 month')::date as next_month
    from sales.counted_place(
        %(workflow)s::text, %(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz
    ) as counted_place
    where counted_place.opens_on <= %(last_on)s
),

-- projects that are known up to the same instant are asked about at once
together as materialized (
    select
        place.known_at,
        array_agg(place.site_id) as sites
    from place
    group by place.known_at
),

item as (
    select *
    from (
        values
        (1, '来访', '组', 'visit_count'),
        (2, '认购套数', '套', 'subscribed_count'),
        (3, '签约套数', '套', 'net_signed_count'),
        (4, '签约金额', '元', 'net_signed_amount'),
        (5, '回款金额', '元', 'received_amount')
    ) as item (line_no, item, unit, measure)
),

goal as (
    select goal.*
    from together
    cross join lateral sales.goal(%(workflow)s::text, together.sites, %(last_on)s::date, together.known_at) as goal
    where goal.consultant_id = ''
),

-- of a month what it counts, of a week the month to date
done as (
    select
        counted.site_id,
        counted.measure,
        sum(counted.quantity) as quantity
    from sales.counted(
        %(workflow)s::text, %(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz
    ) as counted
    where %(workflow)s = 'monthly_sales'
    group by 1, 2
    union all
    select
        measured.site_id,
        measured.measure,
        sum(measured.quantity) as quantity
    from together
    cross join
        lateral sales.measured(
            together.sites, date_trunc('month', %(last_on)s::timestamp)::date, %(last_on)s::date, together.known_at
        ) as measured
    where %(workflow)s <> 'monthly_sales'
    group by 1, 2
),

planned as (
    select
        place.project_name,
        place.site_id,
        kind.section,
        kind.line_no,
        plan.item,
        plan.amount,
        plan.reported_on as handed_on,
        case
            when rule.value is not null then place.next_month - interval '1 month' + (rule.value::integer - 1) * interval '1 day'
        end::date as due_on
    from place
    cross join (values (2, '下月计划', '销售'), (3, '资金使用计划', '资金')) as kind (line_no, section, plan_kind)
    left join sales.plan
        on
            place.site_id = plan.site_id
            and plan.plan_month = place.next_month
            and plan.plan_kind = kind.plan_kind
            and plan.recorded_at <= place.known_at
            and place.known_at < plan.superseded_at
    left join lateral sales.rule_on(place.site_id, 'plan_day', %(last_on)s::date, place.known_at) as rule on true
)

select
    told.section,
    told.project_name,
    told.item,
    told.unit,
    told.target_amount,
    told.done_amount,
    told.completion_rate,
    told.plan_amount,
    told.version_text,
    told.note
from (
    select
        1 as section_no,
        '目标' as section,
        place.project_name,
        item.line_no,
        item.item,
        item.unit,
        goal.target_amount,
        coalesce(done.quantity, 0) as done_amount,
        sales.conversion(coalesce(done.quantity, 0), goal.target_amount) as completion_rate,
        null::numeric as plan_amount,
        goal.version_text,
        case
            when goal.target_amount is null then '未下达目标，不算完成率'
            when goal.target_amount = 0 then '目标为零，不算完成率'
            else ''
        end as note
    from place
    cross join item
    left join goal on place.site_id = goal.site_id and item.measure = goal.measure
    left join done on place.site_id = done.site_id and item.measure = done.measure
    union all
    select
        planned.line_no as section_no,
        planned.section,
        planned.project_name,
        0 as line_no,
        coalesce(planned.item, '未报') as item,
        null as unit,
        null as target_amount,
        null as done_amount,
        null as completion_rate,
        planned.amount as plan_amount,
        null as version_text,
        case
            when planned.item is null then '下月计划未报，请项目尽快上报'
            when planned.handed_on > planned.due_on then concat('逾期报送（应于', to_char(planned.due_on, 'MM-DD'), '前）')
            else ''
        end as note
    from planned
) as told
order by told.section_no, told.project_name, told.line_no, told.item
