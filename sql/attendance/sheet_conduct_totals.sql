/*  The totals under the sheet 违纪单.

    Grain:  one row.
    Rerun:  safe; only reads.  */
select
    coalesce(sum(fine_amount), 0) as fine_amount,
    coalesce(sum(charge_amount), 0) as charge_amount
from attendance.conduct_fine
where site_id = %(site_id)s and event_on between %(starts_on)s and %(last_on)s
    and counted_in <= event_on
