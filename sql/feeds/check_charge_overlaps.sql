/*  Finds charges of one contract, kind and item that hold on the same day.

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  first and last day are both included; the row that comes later goes back, the one before it stays.
            A step of the rent is the next row, from the day after the row before it. */
with stated as (
    select
        feed_row.contract_no,
        feed_row.charge_kind,
        feed_row.item,
        feed_row.valid_from,
        feed_row.valid_to,
        feed_row.row_no,
        feed_row.line_no,
        -- what is known and comes again goes before what is new: the new row gives way
        row_number() over (order by held.line_no is null, feed_row.row_no) as place
    from feed_row
    left join fees.charge as held
        on
            feed_row.contract_no = held.contract_no
            and feed_row.charge_kind = held.charge_kind
            and feed_row.item = held.item
            and feed_row.valid_from = held.valid_from
            and held.superseded_at = 'infinity'
    where
        feed_row.fault_no = 0
        and feed_row.fate = 'new'
),

other as (
    select
        stated.contract_no,
        stated.charge_kind,
        stated.item,
        stated.valid_from,
        stated.valid_to,
        stated.line_no,
        stated.place
    from stated
    union all
    select
        held.contract_no,
        held.charge_kind,
        held.item,
        held.valid_from,
        held.valid_to,
        null as line_no,
        0 as place
    from fees.charge as held
    where
        held.superseded_at = 'infinity'
        and not exists (
            select from feed_row as stated
            where
                stated.fault_no = 0
                and held.contract_no = stated.contract_no
                and held.charge_kind = stated.charge_kind
                and held.item = stated.item
                and held.valid_from = stated.valid_from
        )
),

overlap as materialized (
    select
        stated.row_no,
        stated.place,
        other.place as other_place,
        format('合同%%s的%%s与%%s %%s至%%s的重叠', stated.contract_no, stated.item, case when other.line_no is null then '已入账的' else format('第%%s行', other.line_no) end, other.valid_from, other.valid_to) as reason,
        format('前一段的结束日期应填 %%s；另一项收费请另起收费项目名称', greatest(stated.valid_from, other.valid_from) - 1) as advice
    from stated
    inner join other
        on
            stated.contract_no = other.contract_no
            and stated.charge_kind = other.charge_kind
            and stated.item = other.item
            and other.place < stated.place
            and other.valid_from <= stated.valid_to
            and other.valid_to >= stated.valid_from
)

-- A row that goes back itself accuses no other.
select distinct on (overlap.row_no)
    overlap.row_no,
    'valid_from' as column_name,
    overlap.reason,
    overlap.advice
from overlap
where overlap.other_place not in (select guilty.place from overlap as guilty)
order by overlap.row_no, overlap.other_place
