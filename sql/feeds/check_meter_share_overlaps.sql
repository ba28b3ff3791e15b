/*  Finds shares of one contract in one meter that hold on the same day.

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  first and last day are both included; the row that comes later goes back, the one before it stays.
            Shared use is divided by the keys; a contract has one key on a day. */
with stated as (
    select
        feed_row.meter_no,
        feed_row.contract_no,
        feed_row.starts_on,
        feed_row.ends_on,
        feed_row.row_no,
        feed_row.line_no,
        -- what is known and comes again goes before what is new: the new row gives way
        row_number() over (order by held.line_no is null, feed_row.row_no) as place
    from feed_row
    left join fees.meter_share as held
        on
            feed_row.meter_no = held.meter_no
            and feed_row.contract_no = held.contract_no
            and feed_row.starts_on = held.starts_on
            and held.superseded_at = 'infinity'
    where
        feed_row.fault_no = 0
        and feed_row.fate = 'new'
),

other as (
    select
        stated.meter_no,
        stated.contract_no,
        stated.starts_on,
        stated.ends_on,
        stated.line_no,
        stated.place
    from stated
    union all
    select
        held.meter_no,
        held.contract_no,
        held.starts_on,
        held.ends_on,
        null as line_no,
        0 as place
    from fees.meter_share as held
    where
        held.superseded_at = 'infinity'
        and not exists (
            select from feed_row as stated
            where
                stated.fault_no = 0
                and held.meter_no = stated.meter_no
                and held.contract_no = stated.contract_no
                and held.starts_on = stated.starts_on
        )
),

overlap as materialized (
    select
        stated.row_no,
        stated.place,
        other.place as other_place,
        format('表%%s归合同%%s的期间与%%s %%s至%%s的重叠', stated.meter_no, stated.contract_no, case when other.line_no is null then '已入账的' else format('第%%s行', other.line_no) end, other.starts_on, other.ends_on) as reason,
        format('前一段的结束日期应填 %%s', greatest(stated.starts_on, other.starts_on) - 1) as advice
    from stated
    inner join other
        on
            stated.meter_no = other.meter_no
            and stated.contract_no = other.contract_no
            and other.place < stated.place
            and other.starts_on <= stated.ends_on
            and other.ends_on >= stated.starts_on
)

-- A row that goes back itself accuses no other.
select distinct on (overlap.row_no)
    overlap.row_no,
    'starts_on' as column_name,
    overlap.reason,
    overlap.advice
from overlap
where overlap.other_place not in (select guilty.place from overlap as guilty)
order by overlap.row_no, overlap.other_place
