/*  What people did beside the clock: the reception turns of a day, and one setting more. */

insert into book.rule_parameter (parameter, value_type, allowed, meaning) values
('private_outing_slip', 'boolean', '', '因私外出是否须有批准的外出单（单号，写明批准人职务的须是批假人之一）；否=有批准人即可');

-- Registers are read by the days of a run.
create index outing_of_day on attendance.outing (out_at);
create index spot_check_of_day on attendance.spot_check (checked_at);
create index gathering_of_day on attendance.gathering (starts_at);
create index swap_of_day on attendance.swap (first_on);
create index reception_of_day on attendance.reception (came_at);

-- Whose turn each customer was, and whose it should have been (GM-A10, SL-A2).
create table attendance.reception_turn (
    site_id text not null,
    employee_id text not null,
    came_at timestamptz not null,
    work_on date not null,
    event_no integer not null,
    customer text not null,
    outcome text not null,
    is_counted boolean not null,
    not_counted_reason text not null,
    due_employee_id text not null,
    file_id integer not null,
    line_no integer not null,
    primary key (site_id, employee_id, came_at)
);
create index reception_turn_of_day on attendance.reception_turn (site_id, work_on);
comment on column attendance.reception_turn.is_counted is 'whether it used up a turn';
comment on column attendance.reception_turn.due_employee_id is 'whose turn it was; empty where no turn was at stake or nobody was there to take it';

-- The order of a day: by signing in, with what was left of it in the evening. Each day starts anew.
create table attendance.reception_place (
    site_id text not null,
    work_on date not null,
    turn_no integer not null,
    employee_id text not null,
    signed_in_at timestamptz,
    passed_over_count integer not null check (passed_over_count >= 0),
    primary key (site_id, work_on, employee_id),
    unique (site_id, work_on, turn_no) deferrable initially deferred
);
comment on column attendance.reception_place.passed_over_count is 'rounds for which a person who refused a customer would still be passed over';
