/*  The sheet 会议培训: meetings and trainings of the document's days, who was due, who came, who came late or not at all.

    Grain:  one row per meeting or training.
    Rerun:  safe; only reads facts known at `known_at`.
    Rules:  YJ-A4 late for one counts as late arrival, absent as early leave, where the house says so: what counts stands
            in attendance.offence.  */
with document as (
    select
        %(site_id)s::text as site_id,
        %(starts_on)s::date as starts_on,
        %(last_on)s::date as last_on,
        %(known_at)s::timestamptz as known_at
),

held as (
    select
        gathering.gathering_no,
        gathering.starts_at,
        gathering.ends_at,
        gathering.gathering_kind || '：' || gathering.gathering_name as meeting_name
    from attendance.gathering
    inner join document
        on
            gathering.site_id = document.site_id
            and gathering.starts_at >= document.starts_on
            and gathering.starts_at < document.last_on + 1
            and gathering.recorded_at <= document.known_at
            and document.known_at < gathering.superseded_at
),

attendee as (
    select
        gathering_attendee.*,
        held.starts_at,
        coalesce(named.employee_name, gathering_attendee.employee_id) as employee_name,
        ceil(date_part('epoch', date_trunc('minute', gathering_attendee.signed_in_at) - held.starts_at) / 60)
            as late_minutes,
        offence.late_minutes as counted_late_minutes,
        offence.early_minutes as counted_early_minutes
    from held
    cross join document
    inner join attendance.gathering_attendee
        on
            held.gathering_no = gathering_attendee.gathering_no
            and gathering_attendee.recorded_at <= document.known_at
            and document.known_at < gathering_attendee.superseded_at
    left join lateral (
        select employee.employee_name
        from book.employee
        where
            employee.employee_id = gathering_attendee.employee_id
            and employee.recorded_at <= document.known_at
            and document.known_at < employee.superseded_at
        order by
            employee.effective_from <= held.starts_at::date desc,
            abs(employee.effective_from - held.starts_at::date)
        limit 1
    ) as named on true
    left join attendance.offence
        on
            gathering_attendee.employee_id = offence.employee_id
            and held.gathering_no = offence.source_no
            and offence.offence_kind in ('会议迟到', '会议缺席')
)

select
    held.starts_at as held_at,
    held.meeting_name,
    count(attendee.employee_id) filter (where not attendee.is_excused) as due_count,
    count(attendee.employee_id) filter (where not attendee.is_excused and attendee.signed_in_at is not null)
        as present_count,
    string_agg(
        attendee.employee_name || case
            when attendee.counted_late_minutes > 0 then '（迟到' || attendee.counted_late_minutes || '分钟）'
            when attendee.late_minutes > 0 then '（迟到' || attendee.late_minutes || '分钟，不计）'
            when attendee.is_excused then '（准假）'
            when attendee.counted_early_minutes > 0 then '（缺席）'
            else '（缺席，不计）'
        end, '、' order by attendee.employee_id
    ) filter (where attendee.late_minutes > 0 or attendee.signed_in_at is null) as missed_by
from held
left join attendee on held.gathering_no = attendee.gathering_no
group by held.gathering_no, held.starts_at, held.meeting_name
order by held.starts_at, held.gathering_no
