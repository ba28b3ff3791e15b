/*  Finds rows that name a consultant whom nobody registered; a cell that is empty passes.

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  SA-B3 a customer belongs to a consultant, and SAL-10 a deal to those who share it: to one who is unknown nobody
            could be led. Who moved or left stays known: deals stay with the consultant of their day (SAL-11).
    Method: asked of every register, whichever of the columns it has; of one that it has not the cell is null. */
with named as (
    select
        feed_row.row_no,
        cell.column_name,
        cell.consultant_id,
        cell.place
    from feed_row
    cross join lateral (select to_jsonb(feed_row) as cells offset 0) as whole
    cross join
        lateral (
            values
            (1, 'consultant_id', whole.cells ->> 'consultant_id'),
            (2, 'served_for_id', whole.cells ->> 'served_for_id'),
            (3, 'ruled_for_id', whole.cells ->> 'ruled_for_id'),
            (4, 'to_consultant_id', whole.cells ->> 'to_consultant_id'),
            (5, 'holder_id', whole.cells ->> 'holder_id')
        ) as cell (place, column_name, consultant_id)
    where feed_row.fault_no = 0
)

select distinct on (named.row_no)
    named.row_no,
    named.column_name,
    format('没有登记置业顾问“%%s”', named.consultant_id) as reason,
    '请先报《置业顾问登记》，或改正工号，再把这一行重新报送' as advice
from named
where
    named.consultant_id <> ''
    and not exists (
        select from sales.consultant
        where consultant.consultant_id = named.consultant_id and consultant.superseded_at = 'infinity'
    )
order by named.row_no, named.place
