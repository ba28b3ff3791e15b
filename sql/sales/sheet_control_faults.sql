/*  Under the sheet 内控: what fell short, one by one.

    Grain:  one row per failed contract check, meeting not held, not minuted or not registered, and dissatisfied visitor.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  SA-B8  */
with place as materialized (
    select
        counted_place.*,
        greatest(counted_place.opens_on, %(starts_on)s::date) as from_on
    from sales.counted_place(
        %(workflow)s::text, %(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz
    ) as counted_place
    where counted_place.opens_on <= %(last_on)s
),

known_meeting as (
    select meeting.*
    from place
    inner join sales.meeting
        on
            place.site_id = meeting.site_id
            and meeting.recorded_at <= place.known_at
            and place.known_at < meeting.superseded_at
)

select
    fault.project_name,
    fault.item,
    fault.happened_on,
    fault.subject,
    fault.fault
from (
    select
        place.project_name,
        1 as line_no,
        '合同抽检' as item,
        contract_check.checked_on as happened_on,
        concat('合同', contract_check.contract_no) as subject,
        sales.masked_text(contract_check.fault) as fault
    from place
    inner join sales.contract_check
        on
            place.site_id = contract_check.site_id
            and contract_check.checked_on between place.from_on and %(last_on)s
            and not contract_check.is_passed
            and contract_check.recorded_at <= place.known_at
            and place.known_at < contract_check.superseded_at
    union all
    select
        place.project_name,
        2,
        '晨会夕会',
        day_at::date,
        kind.meeting_kind,
        case
            when known_meeting.is_held is null then '没有登记'
            when not known_meeting.is_held then '没有召开'
            else '没有会议记录'
        end
    from place
    cross join lateral generate_series(place.from_on::timestamp, %(last_on)s::timestamp, interval '1 day') as day_at
    cross join (values ('晨会'), ('夕会')) as kind (meeting_kind)
    left join known_meeting
        on
            place.site_id = known_meeting.site_id
            and known_meeting.meeting_on = day_at::date
            and kind.meeting_kind = known_meeting.meeting_kind
    where
        not coalesce(known_meeting.is_held and known_meeting.minutes_no is not null, false)
        and (
            known_meeting.is_held is not null
            -- where the rules ask for fewer meetings, which of them is not said
            or exists (
                select from sales.rule_on(place.site_id, 'meetings_per_day', day_at::date, place.known_at) as rule
                where rule.value::integer >= 2
            )
        )
    union all
    select
        place.project_name,
        3,
        '客户满意度',
        visit.visited_at::date,
        concat('来访', visit.visit_no),
        '客户评价不满意'
    from place
    inner join sales.visit
        on
            place.site_id = visit.site_id
            and visit.visited_at >= place.from_on::timestamptz
            and visit.visited_at < (%(last_on)s::date + 1)::timestamptz
            and visit.feedback = '不满意'
            and visit.recorded_at <= place.known_at
            and place.known_at < visit.superseded_at
) as fault
order by fault.project_name, fault.line_no, fault.happened_on, fault.subject
