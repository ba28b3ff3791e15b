/*  Finds limits of wage deductions of one region that share a day.

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  ATT-17 on each day one limit holds; first and last day are both included. The row that comes later goes back, the one
            before it stays. */
with stated as (
    select
        feed_row.region,
        feed_row.valid_from,
        coalesce(feed_row.valid_to, 'infinity') as valid_to,
        feed_row.row_no,
        feed_row.line_no,
        -- what is known and comes again goes before what is new: the new row gives way
        row_number() over (order by held.line_no is null, feed_row.row_no) as place
    from feed_row
    left join attendance.wage_limit as held
        on
            feed_row.region = held.region
            and feed_row.valid_from = held.valid_from
            and held.superseded_at = 'infinity'
    where
        feed_row.fault_no = 0
        and feed_row.fate = 'new'
),

other as (
    select
        stated.region,
        stated.valid_from,
        stated.valid_to,
        stated.line_no,
        stated.place
    from stated
    union all
    select
        held.region,
        held.valid_from,
        coalesce(held.valid_to, 'infinity') as valid_to,
        null as line_no,
        0 as place
    from attendance.wage_limit as held
    where
        held.superseded_at = 'infinity'
        and not exists (
            select from feed_row as stated
            where
                stated.fault_no = 0
                and held.region = stated.region
                and held.valid_from = stated.valid_from
        )
),

overlap as materialized (
    select
        stated.row_no,
        stated.place,
        other.place as other_place,
        format(
            '地区%%s：%%s起与%%s %%s起的重叠', stated.region, stated.valid_from,
            case when other.line_no is null then '已入账的' else format('第%%s行', other.line_no) end, other.valid_from
        ) as reason,
        format('前一段的失效日期应填 %%s，两行放在同一份文件里报送', greatest(stated.valid_from, other.valid_from) - 1) as advice
    from stated
    inner join other
        on
            stated.region = other.region
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
