/*  Finds rows about a request for release that nobody registered; a row that names none passes (a movement).

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  WAR-14 the days of verification and return run from the request; an opinion on none releases nothing. */
select
    feed_row.row_no,
    'request_no' as column_name,
    format('没有登记退还申请“%%s”', feed_row.request_no) as reason,
    '请先报《质保金退还申请》，或改正申请单号，再把这一行重新报送' as advice
from feed_row
where
    feed_row.fault_no = 0
    and not exists (
        select from repairs.release_request
        where release_request.request_no = feed_row.request_no and release_request.superseded_at = 'infinity'
    )
    and feed_row.request_no is not null
