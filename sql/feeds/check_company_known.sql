/*  Finds rows about a company that nobody registered.

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  WA-D9 deposits are in a company's books; what belongs to none would never be settled nor missed. */
select
    feed_row.row_no,
    'site_id' as column_name,
    format('没有登记公司“%%s”', feed_row.site_id) as reason,
    '请先报《公司登记》，或改正公司编号，再把这一行重新报送' as advice
from feed_row
where
    feed_row.fault_no = 0
    and not exists (
        select from repairs.company
        where company.site_id = feed_row.site_id and company.superseded_at = 'infinity'
    )
