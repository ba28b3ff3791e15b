/*  Finds rows about a contractor that nobody registered.

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  WAR-05 nothing is deducted from somebody to whom no letter can be sent. */
select
    feed_row.row_no,
    'contractor_id' as column_name,
    format('没有登记施工单位“%%s”', feed_row.contractor_id) as reason,
    '请先报《施工单位登记》，或改正施工单位编号，再把这一行重新报送' as advice
from feed_row
where
    feed_row.fault_no = 0
    and not exists (
        select from repairs.contractor
        where contractor.contractor_id = feed_row.contractor_id and contractor.superseded_at = 'infinity'
    )
