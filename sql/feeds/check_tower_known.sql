/*  Finds rows about a tower that nobody registered.

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  a month is drawn up tower by tower; what belongs to no tower would never be billed nor missed. */
select
    feed_row.row_no,
    'site_id' as column_name,
    format('没有登记楼宇“%%s”', feed_row.site_id) as reason,
    '请先报《楼宇登记》，或改正楼宇编号，再把这一行重新报送' as advice
from feed_row
where
    feed_row.fault_no = 0
    and feed_row.site_id <> '*'
    and not exists (
        select from fees.tower
        where tower.site_id = feed_row.site_id and tower.superseded_at = 'infinity'
    )
