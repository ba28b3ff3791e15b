/*  Finds work orders that name a construction contract of another project.

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  WAR-11 an order is charged to the deposit of its own contract only; an unknown contract is told elsewhere. */
select
    feed_row.row_no,
    'contract_no' as column_name,
    format('施工合同%%s属于项目%%s，不属于本行的项目%%s', contract.contract_no, contract.project_id, feed_row.project_id) as reason,
    '请核对项目编号和施工合同号，再把这一行重新报送' as advice
from feed_row
inner join repairs.contract
    on feed_row.contract_no = contract.contract_no and contract.superseded_at = 'infinity'
where feed_row.fault_no = 0 and feed_row.project_id <> contract.project_id
