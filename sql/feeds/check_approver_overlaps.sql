/*  Finds validities of one approver in one duty of one place that share a day.

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  first and last day are both included; the row that comes later goes back, the one before it stays.
            Several people may hold a duty on one day (deputies); each of them once. */
with stated as (
    select
        feed_row.site_id,
        feed_row.duty,
        feed_row.login,
        feed_row.valid_from,
        coalesce(feed_row.valid_to, 'infinity') as valid_to,
        feed_row.row_no,
        feed_row.line_no,
        -- what is known and comes again goes before what is new: the new row gives way
        row_number() over (order by held.line_no is null, feed_row.row_no) as place
    from feed_row
    left join book.approver as held
        on
            feed_row.site_id = held.site_id
            and feed_row.duty = held.duty
            and feed_row.login = held.login
            and feed_row.valid_from = held.valid_from
            and held.superseded_at = 'infinity'
    where
        feed_row.fault_no = 0
        and feed_row.fate = 'new'
),

other as (
    select
        stated.site_id,
        stated.duty,
        stated.login,
        stated.valid_from,
        stated.valid_to,
        stated.line_no,
        stated.place
    from stated
    union all
    select
        held.site_id,
        held.duty,
        held.login,
        held.valid_from,
        coalesce(held.valid_to, 'infinity') as valid_to,
        null as line_no,
        0 as place
    from book.approver as held
    where
        held.superseded_at = 'infinity'
        and not exists (
            select from feed_row as stated
            where
                stated.fault_no = 0
                and held.site_id = stated.site_id
                and held.duty = stated.duty
                and held.login = stated.login
                and held.valid_from = stated.valid_from
        )
),

overlap as materialized (
    select
        stated.row_no,
        stated.place,
        other.place as other_place,
        format(
            '%%s的%%s %%s：%%s起与%%s %%s起的重叠', stated.site_id, stated.duty, stated.login, stated.valid_from,
            case when other.line_no is null then '已入账的' else format('第%%s行', other.line_no) end, other.valid_from
        ) as reason,
        case
            when stated.valid_from = other.valid_from then '请核对生效日期，同一天只能有一行'
            else format('前一段的失效日期应填 %%s，两行放在同一份文件里报送', greatest(stated.valid_from, other.valid_from) - 1)
        end as advice
    from stated
    inner join other
        on
            stated.site_id = other.site_id
            and stated.duty = other.duty
            and stated.login = other.login
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
