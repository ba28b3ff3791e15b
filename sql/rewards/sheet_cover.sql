/*  What the cover of the 一周奖罚公布 says: the site, its rules, how many people, and the week before.

    Grain:  one row.
    Rerun:  safe; only reads what was known at `known_at`.  */
select
    coalesce(site.site_name, %(site_id)s) as site_name,
    (select result.row_count
    from ops.result
    where
        result.workflow = 'weekly_rewards'
        and result.site_id = %(site_id)s
        and result.base_on = %(starts_on)s
        and result.known_at <= %(known_at)s
    order by result.revision desc
    limit 1) as person_count,
    exists (
        select from attendance.edition('weekly_rewards', %(site_id)s, %(starts_on)s::date - 7, %(known_at)s)
    ) as has_before,
    (
        select coalesce(jsonb_agg(distinct jsonb_build_array(rule_set.rule_set_name, site_rule_set.valid_from)), '[]')
        from book.site_rule_set
        inner join book.rule_set
            on
                site_rule_set.rule_set = rule_set.rule_set
                and rule_set.recorded_at <= %(known_at)s
                and %(known_at)s < rule_set.superseded_at
        where
            site_rule_set.site_id = %(site_id)s
            and site_rule_set.valid_from <= %(last_on)s
            and coalesce(site_rule_set.valid_to, 'infinity') >= %(starts_on)s
            and site_rule_set.recorded_at <= %(known_at)s
            and %(known_at)s < site_rule_set.superseded_at
    ) as rules
from (values (1)) as one (row_no)
left join book.site
    on
        site.site_id = %(site_id)s
        and site.recorded_at <= %(known_at)s
        and %(known_at)s < site.superseded_at
