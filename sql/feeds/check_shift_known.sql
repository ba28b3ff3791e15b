/*  Finds temporary timetables that speak of a shift which their site does not have on those days.

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  YJ-A1 the temporary shift takes the rostered one's place: a code without hours judges nobody. The new shift holds
            on the first and on the last day; * as the shift that is replaced is every one. */
with named as (
    select
        feed_row.row_no,
        feed_row.site_id,
        feed_row.from_on,
        feed_row.to_on,
        cell.column_name,
        cell.shift_code,
        cell.is_needed_to_the_end
    from feed_row
    cross join
        lateral (
            values ('shift_code', feed_row.shift_code, false), ('new_shift_code', feed_row.new_shift_code, true)
        ) as cell (column_name, shift_code, is_needed_to_the_end)
    where
        feed_row.fault_no = 0
        and cell.shift_code <> '*'
)

select
    named.row_no,
    named.column_name,
    format('案场%%s在 %%s 没有班次“%%s”', named.site_id, named.from_on, named.shift_code) as reason,
    coalesce(
        '该案场的班次：' || (
            select string_agg(distinct shift.shift_code, '、' order by shift.shift_code)
            from attendance.shift
            where shift.site_id = named.site_id and shift.superseded_at = 'infinity'
        ) || '；没有的请先报《班次表》，再把这一行重新报送',
        '请先报该案场的《班次表》，再把这一行重新报送'
    ) as advice
from named
where
    not exists (
        select from attendance.shift
        where
            shift.site_id = named.site_id
            and shift.shift_code = named.shift_code
            and shift.superseded_at = 'infinity'
            and shift.valid_from <= named.from_on
            and (not named.is_needed_to_the_end or coalesce(shift.valid_to, 'infinity') >= named.to_on)
    )
