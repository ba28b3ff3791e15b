/*  The sheet 罚款结转: each person's fines, and apart from them what he is charged, from the month before to the next.

    Grain:  one row per person and account with anything open, or moved in the month.
    Rerun:  safe; only reads what was entered by runs of that knowledge.  */
select
    balance.account,
    balance.employee_id,
    coalesce(named.employee_name, balance.employee_id) as employee_name,
    balance.opening_amount,
    balance.levied_amount,
    balance.waived_amount,
    balance.adjusted_amount,
    balance.withdrawn_amount,
    balance.executed_amount,
    balance.closing_amount
from attendance.fine_balance(%(site_id)s, %(starts_on)s, %(known_at)s) as balance
left join lateral (
    select employee.employee_name
    from book.employee
    where
        employee.employee_id = balance.employee_id
        and employee.recorded_at <= %(known_at)s
        and %(known_at)s < employee.superseded_at
    order by employee.effective_from desc
    limit 1
) as named on true
where (
    balance.opening_amount, balance.levied_amount, balance.waived_amount, balance.adjusted_amount,
    balance.withdrawn_amount, balance.executed_amount
) <> (0, 0, 0, 0, 0, 0)
order by array_position(array['制度罚款', '赔偿话费'], balance.account), balance.employee_id
