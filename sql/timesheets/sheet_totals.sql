/*  What a month sheet comes to: the totals of its sheets, the figures of its cover, and its identities.

    Grain:  one row.
    Rerun:  safe; only reads the lines that were known at `known_at`.
    Rules:  ATT-19 the identities hold for every person, not only for the sums.  */
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
    count(*)::integer as person_count,
    coalesce(sum(line.calendar_days), 0) as calendar_days,
    coalesce(sum(line.due_days), 0) as due_days,
    coalesce(sum(line.attended_days), 0) as attended_days,
    coalesce(sum(line.rest_days), 0) as rest_days,
    coalesce(sum(line.statutory_days), 0) as statutory_days,
    coalesce(sum(line.unemployed_days), 0) as unemployed_days,
    coalesce(sum(line.outing_days), 0) as outing_days,
    coalesce(sum(line.gathering_count), 0)::integer as gathering_count,
    coalesce(sum(line.absent_days), 0) as absent_days,
    coalesce(sum(line.pending_days), 0) as pending_days,
    coalesce(sum(line.late_count), 0)::integer as late_count,
    coalesce(sum(line.late_minutes), 0)::integer as late_minutes,
    coalesce(sum(line.early_count), 0)::integer as early_count,
    coalesce(sum(line.missing_count), 0)::integer as missing_count,
    coalesce(sum(line.signed_count), 0)::integer as signed_count,
    coalesce(sum(line.night_count), 0)::integer as night_count,
    coalesce(sum(line.workday_overtime_hours), 0) as workday_overtime_hours,
    coalesce(sum(line.rest_overtime_hours), 0) as rest_overtime_hours,
    coalesce(sum(line.statutory_overtime_hours), 0) as statutory_overtime_hours,
    coalesce(sum(line.adjusted_absent_days), 0) as adjusted_absent_days,
    coalesce(sum(line.adjusted_leave_days), 0) as adjusted_leave_days,
    coalesce(sum((line.leave_days ->> '事假')::numeric), 0) as personal_days,
    coalesce(sum((line.leave_days ->> '病假')::numeric), 0) as sick_days,
    coalesce(sum((line.leave_days ->> '年休假')::numeric), 0) as annual_days,
    coalesce(sum((line.leave_days ->> '调休')::numeric), 0) as lieu_days,
    coalesce(sum((line.leave_days ->> '婚假')::numeric), 0) as wedding_days,
    coalesce(sum((line.leave_days ->> '丧假')::numeric), 0) as funeral_days,
    coalesce(sum((line.leave_days ->> '产假')::numeric), 0) as maternity_days,
    coalesce(sum((line.leave_days ->> '工伤')::numeric), 0) as injury_days,
    coalesce(sum(attendance.leave_total(line.leave_days)), 0) as leave_days,
    coalesce(
        sum(
            (
                select sum(days.value::numeric)
                from jsonb_each_text(line.leave_days) as days
                where days.key not in (select leave_kind.counted_as from attendance.leave_kind)
            )
        ), 0
    ) as other_days,
    coalesce(
        sum(
            line.calendar_days - line.due_days - line.rest_days - line.statutory_days - line.unemployed_days
            + line.due_days - line.attended_days - attendance.leave_total(line.leave_days) - line.absent_days - line.pending_days
        ), 0
    ) as control_days,
    coalesce(sum(line.late_fine_amount), 0) as late_fine_amount,
    coalesce(sum(line.early_fine_amount), 0) as early_fine_amount,
    coalesce(sum(line.gathering_fine_amount), 0) as gathering_fine_amount,
    coalesce(sum(line.conduct_fine_amount), 0) as conduct_fine_amount,
    coalesce(sum(line.call_charge_amount), 0) as call_charge_amount,
    coalesce(sum(line.call_fine_amount), 0) as call_fine_amount,
    coalesce(sum(line.waived_amount), 0) as waived_amount,
    coalesce(sum(line.adjusted_fine_amount), 0) as adjusted_fine_amount,
    coalesce(sum(attendance.fine_total(line)), 0) as fine_amount,
    coalesce(
        bool_and(line.calendar_days = line.due_days + line.rest_days + line.statutory_days + line.unemployed_days), true
    ) as holds_calendar,
    coalesce(
        bool_and(
            line.due_days
            = line.attended_days + attendance.leave_total(line.leave_days) + line.absent_days + line.pending_days
        ), true
    ) as holds_due
from line
