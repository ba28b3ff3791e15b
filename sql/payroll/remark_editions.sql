/*  Remarks, for the note of a run, which further editions of 工资扣款核对表 it issued beside month sheets that stay.

    Grain:  one row per site.
    Rerun:  safe; only reads.  */
select concat(coalesce(site.site_name, artifact.site_id), '工资扣款核对表出第', artifact.revision, '版') as remark
from ops.artifact
inner join ops.run on artifact.run_id = run.run_id
left join book.site
    on
        artifact.site_id = site.site_id
        and site.recorded_at <= run.known_at
        and run.known_at < site.superseded_at
where
    artifact.run_id = %(run_id)s
    and artifact.document_kind = 'wage_deductions'
    and artifact.revision > 1
order by artifact.site_id
