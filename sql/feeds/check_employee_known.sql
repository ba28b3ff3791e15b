/*  Finds rows about people that are not on the roll.

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  ATT-20 nobody is guessed: a slip of an unknown number belongs to nobody. At a site that admits unknown badges
            its number and the badge are a person, too.
    Method: asked of every register, whichever of the columns it has; of one that it has not the cell is null. */
with named as (
    select
        feed_row.row_no,
        cell.column_name,
        cell.employee_id
    from feed_row
    cross join lateral (select to_jsonb(feed_row) as cells offset 0) as whole
    cross join
        lateral (
            values
            ('employee_id', whole.cells ->> 'employee_id'),
            ('first_employee_id', whole.cells ->> 'first_employee_id'),
            ('second_employee_id', whole.cells ->> 'second_employee_id')
        ) as cell (column_name, employee_id)
    where feed_row.fault_no = 0
)

select
    named.row_no,
    named.column_name,
    format('花名册里没有工号“%%s”', named.employee_id) as reason,
    '请先报《员工花名册》，或改正工号，再把这一行重新报送' as advice
from named
where
    named.employee_id is not null
    and not exists (
        select from book.employee
        where employee.employee_id = named.employee_id and employee.superseded_at = 'infinity'
    )
    and not exists (
        select from book.site
        where
            site.superseded_at = 'infinity'
            and site.is_admitting_unknown
            and starts_with(named.employee_id, site.site_id || '-')
    )
