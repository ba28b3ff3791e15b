/*  Finds contracts for one unit that run on the same day.

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  first and last day are both included; the row that comes later goes back, the one before it stays.
            A unit that is not sold (未售, billed to the developer) may be let besides (BIL-14). */
with stated as (
    select
        feed_row.contract_no,
        feed_row.site_id,
        feed_row.unit_no,
        feed_row.starts_on,
        feed_row.ends_on,
        feed_row.row_no,
        feed_row.line_no,
        -- what is known and comes again goes before what is new: the new row gives way
        row_number() over (order by held.line_no is null, feed_row.row_no) as place
    from feed_row
    left join fees.contract as held
        on
            feed_row.contract_no = held.contract_no
            and held.superseded_at = 'infinity'
    where
        feed_row.fault_no = 0
        and feed_row.fate = 'new'
        and feed_row.contract_kind <> '未售'
),

other as (
    select
        stated.contract_no,
        stated.site_id,
        stated.unit_no,
        stated.starts_on,
        stated.ends_on,
        stated.line_no,
        stated.place
    from stated
    union all
    select
        held.contract_no,
        held.site_id,
        held.unit_no,
        held.starts_on,
        held.ends_on,
        null as line_no,
        0 as place
    from fees.contract as held
    where
        held.superseded_at = 'infinity'
        and held.contract_kind <> '未售'
        and not exists (
            select from feed_row as stated
            where
                stated.fault_no = 0
                and held.contract_no = stated.contract_no
        )
),

overlap as materialized (
    select
        stated.row_no,
        stated.place,
        other.place as other_place,
        format(
            '楼宇%%s房号%%s：合同%%s（%%s至%%s）与%%s合同%%s（%%s至%%s）重叠', stated.site_id, stated.unit_no, stated.contract_no,
            stated.starts_on, stated.ends_on,
            case when other.line_no is null then '已入账的' else format('第%%s行', other.line_no) end,
            other.contract_no, other.starts_on, other.ends_on
        ) as reason,
        case
            when stated.starts_on = other.starts_on then '请核对房号和起止日期，同一天一个房号只能有一份合同'
            else format(
                '请核对起止日期；换租的，前一份合同%%s的到期日期应填 %%s，与新合同放在同一份文件里报送',
                case when stated.starts_on > other.starts_on then other.contract_no else stated.contract_no end,
                greatest(stated.starts_on, other.starts_on) - 1
            )
        end as advice
    from stated
    inner join other
        on
            stated.site_id = other.site_id
            and stated.unit_no = other.unit_no
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
