/*  Finds projects whose number is that of a group, and groups whose number is that of a project.

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  a place is a project or the group over projects: one that were both would count a project's figures twice. */
with other as (
    select
        feed_row.row_no,
        feed_row.site_id,
        feed_row.group_id
    from feed_row
    where feed_row.fault_no = 0
    union all
    select
        null as row_no,
        project.site_id,
        project.group_id
    from sales.project
    where
        project.superseded_at = 'infinity'
        and not exists (select from feed_row where feed_row.fault_no = 0 and feed_row.site_id = project.site_id)
)

select distinct on (feed_row.row_no)
    feed_row.row_no,
    case when feed_row.site_id = other.group_id then 'site_id' else 'group_id' end as column_name,
    case
        when feed_row.site_id = other.group_id then
            format('项目编号%%s是项目%%s的集团编号', feed_row.site_id, other.site_id)
        else format('集团编号%%s是一个项目的编号', feed_row.group_id)
    end as reason,
    '集团是各项目之上的一级，请给项目和集团不同的编号' as advice
from feed_row
inner join other
    on
        feed_row.site_id = other.group_id and coalesce(other.row_no, 0) < feed_row.row_no
        or feed_row.group_id = other.site_id and coalesce(other.row_no, 0) < feed_row.row_no
where feed_row.fault_no = 0
order by feed_row.row_no, other.site_id
