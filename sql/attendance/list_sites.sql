/*  Lists the sites due in a period: open, and bound to a rule set on at least one of its days.

    Grain:  one row per site.
    Rerun:  safe; only reads.  */
with run as (
    select
        %(starts_on)s::date as starts_on,
        %(last_on)s::date as last_on,
        %(known_at)s::timestamptz as known_at
)

select distinct
    site.site_id,
    site.site_name
from book.site
cross join run
inner join book.site_rule_set
    on
        site.site_id = site_rule_set.site_id
        and site_rule_set.valid_from <= run.last_on
        and coalesce(site_rule_set.valid_to, 'infinity') >= run.starts_on
        and site_rule_set.recorded_at <= run.known_at
        and run.known_at < site_rule_set.superseded_at
where
    site.recorded_at <= run.known_at
    and run.known_at < site.superseded_at
    and coalesce(site.opened_on, '-infinity') <= run.last_on
    and coalesce(site.closed_on, 'infinity') >= run.starts_on
order by site.site_id
