/*  Says where a meeting or a training covers the start, the noon or the end of a shift: who signed in there was at work.

    Grain:  one row per employee and attendance day that a gathering reaches into.
    Rerun:  safe; fills a table of this transaction only (gathering_cover).
    Rules:  YJ-A4 training and meetings count as attendance. Who comes late to one is judged for that where the house
            counts gatherings (gather_offences); elsewhere the start is excused only to who signed in there in time.  */
create temp table gathering_cover on commit drop as
select
    duty.employee_id,
    duty.work_on,
    bool_or(
        gathering.starts_at <= duty.starts_at
        and gathering.ends_at > duty.starts_at
        and coalesce(gathering_attendee.left_at > duty.starts_at, true)
        and (
            policy.is_counting_gatherings
            or case
                when policy.seconds_mode = 'exact_second' then gathering_attendee.signed_in_at
                else date_trunc('minute', gathering_attendee.signed_in_at)
            end <= duty.starts_at
        )
    ) as covers_start,
    bool_or(
        gathering.ends_at >= duty.ends_at
        and gathering_attendee.signed_in_at < duty.ends_at
        and coalesce(gathering_attendee.left_at >= duty.ends_at, true)
    ) as covers_end,
    coalesce(
        bool_or(
            gathering.starts_at <= duty.break_starts_at
            and gathering.ends_at >= duty.break_ends_at
            and gathering_attendee.signed_in_at <= duty.break_starts_at
            and coalesce(gathering_attendee.left_at >= duty.break_ends_at, true)
        ), false
    ) as covers_noon
from attendance.gathering
inner join attendance.gathering_attendee
    on
        gathering.gathering_no = gathering_attendee.gathering_no
        and gathering_attendee.signed_in_at is not null
        and gathering_attendee.recorded_at <= %(known_at)s
        and %(known_at)s < gathering_attendee.superseded_at
inner join duty
    on
        gathering_attendee.employee_id = duty.employee_id
        and gathering.starts_at < duty.ends_at
        and gathering.ends_at > duty.starts_at
inner join policy on duty.site_id = policy.site_id and duty.work_on = policy.work_on
where
    gathering.recorded_at <= %(known_at)s
    and %(known_at)s < gathering.superseded_at
    and gathering.starts_at >= %(first_on)s::date - 2
    and gathering.starts_at < %(last_on)s::date + 3
group by duty.employee_id, duty.work_on
