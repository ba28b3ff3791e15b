/*  The month sheet (考勤月报表): symbols of leave, what each day's fine consists of, waivers, and the walls of ATT-19. */

-- Leave by its types: the column that counts it and the symbol that shows it.
create table attendance.leave_kind (
    leave_type text primary key,
    counted_as text not null,
    symbol text not null
);
insert into attendance.leave_kind (leave_type, counted_as, symbol) values
('事假', '事假', '事'),
('病假', '病假', '病'),
('年休假', '年休假', '年'),
('年假', '年休假', '年'),
('带薪年假', '年休假', '年'),
('带薪年休假', '年休假', '年'),
('调休', '调休', '调'),
('补休', '调休', '调'),
('婚假', '婚假', '婚'),
('丧假', '丧假', '丧'),
('产假', '产假', '产'),
('工伤', '工伤', '伤'),
('工伤假', '工伤', '伤');
comment on table attendance.leave_kind is 'a type that is not here keeps its own name, is shown as 假 and counted as 其他假';

-- Days as people write them: 598.0, 3.5, 0.25.
create function attendance.days_text(days numeric)
returns text
language sql
immutable
return case when days = round(days, 1) then round(days, 1) else round(days, 2) end::text;

-- The month's line ----------------------------------------------------------------------------------------

create function attendance.leave_total(of_days jsonb)
returns numeric
language sql
immutable
return (select coalesce(sum(days.value::numeric), 0) from jsonb_each_text(of_days) as days);

alter table attendance.month_line
    add column remark text not null default '',
    add constraint days_of_the_calendar_add_up
        check (calendar_days = due_days + rest_days + statutory_days + unemployed_days),
    add constraint days_due_add_up
        check (due_days = attended_days + attendance.leave_total(leave_days) + absent_days + pending_days),
    add constraint every_day_has_its_mark
        check (cardinality(marks) = calendar_days and cardinality(coalesce(afternoon_marks, marks)) = calendar_days),
    add constraint no_more_is_waived_than_was_levied
        check (
            waived_amount between 0 and late_fine_amount + early_fine_amount + gathering_fine_amount
            + conduct_fine_amount + call_fine_amount
        );
comment on column attendance.month_line.remark is 'what the reader must know: where else the person worked, leave of other types';
comment on column attendance.month_line.call_charge_amount is 'what premium-rate calls cost, charged back: no fine';
comment on column attendance.month_line.adjusted_fine_amount is 'fines and waivers of earlier months that this month bears';

-- 制度罚款合计 of a line: what was levied, less what was waived, and what earlier months left behind.
create function attendance.fine_total(line attendance.month_line)
returns numeric
language sql
immutable
return line.late_fine_amount + line.early_fine_amount + line.gathering_fine_amount + line.conduct_fine_amount
+ line.call_fine_amount - line.waived_amount + line.adjusted_fine_amount;

-- The lines of a month as they stood in the newest revision that was known at `known_by`.
create function attendance.known_month(of_site text, of_month date, known_by timestamptz)
returns setof attendance.month_line
language sql
stable
as $$
    select month_line.*
    from attendance.month_line
    where
        month_line.site_id = of_site
        and month_line.month_on = of_month
        and month_line.revision = (
            select max(result.revision)
            from ops.result
            where
                result.workflow = 'monthly_attendance'
                and result.site_id = of_site
                and result.base_on = of_month
                and result.known_at <= known_by
        )
$$;

-- The lines that a document shows: those of the newest revision with its content.
create function attendance.document_month(of_artifact bigint)
returns setof attendance.month_line
language sql
stable
as $$
    select month_line.*
    from ops.artifact
    cross join lateral (
        select max(result.revision) as revision
        from ops.result
        where
            result.workflow = artifact.workflow
            and result.site_id = artifact.site_id
            and result.base_on = lower(artifact.period)
            and md5(result.base_on::text || result.result_hash) = artifact.content_hash
    ) as shown
    inner join attendance.month_line
        on
            month_line.site_id = artifact.site_id
            and month_line.month_on = lower(artifact.period)
            and month_line.revision = shown.revision
    where artifact.artifact_id = of_artifact
$$;

-- A final sheet says what wages are paid by: nothing in it waits, and its days change no more (ATT-19).
create function attendance.refuse_open_month()
returns trigger
language plpgsql
as $$
begin
    if not exists (
        select from ops.period_close
        where
            period_close.workflow = 'daily_attendance'
            and period_close.site_id = new.site_id
            and period_close.period @> new.base_on
    ) then
        raise exception '%的%考勤尚未关账，不能出定稿。请等关账后再发布。', new.site_id, to_char(new.base_on, 'YYYY年FMMM月');
    end if;
    if exists (
        select from attendance.month_line
        where
            month_line.site_id = new.site_id
            and month_line.month_on = new.base_on
            and month_line.revision = new.revision
            and month_line.pending_days > 0
    ) then
        raise exception '%的%考勤还有待确认的天数，不能出定稿。请按“异常”补齐资料后重算。',
            new.site_id, to_char(new.base_on, 'YYYY年FMMM月');
    end if;
    return new;
end
$$;
create trigger final_month_waits_for_nothing
before insert or update of state on ops.result
for each row when (new.workflow = 'monthly_attendance' and new.state = 'issued')
execute function attendance.refuse_open_month();

-- Fines by kind -------------------------------------------------------------------------------------------

-- What a rule parameter says at a site on a day, by the set of the highest rank; null where no set speaks.
create function attendance.rule_value(of_site text, of_day date, of_parameter text, known_at timestamptz)
returns text
language sql
stable
as $$
    select rule.value
    from book.site_rule_set
    inner join book.rule_set
        on
            site_rule_set.rule_set = rule_set.rule_set
            and rule_set.recorded_at <= $4
            and $4 < rule_set.superseded_at
    inner join book.rule
        on
            rule_set.rule_set = rule.rule_set
            and rule.parameter = of_parameter
            and of_day between rule.valid_from and coalesce(rule.valid_to, 'infinity')
            and rule.recorded_at <= $4
            and $4 < rule.superseded_at
    where
        site_rule_set.site_id = of_site
        and of_day between site_rule_set.valid_from and coalesce(site_rule_set.valid_to, 'infinity')
        and site_rule_set.recorded_at <= $4
        and $4 < site_rule_set.superseded_at
    order by rule_set.rank desc
    limit 1
$$;

-- What the fine of each day consists of: of the clock, and of what was found beside it. The parts add up to it. Of some
-- people only, where they are named. (Few days are fined: whoever joins them shall hash them, not the days.)
create function attendance.levied_days(
    of_sites text[], first_on date, last_on date, known_at timestamptz, of_people text[] default null
)
returns table (
    site_id text, employee_id text, work_on date,
    late_amount numeric, early_amount numeric, gathering_amount numeric
)
language sql
stable
rows 10
as $$
    with fined as (
        select
            attendance_day.site_id,
            attendance_day.employee_id,
            attendance_day.work_on,
            attendance_day.fine_amount,
            attendance_day.late_minutes,
            attendance_day.early_minutes
        from attendance.attendance_day
        where
            attendance_day.site_id = any(of_sites)
            and attendance_day.work_on between $2 and $3
            and attendance_day.fine_amount > 0
            and (of_people is null or attendance_day.employee_id = any(of_people))
    ),

    found as (
        select
            offence.employee_id,
            offence.work_on,
            sum(offence.fine_amount) as fine_amount,
            sum(offence.late_minutes) as late_minutes,
            sum(offence.early_minutes) as early_minutes
        from attendance.offence
        where offence.site_id = any(of_sites) and offence.work_on between $2 and $3
        group by offence.employee_id, offence.work_on
    ),

    told_apart as (
        select
            fined.*,
            least(fined.fine_amount, coalesce(found.fine_amount, 0)) as gathering_amount,
            fined.late_minutes > coalesce(found.late_minutes, 0) as is_late,
            fined.early_minutes > coalesce(found.early_minutes, 0) as is_early
        from fined
        left join found on fined.employee_id = found.employee_id and fined.work_on = found.work_on
    ),

    early as (
        select
            told_apart.*,
            case
                when not told_apart.is_early then 0
                when not told_apart.is_late then told_apart.fine_amount - told_apart.gathering_amount
                else least(
                    told_apart.fine_amount - told_apart.gathering_amount,
                    coalesce(
                        attendance.rule_value(told_apart.site_id, told_apart.work_on, 'early_fine_amount', $4)::numeric, 0
                    )
                )
            end as early_amount
        from told_apart
        offset 0
    )

    select
        early.site_id,
        early.employee_id,
        early.work_on,
        early.fine_amount - early.gathering_amount - early.early_amount as late_amount,
        early.early_amount,
        early.gathering_amount
    from early
$$;

-- Waivers that a month bears, each with what it takes off: no more than was levied of that kind on that day. One that
-- comes after the close of its day's month is borne by the open month, and so is one of a fine that came late itself.
create function attendance.waived(of_sites text[], of_month date, known_at timestamptz)
returns table (
    site_id text, employee_id text, waiver_no text, event_on date, fine_kind text, slip_no text,
    asked_amount numeric, levied_amount numeric, waived_amount numeric, approver text, reason text,
    approved_on date, file_id integer, line_no integer
)
language sql
stable
as $$
    with granted as materialized (
        select
            fine_waiver.*,
            (
                select min(version.recorded_at)
                from attendance.fine_waiver as version
                where version.waiver_no = fine_waiver.waiver_no and version.status = '批准'
            ) as received_at
        from attendance.fine_waiver
        where
            fine_waiver.status = '批准'
            and fine_waiver.recorded_at <= $3
            and $3 < fine_waiver.superseded_at
            and fine_waiver.event_on < of_month + interval '1 month'
    ),

    day_levied as materialized (
        select levied.*
        from (
            select
                min(granted.event_on) as first_on,
                max(granted.event_on) as last_on,
                array_agg(distinct granted.employee_id) as people
            from granted
        ) as span
        cross join lateral attendance.levied_days(of_sites, span.first_on, span.last_on, $3, span.people) as levied
    ),

    levied as (
        select
            day_levied.site_id,
            day_levied.employee_id,
            day_levied.work_on as event_on,
            part.fine_kind,
            '' as slip_no,
            date_trunc('month', day_levied.work_on)::date as counted_in,
            part.amount
        from day_levied
        cross join lateral (
            values
            ('迟到', day_levied.late_amount), ('早退', day_levied.early_amount), ('会议培训', day_levied.gathering_amount)
        ) as part (fine_kind, amount)
        where part.amount > 0
        union all
        select
            conduct_fine.site_id,
            conduct_fine.employee_id,
            conduct_fine.event_on,
            case when conduct_fine.charge_amount > 0 then '收费电话' else '违纪' end as fine_kind,
            conduct_fine.slip_no,
            conduct_fine.counted_in,
            conduct_fine.fine_amount
        from attendance.conduct_fine
        where conduct_fine.site_id = any(of_sites) and conduct_fine.state = '有效' and conduct_fine.fine_amount > 0
    ),

    matched as (
        select
            granted.waiver_no,
            levied.site_id,
            levied.employee_id,
            granted.event_on,
            granted.fine_kind,
            max(coalesce(granted.slip_no, '')) as slip_no,
            max(granted.amount) as asked_amount,
            max(granted.approver) as approver,
            max(granted.reason) as reason,
            max(granted.approved_on) as approved_on,
            max(granted.file_id) as file_id,
            max(granted.line_no) as line_no,
            max(granted.received_at) as received_at,
            max(levied.counted_in) as levied_in,
            sum(levied.amount) as levied_amount
        from granted
        inner join levied
            on
                granted.employee_id = levied.employee_id
                and granted.event_on = levied.event_on
                and granted.fine_kind = levied.fine_kind
                and (coalesce(granted.slip_no, '') = '' or granted.slip_no = levied.slip_no)
        group by granted.waiver_no, levied.site_id, levied.employee_id, granted.event_on, granted.fine_kind
    ),

    whole_day as (
        select
            levied.employee_id,
            levied.event_on,
            levied.fine_kind,
            sum(levied.amount) as amount
        from levied
        group by levied.employee_id, levied.event_on, levied.fine_kind
    ),

    -- several waivers of one slip, or of one kind and day, never take off more than was there
    in_turn as (
        select
            matched.*,
            whole_day.amount as day_amount,
            least(
                matched.levied_amount,
                sum(least(coalesce(matched.asked_amount, matched.levied_amount), matched.levied_amount)) over of_slip
            ) as slip_reached
        from matched
        inner join whole_day
            on
                matched.employee_id = whole_day.employee_id
                and matched.event_on = whole_day.event_on
                and matched.fine_kind = whole_day.fine_kind
        window of_slip as (
            partition by matched.employee_id, matched.event_on, matched.fine_kind, matched.slip_no
            order by matched.received_at, matched.waiver_no
        )
    ),

    step as (
        select
            in_turn.*,
            in_turn.slip_reached - coalesce(
                lag(in_turn.slip_reached) over (
                    partition by in_turn.employee_id, in_turn.event_on, in_turn.fine_kind, in_turn.slip_no
                    order by in_turn.received_at, in_turn.waiver_no
                ), 0
            ) as wanted
        from in_turn
    ),

    reached as (
        select
            step.*,
            least(
                step.day_amount,
                sum(step.wanted) over of_day
            ) as day_reached
        from step
        window of_day as (
            partition by step.employee_id, step.event_on, step.fine_kind order by step.received_at, step.waiver_no
        )
    ),

    taken_off as (
        select
            reached.*,
            reached.day_reached - coalesce(
                lag(reached.day_reached) over (
                    partition by reached.employee_id, reached.event_on, reached.fine_kind
                    order by reached.received_at, reached.waiver_no
                ), 0
            ) as waived_amount,
            greatest(
                reached.levied_in,
                case
                    when exists (
                        select from ops.period_close
                        where
                            period_close.workflow = 'daily_attendance'
                            and period_close.site_id = reached.site_id
                            and period_close.period @> reached.event_on
                            and period_close.closed_at <= reached.received_at
                    ) then attendance.open_month(reached.site_id, reached.received_at)
                    else date_trunc('month', reached.event_on)::date
                end
            ) as counted_in
        from reached
    )

    select
        taken_off.site_id,
        taken_off.employee_id,
        taken_off.waiver_no,
        taken_off.event_on,
        taken_off.fine_kind,
        taken_off.slip_no,
        taken_off.asked_amount,
        taken_off.levied_amount,
        taken_off.waived_amount,
        taken_off.approver,
        taken_off.reason,
        taken_off.approved_on,
        taken_off.file_id,
        taken_off.line_no
    from taken_off
    where taken_off.counted_in = of_month and taken_off.waived_amount > 0
$$;

-- What the letters of a month sheet have in common: the figures of its cover, and how it is named.
create function attendance.month_letter(of_artifact bigint)
returns table (
    scope_text text, period_text text, headline text, figures jsonb, pending_days numeric, adjusted_count integer,
    person_count integer, close_text text, revision integer, file_name text, file_code text, as_of_on text,
    known_text text, correction jsonb
)
language sql
stable
as $$
    with document as (
        select
            artifact.*,
            lower(artifact.period) as month_on,
            run.reason,
            run.requested_by,
            coalesce(site.site_name, artifact.site_id) as site_name
        from ops.artifact
        inner join ops.run on artifact.run_id = run.run_id
        left join book.site
            on
                artifact.site_id = site.site_id
                and site.recorded_at <= artifact.known_at
                and artifact.known_at < site.superseded_at
        where artifact.artifact_id = of_artifact
    ),

    total as (
        select
            count(line.employee_id)::integer as person_count,
            coalesce(sum(line.due_days), 0) as due_days,
            coalesce(sum(attendance.leave_total(line.leave_days)), 0) as leave_days,
            coalesce(sum(line.absent_days), 0) as absent_days,
            coalesce(sum(line.pending_days), 0) as pending_days,
            coalesce(sum(attendance.fine_total(line)), 0) as fine_amount,
            count(*) filter (
                where line.adjusted_absent_days <> 0 or line.adjusted_leave_days <> 0 or line.adjusted_fine_amount <> 0
            )::integer as adjusted_count
        from document
        cross join lateral attendance.document_month(document.artifact_id) as line
    )

    select
        document.site_name as scope_text,
        to_char(document.month_on, 'YYYY"年"FMMM"月"') as period_text,
        concat(
            total.person_count, '人 应出勤', attendance.days_text(total.due_days), '天 旷工',
            attendance.days_text(total.absent_days), '天 请假', attendance.days_text(total.leave_days), '天 罚款',
            to_char(total.fine_amount, 'FM999,999,990.00'), '元 待确认', trim_scale(total.pending_days), '天'
        ) as headline,
        jsonb_build_array(
            jsonb_build_array('人数', total.person_count::text),
            jsonb_build_array('应出勤天数', attendance.days_text(total.due_days)),
            jsonb_build_array('请假天数', attendance.days_text(total.leave_days)),
            jsonb_build_array('旷工天数', attendance.days_text(total.absent_days)),
            jsonb_build_array('待确认天数', attendance.days_text(total.pending_days)),
            jsonb_build_array('制度罚款合计(元)', to_char(total.fine_amount, 'FM999,999,990.00'))
        ) as figures,
        total.pending_days,
        total.adjusted_count,
        total.person_count,
        coalesce(
            to_char(
                attendance.close_instant(document.site_id, document.month_on, document.known_at) - interval '1 second',
                'YYYY-MM-DD'
            ) || ' 24:00', '关账日（次年日历公布后确定）'
        ) as close_text,
        document.revision,
        regexp_replace(coalesce(document.file_path, ''), '^.*/', '') as file_name,
        left(coalesce(document.sha256, ''), 8) as file_code,
        document.as_of_on::text as as_of_on,
        to_char(document.known_at, 'YYYY-MM-DD HH24:MI') as known_text,
        case
            when document.revision > 1
                then
                    (
                        select
                            jsonb_build_object(
                                'replaces', concat('第', before.revision, '版（', to_char(before.issued_at, 'YYYY-MM-DD HH24:MI'), '）'),
                                'reason', coalesce(nullif(document.reason, ''), '资料补到，按制度重新判定'),
                                'asked_by', document.requested_by
                            )
                        from ops.artifact as before
                        where
                            before.document_kind = document.document_kind
                            and before.site_id = document.site_id
                            and before.period = document.period
                            and before.revision = document.revision - 1
                    )
        end as correction
    from document
    cross join total
$$;
