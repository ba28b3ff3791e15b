/*  Takes the turns of the run's days one customer after the other: who should have received, and who did.

    Grain:  one row per customer that a person received, refused or did not step up to.
    Rerun:  safe; fills a table of this transaction only (turn).
    Rules:  GM-A10 the next in order who is there serves; a refusal uses up the turn, and the person is passed over for
            so many rounds more. SL-A2 who was told and did not step up has used up the turn. A visit that counts for
            nothing uses up none: a customer who has bought or paid a deposit, one served on a colleague's behalf, and,
            as the house says, a returning one without a deposit (SL-A2) and the same one again that day (SA-B10).
            Where such a one counts, it is the turn of the person whose customer it is: out of order it is the next
            one that is used up. After any other turn out of order the round goes on from who took it.
    Speed:  one recursion for each site and day, over arrays.  */
create temp table turn on commit drop as
with recursive came as materialized (
    select
        reception.site_id,
        reception.came_at::date as work_on,
        reception.employee_id,
        reception.came_at,
        reception.customer,
        reception.outcome,
        reception.file_id,
        reception.line_no,
        policy.refusal_pass_rounds,
        policy.is_counting_repeat_visit,
        reception.customer_kind,
        case
            when reception.customer_kind = '未下定老客' and not policy.is_counting_undeposited_return then '未下定老客'
            when reception.customer_kind in ('已下定老客', '已成交', '代接') then reception.customer_kind
            else ''
        end as not_counted_kind
    from attendance.reception
    inner join policy on reception.site_id = policy.site_id and reception.came_at::date = policy.work_on
    inner join ops.run_day
        on
            run_day.run_id = %(run_id)s
            and policy.site_id = run_day.site_id
            and policy.work_on = run_day.day_on
    where
        reception.recorded_at <= %(known_at)s
        and %(known_at)s < reception.superseded_at
        and reception.came_at >= %(first_on)s::date
        and reception.came_at < %(last_on)s::date + 1
),

-- A customer whom one refused and the next received came once.
ordered as (
    select
        came.*,
        coalesce(
            bool_or(came.not_counted_kind = '' and came.outcome = '接待') over (
                partition by came.site_id, came.work_on, came.customer
                order by came.came_at, (came.outcome = '接待'), came.employee_id
                rows between unbounded preceding and 1 preceding
            ), false
        ) as is_repeated,
        row_number() over (
            partition by came.site_id, came.work_on
            order by came.came_at, (came.outcome = '接待'), came.employee_id
        )::integer as event_no
    from came
),

counted as (
    select
        ordered.*,
        ordered.is_repeated or ordered.customer_kind = '未下定老客' as is_returning,
        case
            when ordered.not_counted_kind <> '' then ordered.not_counted_kind
            when ordered.is_repeated and not ordered.is_counting_repeat_visit then '当日重复来访'
            else ''
        end as not_counted_reason
    from ordered
),

away as (
    select
        outing.employee_id,
        tstzrange(outing.out_at, coalesce(outing.back_at, (outing.out_at::date + 1)::timestamptz)) as stretch
    from attendance.outing
    where
        outing.recorded_at <= %(known_at)s
        and %(known_at)s < outing.superseded_at
        and outing.out_at >= %(first_on)s::date - 1
        and outing.out_at < %(last_on)s::date + 1
        and outing.employee_id in (select seat.employee_id from seat)
    union all
    select
        leave.employee_id,
        tstzrange(leave.starts_at, leave.ends_at)
    from attendance.leave
    where
        leave.recorded_at <= %(known_at)s
        and %(known_at)s < leave.superseded_at
        and leave.status = '批准'
        and leave.starts_at < %(last_on)s::date + 1
        and leave.ends_at > %(first_on)s::date
        and leave.employee_id in (select seat.employee_id from seat)
),

-- Who of the order was there when each customer came.
standing as (
    select
        counted.site_id,
        counted.work_on,
        counted.event_no,
        count(distinct seat.turn_no)::integer as seat_count,
        array_agg(distinct seat.turn_no) filter (
            where seat.signed_in_at <= counted.came_at
            and coalesce(seat.left_at >= counted.came_at, true)
            and away.employee_id is null
        ) as turn_nos
    from counted
    inner join seat on counted.site_id = seat.site_id and counted.work_on = seat.work_on
    left join away on seat.employee_id = away.employee_id and away.stretch @> counted.came_at
    group by counted.site_id, counted.work_on, counted.event_no
),

event as materialized (
    select
        counted.*,
        own.turn_no,
        standing.turn_nos,
        coalesce(standing.seat_count, 0) as seat_count
    from counted
    left join seat as own
        on
            counted.site_id = own.site_id
            and counted.work_on = own.work_on
            and counted.employee_id = own.employee_id
    left join standing
        on
            counted.site_id = standing.site_id
            and counted.work_on = standing.work_on
            and counted.event_no = standing.event_no
),

taken (site_id, work_on, event_no, due_turn_no, last_turn_no, passes) as (
    select
        event.site_id,
        event.work_on,
        0,
        null::integer,
        0,
        array_fill(0, array[max(event.seat_count)])
    from event
    group by event.site_id, event.work_on
    union all
    select
        taken.site_id,
        taken.work_on,
        event.event_no,
        case when not own.is_next then due.turn_no end,
        case when own.is_next or event.not_counted_reason <> '' then taken.last_turn_no else own.turn_no end,
        (
            select
                array_agg(
                    case
                        when place.turn_no = event.turn_no and event.outcome = '拒接' then event.refusal_pass_rounds
                        when place.turn_no = event.turn_no and own.is_next then place.passes + 1
                        when own.is_next or event.not_counted_reason <> '' or place.turn_no = event.turn_no
                            then place.passes
                        else greatest(
                            0,
                            place.passes - coalesce(due.passes, 0)
                            - case
                                when (place.turn_no - taken.last_turn_no - 1 + event.seat_count) %% event.seat_count
                                < (own.turn_no - taken.last_turn_no - 1 + event.seat_count) %% event.seat_count
                                    then 1
                                else 0
                            end
                        )
                    end
                    order by place.turn_no
                )
            from unnest(taken.passes) with ordinality as place (passes, turn_no)
        )
    from taken
    inner join event
        on
            taken.site_id = event.site_id
            and taken.work_on = event.work_on
            and event.event_no = taken.event_no + 1
    -- Whom fewer rounds pass over comes sooner, then who is next behind the last.
    left join lateral (
        select
            place.turn_no::integer as turn_no,
            place.passes
        from unnest(taken.passes) with ordinality as place (passes, turn_no)
        where event.not_counted_reason = '' and place.turn_no = any(event.turn_nos)
        order by
            place.passes,
            (place.turn_no - taken.last_turn_no - 1 + event.seat_count) %% event.seat_count
        limit 1
    ) as due on true
    cross join lateral (
        select
            coalesce(event.turn_no, taken.last_turn_no) as turn_no,
            event.not_counted_reason = ''
            and event.is_returning
            and coalesce(event.turn_no <> due.turn_no, true) as is_next
    ) as own
)

select
    event.site_id,
    event.employee_id,
    event.came_at,
    event.work_on,
    event.event_no,
    event.customer,
    event.outcome,
    event.not_counted_reason = '' as is_counted,
    event.not_counted_reason,
    coalesce(seat.employee_id, '') as due_employee_id,
    event.file_id,
    event.line_no,
    taken.passes
from taken
inner join event
    on taken.site_id = event.site_id and taken.work_on = event.work_on and taken.event_no = event.event_no
left join seat
    on taken.site_id = seat.site_id and taken.work_on = seat.work_on and taken.due_turn_no = seat.turn_no
