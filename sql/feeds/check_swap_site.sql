/*  Finds swaps of people who are not at one site on the days of the swap.

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  ATT-11 each is judged by the other's shift, and shifts are a site's. On each day the version of a person counts
            that has taken effect; who has none on that day is not known to be anywhere. */
with party as (
    select
        feed_row.row_no,
        swap_day.swap_on,
        person.is_first,
        person.employee_id
    from feed_row
    cross join lateral (values (feed_row.first_on), (feed_row.second_on)) as swap_day (swap_on)
    cross join
        lateral (values (true, feed_row.first_employee_id), (false, feed_row.second_employee_id)) as person (is_first, employee_id)
    where feed_row.fault_no = 0
),

placed as (
    select distinct on (party.row_no, party.swap_on, party.is_first)
        party.row_no,
        party.swap_on,
        party.is_first,
        party.employee_id,
        employee.site_id
    from party
    inner join book.employee
        on
            party.employee_id = employee.employee_id
            and employee.effective_from <= party.swap_on
            and employee.superseded_at = 'infinity'
    order by party.row_no, party.swap_on, party.is_first, employee.effective_from desc
)

select distinct on (placed.row_no)
    placed.row_no,
    'second_employee_id' as column_name,
    format(
        '%%s %%s在案场%%s，%%s在案场%%s，不能换班',
        placed.swap_on, placed.employee_id, placed.site_id, other.employee_id, other.site_id
    ) as reason,
    '换班的两人要在同一案场，请核对工号和日期' as advice
from placed
inner join placed as other
    on
        placed.row_no = other.row_no
        and placed.swap_on = other.swap_on
        and placed.site_id <> other.site_id
where placed.is_first and not other.is_first
order by placed.row_no, placed.swap_on
