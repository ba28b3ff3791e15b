/*  Refuses a landed file as a whole: every row of it goes back.

    Grain:  one row per refused file.
    Rerun:  safe; a mended file lands as a new one. */
update ops.landing_file
set
    state = 'refused',
    refusal = %(refusal)s,
    quarantined_count = row_count
where file_id = %(file_id)s
