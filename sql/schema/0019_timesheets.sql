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

-- What a person who signs a month sheet is told: its sums, and of how many people no wage is known, so that he may wait for them.
create function attendance.month_question(
    totals jsonb, of_site text, of_month date, of_revision integer, known_by timestamptz
)
returns text
language sql
stable
as $$
    select
        concat(
            totals ->> 'person_count', '人 应出勤', attendance.days_text((totals ->> 'due_days')::numeric), '天 旷工',
            attendance.days_text((totals ->> 'absent_days')::numeric), '天 请假',
            attendance.days_text((totals ->> 'leave_days')::numeric), '天 罚款',
            to_char((totals ->> 'fine_amount')::numeric, 'FM999999990.00'), '元 待确认',
            trim_scale((totals ->> 'pending_days')::numeric), '天',
            '；其中' || nullif(count(*), 0) || '人没有本月工资标准，工资扣款核对表不能计算，到后重算出更正版'
        )
    from attendance.month_line
    where
        month_line.site_id = of_site
        and month_line.month_on = of_month
        and month_line.revision = of_revision
        and not exists (
            select from attendance.wage
            where
                wage.employee_id = month_line.employee_id
                and wage.month_on = of_month
                and wage.recorded_at <= known_by
                and known_by < wage.superseded_at
        )
$$;

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

-- Rules and letters ---------------------------------------------------------------------------------------

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

-- What letters of months and weeks say alike: whose, which file, known when, and what a later edition replaces.
create function attendance.letter_head(of_artifact bigint)
returns table (
    site_id text, starts_on date, last_on date, known_at timestamptz, revision integer, scope_text text, file_name text,
    file_code text, as_of_on text, known_text text, contact text, correction jsonb
)
language sql
stable
as $$
    select
        artifact.site_id,
        lower(artifact.period) as starts_on,
        upper(artifact.period) - 1 as last_on,
        artifact.known_at,
        artifact.revision,
        coalesce(site.site_name, artifact.site_id) as scope_text,
        regexp_replace(coalesce(artifact.file_path, ''), '^.*/', '') as file_name,
        left(coalesce(artifact.sha256, ''), 8) as file_code,
        artifact.as_of_on::text as as_of_on,
        to_char(artifact.known_at, 'YYYY-MM-DD HH24:MI') as known_text,
        '人事行政' as contact,
        case
            when artifact.revision > 1
                then
                    (
                        select
                            jsonb_build_object(
                                'replaces', concat('第', before.revision, '版（', to_char(before.issued_at, 'YYYY-MM-DD HH24:MI'), '）'),
                                'reason', coalesce(nullif(run.reason, ''), '资料补到，重新计算'),
                                'asked_by', run.requested_by
                            )
                        from ops.artifact as before
                        inner join ops.run on artifact.run_id = run.run_id
                        where
                            before.document_kind = artifact.document_kind
                            and before.site_id = artifact.site_id
                            and before.period = artifact.period
                            and before.revision = artifact.revision - 1
                    )
        end as correction
    from ops.artifact
    left join book.site
        on
            artifact.site_id = site.site_id
            and site.recorded_at <= artifact.known_at
            and artifact.known_at < site.superseded_at
    where artifact.artifact_id = of_artifact
$$;

-- What the letters of a month sheet have in common beside that: the figures of its cover, and until when it can be mended.
create function attendance.month_letter(of_artifact bigint)
returns table (
    scope_text text, period_text text, headline text, figures jsonb, pending_days numeric, adjusted_count integer,
    person_count integer, close_text text, revision integer, file_name text, file_code text, as_of_on text,
    known_text text, contact text, correction jsonb
)
language sql
stable
as $$
    with total as (
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
        from attendance.document_month(of_artifact) as line
    )

    select
        head.scope_text,
        to_char(head.starts_on, 'YYYY"年"FMMM"月"') as period_text,
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
                attendance.close_instant(head.site_id, head.starts_on, head.known_at) - interval '1 second',
                'YYYY-MM-DD'
            ) || ' 24:00', '关账日（次年日历公布后确定）'
        ) as close_text,
        head.revision,
        head.file_name,
        head.file_code,
        head.as_of_on,
        head.known_text,
        head.contact,
        head.correction
    from attendance.letter_head(of_artifact) as head
    cross join total
$$;
