/*  Enters what a final month sheet adds to the ledger of fines: levied, waived, adjusted, taken back, paid.

    Grain:  one row per person, month, kind of entry, kind of fine, paper and day.
    Rerun:  safe; an entry is made once and never changed.
    Rules:  GM-A9 a call's cost is charged and its fine levied apart. ATT-14 a late slip is borne by the month that is open.
            What each entry is: attendance.fine_due; of wages nothing stands in this ledger.  */
insert into attendance.fine_entry (
    site_id, employee_id, month_on, entry_kind, fine_kind, source_no, event_on, amount, rule_id, reason, approver, run_id
)
select
    %(site_id)s as site_id,
    fine_due.employee_id,
    %(base_on)s as month_on,
    fine_due.entry_kind,
    fine_due.fine_kind,
    fine_due.source_no,
    fine_due.event_on,
    fine_due.amount,
    fine_due.rule_id,
    fine_due.reason,
    fine_due.approver,
    run.run_id
from ops.run
cross join lateral attendance.fine_due(%(site_id)s, %(base_on)s, run.known_at) as fine_due
where run.run_id = %(run_id)s
order by
    fine_due.employee_id,
    fine_due.event_on,
    array_position(array['罚款', '上月调整', '减免', '不执行', '已执行'], fine_due.entry_kind),
    fine_due.fine_kind,
    fine_due.source_no
on conflict (employee_id, month_on, entry_kind, fine_kind, source_no, event_on, site_id) do nothing
