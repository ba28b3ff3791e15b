/*  Finds rows about a sales project that nobody registered.

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  SA-B1 the registers are a project's; what belongs to none would be in no report, nor missed in any. */
select
    feed_row.row_no,
    'site_id' as column_name,
    format('没有登记案场项目“%%s”', feed_row.site_id) as reason,
    '请先报《案场项目登记》，或改正项目编号，再把这一行重新报送' as advice
from feed_row
where
    feed_row.fault_no = 0
    and not exists (
        select from sales.project
        where project.site_id = feed_row.site_id and project.superseded_at = 'infinity'
    )
