/*  The sheet 补卡换班: missed punches that somebody signed, and swaps of shifts and rest days, with what became of them.

    Grain:  one row per slip of a missed punch; per swap, person and day.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  HQ-A1, ATT-12 up to a number a month; GM-A6, ATT-11 a swap needs both persons and the approver.  */
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
),

signed as (
    select
        missed_punch.*,
        line.employee_name,
        row_number() over (
            partition by missed_punch.employee_id, missed_punch.status
            order by missed_punch.signed_at, missed_punch.slip_no
        ) as nth
    from document
    inner join attendance.missed_punch
        on
            missed_punch.work_on between document.starts_on and document.last_on
            and missed_punch.recorded_at <= document.known_at
            and document.known_at < missed_punch.superseded_at
    inner join line on missed_punch.employee_id = line.employee_id
),

swapped as (
    select
        swap.*,
        line.employee_id,
        line.employee_name,
        day.work_on
    from document
    inner join attendance.swap on swap.recorded_at <= document.known_at and document.known_at < swap.superseded_at
    inner join line on line.employee_id in (swap.first_employee_id, swap.second_employee_id)
    cross join lateral (
        select swap.first_on as work_on
        union
        select swap.second_on
    ) as day
    where day.work_on between document.starts_on and document.last_on
)

select
    '补卡(' || signed.punch_kind || ')' as correction_kind,
    signed.employee_name,
    signed.work_on,
    attendance_day.shift_name as old_shift,
    attendance_day.shift_name as new_shift,
    signed.signer as approver,
    case when signed.status = '批准' then signed.nth::integer end as nth_count,
    case
        when signed.status <> '批准' then signed.status
        when attendance_day.employee_id is null then '当日没有判定'
        when signed.slip_no <> all(string_to_array(attendance_day.missed_punch_slip_no, '、')) then '未采用'
        when attendance_day.reason = '补卡超过当月次数' then '超过次数，不计'
        else '有效'
    end as verdict,
    signed.slip_no as slip_id
from signed
left join document on true
left join attendance.attendance_day
    on
        signed.employee_id = attendance_day.employee_id
        and signed.work_on = attendance_day.work_on
        and document.site_id = attendance_day.site_id
union all
select
    swapped.swap_kind,
    swapped.employee_name,
    swapped.work_on,
    coalesce(shift.shift_name, roster.shift_code),
    attendance_day.shift_name,
    swapped.approver,
    null,
    case
        when attendance_day.swap_no = swapped.swap_no then '按换班判定'
        when swapped.status <> '批准' then swapped.status
        when not (swapped.is_first_agreed and swapped.is_second_agreed) then '未经双方同意，不采用'
        else '未采用'
    end,
    swapped.swap_no
from swapped
left join document on true
left join attendance.roster
    on
        swapped.employee_id = roster.employee_id
        and swapped.work_on = roster.work_on
        and roster.recorded_at <= document.known_at
        and document.known_at < roster.superseded_at
left join lateral (
    select shift.shift_name
    from attendance.shift
    where
        shift.site_id = document.site_id
        and shift.shift_code = roster.shift_code
        and swapped.work_on between shift.valid_from and coalesce(shift.valid_to, 'infinity')
        and shift.recorded_at <= document.known_at
        and document.known_at < shift.superseded_at
    order by shift.valid_from desc
    limit 1
) as shift on true
left join attendance.attendance_day
    on
        swapped.employee_id = attendance_day.employee_id
        and swapped.work_on = attendance_day.work_on
        and document.site_id = attendance_day.site_id
order by work_on, employee_name, slip_id
