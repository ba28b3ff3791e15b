/*  The sheet 考勤表: a symbol for every day of everybody's month, and what it comes to.

    Grain:  one row per person; a second one for the afternoons of who has days of two spells.
    Rerun:  safe; only reads the lines that were known at `known_at`.  */
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

sheet_line as (
    select
        line.department,
        line.employee_id,
        false as is_second,
        row_number() over (order by line.department, line.employee_id) as line_no,
        line.employee_name,
        line.post,
        line.marks,
        line.attended_days,
        line.absent_days,
        line.late_count,
        attendance.leave_total(line.leave_days) as leave_days
    from line
    union all
    select
        line.department,
        line.employee_id,
        true,
        null,
        null,
        null,
        line.afternoon_marks,
        null,
        null,
        null,
        null
    from line
    where line.afternoon_marks is not null
)

select
    sheet_line.is_second,
    sheet_line.line_no,
    case when not sheet_line.is_second then sheet_line.employee_id end as employee_id,
    sheet_line.employee_name,
    sheet_line.post,
    sheet_line.marks[1] as day_01,
    sheet_line.marks[2] as day_02,
    sheet_line.marks[3] as day_03,
    sheet_line.marks[4] as day_04,
    sheet_line.marks[5] as day_05,
    sheet_line.marks[6] as day_06,
    sheet_line.marks[7] as day_07,
    sheet_line.marks[8] as day_08,
    sheet_line.marks[9] as day_09,
    sheet_line.marks[10] as day_10,
    sheet_line.marks[11] as day_11,
    sheet_line.marks[12] as day_12,
    sheet_line.marks[13] as day_13,
    sheet_line.marks[14] as day_14,
    sheet_line.marks[15] as day_15,
    sheet_line.marks[16] as day_16,
    sheet_line.marks[17] as day_17,
    sheet_line.marks[18] as day_18,
    sheet_line.marks[19] as day_19,
    sheet_line.marks[20] as day_20,
    sheet_line.marks[21] as day_21,
    sheet_line.marks[22] as day_22,
    sheet_line.marks[23] as day_23,
    sheet_line.marks[24] as day_24,
    sheet_line.marks[25] as day_25,
    sheet_line.marks[26] as day_26,
    sheet_line.marks[27] as day_27,
    sheet_line.marks[28] as day_28,
    sheet_line.marks[29] as day_29,
    sheet_line.marks[30] as day_30,
    sheet_line.marks[31] as day_31,
    sheet_line.attended_days,
    sheet_line.absent_days,
    sheet_line.late_count,
    sheet_line.leave_days
from sheet_line
order by sheet_line.department, sheet_line.employee_id, sheet_line.is_second
