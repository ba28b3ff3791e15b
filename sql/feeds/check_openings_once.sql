/*  Finds openings that would count one figure twice: in all and by building, or by building and by kind of product.

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  the cumulative figure begins with the sum of an indicator's openings: they are of one level. The row that comes
            later goes back, the one before it stays; one of nothing counts nothing. */
with stated as (
    select
        feed_row.site_id,
        feed_row.indicator,
        (feed_row.building_no <> '', feed_row.product_type <> '') as parts,
        feed_row.row_no,
        feed_row.line_no
    from feed_row
    where
        feed_row.fault_no = 0
        and feed_row.fate = 'new'
        and (feed_row.moved_count, feed_row.area, feed_row.amount) <> (0, 0, 0)
),

other as (
    select
        stated.site_id,
        stated.indicator,
        stated.parts,
        stated.row_no,
        stated.line_no
    from stated
    union all
    select
        held.site_id,
        held.indicator,
        (held.building_no <> '', held.product_type <> '') as parts,
        0 as row_no,
        null as line_no
    from sales.opening as held
    where
        held.superseded_at = 'infinity'
        and (held.moved_count, held.area, held.amount) <> (0, 0, 0)
        and not exists (
            select from feed_row
            where
                feed_row.fault_no = 0
                and feed_row.site_id = held.site_id
                and feed_row.indicator = held.indicator
                and feed_row.building_no = held.building_no
                and feed_row.product_type = held.product_type
        )
),

overlap as materialized (
    select
        stated.row_no,
        other.row_no as other_row_no,
        format(
            '“%%s”的期初与%%s不是同一级，会重复计算：有的分楼栋或产品类型，有的没有分', stated.indicator,
            case when other.line_no is null then '已入账的' else format('第%%s行', other.line_no) end
        ) as reason
    from stated
    inner join other
        on
            stated.site_id = other.site_id
            and stated.indicator = other.indicator
            and stated.parts <> other.parts
            and other.row_no < stated.row_no
)

-- A row that goes back itself accuses no other.
select distinct on (overlap.row_no)
    overlap.row_no,
    'building_no' as column_name,
    overlap.reason,
    '同一指标的期初请用同一级：都分楼栋和产品类型，或都只报合计；已入账的合计改为分级的，先把那一行的数填0' as advice
from overlap
where overlap.other_row_no not in (select guilty.row_no from overlap as guilty)
order by overlap.row_no, overlap.other_row_no
