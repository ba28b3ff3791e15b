/*  Signs for one quarantined row.

    Grain:  one row of quarantine.
    Rerun:  a signed row is not signed again. */
update ops.quarantine
set
    state = 'signed_off',
    signed_off_by = %(by)s,
    signed_off_at = clock_timestamp(),
    opinion = %(opinion)s
where
    quarantine_id = %(quarantine_id)s
    and state = 'open'
