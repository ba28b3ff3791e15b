/*  Finds approvers of a place that is neither a site, nor a company, nor a sales project, nor a group of projects.

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  WA-D6, Q7 a question is put to those who answer for its place; for one that nobody registered none is ever put. */
select
    feed_row.row_no,
    'site_id' as column_name,
    format('没有登记案场、公司、项目或集团“%%s”', feed_row.site_id) as reason,
    '请先报《案场登记表》、《公司登记》或《案场项目登记》，或改正编号，再把这一行重新报送' as advice
from feed_row
where
    feed_row.fault_no = 0
    and not exists (
        select from repairs.company
        where company.site_id = feed_row.site_id and company.superseded_at = 'infinity'
    )
    and not exists (
        select from sales.project
        where feed_row.site_id in (project.site_id, project.group_id) and project.superseded_at = 'infinity'
    )
    and not exists (
        select from book.site
        where site.site_id = feed_row.site_id and site.superseded_at = 'infinity'
    )
