/*  The sheet 置业顾问业绩: what every consultant of the place did in the period, in order of what was signed.

    Grain:  one row per project and consultant who worked there in the period, or to whom it counts something.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  SAL-10 shares; SAL-11 deals stay with the consultant of their day; SAL-17 who did nothing stays, with zeros;
            SA-B10 what counts as a reception turn; SA-B4 a follow-up is done when it is not overdue the day after.
    Joins:  hashed  */
with place as materialized (
    select *
    from sales.counted_place(
        %(workflow)s::text, %(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz
    )
    where opens_on <= %(last_on)s
),

stretch as (
    select
        consultant.consultant_id,
        consultant.consultant_name,
        consultant.site_id,
        consultant.team_name,
        consultant.grade,
        consultant.effective_from,
        least(
            coalesce(consultant.left_on, 'infinity'),
            coalesce(
                lead(consultant.effective_from) over (partition by consultant.consultant_id order by consultant.effective_from)
                - 1, 'infinity'
            )
        ) as effective_to
    from sales.consultant
    where
        consultant.recorded_at <= (select max(place.known_at) from place)
        and (select max(place.known_at) from place) < consultant.superseded_at
),

employed as (
    select distinct on (stretch.site_id, stretch.consultant_id) stretch.*
    from place
    inner join stretch
        on
            place.site_id = stretch.site_id
            and stretch.effective_from <= %(last_on)s
            and stretch.effective_to >= %(starts_on)s
    order by stretch.site_id, stretch.consultant_id, stretch.effective_from desc
),

newest as (
    select distinct on (stretch.consultant_id) stretch.*
    from stretch
    where stretch.effective_from <= %(last_on)s
    order by stretch.consultant_id, stretch.effective_from desc
),

counted as (
    select
        counted.site_id,
        counted.consultant_id,
        coalesce(sum(counted.quantity) filter (where counted.measure = 'call_count'), 0) as call_quantity,
        coalesce(sum(counted.quantity) filter (where counted.measure = 'visit_count'), 0) as visit_quantity,
        coalesce(sum(counted.quantity) filter (where counted.measure = 'subscribed_count'), 0) as subscribed_quantity,
        coalesce(sum(counted.quantity) filter (where counted.measure = 'signed_count'), 0) as gross_quantity,
        coalesce(sum(counted.quantity) filter (where counted.measure = 'net_signed_count'), 0) as signed_quantity,
        coalesce(sum(counted.quantity) filter (where counted.measure = 'net_signed_amount'), 0) as signed_amount,
        coalesce(sum(counted.quantity) filter (where counted.measure = 'received_amount'), 0) as received_amount
    from sales.counted(
        %(workflow)s::text, %(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz
    ) as counted
    where
        counted.measure in (
            'call_count', 'visit_count', 'subscribed_count', 'signed_count', 'net_signed_count', 'net_signed_amount',
            'received_amount'
        )
    group by 1, 2
),

turn as (
    select
        reception.site_id,
        reception.consultant_id,
        count(*) filter (where reception.is_counted)::integer as turn_count
    from place
    cross join
        lateral sales.reception_turns(
            place.site_id, greatest(place.opens_on, %(starts_on)s::date), %(last_on)s::date, place.known_at
        ) as reception
    group by 1, 2
),

-- due on a day of which the next day's list is in the period, too
followed as (
    select
        due.site_id,
        due.consultant_id,
        count(*) as due_count,
        count(*) filter (where late.item_no is null) as done_count
    from place
    inner join sales.followup as due
        on
            place.site_id = due.site_id
            and due.kind = '今日应跟进'
            and due.due_on = due.base_on
            and due.base_on >= %(starts_on)s
            and due.base_on < %(last_on)s
    left join sales.followup as late
        on
            due.site_id = late.site_id
            and due.item_no = late.item_no
            and due.due_on = late.due_on
            and late.kind = '已逾期'
            and late.base_on = due.base_on + 1
    group by 1, 2
),

before as (
    select
        counted_before.site_id,
        counted_before.consultant_id,
        coalesce(sum(counted_before.quantity) filter (where counted_before.measure = 'net_signed_amount'), 0) as signed_amount,
        coalesce(sum(counted_before.quantity) filter (where counted_before.measure = 'net_signed_count'), 0) as signed_quantity,
        coalesce(sum(counted_before.quantity) filter (where counted_before.measure = 'subscribed_count'), 0)
            as subscribed_quantity
    from sales.counted_before(
        %(workflow)s::text, %(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz
    ) as counted_before
    group by 1, 2
),

person as (
    select
        coalesce(employed.site_id, counted.site_id) as site_id,
        coalesce(employed.consultant_id, counted.consultant_id) as consultant_id,
        employed.consultant_id is not null as is_employed,
        coalesce(counted.call_quantity, 0) as call_quantity,
        coalesce(counted.visit_quantity, 0) as visit_quantity,
        coalesce(counted.subscribed_quantity, 0) as subscribed_quantity,
        coalesce(counted.gross_quantity, 0) as gross_quantity,
        coalesce(counted.signed_quantity, 0) as signed_quantity,
        coalesce(counted.signed_amount, 0) as signed_amount,
        coalesce(counted.received_amount, 0) as received_amount
    from employed
    full join counted on employed.site_id = counted.site_id and employed.consultant_id = counted.consultant_id
),

ranked as (
    select
        person.*,
        rank() over (
            order by person.signed_amount desc, person.signed_quantity desc, person.subscribed_quantity desc
        )::integer as rank_number,
        case
            when
                sales.has_before(
                    %(workflow)s::text, %(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz
                )
                then rank() over (
                    order by
                        coalesce(before.signed_amount, 0) desc,
                        coalesce(before.signed_quantity, 0) desc,
                        coalesce(before.subscribed_quantity, 0) desc
                )::integer
        end as before_rank_number
    from person
    left join before on person.site_id = before.site_id and person.consultant_id = before.consultant_id
)

select
    place.project_name,
    ranked.consultant_id,
    coalesce(newest.consultant_name, nullif(ranked.consultant_id, ''), '未注明') as consultant_name,
    newest.team_name,
    newest.grade,
    coalesce(turn.turn_count, 0) as turn_count,
    ranked.call_quantity,
    ranked.visit_quantity,
    ranked.subscribed_quantity,
    ranked.signed_quantity,
    ranked.signed_amount,
    ranked.received_amount,
    sales.conversion(ranked.gross_quantity, ranked.visit_quantity) as conversion_rate,
    sales.conversion(followed.done_count, followed.due_count) as follow_rate,
    ranked.rank_number,
    ranked.before_rank_number,
    concat_ws(
        '；',
        case when not ranked.is_employed then '本期不在本项目，成交仍计成交时的顾问' end,
        nullif(sales.conversion_note('来访', ranked.gross_quantity, ranked.visit_quantity), ''),
        case when followed.due_count is null then '本期没有应跟进名单' end
    ) as note
from ranked
inner join place on ranked.site_id = place.site_id
left join newest on ranked.consultant_id = newest.consultant_id
left join turn on ranked.site_id = turn.site_id and ranked.consultant_id = turn.consultant_id
left join followed on ranked.site_id = followed.site_id and ranked.consultant_id = followed.consultant_id
order by ranked.rank_number, place.project_name, ranked.consultant_id
