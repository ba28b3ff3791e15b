/*  A judged month to measure on: `bench.people` people of twenty sites in October 2026, made up by arithmetic, so that
    they are the same on every machine.

    One in forty joins on the 15th, one in two hundred changes the site on the 16th; of the days one in twenty-five is
    late, one in forty leave, one in eighty absence, some are outings, nights, missing or early; one person in thirty has
    two spells a day, one in fifty a conduct slip, one in a hundred a waiver, a meeting missed or something of September. */
set session_replication_role = replica;
create schema bench;

create temporary table book (
    recorded_at timestamptz not null,
    file_id integer not null,
    line_no integer not null
);
insert into book values ('2020-01-01', 1, 1);

insert into book.rule_set (rule_set, rule_set_name, rank, recorded_at, file_id, line_no)
select 'guomao', '案场管理制度', 1, book.* from book;

insert into book.rule (rule_set, parameter, value, rule_id, clause, valid_from, recorded_at, file_id, line_no)
select 'guomao', 'early_fine_amount', '5', 'GM-A2', '早退罚款5元', date '2020-01-01', book.* from book;

insert into book.site (site_id, site_name, recorded_at, file_id, line_no)
select 'S' || to_char(site_no, 'FM00'), '案场' || site_no, book.* from generate_series(0, 19) as site_no cross join book;

insert into book.site_rule_set (site_id, rule_set, valid_from, recorded_at, file_id, line_no)
select 'S' || to_char(site_no, 'FM00'), 'guomao', date '2020-01-01', book.* from generate_series(0, 19) as site_no cross join book;

create temporary table person as
select
    person_no,
    'E' || to_char(person_no, 'FM000000') as employee_id,
    '员工' || person_no as employee_name,
    person_no % 20 as site_no,
    case when person_no % 40 = 7 then 15 else 1 end as first_day,
    person_no % 200 = 11 as is_moving,
    person_no % 30 = 3 as is_split
from generate_series(1, current_setting('bench.people')::integer) as person_no;

insert into book.employee (
    employee_id, effective_from, employee_name, site_id, department, post, badge_no, joined_on, recorded_at, file_id, line_no
)
select
    person.employee_id,
    case half when 1 then date '2020-01-01' else date '2026-10-16' end,
    person.employee_name,
    'S' || to_char((person.site_no + half - 1) % 20, 'FM00'),
    '部门' || person.person_no % 5,
    '岗位' || person.person_no % 7,
    person.employee_id,
    case person.first_day when 15 then date '2026-10-15' else date '2020-01-01' end,
    book.*
from person
cross join generate_series(1, 2) as half
cross join book
where half = 1 or person.is_moving;

create temporary table said as
select
    person.*,
    day_no,
    date '2026-10-01' + day_no - 1 as work_on,
    'S' || to_char((person.site_no + case when person.is_moving and day_no > 15 then 1 else 0 end) % 20, 'FM00') as site_id,
    case
        when (person_no + day_no) % 7 = 0 then '公休'
        when (person_no * 31 + day_no * 17) % 80 = 1 then '旷工'
        when (person_no * 31 + day_no * 17) % 80 in (2, 3) then '请假'
        when (person_no * 31 + day_no * 17) % 80 in (4, 5, 6) then '迟到'
        when (person_no * 31 + day_no * 17) % 80 = 7 then '早退'
        when (person_no * 31 + day_no * 17) % 80 = 8 then '旷工半天'
        when (person_no * 31 + day_no * 17) % 80 in (9, 10) then '公出'
        when (person_no * 31 + day_no * 17) % 80 = 11 then '缺卡'
        else '出勤'
    end as status
from person
cross join generate_series(1, 31) as day_no
where day_no >= person.first_day;

insert into attendance.attendance_day (
    employee_id, work_on, site_id, employee_name, department, post, badge_no, rule_set, shift_code, shift_name,
    due_in_at, due_out_at, in_at, out_at, is_in_required, is_out_required, status, late_minutes, early_minutes,
    absent_days, leave_days, leave_type, leave_slip_no, slip_verdict, missed_punch_slip_no, fine_amount, rule_id,
    rule_version, reason, pending_verdict, remark, second_due_in_at, second_due_out_at, second_in_at, second_out_at,
    day_kind, due_days, attended_days, pending_days, is_night, overtime_kind, overtime_hours
)
select
    said.employee_id,
    said.work_on,
    said.site_id,
    said.employee_name,
    '部门' || said.person_no % 5,
    '岗位' || said.person_no % 7,
    said.employee_id,
    'guomao',
    'A',
    '案场班',
    (said.work_on + time '08:30')::timestamptz,
    (said.work_on + time '18:00')::timestamptz,
    (said.work_on + case when said.status = '迟到' then time '08:42' else time '08:25' end)::timestamptz,
    (said.work_on + time '18:02')::timestamptz,
    true,
    false,
    said.status,
    case said.status when '迟到' then 12 when '旷工半天' then 45 else 0 end,
    case said.status when '早退' then 9 else 0 end,
    case said.status when '旷工' then 1 when '旷工半天' then 0.5 else 0 end,
    case said.status when '请假' then 1 else 0 end,
    case when said.status = '请假' then (array['事假', '病假', '年假', '陪产假'])[said.person_no % 4 + 1] else '' end,
    '',
    '',
    '',
    case said.status when '迟到' then 10 when '早退' then 5 else 0 end,
    'GM-A1',
    '1',
    '',
    '',
    '',
    case when said.is_split then (said.work_on + time '14:30')::timestamptz end,
    case when said.is_split then (said.work_on + time '18:00')::timestamptz end,
    case
        when said.is_split then (said.work_on + case said.status when '旷工半天' then time '15:15' else time '14:25' end)::timestamptz
    end,
    case when said.is_split then (said.work_on + time '18:02')::timestamptz end,
    case said.status when '公休' then '公休' else '应出勤' end,
    case said.status when '公休' then 0 else 1 end,
    case said.status when '公休' then 0 when '旷工' then 0 when '请假' then 0 when '旷工半天' then 0.5 else 1 end,
    0,
    said.person_no % 9 = 0 and said.status = '出勤',
    case when said.day_no <= 3 and said.status = '出勤' then '法定节假日' else '' end,
    case when said.day_no <= 3 and said.status = '出勤' then 8 else 0 end
from said;

insert into ops.run (
    workflow, airflow_run_id, period, mode, as_of_on, known_at, requested_by, wants_mail, state
)
values ('daily_attendance', 'before', '[2026-10-01,2026-11-01)', 'normal', '2026-10-31', '2026-11-01', 'bench', false, 'done');

insert into ops.result (workflow, site_id, base_on, revision, result_hash, run_id, as_of_on, known_at, row_count)
select 'daily_attendance', site.site_id, day_at::date, 1, 'x', run.run_id, day_at::date, '2026-11-01', 1
from book.site
cross join ops.run
cross join generate_series(timestamp '2026-10-01', timestamp '2026-10-31', interval '1 day') as day_at;

-- a meeting missed costs 3 yuan; it is part of the day's fine
insert into attendance.offence (
    employee_id, work_on, offence_kind, source_no, site_id, absent_days, late_minutes, fine_amount, rule_id, rule_version, reason
)
select
    attendance_day.employee_id, attendance_day.work_on, '会议迟到', 'M1', attendance_day.site_id, 0, 4, 3, 'YJ-A4', '1', '会议迟到'
from attendance.attendance_day
inner join person on attendance_day.employee_id = person.employee_id
where person.person_no % 100 = 21 and attendance_day.work_on = '2026-10-20' and attendance_day.status = '出勤';

update attendance.attendance_day set fine_amount = attendance_day.fine_amount + offence.fine_amount
from attendance.offence
where attendance_day.employee_id = offence.employee_id and attendance_day.work_on = offence.work_on;

insert into attendance.conduct_fine (
    slip_no, employee_id, site_id, event_on, counted_in, state, fine_amount, charge_amount, rule_id, rule_version, reason, run_id
)
select
    'W' || person.person_no, person.employee_id, 'S' || to_char(person.site_no, 'FM00'), date '2026-10-12', date '2026-10-01',
    '有效', case when person.person_no % 100 = 33 then 25.60 else 10 end, case when person.person_no % 100 = 33 then 12.80 else 0 end,
    'GM-A9', '1', '坐着接待', run.run_id
from person
cross join ops.run
where person.person_no % 50 = 33;

insert into attendance.adjustment (
    employee_id, work_on, counted_in, site_id, absent_days_delta, leave_days_delta, late_minutes_delta, fine_amount_delta,
    old_status, new_status, rule_id, reason, run_id
)
select
    person.employee_id, date '2026-09-12', date '2026-10-01', 'S' || to_char(person.site_no, 'FM00'), -1, 1, 0, -10, '旷工', '请假',
    'GM-A4', '补交', run.run_id
from person
cross join ops.run
where person.person_no % 100 = 45;

insert into attendance.fine_waiver (
    waiver_no, employee_id, event_on, fine_kind, amount, reason, approver, approved_on, status, recorded_at, file_id, line_no
)
select
    'J' || attendance_day.employee_id, attendance_day.employee_id, min(attendance_day.work_on), '迟到', 4, '首次', '王总',
    date '2026-10-31', '批准', book.recorded_at, book.file_id, book.line_no
from attendance.attendance_day
cross join book
where attendance_day.late_minutes = 12 and right(attendance_day.employee_id, 2) = '57'
group by attendance_day.employee_id, book.recorded_at, book.file_id, book.line_no;

set session_replication_role = origin;
create table bench.month_line (like attendance.month_line including all);
