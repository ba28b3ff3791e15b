/*  The sheet 签字页: one line for each department's manager to sign.

    Grain:  one row per department.
    Rerun:  safe; only reads the lines that were known at `known_at`.
    Rules:  OF-A2 the sheet, with its slips, is signed by the department manager and goes to the office.  */
with document as (
    select
        %(site_id)s::text as site_id,
        %(starts_on)s::date as starts_on,
        %(last_on)s::date as last_on,
        %(known_at)s::timestamptz as known_at
),

line as materialized (
    select line.*
    from document
    cross join lateral attendance.known_month(document.site_id, document.starts_on, document.known_at) as line
)

select
    coalesce(nullif(line.department, ''), '未登记部门') as department,
    count(*)::integer as person_count
from line
group by 1
order by 1
