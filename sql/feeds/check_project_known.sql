/*  Finds rows about a project that nobody registered.

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  OPS-10 the row goes back with its reason and the others go on; a company's month is drawn up project by project. */
select
    feed_row.row_no,
    'project_id' as column_name,
    format('没有登记项目“%%s”', feed_row.project_id) as reason,
    '请先报《项目登记》，或改正项目编号，再把这一行重新报送' as advice
from feed_row
where
    feed_row.fault_no = 0
    and not exists (
        select from repairs.project
        where project.project_id = feed_row.project_id and project.superseded_at = 'infinity'
    )
