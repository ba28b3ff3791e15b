/*  Finds an earlier landing of the same content, if it was not refused.

    Grain:  at most one row. */
select
    file_id,
    archive_path,
    row_count
from ops.landing_file
where
    feed = %(feed)s
    and coalesce(site_id, '') = coalesce(%(site_id)s, '')
    and sha256 = %(sha256)s
    and state in ('landed', 'admitted')
