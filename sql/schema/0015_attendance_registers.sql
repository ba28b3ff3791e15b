/*  Attendance complete: the registers that wages need beside punches, roster and slips, and what is derived from them.

    Every register carries recorded_at, superseded_at, file and line like the others (0002_book.sql). */

-- Settings ---------------------------------------------------------------------------------------------

insert into book.rule_parameter (parameter, value_type, allowed, meaning) values
('are_noon_punches_required', 'boolean', '', '两段班中午的下班卡和上班卡是否必须打'),
('window_before_minutes', 'integer', '', '上班前几分钟起的打卡算这一班'),
('window_after_minutes', 'integer', '', '下班后几分钟内的打卡算这一班'),
('private_swap', 'choice', 'ignored|both_absent', '未获批准的换班：ignored=各按本人排班，both_absent=双方当日按旷工'),
('rest_swap_absent', 'boolean', '', '未事先说明的调休，缺勤的一方是否按旷工'),
('rest_gap_hours', 'integer', '', '换班后两班之间至少间隔几小时，不足须另行批准'),
('leave_level1_approvers', 'text', '', '第一级批假人，用、分隔'),
('leave_level2_approvers', 'text', '', '第二级批假人，用、分隔'),
('leave_level3_approvers', 'text', '', '第三级批假人，用、分隔'),
('leave_reports_back', 'boolean', '', '请假后是否须销假'),
('sick_notice_required', 'boolean', '', '病假是否须在班前告知主管'),
('left_post_absent_days', 'days', '', '擅自离岗、查岗不在又无外出登记时记旷工天数'),
('lunch_limit_minutes', 'integer', '', '外出用餐不超过几分钟'),
('lunch_over_absent_days', 'days', '', '外出用餐超时记旷工天数'),
('gatherings_count', 'boolean', '', '会议、培训是否计考勤（迟到、缺席按迟到、早退计）'),
('refusal_pass_rounds', 'integer', '', '推托客户的轮空几轮'),
('counts_undeposited_return', 'boolean', '', '未下定老客户来访是否计接待轮次'),
('counts_repeat_visit', 'boolean', '', '同一客户当日多次来访是否每次计轮次；否=只计一次'),
('requires_work_summary', 'boolean', '', '各组是否须每日交工作小结'),
('overtime_basis', 'choice', 'slip|slip_and_punches', '加班小时：slip=按加班单，slip_and_punches=加班单与打卡取少'),
('no_rest_on', 'text', '', '原则上不排休的日子：星期几 1-7，节假日写 H，如 1 或 6,7,H'),
('workdays_a_week', 'integer', '', '每周工作几天'),
('wage_days', 'amount', '', '月计薪天数，如 21.75');

-- Shifts and the roster ----------------------------------------------------------------------------------

alter table attendance.shift
    add column is_split boolean not null default false,
    add column is_patrol boolean not null default false,
    add constraint split_has_break check (not is_split or break_starts_at is not null);
comment on column attendance.shift.is_split is 'two spells a day, each judged: start to break, end of break to end (YJ-A1, ATT-03)';
comment on column attendance.shift.is_patrol is 'patrol times, no shift: nobody is late, early or absent for them';

-- 临时作息: for named days another shift takes the place of the rostered one (YJ-A1).
create table attendance.timetable_change (
    site_id text not null,
    from_on date not null,
    to_on date not null,
    shift_code text not null,
    post text not null default '*',
    new_shift_code text not null,
    reason text,
    approver text not null,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null,
    check (to_on >= from_on)
);
create unique index timetable_change_holds on attendance.timetable_change (site_id, from_on, shift_code, post)
where superseded_at = 'infinity';
comment on column attendance.timetable_change.shift_code is 'the shift that is replaced; * every working shift of the site';
comment on column attendance.timetable_change.post is 'for whom; * everybody';

-- 换班, 调休: on each of the days named, the two exchange what the roster says of them.
create table attendance.swap (
    swap_no text not null,
    swap_kind text not null check (swap_kind in ('换班', '调休')),
    first_employee_id text not null,
    second_employee_id text not null,
    first_on date not null,
    second_on date not null,
    asked_at timestamptz,
    is_first_agreed boolean not null default false,
    is_second_agreed boolean not null default false,
    approver text,
    approver_level text,
    approved_at timestamptz,
    status text not null check (status in ('批准', '未批准', '撤销')),
    allows_short_rest boolean not null default false,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null,
    check (first_employee_id <> second_employee_id)
);
create unique index swap_holds on attendance.swap (swap_no) where superseded_at = 'infinity';
comment on column attendance.swap.allows_short_rest is 'the approver said yes to too short a rest between two shifts (ATT-11)';

-- What happened ------------------------------------------------------------------------------------------

alter table attendance.leave add column reported_back_at timestamptz;
comment on column attendance.leave.reported_back_at is '销假时间 (OF-A2)';

alter table attendance.leave add column told_at timestamptz;
comment on column attendance.leave.told_at is 'when the supervisor was told, of sick leave (GM-A5)';

alter table attendance.outing
    add column approver_level text,
    add column slip_no text,
    drop constraint outing_outing_kind_check,
    add constraint outing_kind_is_known check (outing_kind in ('因公', '因私', '用餐'));

-- 查岗 (YJ-A3, GM-A8).
create table attendance.spot_check (
    employee_id text not null,
    checked_at timestamptz not null,
    finding text not null check (finding in ('在岗', '不在岗', '违纪')),
    checker text not null,
    note text,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index spot_check_holds on attendance.spot_check (employee_id, checked_at) where superseded_at = 'infinity';

-- 会议, 培训, and who was due and came (YJ-A4).
create table attendance.gathering (
    site_id text not null,
    gathering_no text not null,
    gathering_kind text not null check (gathering_kind in ('会议', '培训')),
    gathering_name text not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null,
    check (ends_at > starts_at)
);
create unique index gathering_holds on attendance.gathering (gathering_no) where superseded_at = 'infinity';

create table attendance.gathering_attendee (
    gathering_no text not null,
    employee_id text not null,
    signed_in_at timestamptz,
    left_at timestamptz,
    is_excused boolean not null default false,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index gathering_attendee_holds on attendance.gathering_attendee (gathering_no, employee_id)
where superseded_at = 'infinity';
comment on table attendance.gathering_attendee is 'everybody who was due; signed_in_at empty: did not come';

-- 工作小结: each group's summary of the day (YJ-A4).
create table attendance.work_summary (
    site_id text not null,
    group_name text not null,
    summary_on date not null,
    handed_in_at timestamptz not null,
    filed_by text,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index work_summary_holds on attendance.work_summary (site_id, group_name, summary_on)
where superseded_at = 'infinity';
comment on column attendance.work_summary.group_name is 'a department of the roll (花名册)';

-- 接待登记: whose turn it was and what came of it (GM-A10, SL-A2).
create table attendance.reception (
    site_id text not null,
    employee_id text not null,
    came_at timestamptz not null,
    customer text not null,
    customer_kind text not null check (customer_kind in ('新客', '未下定老客', '已下定老客', '已成交', '代接')),
    outcome text not null check (outcome in ('接待', '拒接', '未上位')),
    note text,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index reception_holds on attendance.reception (site_id, employee_id, came_at) where superseded_at = 'infinity';
comment on column attendance.reception.customer is 'name or telephone, as the site writes it; the same one is the same customer';

-- 加班单.
create table attendance.overtime (
    slip_no text not null,
    employee_id text not null,
    work_on date not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    reason text,
    approver text,
    approver_level text,
    approved_at timestamptz,
    status text not null check (status in ('批准', '未批准', '撤销')),
    compensation text not null check (compensation in ('加班费', '调休')),
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null,
    check (ends_at > starts_at)
);
create unique index overtime_holds on attendance.overtime (slip_no) where superseded_at = 'infinity';

-- What people decided ------------------------------------------------------------------------------------

-- 考勤认定单: the answer to a day that is 待确认; it counts only where the rules themselves give no verdict.
create table attendance.day_ruling (
    ruling_no text not null,
    employee_id text not null,
    work_on date not null,
    verdict text not null check (verdict in ('出勤', '旷工', '旷工半天', '请假', '休息', '按制度')),
    reason text not null,
    approver text not null,
    approver_level text,
    decided_on date not null,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index day_ruling_holds on attendance.day_ruling (employee_id, work_on) where superseded_at = 'infinity';
comment on column attendance.day_ruling.verdict is '按制度: what the rules would say if nobody had to confirm';

-- 表扬单 (000: 公布奖罚情况).
create table attendance.praise (
    slip_no text not null,
    employee_id text not null,
    event_on date not null,
    cause text not null,
    amount numeric(14, 2) check (amount >= 0),
    issued_by text not null,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index praise_holds on attendance.praise (slip_no) where superseded_at = 'infinity';

-- 罚款减免单: who may pay less, how much, why, by whose word.
create table attendance.fine_waiver (
    waiver_no text not null,
    employee_id text not null,
    event_on date not null,
    fine_kind text not null check (fine_kind in ('迟到', '早退', '违纪', '收费电话', '会议培训')),
    slip_no text,
    amount numeric(14, 2) check (amount > 0),
    reason text not null,
    approver text not null,
    approver_level text,
    approved_on date not null,
    status text not null check (status in ('批准', '未批准', '撤销')),
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index fine_waiver_holds on attendance.fine_waiver (waiver_no) where superseded_at = 'infinity';
comment on column attendance.fine_waiver.slip_no is 'the conduct slip that is waived; empty for what the clock fined';
comment on column attendance.fine_waiver.amount is 'empty: all of it';

-- 罚款执行登记: HR and legal confirm a month's fines, take them back, or say that they were paid.
create table attendance.fine_execution (
    execution_no text not null,
    employee_id text not null,
    month_on date not null check (extract(day from month_on) = 1),
    decision text not null check (decision in ('已确认', '不执行', '已执行')),
    amount numeric(14, 2) check (amount > 0),
    reason text,
    confirmed_by text not null,
    confirmed_on date not null,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null,
    check (decision <> '已执行' or amount is not null)
);
create unique index fine_execution_holds on attendance.fine_execution (execution_no) where superseded_at = 'infinity';

-- Wages: for payroll and finance only --------------------------------------------------------------------

create table attendance.wage (
    employee_id text not null,
    month_on date not null check (extract(day from month_on) = 1),
    monthly_wage_amount numeric(14, 2) not null check (monthly_wage_amount >= 0),
    payable_wage_amount numeric(14, 2) check (payable_wage_amount >= 0),
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index wage_holds on attendance.wage (employee_id, month_on) where superseded_at = 'infinity';
comment on column attendance.wage.payable_wage_amount is '应发工资, as the payroll feed gives it (ATT-17)';

-- What the law of a region lets a company deduct (Q8, ATT-17); no default for the minimum wage.
create table attendance.wage_limit (
    region text not null,
    valid_from date not null,
    valid_to date,
    profile text not null check (profile in ('限额扣除', '待确认')),
    minimum_wage_amount numeric(14, 2) check (minimum_wage_amount > 0),
    cap_rate numeric(5, 4) check (cap_rate > 0 and cap_rate <= 1),
    law text not null,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null,
    check (valid_to is null or valid_to >= valid_from),
    check (profile <> '限额扣除' or (minimum_wage_amount is not null and cap_rate is not null))
);
create unique index wage_limit_holds on attendance.wage_limit (region, valid_from) where superseded_at = 'infinity';
comment on column attendance.wage_limit.region is 'as book.site.region names it';
comment on column attendance.wage_limit.profile is '限额扣除 (e.g. Jiangsu): up to the cap; 待确认 (national): nothing is deducted before HR and legal confirm';

-- Derived ------------------------------------------------------------------------------------------------

-- In this order behind the columns of 0003: a verdict lists its columns in the same one.
alter table attendance.attendance_day
    add column second_due_in_at timestamptz,
    add column second_due_out_at timestamptz,
    add column second_in_at timestamptz,
    add column second_out_at timestamptz,
    add column day_kind text not null default '',
    add column due_days numeric(3, 2) not null default 0,
    add column attended_days numeric(3, 2) not null default 0,
    add column pending_days numeric(3, 2) not null default 0,
    add column is_night boolean not null default false,
    add column overtime_kind text not null default '',
    add column overtime_hours numeric(5, 2) not null default 0,
    add column swap_no text not null default '',
    add column ruling_no text not null default '';
comment on column attendance.attendance_day.day_kind is '应出勤, 公休 or 法定节假日; the three add up to the days employed (ATT-19)';
comment on column attendance.attendance_day.due_days is 'attended + leave + absent + pending, halves allowed (ATT-19)';
comment on column attendance.attendance_day.overtime_kind is '平日, 休息日 or 法定节假日: paid at 150 %, 200 % (or time off), 300 % (ATT-21)';

-- What was found beside the clock: left the post, spot check, lunch, meetings, private swaps.
create table attendance.offence (
    employee_id text not null,
    work_on date not null,
    offence_kind text not null check (offence_kind in ('脱岗', '用餐超时', '私自换班', '未告知调休', '会议迟到', '会议缺席')),
    source_no text not null,
    site_id text not null,
    absent_days numeric(3, 2) not null check (absent_days between 0 and 1),
    late_minutes integer not null default 0,
    early_minutes integer not null default 0,
    fine_amount numeric(14, 2) not null default 0 check (fine_amount >= 0),
    rule_id text not null,
    rule_from date,
    rule_version text not null,
    reason text not null,
    file_id integer,
    line_no integer,
    primary key (employee_id, work_on, offence_kind, source_no)
);
comment on table attendance.offence is 'its consequences are added to the day''s own, capped at one day; attendance_day holds the sum';

-- Punches that belong to no shift and no day of rest: listed, never judged.
create table attendance.stray_punch (
    site_id text not null,
    employee_id text not null,
    work_on date not null,
    punched_at timestamptz not null,
    primary key (employee_id, punched_at)
);
create index stray_punch_by_site on attendance.stray_punch (site_id, work_on);
comment on column attendance.stray_punch.work_on is 'the day whose shift is nearest';

-- One line of a month sheet, as it stood in one revision of the month's result.
create table attendance.month_line (
    site_id text not null,
    month_on date not null,
    revision integer not null,
    employee_id text not null,
    employee_name text not null,
    department text not null,
    post text not null,
    rule_set text not null,
    joined_on date,
    left_on date,
    marks text[] not null,
    afternoon_marks text[],
    calendar_days numeric(5, 2) not null,
    due_days numeric(5, 2) not null,
    attended_days numeric(5, 2) not null,
    rest_days numeric(5, 2) not null,
    statutory_days numeric(5, 2) not null,
    unemployed_days numeric(5, 2) not null,
    leave_days jsonb not null,
    outing_days numeric(5, 2) not null,
    gathering_count integer not null,
    absent_days numeric(5, 2) not null,
    pending_days numeric(5, 2) not null,
    late_count integer not null,
    late_minutes integer not null,
    early_count integer not null,
    missing_count integer not null,
    signed_count integer not null,
    night_count integer not null,
    workday_overtime_hours numeric(7, 2) not null,
    rest_overtime_hours numeric(7, 2) not null,
    statutory_overtime_hours numeric(7, 2) not null,
    adjusted_absent_days numeric(6, 2) not null,
    adjusted_leave_days numeric(6, 2) not null,
    late_fine_amount numeric(14, 2) not null,
    early_fine_amount numeric(14, 2) not null,
    gathering_fine_amount numeric(14, 2) not null,
    conduct_fine_amount numeric(14, 2) not null,
    call_charge_amount numeric(14, 2) not null,
    call_fine_amount numeric(14, 2) not null,
    waived_amount numeric(14, 2) not null,
    adjusted_fine_amount numeric(14, 2) not null,
    primary key (site_id, month_on, revision, employee_id)
);
comment on column attendance.month_line.marks is 'one symbol a day of the month, the first for the 1st';
comment on column attendance.month_line.afternoon_marks is 'where two spells are judged, the second one''s';
comment on column attendance.month_line.leave_days is 'days by type of leave, e.g. {"事假": 1.5}';

-- 制度罚款台账: what was levied, waived, adjusted, taken back and paid; lines are added, never changed.
create table attendance.fine_entry (
    entry_id bigint generated always as identity primary key,
    site_id text not null,
    employee_id text not null,
    month_on date not null,
    entry_kind text not null check (entry_kind in ('罚款', '减免', '上月调整', '不执行', '已执行')),
    fine_kind text not null,
    source_no text not null,
    event_on date not null,
    amount numeric(14, 2) not null,
    rule_id text not null default '',
    reason text not null default '',
    approver text not null default '',
    run_id bigint not null references ops.run,
    posted_at timestamptz not null default clock_timestamp(),
    unique (employee_id, month_on, entry_kind, fine_kind, source_no, event_on),
    check (entry_kind = '罚款' or entry_kind = '上月调整' or amount < 0)
);
comment on column attendance.fine_entry.month_on is 'first day of the month that bears it';
comment on column attendance.fine_entry.amount is 'levied positive, waived, taken back and paid negative: the sum is what is carried (结转)';

-- Who may answer at the gate of a month sheet: the office, once the department managers have signed (OF-A2).
alter table book.approver drop constraint approver_duty_check;
alter table book.approver add check (
    duty in ('客户服务部经理', '副总工程师', '副总经理', '总经理', '财务核对', '考勤签字')
);
