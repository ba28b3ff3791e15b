/*  Lists the towers whose notices are drawn up in the month.

    Grain:  one row per tower.
    Rerun:  safe; only reads.  */
select tower.site_id
from fees.tower
where
    tower.opens_with <= %(starts_on)s
    and tower.recorded_at <= %(known_at)s
    and %(known_at)s < tower.superseded_at
order by tower.site_id
