/*  Notes that a file came again: all its rows are duplicates, nothing else is written.

    Grain:  one row per file that came again.
    Rerun:  each time it comes it is noted. */
insert into ops.landing_file (
    feed, site_id, file_name, sha256, byte_count, run_id, resend_by, state, row_count, duplicate_count
)
values (
    %(feed)s, %(site_id)s, %(file_name)s, %(sha256)s, %(byte_count)s, %(run_id)s, null, 'same_file',
    %(row_count)s, %(row_count)s
)
returning
    file_id,
    to_char(received_at at time zone 'Asia/Shanghai', 'YYYY-MM') as month
