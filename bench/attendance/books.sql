/*  Fills empty books for the bench: 20 sites, three rule sets, people, rosters, punches and slips, set-based and seeded.

    Grain:  the settings bench.people and bench.days say how many, from the 1st of October 2026; four punches per
            person and day.
    Rerun:  the same call gives the same rows, whatever the machine: chance is a hash of person and day.
    Mix:    one day in seven is rest; of the others 7 % late (1 % beyond the limit), 2 % early, 4 % on leave
            (one slip in six is not in order), 1 % out on business, 2 % lack a punch, 0.7 % do not come.
            14 sites keep rosters and fine (one person in ten on nights, every other week), 3 follow the official
            calendar, 3 need both punches and accept signed slips for missed ones.  */
create schema bench;

create function bench.chance(person_no integer, day_no integer, salt integer) returns double precision
language sql immutable parallel safe
return (hashint8extended(person_no::bigint * 1000 + day_no, salt) & 1048575) / 1048576.0::double precision;

insert into book.rule_set (rule_set, rule_set_name, rank, recorded_at, file_id, line_no)
values
    ('guomao', '国贸大厦案场管理制度', 10, '2026-01-01', 1, 1),
    ('office', '房地产企业管理制度', 10, '2026-01-01', 1, 2),
    ('huaqing', '华清物业威新国际大厦制度', 10, '2026-01-01', 1, 3);

insert into book.rule (rule_set, rule_id, parameter, value, valid_from, clause, recorded_at, file_id, line_no)
select rule.*, '见制度', '2026-01-01', 1, row_number() over ()
from (
    values
        ('guomao', 'GM-A3', 'works_calendar', 'roster', date '2026-01-01'),
        ('guomao', 'GM-A1', 'is_in_required', '是', '2026-01-01'),
        ('guomao', 'GM-A1', 'is_out_required', '否', '2026-01-01'),
        ('guomao', 'GM-A1', 'seconds_mode', 'minute_floor', '2026-01-01'),
        ('guomao', 'GM-A2', 'late_limit_minutes', '30', '2026-01-01'),
        ('guomao', 'GM-A2', 'late_fine_amount', '10.00', '2026-01-01'),
        ('guomao', 'GM-A2', 'late_over_absent_days', '0.5', '2026-01-01'),
        ('guomao', 'GM-A7', 'no_show_absent_days', '1', '2026-01-01'),
        ('guomao', 'GM-A4', 'leave_checks_request', '是', '2026-01-01'),
        ('guomao', 'GM-A4', 'leave_slip_days', '1', '2026-01-01'),
        ('guomao', 'GM-A4', 'leave_level1_days', '0.5', '2026-01-01'),
        ('guomao', 'GM-A4', 'leave_level2_days', '1', '2026-01-01'),
        ('guomao', 'GM-A4', 'invalid_leave_absent_days', '1', '2026-01-01'),
        ('office', 'OF-A1', 'works_calendar', 'official', '2018-01-01'),
        ('office', 'OF-A1', 'is_in_required', '是', '2018-01-01'),
        ('office', 'OF-A1', 'is_out_required', '是', '2018-01-01'),
        ('office', 'OF-A1', 'late_limit_minutes', '0', '2018-01-01'),
        ('huaqing', 'HQ-A1', 'works_calendar', 'roster', '2026-01-01'),
        ('huaqing', 'HQ-A1', 'is_in_required', '是', '2026-01-01'),
        ('huaqing', 'HQ-A1', 'is_out_required', '是', '2026-01-01'),
        ('huaqing', 'HQ-A1', 'missing_punch_absent_days', '1', '2026-01-01'),
        ('huaqing', 'HQ-A1', 'missed_punch_quota', '3', '2026-01-01'),
        ('huaqing', 'HQ-A1', 'missed_punch_signer_level', '项目总监', '2026-01-01')
) as rule (rule_set, rule_id, parameter, value, valid_from);

insert into book.site (site_id, site_name, recorded_at, file_id, line_no)
select 'S' || to_char(site_no, 'FM00'), '第' || site_no || '案场', '2026-01-01', 1, site_no
from generate_series(0, 19) as site_no;

insert into book.site_rule_set (site_id, rule_set, valid_from, recorded_at, file_id, line_no)
select
    site_id,
    case when site_id < 'S14' then 'guomao' when site_id < 'S17' then 'office' else 'huaqing' end,
    '2018-01-01', '2026-01-01', 1, line_no
from book.site;

insert into attendance.shift (
    site_id, shift_code, valid_from, shift_name, starts_at, ends_at, break_starts_at, break_ends_at, is_default,
    recorded_at, file_id, line_no
)
select site_rule_set.site_id, shift.shift_code, '2018-01-01', shift.shift_name, shift.starts_at, shift.ends_at,
    shift.break_starts_at, shift.break_ends_at, shift.is_default, '2026-01-01', 1, 1
from book.site_rule_set
inner join (
    values
        ('guomao', 'A', '案场班', time '08:30', time '18:00', time '12:00', time '13:30', true),
        ('guomao', 'N', '夜班', '18:30', '08:00', null, null, false),
        ('office', 'O', '行政班', '08:30', '17:30', '12:00', '13:00', true),
        ('huaqing', 'H', '物业班', '09:00', '18:00', '12:00', '13:30', true)
) as shift (rule_set, shift_code, shift_name, starts_at, ends_at, break_starts_at, break_ends_at, is_default)
    on site_rule_set.rule_set = shift.rule_set;

insert into book.calendar_day (day_on, year_no, day_name, is_off, is_statutory, recorded_at, file_id, line_no)
select day_on, 2026, '国庆节', day_on <> '2026-10-10', day_on <= '2026-10-03', '2026-01-01', 1, 1
from (
    select ('2026-10-01'::date + day_no) as day_on from generate_series(0, 9) as day_no
) as autumn
where day_on not in ('2026-10-08', '2026-10-09');

insert into book.employee (
    employee_id, effective_from, employee_name, site_id, department, post, badge_no, joined_on,
    recorded_at, file_id, line_no
)
select
    'E' || to_char(person_no, 'FM000000'), '2020-01-01', '员工' || person_no, 'S' || to_char(person_no % 20, 'FM00'),
    '部门' || person_no % 40, case when person_no % 25 = 0 then '经理' else '职员' end,
    to_char(person_no, 'FM000000'), '2020-01-01', '2026-01-01', 2, person_no
from generate_series(1, current_setting('bench.people')::integer) as person_no;

-- What everybody does on every day; the facts below are read off it.
create table bench.life as
with person_day as (
    select
        person_no,
        day_no,
        date '2026-10-01' + day_no as work_on,
        'S' || to_char(person_no % 20, 'FM00') as site_id,
        case
            when person_no % 20 >= 17 then 'H'
            when person_no % 20 >= 14 then 'O'
            when person_no / 20 % 10 = 0 and day_no / 7 % 2 = 1 then 'N'
            else 'A'
        end as shift_code,
        case
            when person_no % 20 in (14, 15, 16)
                then not book.is_workday(date '2026-10-01' + day_no, '2026-12-01')
            -- nobody comes at eight who leaves at eight
            when person_no / 20 % 10 = 0 and day_no % 14 = 0 then true
            else (person_no + day_no) % 7 = 0
        end as is_rest,
        bench.chance(person_no, day_no, 1) as mood,
        bench.chance(person_no, day_no / 3, 2) < 0.02 as is_long_leave
    from generate_series(1, current_setting('bench.people')::integer) as person_no
    cross join generate_series(0, current_setting('bench.days')::integer - 1) as day_no
)

select
    person_day.person_no,
    person_day.day_no,
    person_day.work_on,
    person_day.site_id,
    person_day.shift_code,
    person_day.is_rest,
    (person_day.work_on + shift.starts_at)::timestamptz as starts_at,
    (person_day.work_on + case when shift.ends_at < shift.starts_at then 1 else 0 end + shift.ends_at)::timestamptz
        as ends_at,
    case
        when person_day.is_rest then 'rest'
        when person_day.is_long_leave then 'long leave'
        when person_day.mood < 0.007 then 'no show'
        when person_day.mood < 0.020 then 'leave'
        when person_day.mood < 0.030 then 'morning off'
        when person_day.mood < 0.040 then 'outing'
        when person_day.mood < 0.100 then 'late'
        when person_day.mood < 0.110 then 'very late'
        when person_day.mood < 0.130 then 'early'
        when person_day.mood < 0.140 then 'no arrival'
        when person_day.mood < 0.150 then 'no leaving'
        else 'plain'
    end as deed
from person_day
inner join attendance.shift on person_day.site_id = shift.site_id and person_day.shift_code = shift.shift_code;

analyze bench.life;

insert into attendance.roster (employee_id, work_on, shift_code, recorded_at, file_id, line_no)
select
    'E' || to_char(person_no, 'FM000000'), work_on, case when is_rest then '休' else shift_code end,
    '2026-09-28', 3, row_number() over (order by person_no, day_no)
from bench.life
where shift_code <> 'O'
order by person_no, day_no;

insert into attendance.punch (site_id, badge_no, punched_at, device_id, recorded_at, file_id, line_no)
select
    life.site_id,
    to_char(life.person_no, 'FM000000'),
    act.punched_at,
    'D' || life.person_no % 4,
    (life.work_on + 1 + time '09:30')::timestamptz,
    4 + life.day_no,
    row_number() over (partition by life.day_no order by life.site_id, life.person_no, act.punched_at)
from bench.life
cross join lateral (
    -- arrival, and often a second tap
    select starts_at + second_tap + make_interval(secs => floor(bench.chance(person_no, day_no, 3) * case deed
        when 'late' then 1800 when 'very late' then 3600 else 1500
    end) + case deed
        when 'late' then 60 when 'very late' then 1860 when 'morning off' then 17700 when 'outing' then 14400
        else -1560
    end) as punched_at
    from (values (0, interval '0'), (1, interval '20 seconds')) as tap (tap_no, second_tap)
    where deed in ('plain', 'late', 'very late', 'early', 'no leaving', 'outing', 'morning off')
        and bench.chance(person_no, day_no, 4) > tap_no * 0.15
    union all
    select starts_at + make_interval(secs => 12700 + floor(bench.chance(person_no, day_no, 5) * 600))
    where deed in ('plain', 'late', 'very late', 'early')
    union all
    select starts_at + make_interval(secs => 17300 + floor(bench.chance(person_no, day_no, 6) * 600))
    where deed in ('plain', 'late', 'very late', 'early')
    union all
    -- leaving, now and then with a second tap
    select ends_at + second_tap + make_interval(secs => floor(bench.chance(person_no, day_no, 7) * 3600) + case deed
        when 'early' then -3660 else 5
    end)
    from (values (0, interval '0'), (1, interval '15 seconds')) as tap (tap_no, second_tap)
    where bench.chance(person_no, day_no, 12) > tap_no * 0.62 and deed in ('plain', 'late', 'very late', 'early', 'no arrival', 'outing', 'morning off')
    union all
    select starts_at + interval '2 hours' where deed = 'rest' and bench.chance(person_no, day_no, 8) < 0.02
) as act
order by life.day_no, life.site_id, life.person_no, act.punched_at
on conflict do nothing;

insert into attendance.leave (
    slip_no, employee_id, leave_type, starts_at, ends_at, asked_at, asked_by, approver, approver_level,
    submitted_on, status, recorded_at, file_id, line_no
)
with slip as (
    select
        person_no,
        min(day_no) as day_no,
        min(starts_at) as starts_at,
        case when deed = 'morning off' then min(starts_at) + interval '5 hours' else max(ends_at) end as ends_at,
        deed,
        bench.chance(person_no, min(day_no), 9) as care
    from bench.life
    where deed in ('leave', 'morning off', 'long leave')
    group by person_no, deed, case when deed = 'long leave' then day_no / 3 else 1000 + day_no end
)

select
    'L' || to_char(person_no, 'FM000000') || '-' || to_char(day_no, 'FM000'),
    'E' || to_char(person_no, 'FM000000'),
    case when person_no % 5 = 0 then '病假' else '事假' end,
    starts_at,
    ends_at,
    starts_at + case when care > 0.95 then interval '2 hours' else interval '-20 hours' end,
    '本人',
    '主管',
    case
        when care between 0.90 and 0.95 then '组长'
        when deed = 'morning off' then '部门经理'
        else '董事长'
    end,
    case when care > 0.02 then ends_at::date + case when care < 0.06 then 6 else 1 end end,
    case when care between 0.86 and 0.88 then '未批准' else '批准' end,
    '2026-10-31 09:30',
    50,
    row_number() over (order by person_no, day_no)
from slip;

insert into attendance.outing (
    employee_id, out_at, back_at, outing_kind, approver, destination, recorded_at, file_id, line_no
)
select
    'E' || to_char(person_no, 'FM000000'), starts_at - interval '10 minutes', starts_at + interval '4 hours', '因公',
    '主管', '客户', '2026-10-31 09:30', 51, row_number() over (order by person_no, day_no)
from bench.life
where deed = 'outing';

insert into attendance.missed_punch (
    slip_no, employee_id, work_on, punch_kind, reason, signer, signer_level, signed_at, status,
    recorded_at, file_id, line_no
)
select
    'M' || to_char(person_no, 'FM000000') || '-' || to_char(day_no, 'FM000'),
    'E' || to_char(person_no, 'FM000000'),
    work_on,
    case deed when 'no arrival' then '上班' else '下班' end,
    '忘记',
    '主管',
    case when bench.chance(person_no, day_no, 10) < 0.9 then '项目总监' else '组长' end,
    (work_on + 1 + time '10:00')::timestamptz,
    '批准',
    '2026-10-31 09:30',
    52,
    row_number() over (order by person_no, day_no)
from bench.life
where shift_code = 'H' and deed in ('no arrival', 'no leaving') and bench.chance(person_no, day_no, 11) < 0.8;

drop schema bench cascade;
