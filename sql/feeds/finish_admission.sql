/*  Writes down the control totals of an admitted file; the table refuses totals that do not add up.

    Grain:  one row per admitted file.
    Rerun:  runs once, in the transaction that admits. */
update ops.landing_file
set
    state = 'admitted',
    run_id = coalesce(run_id, %(run_id)s),
    row_count = %(row_count)s,
    blank_count = %(blank_count)s,
    admitted_count = %(admitted_count)s,
    duplicate_count = %(duplicate_count)s,
    superseding_count = %(superseding_count)s,
    quarantined_count = %(quarantined_count)s
where file_id = %(file_id)s
