/*  Stamps the run's scope as computed, in the transaction that computed it.

    Grain:  one row per site and period of the run.
    Rerun:  safe; the first stamp stays.  */
update ops.run_scope set computed_at = clock_timestamp()
where run_id = %(run_id)s and computed_at is null
