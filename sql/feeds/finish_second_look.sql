/*  Writes down that rows of an admitted file were taken after all; the table refuses totals that do not add up.

    Grain:  one row per file that was looked at again.
    Rerun:  runs once, in the transaction that takes the rows. */
update ops.landing_file
set
    admitted_count = landing_file.admitted_count + %(admitted_count)s,
    duplicate_count = landing_file.duplicate_count + %(duplicate_count)s,
    superseding_count = landing_file.superseding_count + %(superseding_count)s,
    quarantined_count = landing_file.quarantined_count - %(taken_count)s
where landing_file.file_id = %(file_id)s
