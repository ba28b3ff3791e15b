/*  Records what is announced of a week: a line for everybody who works at the site, and their hash and totals.

    Grain:  one row per site, week and revision; its lines one per person.
    Rerun:  safe; the same content is not recorded again (OPS-16), a closed week is left out (OPS-21).
    Rules:  000 a week's work, praise and punishment are announced. Announced to everybody: absence in days and never why,
            no leave. A lateness that became absence counts as absence. What a call cost is no fine (GM-A9).
            Deals are signings as the weekly report counts them, shared ones in parts (SAL-10).
    Joins:  hashed  */
with open_week as materialized (
    select
        run_scope.workflow,
        run_scope.site_id,
        start_at::date as base_on,
        start_at::date + 6 as last_on
    from ops.run_scope
    cross join
        lateral generate_series(
            lower(run_scope.period)::timestamp, upper(run_scope.period) - interval '1 day', interval '7 days'
        ) as start_at
    where
        run_scope.run_id = %(run_id)s
        and not exists (
            select from ops.period_close
            where
                period_close.workflow = run_scope.workflow
                and period_close.site_id = run_scope.site_id
                and period_close.period @> start_at::date
        )
),

worked as materialized (
    select
        open_week.site_id,
        open_week.base_on,
        attendance_day.employee_id,
        max(attendance_day.employee_name) as employee_name,
        count(*) filter (where attendance_day.late_minutes > 0 and attendance_day.absent_days = 0) as late_count,
        sum(attendance_day.absent_days) as absent_days,
        sum(attendance_day.fine_amount) as fine_amount
    from open_week
    inner join attendance.attendance_day
        on
            open_week.site_id = attendance_day.site_id
            and attendance_day.work_on between open_week.base_on and open_week.last_on
    group by open_week.site_id, open_week.base_on, attendance_day.employee_id
),

conduct as materialized (
    select
        open_week.site_id,
        open_week.base_on,
        conduct_fine.employee_id,
        count(*) as conduct_count,
        sum(conduct_fine.fine_amount) as fine_amount
    from open_week
    inner join attendance.conduct_fine
        on
            open_week.site_id = conduct_fine.site_id
            and conduct_fine.event_on between open_week.base_on and open_week.last_on
    where conduct_fine.state = '有效'
    group by open_week.site_id, open_week.base_on, conduct_fine.employee_id
),

praised as materialized (
    select
        open_week.site_id,
        open_week.base_on,
        praise.employee_id,
        count(*) as praise_count
    from open_week
    inner join attendance.praise
        on
            praise.event_on between open_week.base_on and open_week.last_on
            and praise.recorded_at <= %(known_at)s
            and %(known_at)s < praise.superseded_at
    where open_week.site_id = book.site_on(praise.employee_id, praise.event_on, %(known_at)s)
    group by open_week.site_id, open_week.base_on, praise.employee_id
),

received as materialized (
    select
        open_week.site_id,
        open_week.base_on,
        reception.employee_id,
        count(*) filter (where reception.outcome = '接待') as reception_count
    from open_week
    inner join attendance.reception
        on
            open_week.site_id = reception.site_id
            and reception.came_at >= open_week.base_on
            and reception.came_at < open_week.last_on + 1
            and reception.recorded_at <= %(known_at)s
            and %(known_at)s < reception.superseded_at
    group by open_week.site_id, open_week.base_on, reception.employee_id
),

-- no register is no zero
receiving_site as materialized (
    select distinct reception.site_id
    from attendance.reception
    where reception.recorded_at <= %(known_at)s and %(known_at)s < reception.superseded_at
),

consultant as materialized (
    select distinct
        open_week.base_on,
        open_week.last_on,
        consultant.consultant_id,
        consultant.site_id as project_id
    from (select distinct open_week.base_on, open_week.last_on from open_week) as open_week
    inner join sales.consultant
        on
            consultant.effective_from <= open_week.last_on
            and coalesce(consultant.left_on, 'infinity') >= open_week.base_on
            and consultant.recorded_at <= %(known_at)s
            and %(known_at)s < consultant.superseded_at
),

signed as materialized (
    select
        week.base_on,
        moved.consultant_id,
        sum(moved.moved_count) as deal_count
    from (
        select
            consultant.base_on,
            consultant.last_on,
            array_agg(distinct consultant.project_id) as projects
        from consultant
        group by consultant.base_on, consultant.last_on
    ) as week
    cross join lateral sales.moved(week.projects, week.base_on, week.last_on, %(known_at)s) as moved
    where moved.indicator = '签约'
    group by week.base_on, moved.consultant_id
),

person as materialized (
    select worked.site_id, worked.base_on, worked.employee_id from worked
    union
    select conduct.site_id, conduct.base_on, conduct.employee_id from conduct
    union
    select praised.site_id, praised.base_on, praised.employee_id from praised
    union
    select received.site_id, received.base_on, received.employee_id from received
),

named as materialized (
    select
        person.*,
        coalesce(
            worked.employee_name,
            (
                select employee.employee_name
                from book.employee
                where
                    employee.employee_id = person.employee_id
                    and employee.recorded_at <= %(known_at)s
                    and %(known_at)s < employee.superseded_at
                order by employee.effective_from desc
                limit 1
            ), person.employee_id
        ) as employee_name,
        coalesce(worked.late_count, 0)::integer as late_count,
        coalesce(worked.absent_days, 0) as absent_days,
        coalesce(worked.fine_amount, 0) as fine_amount
    from person
    left join worked
        on
            person.site_id = worked.site_id
            and person.base_on = worked.base_on
            and person.employee_id = worked.employee_id
),

line as materialized (
    select
        named.site_id,
        named.base_on,
        named.employee_id,
        -- namesakes are told apart by their numbers
        case
            when count(*) over (partition by named.site_id, named.base_on, named.employee_name) > 1
                then concat(named.employee_name, '（', named.employee_id, '）')
            else named.employee_name
        end as employee_name,
        named.late_count,
        named.absent_days,
        coalesce(conduct.conduct_count, 0)::integer as conduct_count,
        named.fine_amount + coalesce(conduct.fine_amount, 0) as fine_amount,
        coalesce(praised.praise_count, 0)::integer as praise_count,
        case when receiving_site.site_id is not null then coalesce(received.reception_count, 0)::integer end as reception_count,
        case
            when exists (
                select from consultant
                where consultant.base_on = named.base_on and consultant.consultant_id = named.employee_id
            ) then coalesce(signed.deal_count, 0)
        end as deal_count
    from named
    left join conduct
        on
            named.site_id = conduct.site_id
            and named.base_on = conduct.base_on
            and named.employee_id = conduct.employee_id
    left join praised
        on
            named.site_id = praised.site_id
            and named.base_on = praised.base_on
            and named.employee_id = praised.employee_id
    left join received
        on
            named.site_id = received.site_id
            and named.base_on = received.base_on
            and named.employee_id = received.employee_id
    left join receiving_site on named.site_id = receiving_site.site_id
    left join signed on named.base_on = signed.base_on and named.employee_id = signed.consultant_id
),

computed as materialized (
    select
        line.site_id,
        line.base_on,
        md5(
            string_agg(
                concat_ws(
                    '|', line.employee_id, line.employee_name, line.late_count, trim_scale(line.absent_days), line.conduct_count,
                    line.fine_amount, line.praise_count, coalesce(line.reception_count::text, '-'),
                    coalesce(trim_scale(line.deal_count)::text, '-')
                ), E'\n' order by line.employee_id
            )
        ) as result_hash,
        count(*)::integer as row_count,
        jsonb_build_object(
            'person_count', count(*),
            'late_count', sum(line.late_count),
            'absent_days', trim_scale(sum(line.absent_days)),
            'conduct_count', sum(line.conduct_count),
            'fine_amount', sum(line.fine_amount),
            'praise_count', sum(line.praise_count)
        ) as totals
    from line
    group by line.site_id, line.base_on
),

latest as (
    select distinct on (result.site_id, result.base_on)
        result.site_id,
        result.base_on,
        result.revision,
        result.result_hash
    from open_week
    inner join ops.result
        on
            open_week.workflow = result.workflow
            and open_week.site_id = result.site_id
            and open_week.base_on = result.base_on
    order by result.site_id, result.base_on, result.revision desc
),

changed as materialized (
    select
        computed.*,
        coalesce(latest.revision, 0) + 1 as revision
    from computed
    left join latest on computed.site_id = latest.site_id and computed.base_on = latest.base_on
    where latest.result_hash is distinct from computed.result_hash
),

kept as (
    insert into attendance.reward_line (
        site_id, base_on, revision, employee_id, employee_name, late_count, absent_days, conduct_count, fine_amount,
        praise_count, reception_count, deal_count
    )
    select
        line.site_id,
        line.base_on,
        changed.revision,
        line.employee_id,
        line.employee_name,
        line.late_count,
        line.absent_days,
        line.conduct_count,
        line.fine_amount,
        line.praise_count,
        line.reception_count,
        line.deal_count
    from changed
    inner join line on changed.site_id = line.site_id and changed.base_on = line.base_on
)

insert into ops.result (
    workflow, site_id, base_on, revision, result_hash, state, hold_reason, run_id, as_of_on, known_at, row_count, totals
)
select
    run.workflow,
    changed.site_id,
    changed.base_on,
    changed.revision,
    changed.result_hash,
    'computed' as state,
    '' as hold_reason,
    run.run_id,
    changed.base_on + 6 as as_of_on,
    run.known_at,
    changed.row_count,
    changed.totals
from changed
cross join ops.run
where run.run_id = %(run_id)s
