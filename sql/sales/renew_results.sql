/*  Lets results that came out the same, and are not issued yet, rest on what the run knows now.

    Grain:  one row per place and base period that is open.
    Rerun:  safe; a result that knows as much is not touched.
    Rules:  what is issued is printed with one knowledge: lists and counts of a 定稿 are those of its settlement, also where
            nothing that is counted changed since the draft (SAL-13).  */
update ops.result set known_at = %(known_at)s
from sales.open_period
where
    open_period.run_id = %(run_id)s
    and result.workflow = open_period.workflow
    and result.site_id = open_period.site_id
    and result.base_on = open_period.base_on
    and result.state <> 'issued'
    and result.known_at < %(known_at)s
    and result.revision = (
        select max(newest.revision)
        from ops.result as newest
        where
            newest.workflow = result.workflow
            and newest.site_id = result.site_id
            and newest.base_on = result.base_on
    )
