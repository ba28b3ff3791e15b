/*  Finds rows about a sales contract that nobody registered in their project; a row that names none passes.

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  SAL-12 to SAL-15: what is due and received is a contract's; without it nobody would be asked for it. */
select
    feed_row.row_no,
    'contract_no' as column_name,
    format('项目%%s没有登记签约合同“%%s”', feed_row.site_id, feed_row.contract_no) as reason,
    '请先报《签约登记》，或改正合同号，再把这一行重新报送' as advice
from feed_row
where
    feed_row.fault_no = 0
    and feed_row.contract_no is not null
    and not exists (
        select from sales.contract
        where
            contract.site_id = feed_row.site_id
            and contract.contract_no = feed_row.contract_no
            and contract.superseded_at = 'infinity'
    )
