/*  Takes lines out of quarantine that were taken after all.

    Grain:  one row per line.
    Rerun:  runs once, in the transaction that takes the rows. */
delete from ops.quarantine
where
    quarantine.file_id = %(file_id)s
    and quarantine.line_no = any(%(lines)s)
    and quarantine.state = 'open'
