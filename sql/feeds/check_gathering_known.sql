/*  Finds people due at a meeting or training that nobody announced.

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  YJ-A4 without the hour at which it began nobody is late for it. */
select
    feed_row.row_no,
    'gathering_no' as column_name,
    format('没有登记会议（培训）“%%s”', feed_row.gathering_no) as reason,
    '请先报《会议培训安排》，或改正编号，再把这一行重新报送' as advice
from feed_row
where
    feed_row.fault_no = 0
    and not exists (
        select from attendance.gathering
        where gathering.gathering_no = feed_row.gathering_no and gathering.superseded_at = 'infinity'
    )
