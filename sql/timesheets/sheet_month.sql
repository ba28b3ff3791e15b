/*  The sheet 月度汇总: everybody's month in days, times and hours, by columns.

    Grain:  one row per person.
    Rerun:  safe; only reads the lines that were known at `known_at`.
    Rules:  ATT-19; the last column is what the identities leave over: nothing.  */
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

known_kind as (
    select distinct leave_kind.counted_as
    from attendance.leave_kind
)

select
    line.employee_id,
    line.employee_name,
    line.department,
    line.post,
    rule_set.rule_set_name,
    line.joined_on,
    line.left_on,
    line.calendar_days,
    line.due_days,
    line.attended_days,
    line.rest_days,
    line.statutory_days,
    line.unemployed_days,
    nullif((line.leave_days ->> '事假')::numeric, 0) as personal_days,
    nullif((line.leave_days ->> '病假')::numeric, 0) as sick_days,
    nullif((line.leave_days ->> '年休假')::numeric, 0) as annual_days,
    nullif((line.leave_days ->> '调休')::numeric, 0) as lieu_days,
    nullif((line.leave_days ->> '婚假')::numeric, 0) as wedding_days,
    nullif((line.leave_days ->> '丧假')::numeric, 0) as funeral_days,
    nullif((line.leave_days ->> '产假')::numeric, 0) as maternity_days,
    nullif((line.leave_days ->> '工伤')::numeric, 0) as injury_days,
    (
        select nullif(sum(days.value::numeric), 0)
        from jsonb_each_text(line.leave_days) as days
        where days.key not in (select known_kind.counted_as from known_kind)
    ) as other_days,
    nullif(line.outing_days, 0) as outing_days,
    nullif(line.gathering_count, 0) as gathering_count,
    line.absent_days,
    line.pending_days,
    nullif(line.late_count, 0) as late_count,
    nullif(line.late_minutes, 0) as late_minutes,
    nullif(line.early_count, 0) as early_count,
    nullif(line.missing_count, 0) as missing_count,
    nullif(line.signed_count, 0) as signed_count,
    nullif(line.night_count, 0) as night_count,
    nullif(line.workday_overtime_hours, 0) as workday_overtime_hours,
    nullif(line.rest_overtime_hours, 0) as rest_overtime_hours,
    nullif(line.statutory_overtime_hours, 0) as statutory_overtime_hours,
    nullif(line.adjusted_absent_days, 0) as adjusted_absent_days,
    nullif(line.adjusted_leave_days, 0) as adjusted_leave_days,
    line.remark,
    line.calendar_days - line.due_days - line.rest_days - line.statutory_days - line.unemployed_days
    + line.due_days - line.attended_days - attendance.leave_total(line.leave_days) - line.absent_days - line.pending_days
        as control_days
from line
left join document on true
left join book.rule_set
    on
        line.rule_set = rule_set.rule_set
        and rule_set.recorded_at <= document.known_at
        and document.known_at < rule_set.superseded_at
order by line.department, line.employee_id
