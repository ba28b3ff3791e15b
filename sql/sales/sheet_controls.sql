/*  The sheet 内控: contract checks, meetings, training, surveys and the customers' opinion beside their quotas.

    Grain:  one row per project and item.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  SA-B8, with the quotas of the rule book; trainings and surveys are asked for by the month, so of a week they
            count from the month's first day. No sample is no result.  */
with place as materialized (
    select
        counted_place.*,
        greatest(counted_place.opens_on, %(starts_on)s::date) as from_on,
        greatest(counted_place.opens_on, date_trunc('month', %(last_on)s::timestamp)::date) as month_from_on
    from sales.counted_place(
        %(workflow)s::text, %(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz
    ) as counted_place
    where counted_place.opens_on <= %(last_on)s
),

rule as (
    select
        place.site_id,
        stretch.parameter,
        stretch.value::numeric as quota,
        stretch.rule_id,
        stretch.clause
    from place
    cross join lateral book.rule_stretch(place.site_id, place.known_at) as stretch
    where
        %(last_on)s between stretch.valid_from and stretch.valid_to
        and stretch.parameter in (
            'contract_pass_rate', 'meeting_rate', 'meetings_per_day', 'training_quota', 'survey_quota', 'satisfaction_rate'
        )
),

checked as (
    select
        place.site_id,
        count(*)::integer as due_count,
        (count(*) filter (where contract_check.is_passed))::integer as done_count
    from place
    inner join sales.contract_check
        on
            place.site_id = contract_check.site_id
            and contract_check.checked_on between place.from_on and %(last_on)s
            and contract_check.recorded_at <= place.known_at
            and place.known_at < contract_check.superseded_at
    group by place.site_id
),

met as (
    select
        place.site_id,
        (count(*) filter (where meeting.is_held and meeting.minutes_no is not null))::integer as done_count
    from place
    inner join sales.meeting
        on
            place.site_id = meeting.site_id
            and meeting.meeting_on between place.from_on and %(last_on)s
            and meeting.recorded_at <= place.known_at
            and place.known_at < meeting.superseded_at
    group by place.site_id
),

trained as (
    select
        place.site_id,
        training.training_kind,
        count(*)::integer as done_count
    from place
    inner join sales.training
        on
            place.site_id = training.site_id
            and training.held_on between place.month_from_on and %(last_on)s
            and training.recorded_at <= place.known_at
            and place.known_at < training.superseded_at
    group by 1, 2
),

rated as (
    select
        place.site_id,
        count(*)::integer as due_count,
        (count(*) filter (where visit.feedback = '满意'))::integer as done_count
    from place
    inner join sales.visit
        on
            place.site_id = visit.site_id
            and visit.visited_at >= place.from_on::timestamptz
            and visit.visited_at < (%(last_on)s::date + 1)::timestamptz
            and visit.feedback <> '未评价'
            and visit.recorded_at <= place.known_at
            and place.known_at < visit.superseded_at
    group by place.site_id
),

item as (
    select
        place.site_id,
        place.project_name,
        1 as line_no,
        '合同抽检' as item,
        checked.due_count,
        checked.done_count,
        'contract_pass_rate' as parameter,
        true as is_rate,
        '本期没有抽检' as missing
    from place
    left join checked on place.site_id = checked.site_id
    union all
    select
        place.site_id,
        place.project_name,
        2,
        '晨会夕会',
        case when met.done_count is not null then (per_day.quota * (%(last_on)s::date - place.from_on + 1))::integer end,
        met.done_count,
        'meeting_rate',
        true,
        '本期没有会议登记'
    from place
    left join met on place.site_id = met.site_id
    left join rule as per_day on place.site_id = per_day.site_id and per_day.parameter = 'meetings_per_day'
    union all
    select
        place.site_id,
        place.project_name,
        case kind.training_kind when '培训' then 3 else 4 end,
        kind.training_kind,
        rule.quota::integer,
        coalesce(trained.done_count, 0),
        kind.parameter,
        false,
        '制度没有规定次数'
    from place
    cross join (values ('培训', 'training_quota'), ('竞品调研', 'survey_quota')) as kind (training_kind, parameter)
    left join trained on place.site_id = trained.site_id and kind.training_kind = trained.training_kind
    left join rule on place.site_id = rule.site_id and kind.parameter = rule.parameter
    union all
    select
        place.site_id,
        place.project_name,
        5,
        '客户满意度',
        rated.due_count,
        rated.done_count,
        'satisfaction_rate',
        true,
        '本期没有客户评价'
    from place
    left join rated on place.site_id = rated.site_id
)

select
    item.project_name,
    item.item,
    item.due_count,
    item.done_count,
    case when item.is_rate then sales.conversion(item.done_count, item.due_count) end as value_rate,
    case
        when rule.quota is null then null
        when item.is_rate then concat('≥', trim_scale(round(rule.quota * 100, 2)), '%%')
        else concat('≥', trim_scale(rule.quota), '次')
    end as quota_text,
    case
        when rule.quota is null or coalesce(item.due_count, 0) = 0 then '—'
        when item.is_rate and item.done_count < rule.quota * item.due_count then '未达标'
        when not item.is_rate and item.done_count < rule.quota then '未达标'
        else '达标'
    end as verdict,
    rule.rule_id,
    rule.clause,
    concat_ws(
        '；',
        case when rule.quota is null then '制度没有规定指标' end,
        case when item.due_count is null then item.missing end,
        case when not item.is_rate and %(workflow)s = 'weekly_sales' then '自本月1日累计，按月考核' end
    ) as note
from item
left join rule on item.site_id = rule.site_id and item.parameter = rule.parameter
order by item.project_name, item.site_id, item.line_no
