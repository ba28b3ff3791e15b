/*  The totals under the sheet 工资扣款核对, and the counts of its cover.

    Grain:  one row.
    Rerun:  safe; only reads what was known at `known_at`.  */
select
    count(*)::integer as person_count,
    (count(*) filter (where deduction.faults <> '{}'))::integer as fault_count,
    coalesce(sum(deduction.absent_days), 0) as absent_days,
    coalesce(sum(deduction.absence_amount), 0) as absence_amount,
    coalesce(sum(deduction.adjusted_absent_days), 0) as adjusted_absent_days,
    coalesce(sum(deduction.adjusted_absence_amount), 0) as adjusted_absence_amount,
    coalesce(sum(deduction.adjusted_fine_amount), 0) as adjusted_fine_amount,
    coalesce(sum(deduction.fine_amount), 0) as fine_amount,
    coalesce(sum(deduction.settled_amount), 0) as settled_amount,
    coalesce(sum(deduction.charge_amount), 0) as charge_amount,
    coalesce(sum(deduction.deductible_amount), 0) as deductible_amount,
    coalesce(sum(deduction.withheld_amount), 0) as withheld_amount,
    coalesce(sum(deduction.pending_amount), 0) as pending_amount,
    coalesce(
        sum(greatest(deduction.fine_amount - deduction.settled_amount, 0) - coalesce(deduction.pending_amount, 0)) filter (
            where deduction.deductible_amount is null
        ), 0
    ) as unknown_amount,
    coalesce(sum(greatest(deduction.fine_amount - deduction.settled_amount, 0)), 0) as open_amount
from attendance.wage_deduction(%(site_id)s, %(starts_on)s, %(known_at)s) as deduction
