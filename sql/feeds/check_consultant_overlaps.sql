/*  Finds stretches of one consultant that share a day: one says until when, and another begins before.

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  SAL-11 on each day a consultant belongs to one project. A stretch without a last day ends where the next one
            begins; first and last day are both included. The row that comes later goes back, the one before it stays. */
with stated as (
    select
        feed_row.consultant_id,
        feed_row.effective_from,
        feed_row.left_on,
        feed_row.site_id,
        feed_row.row_no,
        feed_row.line_no,
        -- what is known and comes again goes before what is new: the new row gives way
        row_number() over (order by held.line_no is null, feed_row.row_no) as place
    from feed_row
    left join sales.consultant as held
        on
            feed_row.consultant_id = held.consultant_id
            and feed_row.effective_from = held.effective_from
            and held.superseded_at = 'infinity'
    where feed_row.fault_no = 0 and feed_row.fate = 'new'
),

other as (
    select
        stated.consultant_id,
        stated.effective_from,
        stated.left_on,
        stated.site_id,
        stated.line_no,
        stated.place
    from stated
    union all
    select
        held.consultant_id,
        held.effective_from,
        held.left_on,
        held.site_id,
        null as line_no,
        0 as place
    from sales.consultant as held
    where
        held.superseded_at = 'infinity'
        and not exists (
            select from feed_row as stated
            where
                stated.fault_no = 0
                and held.consultant_id = stated.consultant_id
                and held.effective_from = stated.effective_from
        )
),

overlap as materialized (
    select
        stated.row_no,
        stated.place,
        other.place as other_place,
        format(
            '置业顾问%%s：项目%%s %%s起与%%s项目%%s %%s起的重叠', stated.consultant_id, stated.site_id, stated.effective_from,
            case when other.line_no is null then '已入账的' else format('第%%s行', other.line_no) end,
            other.site_id, other.effective_from
        ) as reason,
        format(
            '前一段的离岗日期最晚填 %%s，两行放在同一份文件里报送', greatest(stated.effective_from, other.effective_from) - 1
        ) as advice
    from stated
    inner join other
        on
            stated.consultant_id = other.consultant_id
            and other.place < stated.place
            and (
                other.effective_from < stated.effective_from and other.left_on >= stated.effective_from
                or stated.effective_from < other.effective_from and stated.left_on >= other.effective_from
            )
)

-- A row that goes back itself accuses no other.
select distinct on (overlap.row_no)
    overlap.row_no,
    'effective_from' as column_name,
    overlap.reason,
    overlap.advice
from overlap
where overlap.other_place not in (select guilty.place from overlap as guilty)
order by overlap.row_no, overlap.other_place
