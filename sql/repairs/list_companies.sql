/*  Lists the companies whose repairs are kept here in the period.

    Grain:  one row per company.
    Rerun:  safe; only reads.  */
select company.site_id
from repairs.company
where
    company.opens_with <= %(last_on)s
    and company.recorded_at <= %(known_at)s
    and %(known_at)s < company.superseded_at
order by company.site_id
