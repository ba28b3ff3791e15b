/*  Opens the record of a file that is about to be landed; COPY and finish_landing follow in the same transaction.

    Grain:  one row per landed file.
    Rerun:  the same content of a feed and site is landed once (landing_file_once). */
insert into ops.landing_file (feed, site_id, file_name, sha256, byte_count, run_id, resend_by, state)
values (%(feed)s, %(site_id)s, %(file_name)s, %(sha256)s, %(byte_count)s, %(run_id)s, %(resend_by)s, 'landed')
returning
    file_id,
    to_char(received_at at time zone 'Asia/Shanghai', 'YYYY-MM') as month
