/*  What judging promises of every row: the days due are accounted for (ATT-19). Rows of before have no kind. */

alter table attendance.attendance_day
    add constraint days_add_up check (
        day_kind = ''
        or (
            due_days = attended_days + leave_days + absent_days + pending_days
            and due_days = case when day_kind = '应出勤' then 1 else 0 end
        )
    ),
    add constraint days_are_not_negative check (attended_days >= 0 and pending_days >= 0 and overtime_hours >= 0),
    add constraint day_kind_is_known check (day_kind in ('', '应出勤', '公休', '法定节假日')),
    add constraint overtime_kind_is_known check (overtime_kind in ('', '平日', '休息日', '法定节假日'));

create index overtime_of_day on attendance.overtime (work_on, employee_id);
comment on column attendance.attendance_day.overtime_hours is 'hours that are paid; what is compensated by time off is told in the remark';

create function attendance.seconds_of(stretches tstzmultirange) returns numeric
language sql immutable parallel safe
return (
    select coalesce(sum(extract(epoch from upper(stretch) - lower(stretch))), 0)
    from unnest(stretches) as stretch
);

-- How many spells of a day somebody left early who did so at all: each costs the rate.
create function attendance.early_spells(
    out_at timestamptz, due_out_at timestamptz, second_out_at timestamptz, second_due_out_at timestamptz
)
returns integer
language sql immutable parallel safe
return greatest(
    1, coalesce(out_at < due_out_at, false)::integer + coalesce(second_out_at < second_due_out_at, false)::integer
);

-- A transfer that became known late is a difference of two sites on one day.
alter table attendance.adjustment
    drop constraint adjustment_pkey,
    add primary key (employee_id, work_on, counted_in, site_id),
    add column workday_overtime_delta numeric(6, 2) not null default 0,
    add column rest_overtime_delta numeric(6, 2) not null default 0,
    add column statutory_overtime_delta numeric(6, 2) not null default 0;
comment on column attendance.adjustment.workday_overtime_delta is 'hours of 平日; by kind, because a corrected day may be of another kind';
