/*  Finds rows about a construction contract that nobody registered; a row that names none passes (class B).

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  WAR-11 a deposit belongs to one contract; accepted, the row would touch nobody's deposit. */
select
    feed_row.row_no,
    'contract_no' as column_name,
    format('没有登记施工合同“%%s”', feed_row.contract_no) as reason,
    '请先报《施工合同登记》，或改正施工合同号，再把这一行重新报送' as advice
from feed_row
where
    feed_row.fault_no = 0
    and not exists (
        select from repairs.contract
        where contract.contract_no = feed_row.contract_no and contract.superseded_at = 'infinity'
    )
    and feed_row.contract_no is not null
