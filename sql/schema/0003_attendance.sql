/*  Schema attendance: rule book, facts and derived rows of 考勤与罚款 (part A of the regulations). */

create schema attendance;

-- Rule book ------------------------------------------------------------------------------------------

create table attendance.rule_set (
    rule_set text not null,
    rule_set_name text not null,
    rank integer not null,
    source text,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index rule_set_holds on attendance.rule_set (rule_set) where superseded_at = 'infinity';
comment on column attendance.rule_set.rank is 'where two sets bound to a site speak of the same parameter, the higher rank wins (GM-A11)';

create table attendance.rule (
    rule_set text not null,
    parameter text not null,
    valid_from date not null,
    valid_to date,
    rule_id text not null,
    value text not null,
    clause text not null,
    source text,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null,
    check (valid_to is null or valid_to >= valid_from)
);
create unique index rule_holds on attendance.rule (rule_set, parameter, valid_from) where superseded_at = 'infinity';

create table attendance.site_rule_set (
    site_id text not null,
    rule_set text not null,
    valid_from date not null,
    valid_to date,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index site_rule_set_holds on attendance.site_rule_set (site_id, rule_set, valid_from) where superseded_at = 'infinity';

create table attendance.shift (
    site_id text not null,
    shift_code text not null,
    valid_from date not null,
    valid_to date,
    shift_name text not null,
    starts_at time not null,
    ends_at time not null,
    break_starts_at time,
    break_ends_at time,
    is_default boolean not null default false,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index shift_holds on attendance.shift (site_id, shift_code, valid_from) where superseded_at = 'infinity';

-- Facts ----------------------------------------------------------------------------------------------

create table attendance.roster (
    employee_id text not null,
    work_on date not null,
    shift_code text not null,
    approver text,
    approver_level text,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index roster_holds on attendance.roster (employee_id, work_on) where superseded_at = 'infinity';
-- Days are read as they were known at a moment, replaced lines included.
create index roster_of_day on attendance.roster (work_on, employee_id);
comment on column attendance.roster.shift_code is 'a code of attendance.shift, or 休 for a rest day';

-- Punches are events: they are added, never corrected, so they need no superseded_at.
create table attendance.punch (
    site_id text not null,
    badge_no text not null,
    punched_at timestamptz not null,
    device_id text not null default '',
    recorded_at timestamptz not null,
    file_id integer not null,
    line_no integer not null,
    -- recorded_at comes along: who was known to have punched when is answered by the index alone
    primary key (site_id, badge_no, punched_at, device_id) include (recorded_at)
);
create index punch_recorded on attendance.punch using brin (recorded_at) with (autosummarize = on);

create table attendance.leave (
    slip_no text not null,
    employee_id text not null,
    leave_type text not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    asked_at timestamptz,
    asked_by text,
    approver text,
    approver_level text,
    submitted_on date,
    status text not null check (status in ('批准', '未批准', '撤销')),
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null,
    check (ends_at > starts_at)
);
create unique index leave_holds on attendance.leave (slip_no) where superseded_at = 'infinity';

create table attendance.outing (
    employee_id text not null,
    out_at timestamptz not null,
    back_at timestamptz,
    outing_kind text not null check (outing_kind in ('因公', '因私')),
    approver text,
    destination text,
    check_result text,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null,
    check (back_at is null or back_at > out_at)
);
create unique index outing_holds on attendance.outing (employee_id, out_at) where superseded_at = 'infinity';

create table attendance.missed_punch (
    slip_no text not null,
    employee_id text not null,
    work_on date not null,
    punch_kind text not null check (punch_kind in ('上班', '下班')),
    reason text,
    signer text,
    signer_level text,
    signed_at timestamptz,
    status text not null check (status in ('批准', '未批准', '撤销')),
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index missed_punch_holds on attendance.missed_punch (slip_no) where superseded_at = 'infinity';

create table attendance.conduct_slip (
    slip_no text not null,
    employee_id text not null,
    event_on date not null,
    cause text not null,
    rule_id text,
    amount numeric(14, 2) check (amount >= 0),
    call_cost_amount numeric(14, 2) check (call_cost_amount >= 0),
    issued_by text,
    is_signed boolean not null,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index conduct_slip_holds on attendance.conduct_slip (slip_no) where superseded_at = 'infinity';

-- Derived --------------------------------------------------------------------------------------------

-- One row per person and attendance day: the verdict, what decided it, and the punches it rests on.
create table attendance.attendance_day (
    employee_id text not null,
    work_on date not null,
    site_id text not null,
    employee_name text not null,
    department text not null,
    post text not null,
    badge_no text not null,
    rule_set text not null,
    shift_code text not null,
    shift_name text not null,
    due_in_at timestamptz,
    due_out_at timestamptz,
    in_at timestamptz,
    out_at timestamptz,
    is_in_required boolean not null,
    is_out_required boolean not null,
    status text not null,
    late_minutes integer not null,
    early_minutes integer not null,
    absent_days numeric(3, 2) not null check (absent_days between 0 and 1),
    leave_days numeric(3, 2) not null check (leave_days between 0 and 1),
    leave_type text not null,
    leave_slip_no text not null,
    slip_verdict text not null,
    missed_punch_slip_no text not null,
    fine_amount numeric(14, 2) not null check (fine_amount >= 0),
    rule_id text not null,
    rule_from date,
    rule_version text not null,
    reason text not null,
    pending_until timestamptz,
    pending_verdict text not null,
    remark text not null,
    primary key (employee_id, work_on)
);
create index attendance_day_by_site on attendance.attendance_day (site_id, work_on);

-- What a re-evaluation changed, row by row: the 差异 sheet is read from here.
create table attendance.day_change (
    run_id bigint not null references ops.run,
    employee_id text not null,
    work_on date not null,
    site_id text not null,
    action text not null check (action in ('INSERT', 'UPDATE', 'DELETE')),
    old_row jsonb,
    new_row jsonb,
    primary key (run_id, employee_id, work_on)
);

-- Fines by conduct slip (违纪单), one row per slip.
create table attendance.conduct_fine (
    slip_no text primary key,
    employee_id text not null,
    site_id text not null,
    event_on date not null,
    counted_in date not null,
    state text not null check (state in ('有效', '待确认', '同因重复')),
    fine_amount numeric(14, 2) not null check (fine_amount >= 0),
    charge_amount numeric(14, 2) not null check (charge_amount >= 0),
    rule_id text not null,
    rule_from date,
    rule_version text not null,
    reason text not null,
    run_id bigint not null references ops.run
);
comment on column attendance.conduct_fine.run_id is 'the run that last changed the row; no part of its content';
comment on column attendance.conduct_fine.counted_in is 'first day of the month that bears the fine: the month of the event, or the open one when the slip came after its close';

-- Late facts of a closed month, as signed differences in the open one (上月调整).
create table attendance.adjustment (
    employee_id text not null,
    work_on date not null,
    counted_in date not null,
    site_id text not null,
    absent_days_delta numeric(4, 2) not null,
    leave_days_delta numeric(4, 2) not null,
    late_minutes_delta integer not null,
    fine_amount_delta numeric(14, 2) not null,
    old_status text not null,
    new_status text not null,
    rule_id text not null,
    reason text not null,
    run_id bigint not null references ops.run,
    primary key (employee_id, work_on, counted_in)
);

-- A yes of the rule book, in every spelling that its loader accepts.
create function attendance.is_yes(value text)
returns boolean
language sql
immutable
return lower(value) in ('是', 'true', 'yes', 'y', '1', '有', 't');

-- Closing -------------------------------------------------------------------------------------------
-- The instant at which the month of `day_on` closes for a site; null when the calendar is not announced yet
-- (a month that nobody announced cannot be counted in working days).
create function attendance.close_instant(of_site text, of_day date, known_at timestamptz)
returns timestamptz
language sql
stable
as $$
    with next_month as (
        select (date_trunc('month', of_day) + interval '1 month')::date as starts_on
    ),

    closing as (
        select coalesce(
            (
                select rule.value::integer
                from attendance.site_rule_set
                inner join attendance.rule_set on site_rule_set.rule_set = rule_set.rule_set
                inner join attendance.rule on rule_set.rule_set = rule.rule_set
                cross join next_month
                where site_rule_set.site_id = of_site
                    and rule.parameter = 'close_workday'
                    and next_month.starts_on - 1 between site_rule_set.valid_from and coalesce(site_rule_set.valid_to, 'infinity')
                    and next_month.starts_on - 1 between rule.valid_from and coalesce(rule.valid_to, 'infinity')
                    and site_rule_set.recorded_at <= $3 and $3 < site_rule_set.superseded_at
                    and rule_set.recorded_at <= $3 and $3 < rule_set.superseded_at
                    and rule.recorded_at <= $3 and $3 < rule.superseded_at
                order by rule_set.rank desc
                limit 1
            ), 5
        ) as nth
    ),

    workday as (
        select
            day_at::date as day_on,
            row_number() over (order by day_at) as nth
        from next_month
        cross join lateral generate_series(starts_on::timestamp, starts_on + interval '27 days', interval '1 day') as day_at
        where book.is_workday(day_at::date, $3)
    )

    select (workday.day_on + 1)::timestamp at time zone 'Asia/Shanghai'
    from workday
    inner join closing on workday.nth = closing.nth
    where exists (
        select from book.calendar_day cross join next_month
        where calendar_day.year_no = extract(year from next_month.starts_on)
            and calendar_day.recorded_at <= $3
            and $3 < calendar_day.superseded_at
    )
$$;

-- First day of the month that bears what becomes known at `known_at`: the earliest one still open.
create function attendance.open_month(of_site text, known_at timestamptz)
returns date
language sql
stable
as $$
    select case
        when $2 < coalesce(
            attendance.close_instant(
                of_site, (date_trunc('month', $2 at time zone 'Asia/Shanghai') - interval '1 day')::date, $2
            ),
            'infinity'  -- not announced yet: nothing closes on a guess
        ) then (date_trunc('month', $2 at time zone 'Asia/Shanghai') - interval '1 month')::date
        else date_trunc('month', $2 at time zone 'Asia/Shanghai')::date
    end
$$;

-- Days of a closed month that were computed once are frozen: they are never judged anew in place (OPS-21).
create function attendance.is_frozen(of_site text, of_day date)
returns boolean
language sql
stable
as $$
    select exists (
        select from ops.period_close
        inner join ops.result
            on
                period_close.workflow = result.workflow
                and period_close.site_id = result.site_id
                and result.base_on = of_day
        where
            period_close.workflow = 'daily_attendance'
            and period_close.site_id = of_site
            and period_close.period @> of_day
    )
$$;

-- The first day from `from_on` on which a person is on duty: rostered, or a working day of those who follow the
-- calendar; where nothing is known of sixty days, the day itself.
create function attendance.first_duty_on(of_employee text, from_on date, follows_calendar boolean, known_at timestamptz)
returns date
language plpgsql
stable
as $$
declare
    rostered_code text;
begin
    for days_later in 0..60 loop
        select roster.shift_code
        into rostered_code
        from attendance.roster
        where
            roster.employee_id = of_employee
            and roster.work_on = from_on + days_later
            and roster.recorded_at <= $4
            and $4 < roster.superseded_at;
        if
            coalesce(rostered_code <> '休', not follows_calendar or book.is_workday(from_on + days_later, $4))
        then
            return from_on + days_later;
        end if;
    end loop;
    return from_on;
end
$$;
