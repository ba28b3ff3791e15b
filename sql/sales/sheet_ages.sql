/*  The sheet 应收账龄: what each contract still owes at the period's end, by age, and who looks after it.

    Grain:  one row per contract that owes something.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  SAL-14 buckets; SAL-15 whose money settles what; SAL-11 both the consultant of the deal and who keeps it now;
            SA-B7 what falls due in the next period. SAL-21 masked.  */
select
    age.contract_no,
    age.unit_no,
    sales.masked_name(age.customer_name) as customer,
    age.kinds,
    age.open_amount,
    age.current_amount,
    age.late_30_amount,
    age.late_60_amount,
    age.late_90_amount,
    age.late_over_amount,
    nullif(age.overdue_days, 0) as overdue_days,
    age.next_amount,
    advance.advance_amount,
    coalesce(seller.consultant_name, age.consultant_id) as consultant_name,
    coalesce(keeper.consultant_name, age.keeper_id) as keeper_name
from sales.contract_age(%(site_id)s::text, %(starts_on)s::date, %(last_on)s::date, %(known_at)s::timestamptz) as age
inner join sales.advance_at(%(site_id)s::text, %(last_on)s::date, %(known_at)s::timestamptz) as advance
    on age.site_id = advance.site_id and age.contract_no = advance.contract_no
left join sales.staff_on(%(last_on)s::date, %(known_at)s::timestamptz) as seller
    on age.consultant_id = seller.consultant_id
left join sales.staff_on(%(last_on)s::date, %(known_at)s::timestamptz) as keeper
    on age.keeper_id = keeper.consultant_id
order by age.overdue_days desc, age.open_amount desc, age.contract_no
