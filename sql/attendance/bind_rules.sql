/*  Binds the rules: of two sets bound to a site that speak of the same parameter the higher rank is heard.

    Grain:  one row per site, day and parameter, for the run's days and the days beside them.
    Rerun:  safe; fills a table of this transaction only (rule_in_force).
    Rules:  GM-A11 the set of the higher rank wins.  */
create temp table rule_in_force on commit drop as
with site_day as materialized (
    select
        beside.site_id,
        beside.day_on as work_on
    from ops.run_day
    cross join lateral (
        values (run_day.site_id, run_day.day_on - 1), (run_day.site_id, run_day.day_on), (run_day.site_id, run_day.day_on + 1)
    ) as beside (site_id, day_on)
    where run_day.run_id = %(run_id)s
    group by beside.site_id, beside.day_on
)

select
    site_day.site_id,
    site_day.work_on,
    heard.parameter,
    heard.rule_id,
    heard.rule_set,
    heard.value,
    heard.valid_from,
    heard.rank
from site_day
cross join lateral (
    select distinct on (rule.parameter)
        rule.parameter,
        rule.rule_id,
        rule.rule_set,
        rule.value,
        rule.valid_from,
        rule_set.rank
    from book.site_rule_set
    inner join book.rule_set on site_rule_set.rule_set = rule_set.rule_set
    inner join book.rule on rule_set.rule_set = rule.rule_set
    where
        site_rule_set.site_id = site_day.site_id
        and site_day.work_on between site_rule_set.valid_from and coalesce(site_rule_set.valid_to, 'infinity')
        and site_day.work_on between rule.valid_from and coalesce(rule.valid_to, 'infinity')
        and site_rule_set.recorded_at <= %(known_at)s
        and %(known_at)s < site_rule_set.superseded_at
        and rule_set.recorded_at <= %(known_at)s
        and %(known_at)s < rule_set.superseded_at
        and rule.recorded_at <= %(known_at)s
        and %(known_at)s < rule.superseded_at
    order by rule.parameter, rule_set.rank desc, rule.rule_set
) as heard
