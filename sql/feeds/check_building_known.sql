/*  Finds rows about a building that nobody registered; a row that names none passes.

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  SA-B2 the sales sheet and the control sheet go by building; a unit of an unknown one would stand nowhere. */
select
    feed_row.row_no,
    'building_no' as column_name,
    format('项目%%s没有登记楼栋“%%s”', feed_row.site_id, feed_row.building_no) as reason,
    '请先报《楼栋登记》，或改正楼栋号，再把这一行重新报送' as advice
from feed_row
where
    feed_row.fault_no = 0
    and feed_row.building_no <> ''
    and not exists (
        select from sales.building
        where
            building.site_id = feed_row.site_id
            and building.building_no = feed_row.building_no
            and building.superseded_at = 'infinity'
    )
