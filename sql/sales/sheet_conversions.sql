/*  Under the sheet 来电来访: the conversions of the period, by period and by cohort, each with what it divides.

    Grain:  one row per measure.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  SAL-04 by period and by cohort are two measures; SAL-05 no quotient without a denominator, above 100 %% flagged.
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
        coalesce(sum(counted.quantity) filter (where counted.measure = 'signed_count'), 0) as signed_quantity,
        coalesce(sum(counted.quantity) filter (where counted.measure = 'visit_count'), 0) as visit_quantity,
        coalesce(sum(counted.quantity) filter (where counted.measure = 'subscribed_count'), 0) as subscribed_quantity
    from sales.counted(
        %(workflow)s::text, %(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz
    ) as counted
),

cohort as (
    select
        cohort.measure,
        asked.of_before,
        count(*) as member_count,
        count(*) filter (where cohort.is_reached) as reached_count
    from together
    cross join
        lateral (
            values
            (%(starts_on)s::date, %(last_on)s::date, false),
            (sales.base_before(%(workflow)s, %(starts_on)s), %(starts_on)s::date - 1, true)
        ) as asked (from_on, until_on, of_before)
    cross join
        lateral sales.cohort(together.sites, asked.from_on, asked.until_on, %(last_on)s::date, together.known_at) as cohort
    group by 1, 2
),

told as (
    select
        'visit_signed_rate' as measure,
        false as of_before,
        counted.signed_quantity as numerator_quantity,
        counted.visit_quantity as denominator_quantity,
        '来访' as what
    from counted
    union all
    select
        'subscribed_signed_rate',
        false,
        counted.signed_quantity,
        counted.subscribed_quantity,
        '认购'
    from counted
    union all
    select
        measure.measure,
        asked.of_before,
        coalesce(cohort.reached_count, 0),
        coalesce(cohort.member_count, 0),
        case measure.measure
            when 'call_visit_rate' then '首次来电' when 'visit_cohort_rate' then '首次来访' else '认购'
        end
    from sales.measure
    cross join (values (false), (true)) as asked (of_before)
    left join cohort on measure.measure = cohort.measure and asked.of_before = cohort.of_before
    where measure.told_by = 'cohort'
)

select
    concat(measure.title, case when told.of_before then '——上期客户截至本期末' end) as title,
    told.numerator_quantity,
    told.denominator_quantity,
    sales.conversion(told.numerator_quantity, told.denominator_quantity) as value_rate,
    sales.conversion_note(told.what, told.numerator_quantity, told.denominator_quantity) as note
from told
inner join sales.measure on told.measure = measure.measure
order by measure.line_no, told.of_before
