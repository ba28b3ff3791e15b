/*  Finds rows about a meter that nobody registered.

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  BIL-05; what an unknown meter counts would be on nobody's bill. */
select
    feed_row.row_no,
    'meter_no' as column_name,
    format('没有登记表“%%s”', feed_row.meter_no) as reason,
    '请先报《表计登记》，或改正表号，再把这一行重新报送' as advice
from feed_row
where
    feed_row.fault_no = 0
    and not exists (
        select from fees.meter
        where meter.meter_no = feed_row.meter_no and meter.superseded_at = 'infinity'
    )
