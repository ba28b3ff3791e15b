/*  Finds movements that are booked already and come with another content.

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  Q7, OPS-21 a booked movement is not changed in place: what was wrong is corrected by a movement of its own. */
select
    feed_row.row_no,
    'movement_no' as column_name,
    format('凭证%%s已在%%s入账，不能更改', feed_row.movement_no, to_char(entry.base_on, 'YYYY"年"FMMM"月"')) as reason,
    '请另报一笔“更正”（可为负数，写明原因），不要改原来的凭证' as advice
from feed_row
inner join repairs.entry
    on
        feed_row.movement_no = entry.movement_no
        and entry.entry_kind in ('期初', '留置', '补缴', '更正', '退还')
where
    feed_row.fault_no = 0
    and feed_row.fate = 'new'
    and exists (
        select from repairs.deposit_movement as held
        where
            held.movement_no = feed_row.movement_no
            and held.superseded_at = 'infinity'
            and (held.contract_no, held.movement_kind, held.amount, held.moved_on)
            is distinct from (feed_row.contract_no, feed_row.movement_kind, feed_row.amount, feed_row.moved_on)
    )
