/*  Finds rows about a unit that is not in its project's price list.

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  SA-B5 of what is no unit nobody could say whether it is sold twice: 3栋 or 3楼 is none. A project without a
            unit register takes any text; the group's ledger writes units as it likes, its contracts are known by number
            (SAL-20).
    Method: asked of every register, whichever of the columns it has; of one that it has not the cell is null. */
with named as (
    select
        feed_row.row_no,
        feed_row.site_id,
        cell.column_name,
        cell.unit_no
    from feed_row
    inner join sales.project
        on
            feed_row.site_id = project.site_id
            and project.superseded_at = 'infinity'
            and project.is_unit_register
    cross join lateral (select to_jsonb(feed_row) as cells offset 0) as whole
    cross join
        lateral (
            values ('unit_no', whole.cells ->> 'unit_no'), ('new_unit_no', whole.cells ->> 'new_unit_no')
        ) as cell (column_name, unit_no)
    where
        feed_row.fault_no = 0
        and whole.cells ->> 'source' is distinct from '集团'
)

select
    named.row_no,
    named.column_name,
    format('项目%%s没有登记房源“%%s”', named.site_id, named.unit_no) as reason,
    '请先报《房源价目表》，或改正房号，再把这一行重新报送；只写楼栋、楼层的不是一套房源（SA-B5）' as advice
from named
where
    named.unit_no is not null
    and not exists (
        select from sales.unit
        where unit.site_id = named.site_id and unit.unit_no = named.unit_no and unit.superseded_at = 'infinity'
    )
