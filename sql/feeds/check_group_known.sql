/*  Finds summaries of work by a group that the roll of the site does not have.

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  YJ-A4 every group hands one in; a group is a department of the roll, in its spelling. */
select
    feed_row.row_no,
    'group_name' as column_name,
    format('案场%%s的花名册里没有组别“%%s”', feed_row.site_id, feed_row.group_name) as reason,
    coalesce(
        '请照花名册的部门填写：' || (
            select string_agg(distinct employee.department, '、' order by employee.department)
            from book.employee
            where employee.site_id = feed_row.site_id and employee.superseded_at = 'infinity'
        ),
        '请先报《员工花名册》，再把这一行重新报送'
    ) as advice
from feed_row
where
    feed_row.fault_no = 0
    and not exists (
        select from book.employee
        where
            employee.site_id = feed_row.site_id
            and employee.department = feed_row.group_name
            and employee.superseded_at = 'infinity'
    )
