/*  Finds temporary timetables of one shift and post of a site that share a day.

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  YJ-A1 on each day a shift is replaced by one other; first and last day are both included. The row that comes later
            goes back, the one before it stays. */
with stated as (
    select
        feed_row.site_id,
        feed_row.shift_code,
        feed_row.post,
        feed_row.from_on,
        feed_row.to_on,
        feed_row.row_no,
        feed_row.line_no,
        -- what is known and comes again goes before what is new: the new row gives way
        row_number() over (order by held.line_no is null, feed_row.row_no) as place
    from feed_row
    left join attendance.timetable_change as held
        on
            feed_row.site_id = held.site_id
            and feed_row.from_on = held.from_on
            and feed_row.shift_code = held.shift_code
            and feed_row.post = held.post
            and held.superseded_at = 'infinity'
    where
        feed_row.fault_no = 0
        and feed_row.fate = 'new'
),

other as (
    select
        stated.site_id,
        stated.shift_code,
        stated.post,
        stated.from_on,
        stated.to_on,
        stated.line_no,
        stated.place
    from stated
    union all
    select
        held.site_id,
        held.shift_code,
        held.post,
        held.from_on,
        held.to_on,
        null as line_no,
        0 as place
    from attendance.timetable_change as held
    where
        held.superseded_at = 'infinity'
        and not exists (
            select from feed_row as stated
            where
                stated.fault_no = 0
                and held.site_id = stated.site_id
                and held.from_on = stated.from_on
                and held.shift_code = stated.shift_code
                and held.post = stated.post
        )
),

overlap as materialized (
    select
        stated.row_no,
        stated.place,
        other.place as other_place,
        format(
            '案场%%s班次%%s（岗位%%s）：%%s起与%%s %%s起的临时作息重叠', stated.site_id, stated.shift_code, stated.post, stated.from_on,
            case when other.line_no is null then '已入账的' else format('第%%s行', other.line_no) end, other.from_on
        ) as reason,
        format('前一段的结束日期最晚填 %%s，两行放在同一份文件里报送', greatest(stated.from_on, other.from_on) - 1) as advice
    from stated
    inner join other
        on
            stated.site_id = other.site_id
            and stated.shift_code = other.shift_code
            and stated.post = other.post
            and other.place < stated.place
            and other.from_on <= stated.to_on
            and other.to_on >= stated.from_on
)

-- A row that goes back itself accuses no other.
select distinct on (overlap.row_no)
    overlap.row_no,
    'from_on' as column_name,
    overlap.reason,
    overlap.advice
from overlap
where overlap.other_place not in (select guilty.place from overlap as guilty)
order by overlap.row_no, overlap.other_place
