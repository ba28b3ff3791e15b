/*  Finds waivers of a conduct slip that nobody registered, that is somebody else's, or of another day.

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  ATT-14 money is taken off the very slip that is named. */
select
    feed_row.row_no,
    'slip_no' as column_name,
    case
        when conduct_slip.slip_no is null then format('没有登记违纪单“%%s”', feed_row.slip_no)
        when conduct_slip.employee_id <> feed_row.employee_id
            then format('违纪单%%s是工号%%s的，不是%%s的', feed_row.slip_no, conduct_slip.employee_id, feed_row.employee_id)
        else format('违纪单%%s的发生日是%%s，不是%%s', feed_row.slip_no, conduct_slip.event_on, feed_row.event_on)
    end as reason,
    case
        when conduct_slip.slip_no is null then '请先报《违纪单登记》，或改正单号，再把这一行重新报送'
        else '请核对违纪单号、工号和发生日'
    end as advice
from feed_row
left join attendance.conduct_slip
    on feed_row.slip_no = conduct_slip.slip_no and conduct_slip.superseded_at = 'infinity'
where
    feed_row.fault_no = 0
    and feed_row.slip_no is not null
    and (conduct_slip.employee_id, conduct_slip.event_on) is distinct from (feed_row.employee_id, feed_row.event_on)
