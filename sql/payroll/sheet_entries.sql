/*  The sheet 罚款明细: what the month entered into the ledger, line by line.

    Grain:  one row per entry.
    Rerun:  safe; only reads what was entered by runs of that knowledge.  */
select
    fine_entry.event_on,
    fine_entry.employee_id,
    coalesce(named.employee_name, fine_entry.employee_id) as employee_name,
    fine_entry.entry_kind,
    fine_entry.fine_kind,
    fine_entry.amount as entry_amount,
    nullif(fine_entry.source_no, '') as slip_number,
    nullif(fine_entry.reason, '') as reason,
    nullif(fine_entry.approver, '') as approver,
    nullif(fine_entry.rule_id, '') as rule_id
from attendance.fine_entry
inner join ops.run on fine_entry.run_id = run.run_id
left join lateral (
    select employee.employee_name
    from book.employee
    where
        employee.employee_id = fine_entry.employee_id
        and employee.recorded_at <= %(known_at)s
        and %(known_at)s < employee.superseded_at
    order by employee.effective_from desc
    limit 1
) as named on true
where
    fine_entry.site_id = %(site_id)s
    and fine_entry.month_on = %(starts_on)s
    and run.known_at <= %(known_at)s
order by fine_entry.employee_id, fine_entry.event_on, fine_entry.entry_id
