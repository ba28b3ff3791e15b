/*  Finds versions of one shift code of a site that hold on the same day.

    Grain:  one row per offending line of the file.
    Rules:  first and last day of validity are both included. */
with run as (
    select %(file_id)s::integer as file_id
)

select
    shift.line_no,
    format(
        '案场 %%s 的班次 %%s 有两个版本重叠：%%s 起的与 %%s 起的',
        shift.site_id, shift.shift_code, least(shift.valid_from, other.valid_from),
        greatest(shift.valid_from, other.valid_from)
    ) as reason,
    format('前一版本的失效日期应填 %%s', greatest(shift.valid_from, other.valid_from) - 1) as advice
from attendance.shift
cross join run
inner join attendance.shift as other
    on
        shift.site_id = other.site_id
        and shift.shift_code = other.shift_code
        and shift.valid_from <> other.valid_from
        and daterange(shift.valid_from, shift.valid_to, '[]') && daterange(other.valid_from, other.valid_to, '[]')
        and (other.file_id <> shift.file_id or other.line_no < shift.line_no)
where
    shift.file_id = run.file_id
    and shift.superseded_at = 'infinity'
    and other.superseded_at = 'infinity'
order by shift.line_no
