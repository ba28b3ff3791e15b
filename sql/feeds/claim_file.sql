/*  Takes a file for admission, or for a second look, and stamps the one instant at which all its rows become known.

    Grain:  one row, or none when another task has admitted it meanwhile. */
select
    file_id,
    feed,
    site_id,
    file_name,
    delimiter,
    header,
    blank_count,
    is_ascii,
    clock_timestamp() as recorded_at
from ops.landing_file
where
    file_id = %(file_id)s
    and state = %(state)s
for update
