/*  Finds sites and days of the run without a rule set, or without the parameters that judging cannot do without.

    Grain:  one row per site and kind of gap.
    Rerun:  safe; only reads.  */
with run as (
    select
        run_id,
        known_at
    from ops.run
    where run_id = %(run_id)s
),

site_day as (
    select
        run_day.site_id,
        run_day.day_on as work_on
    from ops.run_day
    inner join run on run_day.run_id = run.run_id
),

in_force as (
    select
        site_day.site_id,
        site_day.work_on,
        count(distinct site_rule_set.rule_set) as set_count,
        count(*) filter (where rule.parameter = 'works_calendar') as calendar_count
    from site_day
    cross join run
    left join book.site_rule_set
        on
            site_day.site_id = site_rule_set.site_id
            and site_day.work_on >= site_rule_set.valid_from
            and site_day.work_on <= coalesce(site_rule_set.valid_to, 'infinity')
            and site_rule_set.recorded_at <= run.known_at
            and run.known_at < site_rule_set.superseded_at
    left join book.rule
        on
            site_rule_set.rule_set = rule.rule_set
            and site_day.work_on >= rule.valid_from
            and site_day.work_on <= coalesce(rule.valid_to, 'infinity')
            and rule.recorded_at <= run.known_at
            and run.known_at < rule.superseded_at
    group by site_day.site_id, site_day.work_on
)

select
    '案场' || site_id || '自' || min(work_on) || '起共' || count(*) || '天没有生效的'
    || case when bool_or(set_count = 0) then '制度' else '工作日口径（works_calendar）' end
    || '。请补报制度绑定或制度参数后重跑。' as problem
from in_force
where set_count = 0 or calendar_count = 0
group by site_id
order by site_id
