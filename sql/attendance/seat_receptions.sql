/*  Seats who receives customers in the order of the day: by signing in, seconds and all, then by employee number.

    Grain:  one row per site, day and person, for the run's days on which customers were received.
    Rerun:  safe; fills a table of this transaction only (seat).
    Rules:  GM-A10, SL-A2 the order of signing in is the order of the day, and each day starts anew. In it are those
            present who hold a post of somebody whose turn the register shows, and whoever else took one.
    Speed:  starts from the register, which is small: days without a customer are not looked at.  */
create temp table seat on commit drop as
with received as materialized (
    select distinct
        reception.site_id,
        reception.came_at::date as work_on,
        reception.employee_id
    from attendance.reception
    inner join ops.run_day
        on
            run_day.run_id = %(run_id)s
            and reception.site_id = run_day.site_id
            and reception.came_at::date = run_day.day_on
    where
        reception.recorded_at <= %(known_at)s
        and %(known_at)s < reception.superseded_at
        and reception.customer_kind <> '代接'
        and reception.came_at >= %(first_on)s::date
        and reception.came_at < %(last_on)s::date + 1
),

present as materialized (
    select
        verdict.site_id,
        verdict.work_on,
        verdict.employee_id,
        verdict.post,
        coalesce(verdict.in_at, verdict.out_at) as signed_in_at,
        verdict.out_at
    from verdict
    where
        (verdict.site_id, verdict.work_on) in (select received.site_id, received.work_on from received)
        and coalesce(verdict.in_at, verdict.out_at) is not null
),

in_turn as (
    select
        present.site_id,
        present.work_on,
        present.employee_id,
        present.signed_in_at,
        present.out_at
    from present
    left join received
        on
            present.site_id = received.site_id
            and present.work_on = received.work_on
            and present.employee_id = received.employee_id
    where
        received.employee_id is not null
        or (present.site_id, present.work_on, present.post) in (
            select
                colleague.site_id,
                colleague.work_on,
                colleague.post
            from present as colleague
            inner join received as served
                on
                    colleague.site_id = served.site_id
                    and colleague.work_on = served.work_on
                    and colleague.employee_id = served.employee_id
        )
    union all
    select
        received.site_id,
        received.work_on,
        received.employee_id,
        null,
        null
    from received
    where
        not exists (
            select from present
            where
                present.site_id = received.site_id
                and present.work_on = received.work_on
                and present.employee_id = received.employee_id
        )
)

select
    site_id,
    work_on,
    employee_id,
    signed_in_at,
    case when out_at > signed_in_at then out_at end as left_at,
    row_number() over (
        partition by site_id, work_on order by signed_in_at nulls last, employee_id
    )::integer as turn_no
from in_turn
