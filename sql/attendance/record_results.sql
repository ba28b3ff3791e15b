/*  Records, per site and day, the hash and the totals of what was computed; a new revision only if they differ.

    Grain:  one row per site, day and revision.
    Rerun:  safe; the same content is not recorded again (OPS-16), frozen days are left out (OPS-21).
    Rules:  a site of which more than its set share of the people due would be fined or marked absent in a day
            is held until a person confirms it.
    Method: the hash is over the rows' own hashes in no order, 64 bits each, added up.  */
insert into ops.result (
    workflow, site_id, base_on, revision, result_hash, state, hold_reason, run_id, as_of_on, known_at, row_count, totals
)
with run as (
    select
        run_id,
        workflow,
        known_at
    from ops.run
    where run_id = %(run_id)s
),

open_day as (
    select
        run_day.site_id,
        run_day.day_on as work_on
    from ops.run_day
    inner join run on run_day.run_id = run.run_id
    where
        not attendance.is_frozen(run_day.site_id, run_day.day_on)
        -- of a closed month only what was an open question then may have been answered
        or exists (
            select from attendance.day_change
            where
                day_change.run_id = run.run_id
                and day_change.site_id = run_day.site_id
                and day_change.work_on = run_day.day_on
        )
),

-- Day by day, so that a year takes no more memory than a day.
day_total as (
    select
        open_day.site_id,
        open_day.work_on,
        total.*
    from open_day
    cross join lateral (
        select
            sum(hash_record_extended(attendance_day, 0)::numeric) as day_hash,
            count(*) as row_count,
            count(*) filter (where attendance_day.shift_code not in ('', '休')) as due_count,
            count(*) filter (
                where attendance_day.shift_code not in ('', '休')
                and (
                    coalesce(
                        attendance_day.in_at, attendance_day.out_at, attendance_day.second_in_at,
                        attendance_day.second_out_at
                    ) is not null
                    or attendance_day.status in ('公出', '出勤')
                )
            ) as present_count,
            count(*) filter (where attendance_day.late_minutes > 0 and attendance_day.absent_days = 0) as late_count,
            count(*) filter (where attendance_day.early_minutes > 0) as early_count,
            sum(attendance_day.absent_days) as absent_days,
            sum(attendance_day.leave_days) as leave_days,
            count(*) filter (where attendance_day.status in ('休息', '法定节假日')) as rest_count,
            count(*) filter (where attendance_day.status = '缺卡') as missing_count,
            count(*) filter (where attendance_day.pending_until is not null or attendance_day.pending_days > 0)
                as pending_count,
            sum(attendance_day.pending_days) as pending_days,
            sum(attendance_day.attended_days) as attended_days,
            sum(attendance_day.overtime_hours) as overtime_hours,
            sum(attendance_day.fine_amount) as fine_amount,
            count(*) filter (where attendance_day.fine_amount > 0 or attendance_day.absent_days > 0) as punished_count
        from attendance.attendance_day
        where attendance_day.site_id = open_day.site_id and attendance_day.work_on = open_day.work_on
    ) as total
    where total.row_count > 0
),

conduct_total as (
    select
        conduct_fine.site_id,
        conduct_fine.event_on as work_on,
        md5(
            string_agg(
                concat_ws(
                    '|', conduct_fine.slip_no, conduct_fine.employee_id, conduct_fine.counted_in::text,
                    conduct_fine.state, conduct_fine.fine_amount::text, conduct_fine.charge_amount::text,
                    conduct_fine.rule_id, conduct_fine.rule_version, conduct_fine.reason
                ), E'\n' order by conduct_fine.slip_no
            )
        ) as conduct_hash,
        sum(conduct_fine.fine_amount) filter (where conduct_fine.counted_in <= conduct_fine.event_on)
            as conduct_fine_amount,
        sum(conduct_fine.charge_amount) filter (where conduct_fine.counted_in <= conduct_fine.event_on)
            as conduct_charge_amount
    from open_day
    inner join attendance.conduct_fine
        on open_day.site_id = conduct_fine.site_id and open_day.work_on = conduct_fine.event_on
    group by conduct_fine.site_id, conduct_fine.event_on
),

-- Beside what each person's day came to, the workbook lists what costs nothing: a change there alone is news, too.
offence_total as (
    select
        offence.site_id,
        offence.work_on,
        sum(
            hash_record_extended(
                row(
                    offence.employee_id, offence.offence_kind, offence.source_no, offence.absent_days, offence.late_minutes,
                    offence.early_minutes, offence.fine_amount, offence.rule_id, offence.rule_version, offence.reason
                ), 0
            )::numeric
        ) as listed_hash
    from open_day
    inner join attendance.offence on open_day.site_id = offence.site_id and open_day.work_on = offence.work_on
    group by offence.site_id, offence.work_on
),

turn_total as (
    select
        reception_turn.site_id,
        reception_turn.work_on,
        sum(
            hash_record_extended(
                row(
                    reception_turn.employee_id, reception_turn.came_at, reception_turn.outcome, reception_turn.is_counted,
                    reception_turn.not_counted_reason, reception_turn.due_employee_id
                ), 0
            )::numeric
        ) as listed_hash
    from open_day
    inner join attendance.reception_turn
        on open_day.site_id = reception_turn.site_id and open_day.work_on = reception_turn.work_on
    group by reception_turn.site_id, reception_turn.work_on
),

place_total as (
    select
        reception_place.site_id,
        reception_place.work_on,
        sum(hash_record_extended(row(reception_place.*), 0)::numeric) as listed_hash
    from open_day
    inner join attendance.reception_place
        on open_day.site_id = reception_place.site_id and open_day.work_on = reception_place.work_on
    group by reception_place.site_id, reception_place.work_on
),

gathering_total as (
    select
        gathering.site_id,
        gathering.starts_at::date as work_on,
        sum(
            hash_record_extended(
                row(
                    gathering.gathering_no, gathering.gathering_kind, gathering.gathering_name, gathering.starts_at,
                    gathering_attendee.employee_id, gathering_attendee.signed_in_at, gathering_attendee.is_excused
                ), 0
            )::numeric
        ) as listed_hash
    from run
    cross join open_day
    inner join attendance.gathering
        on
            open_day.site_id = gathering.site_id
            and gathering.starts_at >= open_day.work_on
            and gathering.starts_at < open_day.work_on + 1
            and gathering.recorded_at <= run.known_at
            and run.known_at < gathering.superseded_at
    left join attendance.gathering_attendee
        on
            gathering.gathering_no = gathering_attendee.gathering_no
            and gathering_attendee.recorded_at <= run.known_at
            and run.known_at < gathering_attendee.superseded_at
    group by 1, 2
),

-- outings and spot checks belong to the site where the person's day is
away as (
    select
        outing.employee_id,
        outing.out_at::date as work_on,
        hash_record_extended(
            row(
                outing.outing_kind, outing.approver, outing.out_at, outing.back_at, outing.destination, outing.check_result
            ), 0
        )::numeric as listed_hash
    from run
    inner join attendance.outing on outing.recorded_at <= run.known_at and run.known_at < outing.superseded_at
    where
        outing.out_at >= (select min(open_day.work_on) from open_day)
        and outing.out_at < (select max(open_day.work_on) + 1 from open_day)
    union all
    select
        spot_check.employee_id,
        spot_check.checked_at::date,
        hash_record_extended(
            row(spot_check.checked_at, spot_check.finding, spot_check.checker, spot_check.note), 0
        )::numeric
    from run
    inner join attendance.spot_check
        on spot_check.recorded_at <= run.known_at and run.known_at < spot_check.superseded_at
    where
        spot_check.checked_at >= (select min(open_day.work_on) from open_day)
        and spot_check.checked_at < (select max(open_day.work_on) + 1 from open_day)
),

away_total as (
    select
        attendance_day.site_id,
        attendance_day.work_on,
        sum(away.listed_hash) as listed_hash
    from away
    inner join attendance.attendance_day
        on away.employee_id = attendance_day.employee_id and away.work_on = attendance_day.work_on
    inner join open_day
        on attendance_day.site_id = open_day.site_id and attendance_day.work_on = open_day.work_on
    group by attendance_day.site_id, attendance_day.work_on
),

computed as (
    select
        day_total.*,
        coalesce(conduct_total.conduct_fine_amount, 0) as conduct_fine_amount,
        coalesce(conduct_total.conduct_charge_amount, 0) as conduct_charge_amount,
        md5(
            concat_ws(
                '|', day_total.work_on::text, day_total.day_hash, day_total.row_count, conduct_total.conduct_hash,
                '缺' || offence_total.listed_hash, '轮' || turn_total.listed_hash, '位' || place_total.listed_hash,
                '会' || gathering_total.listed_hash, '外' || away_total.listed_hash
            )
        ) as result_hash
    from day_total
    left join offence_total
        on day_total.site_id = offence_total.site_id and day_total.work_on = offence_total.work_on
    left join turn_total
        on day_total.site_id = turn_total.site_id and day_total.work_on = turn_total.work_on
    left join place_total
        on day_total.site_id = place_total.site_id and day_total.work_on = place_total.work_on
    left join gathering_total
        on day_total.site_id = gathering_total.site_id and day_total.work_on = gathering_total.work_on
    left join away_total
        on day_total.site_id = away_total.site_id and day_total.work_on = away_total.work_on
    left join conduct_total
        on day_total.site_id = conduct_total.site_id and day_total.work_on = conduct_total.work_on
),

latest as (
    select distinct on (result.site_id, result.base_on)
        result.site_id,
        result.base_on,
        result.revision,
        result.result_hash
    from ops.result
    inner join run on result.workflow = run.workflow
    inner join open_day on result.site_id = open_day.site_id and result.base_on = open_day.work_on
    order by result.site_id, result.base_on, result.revision desc
)

select
    run.workflow,
    computed.site_id,
    computed.work_on as base_on,
    coalesce(latest.revision, 0) + 1 as revision,
    computed.result_hash,
    case when computed.punished_count > site.fined_share_limit * computed.due_count then 'held' else 'computed' end
        as state,
    case
        when computed.punished_count > site.fined_share_limit * computed.due_count
            then
                to_char(computed.work_on, 'YYYY-MM-DD') || '应到' || computed.due_count || '人，其中'
                || computed.punished_count || '人将被罚款或判旷工，超过设定比例' || round(site.fined_share_limit * 100) || '%%'
        else ''
    end as hold_reason,
    run.run_id,
    computed.work_on as as_of_on,
    run.known_at,
    computed.row_count,
    jsonb_build_object(
        'due_count', computed.due_count,
        'present_count', computed.present_count,
        'late_count', computed.late_count,
        'early_count', computed.early_count,
        'absent_days', computed.absent_days,
        'leave_days', computed.leave_days,
        'rest_count', computed.rest_count,
        'missing_count', computed.missing_count,
        'pending_count', computed.pending_count,
        'attended_days', computed.attended_days,
        'pending_days', computed.pending_days,
        'overtime_hours', computed.overtime_hours,
        'fine_amount', computed.fine_amount,
        'conduct_fine_amount', computed.conduct_fine_amount,
        'conduct_charge_amount', computed.conduct_charge_amount
    ) as totals
from computed
cross join run
inner join book.site
    on
        computed.site_id = site.site_id
        and site.recorded_at <= run.known_at
        and run.known_at < site.superseded_at
left join latest on computed.site_id = latest.site_id and computed.work_on = latest.base_on
where latest.result_hash is distinct from computed.result_hash
