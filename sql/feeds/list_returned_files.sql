/*  Heads of the 资料退回表: files of which something goes back to the sender.

    Grain:  one row per file. */
select
    file_id,
    feed,
    site_id,
    file_name,
    received_at,
    state,
    refusal,
    row_count,
    admitted_count,
    duplicate_count,
    superseding_count,
    quarantined_count,
    resend_by
from ops.landing_file
where
    file_id = any(%(file_ids)s::integer [])
    and (state = 'refused' or quarantined_count > 0)
order by file_id
