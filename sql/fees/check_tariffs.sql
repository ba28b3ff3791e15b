/*  Finds towers whose meters counted on days for which the rule book has no price.

    Grain:  one row per tower and utility.
    Rerun:  safe; only reads.
    Rules:  FE-C2; a gap in the prices stops the tower by name before anything is shown.  */
with run as (
    select
        run_id,
        known_at,
        as_of_on
    from ops.run
    where run_id = %(run_id)s
),

used as (
    select distinct
        open_scope.site_id,
        meter.utility,
        run.known_at,
        run.as_of_on,
        (run.as_of_on - interval '1 month')::date + 1 as first_on
    from run
    inner join fees.open_scope on run.run_id = open_scope.run_id
    inner join fees.meter
        on
            open_scope.site_id = meter.site_id
            and meter.recorded_at <= run.known_at
            and run.known_at < meter.superseded_at
),

priced as (
    select
        used.site_id,
        used.utility,
        used.first_on,
        used.as_of_on,
        coalesce(
            range_agg(daterange(tariff.valid_from, tariff.valid_to, '[]')) filter (where tariff.utility is not null),
            '{}'
        ) as covered
    from used
    left join fees.tariff
        on
            used.utility = tariff.utility
            and tariff.site_id in (used.site_id, '*')
            and tariff.recorded_at <= used.known_at
            and used.known_at < tariff.superseded_at
    group by used.site_id, used.utility, used.first_on, used.as_of_on
)

select
    concat(
        '楼宇', site_id, '的', utility, '在', to_char(first_on, 'YYYY-MM-DD'), '至', to_char(as_of_on, 'YYYY-MM-DD'),
        '之间有没有单价的日子。请补报收费标准后重跑。'
    ) as problem
from priced
where not covered @> daterange(first_on, as_of_on, '[]')
order by site_id, utility
