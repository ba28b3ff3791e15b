/*  Lets month sheets that came out the same as their draft rest on what the run knows now.

    Grain:  one row per site and month that is not issued.
    Rerun:  safe; a result that knows as much is not touched.
    Rules:  the lists of a 定稿 (slips, swaps, waivers) are those of its settlement, also where no sum changed; and who signs
            is told whose wages are known by then.  */
update ops.result set
    known_at = %(known_at)s,
    hold_reason = attendance.month_question(
        result.totals, result.site_id, result.base_on, result.revision, %(known_at)s
    )
from ops.run_scope
where
    run_scope.run_id = %(run_id)s
    and result.workflow = run_scope.workflow
    and result.site_id = run_scope.site_id
    and result.base_on = lower(run_scope.period)
    and result.state <> 'issued'
    and result.known_at < %(known_at)s
    -- a site that waits was not drawn up anew
    and not exists (
        select from ops.run_gap
        where run_gap.run_id = run_scope.run_id and run_gap.site_id = run_scope.site_id
    )
    and result.revision = (
        select max(newest.revision)
        from ops.result as newest
        where
            newest.workflow = result.workflow
            and newest.site_id = result.site_id
            and newest.base_on = result.base_on
    )
