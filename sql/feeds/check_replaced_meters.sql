/*  Finds meters that are said to replace one that is unknown, of another tower or kind, or replaced already.

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  BIL-04 the use of the replaced meter is added to its successor's, so the chain must hold. */
with stated as (
    select
        feed_row.row_no,
        feed_row.meter_no,
        feed_row.site_id,
        feed_row.utility,
        feed_row.replaces
    from feed_row
    where feed_row.fault_no = 0 and feed_row.fate = 'new'
),

-- What will be known with this file: its own rows, and those held ones that it does not replace.
known as (
    select
        stated.row_no,
        stated.meter_no,
        stated.site_id,
        stated.utility,
        stated.replaces
    from stated
    union all
    select
        0 as row_no,
        meter.meter_no,
        meter.site_id,
        meter.utility,
        meter.replaces
    from fees.meter
    where
        meter.superseded_at = 'infinity'
        and meter.meter_no not in (select stated.meter_no from stated)
),

-- Of several that replace one meter the known one, else the first line, is its successor.
successor as (
    select distinct on (known.replaces)
        known.replaces,
        known.meter_no,
        known.row_no
    from known
    where known.replaces is not null
    order by known.replaces, known.row_no
)

select
    stated.row_no,
    'replaces' as column_name,
    case
        when replaced.meter_no is null then format('换下的旧表“%%s”没有登记', stated.replaces)
        when replaced.site_id <> stated.site_id or replaced.utility <> stated.utility then
            format('换下的旧表“%%s”是楼宇%%s的%%s表，与本行不同', stated.replaces, replaced.site_id, left(replaced.utility, 1))
        when replaced.replaces = stated.meter_no then
            format('表“%%s”和“%%s”互为旧表', stated.meter_no, stated.replaces)
        else format('旧表“%%s”已登记由表“%%s”换下', stated.replaces, successor.meter_no)
    end as reason,
    '请核对换下的旧表号；旧表也要在《表计登记》里' as advice
from stated
left join known as replaced on stated.replaces = replaced.meter_no
left join successor on stated.replaces = successor.replaces and successor.row_no < stated.row_no
where
    stated.replaces is not null
    and (
        replaced.meter_no is null
        or replaced.site_id <> stated.site_id
        or replaced.utility <> stated.utility
        or replaced.replaces = stated.meter_no
        or successor.meter_no is not null
    )
