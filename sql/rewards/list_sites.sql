/*  Lists the sites whose week is announced: open in it, and bound to a rule set on at least one of its days.

    Grain:  one row per site.
    Rerun:  safe; only reads.  */
select distinct
    site.site_id,
    site.site_name
from book.site
inner join book.site_rule_set
    on
        site.site_id = site_rule_set.site_id
        and site_rule_set.valid_from <= %(last_on)s
        and coalesce(site_rule_set.valid_to, 'infinity') >= %(starts_on)s
        and site_rule_set.recorded_at <= %(known_at)s
        and %(known_at)s < site_rule_set.superseded_at
where
    site.recorded_at <= %(known_at)s
    and %(known_at)s < site.superseded_at
    and coalesce(site.opened_on, '-infinity') <= %(last_on)s
    and coalesce(site.closed_on, 'infinity') >= %(starts_on)s
order by site.site_id
