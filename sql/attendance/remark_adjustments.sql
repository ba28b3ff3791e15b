/*  Remarks for the run's note: what it booked in the open month, because the month of the day was closed.

    Grain:  one row per month that bears differences of days, and per month that bears late slips.
    Rerun:  safe; only reads.  */
select
    '上月调整' || count(*) || '条（计入' || to_char(counted_in, 'YYYY-MM') || '，旷工'
    || to_char(sum(absent_days_delta), 'FMS990.0') || '天，罚款' || to_char(sum(fine_amount_delta), 'FMS999990.00') || '元）'
    as remark
from attendance.adjustment
where run_id = %(run_id)s
group by counted_in
union all
select
    '关账后收到违纪单' || count(*) || '张（计入' || to_char(counted_in, 'YYYY-MM') || '，'
    || to_char(sum(fine_amount + charge_amount), 'FM999990.00') || '元）' as remark
from attendance.conduct_fine
where run_id = %(run_id)s and counted_in > event_on
group by counted_in
order by 1
