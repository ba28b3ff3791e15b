/*  Lists the notices that a document of a tower's month brings, in order of number, and what the tower is called.

    Grain:  one row per notice of the document's revision; of a correction only the corrected ones.
    Rerun:  safe; only reads what is frozen.  */
select
    notice.notice_no,
    edition.tower_name as scope_text
from ops.artifact
cross join lateral fees.edition(artifact.site_id, lower(artifact.period), artifact.known_at) as edition
inner join fees.notice
    on
        artifact.site_id = notice.site_id
        and lower(artifact.period) = notice.base_on
        and artifact.revision = notice.revision
where artifact.artifact_id = %(artifact_id)s
order by notice.sequence_no
