/*  What a person is due on a day: swaps that are heard, and deadlines that move over days of rest with them. */

create index swap_by_first_day on attendance.swap (first_on);
create index swap_by_second_day on attendance.swap (second_on);
create index swap_by_first_person on attendance.swap (first_employee_id);
create index swap_by_second_person on attendance.swap (second_employee_id);

-- What becomes of the swaps that touch the days from `from_on` to `until_on`, as known at `known_at`: one row per swap,
-- person and day; on each day of a swap the two exchange what the roster, or the calendar, says of them (ATT-11, GM-A6,
-- YJ-A4). A swap is heard as a whole or not at all:
--
--   缺本人同意 · 缺对方同意 · 未获批准    who asked, the other, or the approver did not say yes
--   未事先说明    rest days were swapped and nobody said so before the first shift concerned (where rest_swap_absent)
--   冲突          one of the two is in another approved swap of the same day: none of them is applied
--   未排班 · 班次未定义    nothing is known of one of the days, or the site of who would take a shift has none of the code
--   间隔不足      less than rest_gap_hours between two shifts of one person, and nobody allowed it
--   有效          heard
--
-- Rest is measured once, on the plan that all other conditions leave. Swaps that hang together by a person and
-- neighbouring days are looked at together, so that the answer does not depend on the days asked for.
create function attendance.heard_swap(from_on date, until_on date, known_at timestamptz)
returns table (
    swap_no text,
    swap_kind text,
    employee_id text,
    partner_id text,
    site_id text,
    work_on date,
    own_code text,
    swap_code text,
    verdict text
)
language sql
stable
rows 100
as $$
    with recursive reached as (
        select swap.swap_no, swap.first_employee_id, swap.second_employee_id, swap.first_on, swap.second_on
        from attendance.swap
        where
            (swap.first_on between $1 and $2 or swap.second_on between $1 and $2)
            and swap.status <> '撤销'
            and swap.recorded_at <= $3
            and $3 < swap.superseded_at
        union
        select beside.swap_no, beside.first_employee_id, beside.second_employee_id, beside.first_on, beside.second_on
        from reached
        inner join attendance.swap as beside
            on
                (
                    beside.first_employee_id in (reached.first_employee_id, reached.second_employee_id)
                    or beside.second_employee_id in (reached.first_employee_id, reached.second_employee_id)
                )
                and least(
                    abs(beside.first_on - reached.first_on), abs(beside.first_on - reached.second_on),
                    abs(beside.second_on - reached.first_on), abs(beside.second_on - reached.second_on)
                ) <= 1
                and beside.status <> '撤销'
                and beside.recorded_at <= $3
                and $3 < beside.superseded_at
    ),

    request as materialized (
        select swap.*
        from reached
        inner join attendance.swap
            on reached.swap_no = swap.swap_no and swap.recorded_at <= $3 and $3 < swap.superseded_at
    ),

    side as materialized (
        select request.swap_no, who.employee_id, who.partner_id, request_day.work_on
        from request
        cross join lateral (
            values
                (request.first_employee_id, request.second_employee_id),
                (request.second_employee_id, request.first_employee_id)
        ) as who (employee_id, partner_id)
        cross join lateral (select request.first_on union select request.second_on) as request_day (work_on)
    ),

    employed as materialized (
        select person_day.employee_id, person_day.work_on, known.site_id, coalesce(known.post, '') as post
        from (
            select distinct side.employee_id, side.work_on + beside.days as work_on
            from side
            cross join (values (-1), (0), (1)) as beside (days)
        ) as person_day
        inner join lateral (
            -- the first version of a person holds for the days before it, too
            select employee.site_id, employee.post, employee.joined_on, employee.left_on
            from book.employee
            where
                employee.employee_id = person_day.employee_id
                and employee.recorded_at <= $3
                and $3 < employee.superseded_at
            order by
                employee.effective_from <= person_day.work_on desc,
                case when employee.effective_from <= person_day.work_on then employee.effective_from end desc,
                employee.effective_from
            limit 1
        ) as known
            on person_day.work_on >= known.joined_on and person_day.work_on <= coalesce(known.left_on, 'infinity')
    ),

    setting as materialized (
        select
            site_day.site_id,
            site_day.work_on,
            max(heard.value) filter (where heard.parameter = 'works_calendar') as works_calendar,
            coalesce(max(heard.value) filter (where heard.parameter = 'rest_gap_hours'), '8')::integer as rest_gap_hours,
            coalesce(bool_or(book.is_yes(heard.value)) filter (where heard.parameter = 'rest_swap_absent'), false) as asks_notice
        from (select distinct employed.site_id, employed.work_on from employed) as site_day
        left join lateral (
            select distinct on (rule.parameter) rule.parameter, rule.value
            from book.site_rule_set
            inner join book.rule_set on site_rule_set.rule_set = rule_set.rule_set
            inner join book.rule on rule_set.rule_set = rule.rule_set
            where
                site_rule_set.site_id = site_day.site_id
                and rule.parameter in ('works_calendar', 'rest_gap_hours', 'rest_swap_absent')
                and site_day.work_on between site_rule_set.valid_from and coalesce(site_rule_set.valid_to, 'infinity')
                and site_day.work_on between rule.valid_from and coalesce(rule.valid_to, 'infinity')
                and site_rule_set.recorded_at <= $3 and $3 < site_rule_set.superseded_at
                and rule_set.recorded_at <= $3 and $3 < rule_set.superseded_at
                and rule.recorded_at <= $3 and $3 < rule.superseded_at
            order by rule.parameter, rule_set.rank desc, rule.rule_set
        ) as heard on true
        group by site_day.site_id, site_day.work_on
    ),

    planned as materialized (
        select
            employed.*,
            setting.rest_gap_hours,
            setting.asks_notice,
            coalesce(
                roster.shift_code,
                case
                    when setting.works_calendar <> 'official' then null
                    when book.is_workday(employed.work_on, $3) then usual.shift_code
                    else '休'
                end
            ) as own_code
        from employed
        inner join setting on employed.site_id = setting.site_id and employed.work_on = setting.work_on
        left join attendance.roster
            on
                employed.employee_id = roster.employee_id
                and employed.work_on = roster.work_on
                and roster.recorded_at <= $3
                and $3 < roster.superseded_at
        left join lateral (
            select min(shift.shift_code) as shift_code
            from attendance.shift
            where
                shift.site_id = employed.site_id
                and shift.is_default
                and employed.work_on between shift.valid_from and coalesce(shift.valid_to, 'infinity')
                and shift.recorded_at <= $3
                and $3 < shift.superseded_at
        ) as usual on true
    ),

    exchange as materialized (
        select
            side.*,
            own.site_id,
            own.post,
            own.rest_gap_hours,
            own.asks_notice,
            own.own_code,
            other.own_code as swap_code
        from side
        left join planned as own on side.employee_id = own.employee_id and side.work_on = own.work_on
        left join planned as other on side.partner_id = other.employee_id and side.work_on = other.work_on
    ),

    -- When a person would work, by each code that he has or would take.
    spell as materialized (
        select
            option.employee_id,
            option.work_on,
            option.shift_code,
            shift.is_patrol,
            (option.work_on + shift.starts_at)::timestamptz as starts_at,
            (
                option.work_on + shift.ends_at
                + case when shift.ends_at <= shift.starts_at then interval '1 day' else interval '0' end
            )::timestamptz as ends_at
        from (
            select planned.employee_id, planned.work_on, planned.site_id, planned.post, planned.own_code as shift_code
            from planned
            union
            select exchange.employee_id, exchange.work_on, exchange.site_id, exchange.post, exchange.swap_code
            from exchange
        ) as option
        left join lateral (
            select timetable_change.new_shift_code
            from attendance.timetable_change
            where
                timetable_change.site_id = option.site_id
                and option.work_on between timetable_change.from_on and timetable_change.to_on
                and timetable_change.shift_code in ('*', option.shift_code)
                and timetable_change.post in ('*', option.post)
                and option.shift_code <> '休'
                and timetable_change.recorded_at <= $3
                and $3 < timetable_change.superseded_at
            order by timetable_change.shift_code <> '*' desc, timetable_change.post <> '*' desc, timetable_change.from_on desc
            limit 1
        ) as changed on true
        inner join attendance.shift
            on
                option.site_id = shift.site_id
                and coalesce(changed.new_shift_code, option.shift_code) = shift.shift_code
                and option.work_on between shift.valid_from and coalesce(shift.valid_to, 'infinity')
                and shift.recorded_at <= $3
                and $3 < shift.superseded_at
    ),

    agreed as materialized (
        select
            request.swap_no,
            request.allows_short_rest,
            known.is_planned,
            known.is_defined,
            case
                when not request.is_first_agreed then '缺本人同意'
                when not request.is_second_agreed then '缺对方同意'
                when request.status <> '批准' or request.approver is null then '未获批准'
                when
                    request.swap_kind = '调休' and known.asks_notice
                    and coalesce(request.asked_at, 'infinity') >= coalesce(
                        known.first_starts_at, least(request.first_on, request.second_on)::timestamptz
                    )
                    then '未事先说明'
                else ''
            end as objection
        from request
        inner join (
            select
                exchange.swap_no,
                bool_or(coalesce(exchange.asks_notice, false)) as asks_notice,
                bool_and(exchange.own_code is not null) as is_planned,
                bool_and(exchange.swap_code = '休' or taken.shift_code is not null) as is_defined,
                min(given_up.starts_at) as first_starts_at
            from exchange
            left join spell as taken
                on
                    exchange.employee_id = taken.employee_id
                    and exchange.work_on = taken.work_on
                    and exchange.swap_code = taken.shift_code
            left join spell as given_up
                on
                    exchange.employee_id = given_up.employee_id
                    and exchange.work_on = given_up.work_on
                    and exchange.own_code = given_up.shift_code
            group by exchange.swap_no
        ) as known on request.swap_no = known.swap_no
    ),

    claimed as materialized (
        select claim.swap_no, bool_or(claim.claims > 1) as is_contested
        from (
            select side.swap_no, count(*) over (partition by side.employee_id, side.work_on) as claims
            from side
            inner join agreed on side.swap_no = agreed.swap_no
            where agreed.objection = ''
        ) as claim
        group by claim.swap_no
    ),

    judged as materialized (
        select
            agreed.swap_no,
            agreed.allows_short_rest,
            case
                when agreed.objection <> '' then agreed.objection
                when claimed.is_contested then '冲突'
                when not agreed.is_planned then '未排班'
                when not agreed.is_defined then '班次未定义'
                else '有效'
            end as verdict
        from agreed
        left join claimed on agreed.swap_no = claimed.swap_no
    ),

    worked as materialized (
        select planned.employee_id, planned.work_on, spell.starts_at, spell.ends_at
        from planned
        left join (exchange as taken inner join judged on taken.swap_no = judged.swap_no and judged.verdict = '有效')
            on planned.employee_id = taken.employee_id and planned.work_on = taken.work_on
        inner join spell
            on
                planned.employee_id = spell.employee_id
                and planned.work_on = spell.work_on
                and coalesce(taken.swap_code, planned.own_code) = spell.shift_code
                and not spell.is_patrol
    ),

    short_of_rest as materialized (
        select distinct exchange.swap_no
        from exchange
        inner join judged on exchange.swap_no = judged.swap_no and judged.verdict = '有效' and not judged.allows_short_rest
        inner join worked on exchange.employee_id = worked.employee_id and exchange.work_on = worked.work_on
        inner join worked as beside
            on exchange.employee_id = beside.employee_id and beside.work_on in (exchange.work_on - 1, exchange.work_on + 1)
        where
            exchange.swap_code <> exchange.own_code
            and greatest(worked.starts_at, beside.starts_at) - least(worked.ends_at, beside.ends_at)
            < make_interval(hours => exchange.rest_gap_hours)
    )

    select
        exchange.swap_no,
        request.swap_kind,
        exchange.employee_id,
        exchange.partner_id,
        exchange.site_id,
        exchange.work_on,
        exchange.own_code,
        exchange.swap_code,
        case when short_of_rest.swap_no is not null then '间隔不足' else judged.verdict end
    from exchange
    inner join request on exchange.swap_no = request.swap_no
    inner join judged on exchange.swap_no = judged.swap_no
    left join short_of_rest on exchange.swap_no = short_of_rest.swap_no
$$;

-- The first day from `from_on` on which a person is on duty, as the function of three does; `swapped` names, by day,
-- what swaps that are heard make of the roster (null: nothing).
create function attendance.first_duty_on(
    of_employee text, from_on date, follows_calendar boolean, known_at timestamptz, swapped jsonb
)
returns date
language plpgsql
stable
as $$
declare
    planned_code text;
begin
    for days_later in 0..60 loop
        planned_code := swapped ->> (from_on + days_later)::text;
        if planned_code is null then
            select roster.shift_code
            into planned_code
            from attendance.roster
            where
                roster.employee_id = of_employee
                and roster.work_on = from_on + days_later
                and roster.recorded_at <= $4
                and $4 < roster.superseded_at;
        end if;
        if
            coalesce(planned_code <> '休', not follows_calendar or book.is_workday(from_on + days_later, $4))
        then
            return from_on + days_later;
        end if;
    end loop;
    return from_on;
end
$$;
