/*  Remarks for the run's note: what it booked as 上月调整, because the month of the day was closed.

    Grain:  one row per month that bears differences, if there are any.
    Rerun:  safe; only reads.  */
select
    '上月调整' || count(*) || '条（计入' || to_char(counted_in, 'YYYY-MM') || '，旷工'
    || to_char(sum(absent_days_delta), 'FMS990.0') || '天，罚款' || to_char(sum(fine_amount_delta), 'FMS999990.00') || '元）'
    as remark
from attendance.adjustment
where run_id = %(run_id)s
group by counted_in
order by counted_in
