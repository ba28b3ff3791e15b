/*  Finds projects that go to another company after their deposits or orders were booked.

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  Q7, WAR-22 a deposit's ledger goes on from month to month in one company's books: in another's it would begin at
            nothing, and what was charged would be charged again. */
select
    feed_row.row_no,
    'site_id' as column_name,
    format('项目%%s在公司%%s已有入账的质保金或工单，不能改属公司%%s', feed_row.project_id, held.site_id, feed_row.site_id) as reason,
    '请核对公司编号；确需移交的，先在原公司结清质保金，再以新的项目编号登记' as advice
from feed_row
inner join repairs.project as held
    on feed_row.project_id = held.project_id and held.superseded_at = 'infinity'
where
    feed_row.fault_no = 0
    and held.site_id <> feed_row.site_id
    and (
        exists (
            select from repairs.contract
            inner join repairs.entry on contract.contract_no = entry.contract_no
            where contract.project_id = held.project_id and contract.superseded_at = 'infinity'
        )
        or exists (
            select from repairs.work_order
            inner join repairs.entry on work_order.order_no = entry.order_no
            where work_order.project_id = held.project_id and work_order.superseded_at = 'infinity'
        )
    )
