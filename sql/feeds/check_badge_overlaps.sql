/*  Finds badges that two people of one site hold on the same day.

    Grain:  one row per offending line of the file.
    Rules:  a version of a person holds from effective_from to the eve of the next one, at the longest to left_on. */
with run as (
    select %(file_id)s::integer as file_id
),

holding as (
    select
        employee.employee_id,
        employee.site_id,
        employee.badge_no,
        employee.file_id,
        employee.line_no,
        daterange(
            employee.effective_from,
            greatest(
                employee.effective_from,
                coalesce(least(lead(employee.effective_from) over of_person, employee.left_on + 1), 'infinity')
            )
        ) as validity
    from book.employee
    where employee.superseded_at = 'infinity'
    window of_person as (partition by employee.employee_id order by employee.effective_from)
)

select
    holding.line_no,
    format(
        '案场 %%s 的考勤号 %%s 同时属于工号 %%s 和 %%s', holding.site_id, holding.badge_no, other.employee_id, holding.employee_id
    ) as reason,
    '请核对考勤号；号已转给别人的，请填前一人的离职日期或新的考勤号' as advice
from holding
cross join run
inner join holding as other
    on
        holding.site_id = other.site_id
        and holding.badge_no = other.badge_no
        and holding.employee_id <> other.employee_id
        and holding.validity && other.validity
        and (other.file_id <> holding.file_id or other.line_no < holding.line_no)
where holding.file_id = run.file_id
order by holding.line_no
