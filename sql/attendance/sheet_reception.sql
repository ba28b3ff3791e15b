/*  The sheet 接待轮位: the order of the document's days, what stopped somebody from receiving, and how often each did.

    Grain:  one row per day and person in the order.
    Rerun:  safe; only reads facts known at `known_at`.  */
with document as (
    select
        %(site_id)s::text as site_id,
        %(starts_on)s::date as starts_on,
        %(last_on)s::date as last_on,
        %(known_at)s::timestamptz as known_at
),

place as (
    select
        reception_place.*,
        coalesce(named.employee_name, reception_place.employee_id) as employee_name
    from attendance.reception_place
    inner join document
        on
            reception_place.site_id = document.site_id
            and reception_place.work_on between document.starts_on and document.last_on
    left join lateral (
        select employee.employee_name
        from book.employee
        where
            employee.employee_id = reception_place.employee_id
            and employee.recorded_at <= document.known_at
            and document.known_at < employee.superseded_at
        order by
            employee.effective_from <= reception_place.work_on desc,
            abs(employee.effective_from - reception_place.work_on)
        limit 1
    ) as named on true
),

stop as (
    select
        place.work_on,
        place.employee_id,
        reception_turn.came_at as began_at,
        to_char(reception_turn.came_at, 'HH24:MI') || reception_turn.outcome as reason
    from place
    inner join attendance.reception_turn
        on
            place.site_id = reception_turn.site_id
            and place.work_on = reception_turn.work_on
            and place.employee_id = reception_turn.employee_id
            and reception_turn.outcome <> '接待'
    union all
    select
        place.work_on,
        place.employee_id,
        outing.out_at,
        to_char(outing.out_at, 'HH24:MI') || coalesce('至' || to_char(outing.back_at, 'HH24:MI'), '起') || '外出'
    from place
    cross join document
    inner join attendance.outing
        on
            place.employee_id = outing.employee_id
            and place.work_on = outing.out_at::date
            and outing.recorded_at <= document.known_at
            and document.known_at < outing.superseded_at
    union all
    select
        place.work_on,
        place.employee_id,
        leave.starts_at,
        '请假'
    from place
    cross join document
    inner join attendance.leave
        on
            place.employee_id = leave.employee_id
            and leave.status = '批准'
            and leave.starts_at < place.work_on + 1
            and leave.ends_at > place.work_on
            and leave.recorded_at <= document.known_at
            and document.known_at < leave.superseded_at
),

stopped as (
    select
        work_on,
        employee_id,
        string_agg(reason, '；' order by began_at, reason) as stop_reason
    from stop
    group by work_on, employee_id
),

reason_count as (
    select
        reception_turn.work_on,
        reception_turn.employee_id,
        reception_turn.not_counted_reason,
        count(*) as reception_count
    from attendance.reception_turn
    inner join document
        on
            reception_turn.site_id = document.site_id
            and reception_turn.work_on between document.starts_on and document.last_on
    where reception_turn.outcome = '接待'
    group by reception_turn.work_on, reception_turn.employee_id, reception_turn.not_counted_reason
),

received as (
    select
        work_on,
        employee_id,
        sum(reception_count) as reception_count,
        sum(reception_count) filter (where not_counted_reason <> '') || '次：'
        || string_agg(not_counted_reason || reception_count || '次', '、' order by not_counted_reason)
            filter (where not_counted_reason <> '') as not_counted
    from reason_count
    group by work_on, employee_id
)

select
    place.turn_no,
    place.employee_name,
    place.signed_in_at,
    place.passed_over_count,
    stopped.stop_reason,
    coalesce(received.reception_count, 0) as reception_count,
    received.not_counted
from place
left join stopped on place.work_on = stopped.work_on and place.employee_id = stopped.employee_id
left join received on place.work_on = received.work_on and place.employee_id = received.employee_id
order by place.work_on, place.turn_no
