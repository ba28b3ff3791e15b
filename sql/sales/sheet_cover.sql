/*  What the cover says beyond its figures: the place, its rules, the lines that came in, whether finance has checked.

    Grain:  one row.
    Rerun:  safe; only reads what was known at `known_at`; of what finance decided a preview knows nothing.
    Rules:  the month goes out after finance has checked the receipts; which target and which register count is printed
            (SAL-16, SAL-20).
    Joins:  hashed  */
with place as materialized (
    select *
    from sales.counted_place(
        %(workflow)s::text, %(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz
    )
),

receipt as (
    select
        count(*)::integer as receipt_count,
        coalesce(sum(receipt.amount), 0) as receipt_amount,
        (count(*) filter (where receipt.confirmed_by is null))::integer as unconfirmed_count,
        coalesce(sum(receipt.amount) filter (where receipt.confirmed_by is null), 0) as unconfirmed_amount,
        string_agg(distinct receipt.confirmed_by, '、') as confirmers
    from place
    inner join sales.receipt
        on
            place.site_id = receipt.site_id
            and receipt.value_on between greatest(place.opens_on, %(starts_on)s) and %(last_on)s
            and receipt.recorded_at <= place.known_at
            and place.known_at < receipt.superseded_at
),

decided as (
    select decision.decided_by
    from ops.decision
    where
        not %(is_preview)s
        and decision.workflow = %(workflow)s
        and decision.site_id = %(site_id)s
        and decision.period @> %(starts_on)s::date
        and decision.verdict = 'approved'
    order by decision.decided_at desc
    limit 1
),

before as (
    select max(issued_period.known_at) as known_at
    from place
    inner join sales.issued_period
        on
            place.site_id = issued_period.site_id
            and issued_period.workflow = %(workflow)s
            and issued_period.base_on = sales.base_before(%(workflow)s, %(starts_on)s)
)

select
    coalesce(named.site_name, %(site_id)s) as place_name,
    (select string_agg(distinct project.contact, '、') from place inner join sales.project
        on
            place.site_id = project.site_id
            and project.recorded_at <= place.known_at
            and place.known_at < project.superseded_at
    ) as contact,
    (select coalesce(bool_or(place.is_group), false) from place) as is_group,
    (select count(*)::integer from place where place.opens_on <= %(last_on)s) as project_count,
    %(last_on)s::date as as_of_on,
    (
        select coalesce(jsonb_agg(jsonb_build_array(bound.rule_set_name, bound.valid_from) order by bound.rule_set_name), '[]')
        from (
            select
                rule_set.rule_set_name,
                min(site_rule_set.valid_from) as valid_from
            from place
            inner join book.site_rule_set
                on
                    place.site_id = site_rule_set.site_id
                    and %(last_on)s between site_rule_set.valid_from and coalesce(site_rule_set.valid_to, 'infinity')
                    and site_rule_set.recorded_at <= place.known_at
                    and place.known_at < site_rule_set.superseded_at
            inner join book.rule_set
                on
                    site_rule_set.rule_set = rule_set.rule_set
                    and rule_set.recorded_at <= place.known_at
                    and place.known_at < rule_set.superseded_at
            group by rule_set.rule_set_name
        ) as bound
    ) as rules,
    control.received,
    control.admitted,
    control.duplicate,
    control.superseding,
    control.returned,
    (
        select count(*)::integer
        from place
        inner join sales.late_line
            on
                place.site_id = late_line.site_id
                and late_line.workflow = %(workflow)s
                and late_line.base_on = %(starts_on)s
    ) as late_count,
    receipt.receipt_count,
    receipt.receipt_amount,
    receipt.unconfirmed_count,
    receipt.unconfirmed_amount,
    case
        when (select decided.decided_by from decided) is not null
            then concat('已核对（', (select decided.decided_by from decided), '）')
        when %(workflow)s = 'monthly_sales' then '未核对'
        when receipt.receipt_count = 0 then '本期没有回款'
        when receipt.unconfirmed_count = 0 then concat('已核对（', receipt.confirmers, '）')
        else concat('未核对', receipt.unconfirmed_count, '笔')
    end as checked_text,
    case
        when sales.has_before(%(workflow)s::text, %(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz)
            then sales.base_before(%(workflow)s, %(starts_on)s)
    end as before_on,
    coalesce(
        (
            select string_agg(distinct goal.version_text, '、')
            from place
            cross join lateral sales.goal(%(workflow)s::text, array[place.site_id], %(last_on)s::date, place.known_at) as goal
            where goal.consultant_id = ''
        ), '未下达目标'
    ) as target_text,
    coalesce(
        (
            select string_agg(distinct concat(rule.value, '台账为准（', rule.rule_id, ' ', rule.clause, '）'), '；')
            from place
            cross join lateral sales.rule_on(place.site_id, 'contract_source', %(last_on)s::date, place.known_at) as rule
        ), '—'
    ) as source_text
from receipt
cross join before
cross join lateral sales.control(%(site_id)s::text, coalesce(before.known_at, '-infinity'), %(known_at)s::timestamptz) as control
left join book.place as named
    on
        named.site_id = %(site_id)s
        and named.recorded_at <= %(known_at)s
        and %(known_at)s < named.superseded_at
limit 1
