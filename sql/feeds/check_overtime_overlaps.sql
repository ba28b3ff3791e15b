/*  Finds approved slips of one person whose hours of overtime overlap.

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  ATT-21 an hour is paid once. Slips that were not approved or were withdrawn claim none. The row that comes
            later goes back, the one before it stays. */
with stated as (
    select
        feed_row.employee_id,
        feed_row.slip_no,
        feed_row.starts_at,
        feed_row.ends_at,
        feed_row.row_no,
        feed_row.line_no,
        -- what is known and comes again goes before what is new: the new row gives way
        row_number() over (order by held.line_no is null, feed_row.row_no) as place
    from feed_row
    left join attendance.overtime as held
        on
            feed_row.slip_no = held.slip_no
            and held.superseded_at = 'infinity'
    where
        feed_row.fault_no = 0
        and feed_row.fate = 'new'
        and feed_row.status = '批准'
),

other as (
    select
        stated.employee_id,
        stated.slip_no,
        stated.starts_at,
        stated.ends_at,
        stated.line_no,
        stated.place
    from stated
    union all
    select
        held.employee_id,
        held.slip_no,
        held.starts_at,
        held.ends_at,
        null as line_no,
        0 as place
    from attendance.overtime as held
    where
        held.superseded_at = 'infinity'
        and held.status = '批准'
        and not exists (
            select from feed_row as stated
            where
                stated.fault_no = 0
                and held.slip_no = stated.slip_no
        )
),

overlap as materialized (
    select
        stated.row_no,
        stated.place,
        other.place as other_place,
        format(
            '工号%%s的加班单%%s与%%s%%s时间重叠（%%s起）', stated.employee_id, stated.slip_no,
            case when other.line_no is null then '已入账的' else format('第%%s行', other.line_no) end, other.slip_no,
            to_char(other.starts_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI')
        ) as reason,
        '同一小时只能报一次，请改正起止时间，或撤销其中一张' as advice
    from stated
    inner join other
        on
            stated.employee_id = other.employee_id
            and other.place < stated.place
            and other.starts_at < stated.ends_at
            and other.ends_at > stated.starts_at
)

-- A row that goes back itself accuses no other.
select distinct on (overlap.row_no)
    overlap.row_no,
    'starts_at' as column_name,
    overlap.reason,
    overlap.advice
from overlap
where overlap.other_place not in (select guilty.place from overlap as guilty)
order by overlap.row_no, overlap.other_place
