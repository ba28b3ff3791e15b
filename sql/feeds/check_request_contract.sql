/*  Finds movements of a deposit that name a request for the release of another contract's.

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  WAR-11, WAR-14 what is paid back answers one request, of one contract; an unknown request is told elsewhere. */
select
    feed_row.row_no,
    'request_no' as column_name,
    format(
        '申请%%s退还的是合同%%s的质保金，不是合同%%s的',
        release_request.request_no, release_request.contract_no, feed_row.contract_no
    ) as reason,
    '请核对申请单号和施工合同号；与申请无关的，申请单号留空' as advice
from feed_row
inner join repairs.release_request
    on feed_row.request_no = release_request.request_no and release_request.superseded_at = 'infinity'
where feed_row.fault_no = 0 and feed_row.contract_no <> release_request.contract_no
