/*  Finds rows about a contract that nobody registered; a row that names no contract passes (a receipt to be claimed).

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  OPS-10 the row goes back with its reason and the others go on; accepted, it would be on nobody's bill. */
select
    feed_row.row_no,
    'contract_no' as column_name,
    format('没有登记合同“%%s”', feed_row.contract_no) as reason,
    '请先报《合同登记》，或改正合同号，再把这一行重新报送' as advice
from feed_row
where
    feed_row.fault_no = 0
    and not exists (
        select from fees.contract
        where contract.contract_no = feed_row.contract_no and contract.superseded_at = 'infinity'
    )
    and feed_row.contract_no is not null
