/*  Notes a file that could not be taken as it is, with the words that its sender reads.

    Grain:  one row per refused file.
    Rerun:  a mended file is a new one; a refused one may come again. */
insert into ops.landing_file (feed, site_id, file_name, sha256, byte_count, run_id, resend_by, state, refusal)
values (
    %(feed)s, %(site_id)s, %(file_name)s, %(sha256)s, %(byte_count)s, %(run_id)s, %(resend_by)s, 'refused', %(refusal)s
)
returning file_id
