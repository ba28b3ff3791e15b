/*  Fines as a ledger, what wages may bear of them, and what is announced of a week.

    attendance.fine_entry (0015) is the ledger: what was levied, waived, adjusted, taken back and paid. Wages stand
    beside it, never in it. */

-- The ledger ---------------------------------------------------------------------------------------------

create function attendance.refuse_change() returns trigger
language plpgsql
as $$
begin
    raise exception '已入账的罚款不能修改或删除（%）。请更正资料，差额由下一个月入账。', tg_table_name
        using errcode = 'restrict_violation';
end
$$;

create trigger fine_entry_is_kept before update or delete or truncate on attendance.fine_entry
for each statement execute function attendance.refuse_change();

-- Two sites may bear the same day of a person who was transferred, and the same paper.
alter table attendance.fine_entry
    drop constraint fine_entry_employee_id_month_on_entry_kind_fine_kind_source_key,
    add unique (employee_id, month_on, entry_kind, fine_kind, source_no, event_on, site_id);

create index fine_entry_by_site on attendance.fine_entry (site_id, month_on);

-- One day in thirty is fined: what a month adds to the ledger is read without the others.
create index attendance_day_fined on attendance.attendance_day (site_id, work_on) where fine_amount > 0;

-- A fine is no compensation: what a premium-rate call cost the house is an account of its own (GM-A9).
create function attendance.fine_account(fine_kind text) returns text
language sql immutable parallel safe
return case when fine_kind = '收费电话费' then '赔偿话费' else '制度罚款' end;

-- Under which heading the month sheet shows an entry: what is about earlier months is 上月调整 there, whatever its kind, but for
-- what a call cost; executions stand in no column of it.
create function attendance.fine_column(entry_kind text, fine_kind text, event_on date, of_month date) returns text
language sql immutable parallel safe
return case
    when fine_kind = '制度罚款' then ''
    when fine_kind = '收费电话费' then fine_kind
    when entry_kind = '上月调整' or event_on < of_month then '上月调整'
    when entry_kind = '减免' then entry_kind
    when fine_kind in ('违纪', '收费电话') then fine_kind
    else '考勤'
end;

-- A slip for coming late that a closed month has borne. It stays, and the clock's fine for the same lateness does not come on
-- top of it (adjust_days); else the clock's fine stands and the slip is 同因重复 (fine_conduct). So one of the two costs, and
-- which one depends on closed months alone. A question of the day that is answered in its own month, before that month's sheet is
-- issued, is no later fact: there the clock goes first, as it would have before the close.
create view attendance.borne_slip as
select
    conduct_fine.slip_no,
    conduct_fine.employee_id,
    conduct_fine.event_on
from attendance.conduct_fine
inner join ops.period_close as closed
    on
        closed.workflow = 'daily_attendance'
        and conduct_fine.site_id = closed.site_id
        and closed.period @> conduct_fine.counted_in
left join attendance.attendance_day
    on
        conduct_fine.employee_id = attendance_day.employee_id
        and conduct_fine.event_on = attendance_day.work_on
        and date_trunc('month', conduct_fine.event_on)::date = conduct_fine.counted_in
        and attendance_day.late_minutes > 0
        and attendance_day.fine_amount > 0
where
    conduct_fine.state = '有效'
    and conduct_fine.fine_amount > 0
    and conduct_fine.reason like '%迟到%'
    and (
        attendance_day.employee_id is null
        or exists (
            select from ops.period_close as issued
            where
                issued.workflow = 'monthly_attendance'
                and issued.site_id = conduct_fine.site_id
                and issued.period @> conduct_fine.counted_in
        )
    );

-- What a month adds to a site's ledger, reckoned from the facts known at an instant and the entries of earlier months:
--   罚款      by person, day and kind: what the clock fined (迟到, 早退), gatherings (会议培训), conduct slips (违纪), premium-rate
--             calls (收费电话), and what the call cost (收费电话费), which is charged and not fined;
--   上月调整  what late facts changed about days of closed months (考勤), and what is taken back of an entry below because
--             its paper was withdrawn or corrected;
--   减免      what an approved paper waives, up to what was levied of that kind on that day; it may be about an earlier month;
--   不执行, 已执行  what HR takes back, or says was paid, up to what is open.
-- Of a paper only the difference to what was entered in earlier months is added: a ledger follows by further lines.
create function attendance.fine_due(of_site text, of_month date, known_by timestamptz)
returns table (
    employee_id text,
    entry_kind text,
    fine_kind text,
    source_no text,
    event_on date,
    amount numeric,
    rule_id text,
    reason text,
    approver text
)
language sql
stable
as $$
    with posted as materialized (
        select fine_entry.*
        from attendance.fine_entry
        where fine_entry.site_id = of_site and fine_entry.month_on < of_month
    ),

    gathering as (
        select
            offence.employee_id,
            offence.work_on,
            sum(offence.fine_amount) as amount,
            max(offence.rule_id) filter (where offence.fine_amount > 0) as rule_id,
            string_agg(offence.reason, '；' order by offence.source_no) filter (where offence.fine_amount > 0) as reason
        from attendance.offence
        where
            offence.site_id = of_site
            and offence.work_on >= of_month
            and offence.work_on < of_month + interval '1 month'
        group by offence.employee_id, offence.work_on
    ),

    early_rule as materialized (
        select
            stretch.valid_from,
            stretch.valid_to,
            stretch.value::numeric as amount
        from book.rule_stretch(of_site, known_by) as stretch
        where stretch.parameter = 'early_fine_amount'
    ),

    -- A day's fine is one figure; gatherings are told apart by their offences, early leave by its rate.
    fined_day as (
        select
            attendance_day.employee_id,
            attendance_day.work_on,
            attendance_day.rule_id,
            attendance_day.late_minutes,
            attendance_day.early_minutes,
            attendance_day.fine_amount,
            least(coalesce(gathering.amount, 0), attendance_day.fine_amount) as gathering_amount,
            coalesce(gathering.rule_id, attendance_day.rule_id) as gathering_rule_id,
            coalesce(gathering.reason, '') as gathering_reason,
            attendance_day.late_minutes > 0 as is_late,
            attendance_day.early_minutes > 0 as is_early,
            coalesce(early_rule.amount, 0) * attendance.early_spells(
                attendance_day.out_at, attendance_day.due_out_at, attendance_day.second_out_at, attendance_day.second_due_out_at
            ) as early_rate_amount
        from attendance.attendance_day
        left join gathering
            on
                attendance_day.employee_id = gathering.employee_id
                and attendance_day.work_on = gathering.work_on
        left join early_rule on attendance_day.work_on between early_rule.valid_from and early_rule.valid_to
        where
            attendance_day.site_id = of_site
            and attendance_day.work_on >= of_month
            and attendance_day.work_on < of_month + interval '1 month'
            and attendance_day.fine_amount > 0
    ),

    split_day as (
        select
            fined_day.*,
            case
                when not fined_day.is_early then 0
                when not fined_day.is_late then fined_day.fine_amount - fined_day.gathering_amount
                else least(fined_day.early_rate_amount, fined_day.fine_amount - fined_day.gathering_amount)
            end as early_amount
        from fined_day
    ),

    levied as materialized (
        select
            split_day.employee_id,
            part.fine_kind,
            '' as source_no,
            split_day.work_on as event_on,
            part.amount,
            part.rule_id,
            part.reason
        from split_day
        cross join
            lateral (
                values
                (
                    '迟到', split_day.fine_amount - split_day.gathering_amount - split_day.early_amount, split_day.rule_id,
                    concat('迟到', split_day.late_minutes, '分钟')
                ),
                ('早退', split_day.early_amount, split_day.rule_id, concat('早退', split_day.early_minutes, '分钟')),
                ('会议培训', split_day.gathering_amount, split_day.gathering_rule_id, split_day.gathering_reason)
            ) as part (fine_kind, amount, rule_id, reason)
        where part.amount > 0
        union all
        select
            conduct_fine.employee_id,
            part.fine_kind,
            conduct_fine.slip_no,
            conduct_fine.event_on,
            part.amount,
            conduct_fine.rule_id,
            conduct_fine.reason
        from attendance.conduct_fine
        cross join
            lateral (
                values
                (case when conduct_fine.charge_amount > 0 then '收费电话' else '违纪' end, conduct_fine.fine_amount),
                ('收费电话费', conduct_fine.charge_amount)
            ) as part (fine_kind, amount)
        where conduct_fine.site_id = of_site and conduct_fine.counted_in = of_month and part.amount > 0
    ),

    adjusted as materialized (
        select
            adjustment.employee_id,
            adjustment.work_on as event_on,
            adjustment.fine_amount_delta as amount,
            adjustment.rule_id,
            concat(adjustment.old_status, '改为', adjustment.new_status, '；' || nullif(adjustment.reason, '')) as reason
        from attendance.adjustment
        where
            adjustment.site_id = of_site
            and adjustment.counted_in = of_month
            and adjustment.fine_amount_delta <> 0
    ),

    -- what may be waived: of the kind, and of all that the clock fined on the day, because a later adjustment is of the day
    fine as materialized (
        select
            posted.employee_id,
            posted.entry_kind,
            posted.fine_kind,
            posted.source_no,
            posted.event_on,
            posted.amount
        from posted
        where posted.entry_kind = '罚款' or (posted.entry_kind = '上月调整' and posted.fine_kind = '考勤')
        union all
        select levied.employee_id, '罚款', levied.fine_kind, levied.source_no, levied.event_on, levied.amount from levied
        union all
        select adjusted.employee_id, '上月调整', '考勤', '', adjusted.event_on, adjusted.amount from adjusted
    ),

    fine_of_day as (
        select
            fine.employee_id,
            fine.event_on,
            case when fine.fine_kind in ('违纪', '收费电话', '收费电话费') then fine.fine_kind else '考勤' end as fine_group,
            sum(fine.amount) as amount,
            coalesce(sum(fine.amount) filter (where fine.fine_kind = '考勤' and fine.amount > 0), 0) as added_amount
        from fine
        group by 1, 2, 3
    ),

    -- by the slip, and without a number all of the kind
    fine_of_kind as (
        select
            fine.employee_id,
            fine.event_on,
            fine.fine_kind,
            case when grouping(fine.source_no) = 0 then fine.source_no end as slip_no,
            sum(fine.amount) as amount
        from fine
        where fine.entry_kind = '罚款'
        group by grouping sets (
            (fine.employee_id, fine.event_on, fine.fine_kind, fine.source_no), (fine.employee_id, fine.event_on, fine.fine_kind)
        )
    ),

    heard as (
        select
            fine_waiver.employee_id,
            fine_waiver.waiver_no,
            fine_waiver.event_on,
            fine_waiver.fine_kind,
            case when fine_waiver.fine_kind in ('违纪', '收费电话') then fine_waiver.slip_no end as slip_no,
            case when fine_waiver.fine_kind in ('违纪', '收费电话') then fine_waiver.fine_kind else '考勤' end as fine_group,
            fine_waiver.amount,
            fine_waiver.reason,
            fine_waiver.approver,
            fine_waiver.approved_on
        from attendance.fine_waiver
        where
            fine_waiver.status = '批准'
            and trim(fine_waiver.approver) <> ''
            and trim(fine_waiver.reason) <> ''
            and fine_waiver.recorded_at <= known_by
            and known_by < fine_waiver.superseded_at
    ),

    waiver as (
        select
            heard.*,
            coalesce(fine_of_kind.amount, 0) + fine_of_day.added_amount as kind_room,
            greatest(fine_of_day.amount, 0) as day_room
        from heard
        inner join fine_of_day
            on
                heard.employee_id = fine_of_day.employee_id
                and heard.event_on = fine_of_day.event_on
                and heard.fine_group = fine_of_day.fine_group
        left join fine_of_kind
            on
                heard.employee_id = fine_of_kind.employee_id
                and heard.event_on = fine_of_kind.event_on
                and heard.fine_kind = fine_of_kind.fine_kind
                and coalesce(heard.slip_no, '*') = coalesce(fine_of_kind.slip_no, '*')
    ),

    -- first come, first served: within the kind (or the slip), then within the day
    asked as (
        select
            waiver.*,
            coalesce(waiver.amount, waiver.kind_room) as asked_amount,
            coalesce(
                sum(coalesce(waiver.amount, waiver.kind_room)) over (
                    partition by waiver.employee_id, waiver.event_on, waiver.fine_kind, waiver.slip_no
                    order by waiver.approved_on, waiver.waiver_no
                    rows between unbounded preceding and 1 preceding
                ), 0
            ) as asked_before
        from waiver
    ),

    within_kind as (
        select
            asked.*,
            least(asked.asked_before + asked.asked_amount, asked.kind_room)
            - least(asked.asked_before, asked.kind_room) as kind_amount
        from asked
    ),

    within_day as (
        select
            within_kind.*,
            coalesce(
                sum(within_kind.kind_amount) over (
                    partition by within_kind.employee_id, within_kind.event_on, within_kind.fine_group
                    order by within_kind.approved_on, within_kind.waiver_no
                    rows between unbounded preceding and 1 preceding
                ), 0
            ) as day_before
        from within_kind
    ),

    granted as (
        select
            within_day.employee_id,
            within_day.waiver_no as source_no,
            within_day.fine_kind,
            within_day.event_on,
            within_day.reason,
            within_day.approver,
            least(within_day.day_before + within_day.kind_amount, within_day.day_room)
            - least(within_day.day_before, within_day.day_room) as amount
        from within_day
    ),

    waived_before as (
        select
            posted.employee_id,
            posted.source_no,
            posted.fine_kind,
            posted.event_on,
            -sum(posted.amount) as amount
        from posted
        where
            posted.entry_kind = '减免'
            or (posted.entry_kind = '上月调整' and posted.fine_kind not in ('考勤', '制度罚款'))
        group by posted.employee_id, posted.source_no, posted.fine_kind, posted.event_on
    ),

    waived as materialized (
        select
            coalesce(granted.employee_id, waived_before.employee_id) as employee_id,
            coalesce(granted.source_no, waived_before.source_no) as source_no,
            coalesce(granted.fine_kind, waived_before.fine_kind) as fine_kind,
            coalesce(granted.event_on, waived_before.event_on) as event_on,
            coalesce(granted.reason, '') as reason,
            coalesce(granted.approver, '') as approver,
            coalesce(granted.amount, 0) - coalesce(waived_before.amount, 0) as amount
        from granted
        full join waived_before
            on
                granted.employee_id = waived_before.employee_id
                and granted.source_no = waived_before.source_no
                and granted.fine_kind = waived_before.fine_kind
                and granted.event_on = waived_before.event_on
    ),

    execution as (
        select fine_execution.*
        from attendance.fine_execution
        where
            fine_execution.decision in ('不执行', '已执行')
            and fine_execution.month_on <= of_month
            and fine_execution.recorded_at <= known_by
            and known_by < fine_execution.superseded_at
    ),

    executed_before as (
        select
            posted.employee_id,
            posted.source_no,
            -sum(posted.amount) as amount
        from posted
        where posted.fine_kind = '制度罚款'
        group by posted.employee_id, posted.source_no
    ),

    -- a paper is executed once, whichever sites of the person it is met at
    executed_elsewhere as (
        select
            fine_entry.employee_id,
            fine_entry.source_no,
            -sum(fine_entry.amount) as amount
        from attendance.fine_entry
        inner join ops.run on fine_entry.run_id = run.run_id
        where
            fine_entry.fine_kind = '制度罚款'
            and fine_entry.site_id <> of_site
            -- what a later month gave back was not known when this one was settled
            and (fine_entry.month_on <= of_month or run.known_at <= known_by)
            and fine_entry.employee_id in (select execution.employee_id from execution)
        group by fine_entry.employee_id, fine_entry.source_no
    ),

    -- what each month bore, without the compensation, before anybody executed it
    borne as materialized (
        select
            line.employee_id,
            line.month_on,
            sum(line.amount) as amount
        from (
            select posted.employee_id, posted.month_on, posted.amount
            from posted
            where posted.fine_kind not in ('制度罚款', '收费电话费')
            union all
            select levied.employee_id, of_month, levied.amount from levied where levied.fine_kind <> '收费电话费'
            union all
            select adjusted.employee_id, of_month, adjusted.amount from adjusted
            union all
            select waived.employee_id, of_month, -waived.amount from waived
        ) as line
        group by line.employee_id, line.month_on
    ),

    open_person as (
        select
            borne.employee_id,
            sum(borne.amount) - coalesce(max(executed.amount), 0) as amount
        from borne
        left join (
            select executed_before.employee_id, sum(executed_before.amount) as amount
            from executed_before
            group by executed_before.employee_id
        ) as executed on borne.employee_id = executed.employee_id
        group by borne.employee_id
    ),

    executed_month as (
        select
            execution.employee_id,
            execution.month_on,
            sum(executed_before.amount) as amount
        from execution
        inner join executed_before
            on
                execution.employee_id = executed_before.employee_id
                and execution.execution_no = executed_before.source_no
        group by execution.employee_id, execution.month_on
    ),

    called as (
        select
            execution.*,
            coalesce(executed_before.amount, 0) + coalesce(executed_elsewhere.amount, 0) as before_amount,
            greatest(coalesce(borne.amount, 0) - coalesce(executed_month.amount, 0), 0) as month_room,
            greatest(coalesce(open_person.amount, 0), 0) as person_room
        from execution
        left join executed_before
            on
                execution.employee_id = executed_before.employee_id
                and execution.execution_no = executed_before.source_no
        left join executed_elsewhere
            on
                execution.employee_id = executed_elsewhere.employee_id
                and execution.execution_no = executed_elsewhere.source_no
        left join borne
            on execution.employee_id = borne.employee_id and execution.month_on = borne.month_on
        left join executed_month
            on execution.employee_id = executed_month.employee_id and execution.month_on = executed_month.month_on
        left join open_person on execution.employee_id = open_person.employee_id
    ),

    further as (
        select
            called.*,
            greatest(coalesce(called.amount - called.before_amount, called.month_room), 0) as asked_amount,
            coalesce(
                sum(greatest(coalesce(called.amount - called.before_amount, called.month_room), 0)) over (
                    partition by called.employee_id, called.month_on
                    order by called.confirmed_on, called.execution_no
                    rows between unbounded preceding and 1 preceding
                ), 0
            ) as asked_before
        from called
    ),

    within_month as (
        select
            further.*,
            least(further.asked_before + further.asked_amount, further.month_room)
            - least(further.asked_before, further.month_room) as month_amount
        from further
    ),

    within_person as (
        select
            within_month.*,
            coalesce(
                sum(within_month.month_amount) over (
                    partition by within_month.employee_id
                    order by within_month.confirmed_on, within_month.execution_no
                    rows between unbounded preceding and 1 preceding
                ), 0
            ) as person_before
        from within_month
    ),

    executed as (
        select
            within_person.employee_id,
            within_person.decision,
            within_person.execution_no,
            within_person.confirmed_on,
            within_person.month_on,
            within_person.reason,
            within_person.confirmed_by,
            least(within_person.person_before + within_person.month_amount, within_person.person_room)
            - least(within_person.person_before, within_person.person_room) as amount
        from within_person
    ),

    -- a paper that says less than was entered at all sites of the person, or is gone: the site that comes first gives back
    -- first, up to what was entered there
    executed_less as (
        select
            executed_before.employee_id,
            executed_before.source_no,
            least(
                executed_before.amount,
                executed_before.amount + coalesce(executed_elsewhere.amount, 0)
                - coalesce(execution.amount, 0)
            ) as amount
        from executed_before
        left join execution
            on
                executed_before.employee_id = execution.employee_id
                and executed_before.source_no = execution.execution_no
        left join executed_elsewhere
            on
                executed_before.employee_id = executed_elsewhere.employee_id
                and executed_before.source_no = executed_elsewhere.source_no
        where executed_before.amount > 0 and (execution.execution_no is null or execution.amount is not null)
    )

    select
        levied.employee_id, '罚款', levied.fine_kind, levied.source_no, levied.event_on, levied.amount, levied.rule_id,
        levied.reason, ''
    from levied
    union all
    select
        adjusted.employee_id, '上月调整', '考勤', '', adjusted.event_on, adjusted.amount, adjusted.rule_id, adjusted.reason, ''
    from adjusted
    union all
    select
        waived.employee_id, '减免', waived.fine_kind, waived.source_no, waived.event_on, -waived.amount, '', waived.reason,
        waived.approver
    from waived
    where waived.amount > 0
    union all
    select
        waived.employee_id, '上月调整', waived.fine_kind, waived.source_no, waived.event_on, -waived.amount, '',
        concat('减免单', waived.source_no, '撤销或更正，或原罚款已调减，冲回减免'), waived.approver
    from waived
    where waived.amount < 0
    union all
    select
        executed.employee_id, executed.decision, '制度罚款', executed.execution_no, executed.confirmed_on, -executed.amount, '',
        concat(to_char(executed.month_on, 'YYYY"年"MM"月"'), '罚款', '：' || nullif(executed.reason, '')), executed.confirmed_by
    from executed
    where executed.amount > 0
    union all
    select
        executed_less.employee_id, '上月调整', '制度罚款', executed_less.source_no, of_month, executed_less.amount, '',
        concat('执行单', executed_less.source_no, '撤销或改小，冲回'), ''
    from executed_less
    where executed_less.amount > 0
$$;
comment on function attendance.fine_due is 'the entries of one site and month; entering them again gives the same';

-- The ledger by person, account and month (结转): closing is opening and what the month added, and the next one's opening.
create function attendance.fine_balance(of_site text, of_month date, known_by timestamptz)
returns table (
    employee_id text,
    account text,
    opening_amount numeric,
    levied_amount numeric,
    waived_amount numeric,
    adjusted_amount numeric,
    withdrawn_amount numeric,
    executed_amount numeric,
    closing_amount numeric
)
language sql
stable
as $$
    select
        fine_entry.employee_id,
        attendance.fine_account(fine_entry.fine_kind) as account,
        coalesce(sum(fine_entry.amount) filter (where fine_entry.month_on < of_month), 0),
        coalesce(sum(fine_entry.amount) filter (where fine_entry.month_on = of_month and fine_entry.entry_kind = '罚款'), 0),
        coalesce(sum(fine_entry.amount) filter (where fine_entry.month_on = of_month and fine_entry.entry_kind = '减免'), 0),
        coalesce(sum(fine_entry.amount) filter (where fine_entry.month_on = of_month and fine_entry.entry_kind = '上月调整'), 0),
        coalesce(sum(fine_entry.amount) filter (where fine_entry.month_on = of_month and fine_entry.entry_kind = '不执行'), 0),
        coalesce(sum(fine_entry.amount) filter (where fine_entry.month_on = of_month and fine_entry.entry_kind = '已执行'), 0),
        sum(fine_entry.amount)
    from attendance.fine_entry
    inner join ops.run on fine_entry.run_id = run.run_id
    where fine_entry.site_id = of_site and fine_entry.month_on <= of_month and run.known_at <= known_by
    group by fine_entry.employee_id, attendance.fine_account(fine_entry.fine_kind)
$$;

-- Wages ------------------------------------------------------------------------------------------------

-- The revision of a result that a document of that knowledge speaks of, and whether it is final.
create function attendance.edition(of_workflow text, of_site text, of_base date, known_by timestamptz)
returns table (revision integer, is_issued boolean, known_at timestamptz)
language sql
stable
as $$
    select
        result.revision,
        result.state = 'issued' as is_issued,
        result.known_at
    from ops.result
    where
        result.workflow = of_workflow
        and result.site_id = of_site
        and result.base_on = of_base
        and result.known_at <= known_by
    order by result.revision desc
    limit 1
$$;

-- What a site's wages are reckoned with in a month: region, what its law lets a company deduct, days that a wage is for.
-- No region, no limit or no minimum wage stays null: nothing is assumed (Q8). Of a month in which they change, the last day's.
create function attendance.wage_terms(of_site text, of_month date, known_by timestamptz)
returns table (
    region text,
    profile text,
    minimum_wage_amount numeric,
    cap_rate numeric,
    law text,
    valid_from date,
    valid_to date,
    wage_days numeric,
    rule_id text,
    clause text,
    rule_set_name text,
    rule_from date
)
language sql
stable
as $$
    with month as (
        select (of_month + interval '1 month')::date - 1 as last_on
    )

    select
        nullif(site.region, '') as region,
        wage_limit.profile,
        wage_limit.minimum_wage_amount,
        wage_limit.cap_rate,
        wage_limit.law,
        wage_limit.valid_from,
        wage_limit.valid_to,
        coalesce(rule.value::numeric, 21.75) as wage_days,
        rule.rule_id,
        rule.clause,
        rule.rule_set_name,
        rule.valid_from as rule_from
    from month
    left join book.site
        on
            site.site_id = of_site
            and site.recorded_at <= known_by
            and known_by < site.superseded_at
    left join lateral (
        select wage_limit.*
        from attendance.wage_limit
        where
            wage_limit.region = site.region
            and month.last_on between wage_limit.valid_from and coalesce(wage_limit.valid_to, 'infinity')
            and wage_limit.recorded_at <= known_by
            and known_by < wage_limit.superseded_at
        order by wage_limit.valid_from desc
        limit 1
    ) as wage_limit on true
    left join lateral (
        select stretch.*
        from book.rule_stretch(of_site, known_by) as stretch
        where stretch.parameter = 'wage_days' and month.last_on between stretch.valid_from and stretch.valid_to
    ) as rule on true
$$;

-- What wages may bear of a month's fines, and what unpaid time takes off them, person by person (ATT-17, ATT-18).
-- Null is never zero: what a missing wage or limit leaves open is null, and `faults` says what is missing.
create function attendance.wage_deduction(of_site text, of_month date, known_by timestamptz)
returns table (
    employee_id text,
    employee_name text,
    monthly_wage_amount numeric,
    payable_wage_amount numeric,
    daily_wage_amount numeric,
    absent_days numeric,
    absence_amount numeric,
    adjusted_absent_days numeric,
    adjusted_absence_amount numeric,
    levied_amount numeric,
    waived_amount numeric,
    adjusted_fine_amount numeric,
    fine_amount numeric,
    settled_amount numeric,
    charge_amount numeric,
    region text,
    profile text,
    minimum_wage_amount numeric,
    cap_rate numeric,
    cap_amount numeric,
    taken_amount numeric,
    deductible_amount numeric,
    withheld_amount numeric,
    pending_amount numeric,
    confirmed_text text,
    wage_days numeric,
    faults text[]
)
language sql
stable
as $$
    with terms as materialized (
        select wage_terms.*
        from attendance.wage_terms(of_site, of_month, known_by) as wage_terms
    ),

    edition as materialized (
        select edition.*
        from attendance.edition('monthly_attendance', of_site, of_month, known_by) as edition
    ),

    line as materialized (
        select month_line.*
        from edition
        inner join attendance.month_line
            on
                month_line.site_id = of_site
                and month_line.month_on = of_month
                and edition.revision = month_line.revision
    ),

    -- wages and limits may become known after the sheet; what is confirmed after it deducts nothing, the next month tells of it.
    -- What was taken back or paid is in the sheet's ledger as it was known then: withdrawn later, it is of the next month, too.
    sheet as materialized (
        select coalesce(max(edition.known_at), known_by) as known_at
        from edition
    ),

    settlement as materialized (
        select
            fine_execution.employee_id,
            fine_execution.execution_no,
            fine_execution.decision,
            fine_execution.amount,
            fine_execution.confirmed_by,
            fine_execution.confirmed_on
        from attendance.fine_execution
        cross join sheet
        where
            fine_execution.month_on = of_month
            and fine_execution.recorded_at <= sheet.known_at
            and sheet.known_at < fine_execution.superseded_at
            and (fine_execution.decision <> '已确认' or known_by < fine_execution.superseded_at)
    ),

    entry as materialized (
        select fine_entry.*
        from attendance.fine_entry
        inner join ops.run on fine_entry.run_id = run.run_id
        where fine_entry.site_id = of_site and fine_entry.month_on = of_month and run.known_at <= known_by
    ),

    fined as materialized (
        select
            entry.employee_id,
            coalesce(sum(entry.amount) filter (where part.title not in ('减免', '上月调整', '收费电话费', '')), 0) as levied_amount,
            coalesce(sum(entry.amount) filter (where part.title = '减免'), 0) as waived_amount,
            coalesce(sum(entry.amount) filter (where part.title = '上月调整'), 0) as adjusted_amount,
            coalesce(sum(entry.amount) filter (where entry.fine_kind = '收费电话费'), 0) as charge_amount,
            -coalesce(
                sum(entry.amount) filter (
                    where entry.entry_kind in ('不执行', '已执行') and entry.source_no in (
                        select settlement.execution_no
                        from settlement
                        where settlement.employee_id = entry.employee_id
                    )
                ), 0
            ) as settled_amount
        from entry
        cross join
            lateral attendance.fine_column(entry.entry_kind, entry.fine_kind, entry.event_on, of_month) as part (title)
        group by entry.employee_id
    ),

    -- who left before the month, or was never on the sheet, may still have a fine that it bears
    person as materialized (
        select
            coalesce(line.employee_id, fined.employee_id) as employee_id,
            coalesce(line.employee_name, named.employee_name, fined.employee_id) as employee_name,
            line.employee_id is null as is_beside,
            coalesce(line.absent_days, 0) as absent_days,
            coalesce(line.adjusted_absent_days, 0) as adjusted_absent_days,
            coalesce(fined.levied_amount, 0) as levied_amount,
            coalesce(fined.waived_amount, 0) as waived_amount,
            coalesce(fined.adjusted_amount, 0) as adjusted_fine_amount,
            coalesce(fined.charge_amount, 0) as charge_amount,
            coalesce(fined.settled_amount, 0) as settled_amount,
            coalesce(fined.levied_amount + fined.waived_amount + fined.adjusted_amount, 0) as fine_amount
        from line
        full join fined on line.employee_id = fined.employee_id
        left join lateral (
            select employee.employee_name
            from book.employee
            where
                employee.employee_id = fined.employee_id
                and employee.recorded_at <= known_by
                and known_by < employee.superseded_at
            order by employee.effective_from desc
            limit 1
        ) as named on true
        -- entries of earlier months that HR settled in this one leave nothing to deduct
        where
            line.employee_id is not null
            or fined.levied_amount <> 0 or fined.waived_amount <> 0 or fined.adjusted_amount <> 0 or fined.charge_amount <> 0
    ),

    -- one wage, one cap: what other sites charge and fine the same person in the month comes off it, fines in the order of sites;
    -- a site where he was no more may still have left the month a late slip, a corrected day, or a waiver that it takes back
    elsewhere as materialized (
        select
            attendance_day.employee_id,
            attendance_day.site_id
        from person
        inner join attendance.attendance_day
            on
                person.employee_id = attendance_day.employee_id
                and attendance_day.work_on >= of_month
                and attendance_day.work_on < of_month + interval '1 month'
        where attendance_day.site_id <> of_site
        union
        select
            left_behind.employee_id,
            left_behind.site_id
        from person
        inner join (
            select conduct_fine.employee_id, conduct_fine.site_id
            from attendance.conduct_fine
            where conduct_fine.counted_in = of_month
            union all
            select adjustment.employee_id, adjustment.site_id
            from attendance.adjustment
            where adjustment.counted_in = of_month
            union all
            select fine_entry.employee_id, fine_entry.site_id
            from attendance.fine_entry
            where fine_entry.entry_kind = '减免' and fine_entry.month_on < of_month
        ) as left_behind on person.employee_id = left_behind.employee_id
        where left_behind.site_id <> of_site
    ),

    taken as (
        select
            due.employee_id,
            sum(due.charge_amount + case when due.site_id < of_site then greatest(due.fine_amount, 0) else 0 end) as amount
        from (
            select
                other_site.site_id,
                fine_due.employee_id,
                coalesce(sum(fine_due.amount) filter (where fine_due.fine_kind = '收费电话费'), 0) as charge_amount,
                coalesce(
                    sum(fine_due.amount) filter (
                        where
                            fine_due.fine_kind not in ('收费电话费', '制度罚款')
                            or fine_due.source_no in (
                                select settlement.execution_no
                                from settlement
                                where settlement.employee_id = fine_due.employee_id
                            )
                    ), 0
                ) as fine_amount
            from (select distinct elsewhere.site_id from elsewhere) as other_site
            cross join sheet
            cross join lateral attendance.fine_due(other_site.site_id, of_month, sheet.known_at) as fine_due
            group by other_site.site_id, fine_due.employee_id
        ) as due
        inner join elsewhere on due.site_id = elsewhere.site_id and due.employee_id = elsewhere.employee_id
        group by due.employee_id
    ),

    -- what a corrected day of a closed month gives back, or takes: the month anew less the month as it was paid
    corrected as (
        select
            corrected_month.employee_id,
            bool_or(wage.monthly_wage_amount is null) as is_unknown,
            sum(
                round(wage.monthly_wage_amount * (paid.absent_days + corrected_month.absent_days_delta) / terms.wage_days, 2)
                - round(wage.monthly_wage_amount * paid.absent_days / terms.wage_days, 2)
            ) as amount
        from (
            select
                adjustment.employee_id,
                date_trunc('month', adjustment.work_on)::date as month_on,
                sum(adjustment.absent_days_delta) as absent_days_delta
            from attendance.adjustment
            where
                adjustment.site_id = of_site
                and adjustment.counted_in = of_month
                and adjustment.absent_days_delta <> 0
            group by 1, 2
        ) as corrected_month
        cross join lateral (
            select
                coalesce((
                    select sum(attendance_day.absent_days)
                    from attendance.attendance_day
                    where
                        attendance_day.employee_id = corrected_month.employee_id
                        and attendance_day.site_id = of_site
                        and attendance_day.work_on >= corrected_month.month_on
                        and attendance_day.work_on < corrected_month.month_on + interval '1 month'
                ), 0)
                + coalesce((
                    select sum(adjustment.absent_days_delta)
                    from attendance.adjustment
                    where
                        adjustment.employee_id = corrected_month.employee_id
                        and adjustment.site_id = of_site
                        and adjustment.work_on >= corrected_month.month_on
                        and adjustment.work_on < corrected_month.month_on + interval '1 month'
                        and adjustment.counted_in < of_month
                ), 0) as absent_days
        ) as paid
        cross join lateral attendance.wage_terms(of_site, corrected_month.month_on, known_by) as terms
        left join attendance.wage
            on
                corrected_month.employee_id = wage.employee_id
                and corrected_month.month_on = wage.month_on
                and wage.recorded_at <= known_by
                and known_by < wage.superseded_at
        group by corrected_month.employee_id
    ),

    confirmed as (
        select
            settlement.employee_id,
            case
                when bool_or(settlement.amount is null) filter (where settlement.decision = '已确认') then 'infinity'::numeric
                else sum(settlement.amount) filter (where settlement.decision = '已确认')
            end as amount,
            string_agg(
                concat(settlement.decision, '（', settlement.confirmed_by, ' ', settlement.confirmed_on, '）'), '；'
                order by settlement.confirmed_on, settlement.execution_no
            ) as confirmed_text
        from settlement
        group by settlement.employee_id
    ),

    limited as (
        select
            person.*,
            terms.region,
            terms.profile,
            terms.minimum_wage_amount,
            terms.cap_rate,
            terms.wage_days,
            wage.monthly_wage_amount,
            wage.payable_wage_amount,
            case
                when wage.monthly_wage_amount is not null then coalesce(corrected.amount, 0)
            end as adjusted_absence_amount,
            coalesce(corrected.is_unknown, false) as lacks_old_wage,
            greatest(person.fine_amount - person.settled_amount, 0) as open_amount,
            greatest(
                0,
                least(
                    round(wage.payable_wage_amount * terms.cap_rate, 2),
                    wage.payable_wage_amount - terms.minimum_wage_amount
                )
            ) as cap_amount,
            person.charge_amount + coalesce(taken.amount, 0) as taken_amount,
            coalesce(confirmed.amount, 0) as confirmed_amount,
            confirmed.confirmed_text
        from person
        cross join terms
        left join attendance.wage
            on
                person.employee_id = wage.employee_id
                and wage.month_on = of_month
                and wage.recorded_at <= known_by
                and known_by < wage.superseded_at
        left join corrected on person.employee_id = corrected.employee_id
        left join taken on person.employee_id = taken.employee_id
        left join confirmed on person.employee_id = confirmed.employee_id
    ),

    willing as (
        select
            limited.*,
            case
                when limited.profile = '限额扣除' then limited.open_amount
                when limited.profile = '待确认' then least(limited.open_amount, limited.confirmed_amount)
            end as willing_amount,
            case
                when
                    limited.payable_wage_amount is not null
                    and limited.cap_rate is not null
                    and limited.minimum_wage_amount is not null
                    then limited.cap_amount
            end as known_cap_amount
        from limited
    ),

    deducted as (
        select
            willing.*,
            case
                when willing.payable_wage_amount is null then null
                when willing.willing_amount = 0 then 0
                when willing.known_cap_amount is not null
                    then least(willing.willing_amount, greatest(willing.known_cap_amount - willing.taken_amount, 0))
            end as deductible_amount
        from willing
    )

    select
        deducted.employee_id,
        deducted.employee_name,
        deducted.monthly_wage_amount,
        deducted.payable_wage_amount,
        round(deducted.monthly_wage_amount / deducted.wage_days, 2),
        deducted.absent_days,
        round(deducted.monthly_wage_amount * deducted.absent_days / deducted.wage_days, 2),
        deducted.adjusted_absent_days,
        case when not deducted.lacks_old_wage then deducted.adjusted_absence_amount end,
        deducted.levied_amount,
        deducted.waived_amount,
        deducted.adjusted_fine_amount,
        deducted.fine_amount,
        deducted.settled_amount,
        deducted.charge_amount,
        deducted.region,
        deducted.profile,
        deducted.minimum_wage_amount,
        deducted.cap_rate,
        deducted.known_cap_amount,
        deducted.taken_amount,
        deducted.deductible_amount,
        deducted.willing_amount - deducted.deductible_amount,
        deducted.open_amount - deducted.willing_amount,
        deducted.confirmed_text,
        deducted.wage_days,
        array_remove(
            array[
                case when deducted.monthly_wage_amount is null then '没有本月工资标准' end,
                case
                    when deducted.monthly_wage_amount is not null and deducted.payable_wage_amount is null then '没有本月应发工资'
                end,
                case when deducted.lacks_old_wage then '没有被调整月份的工资标准' end,
                case
                    when deducted.region is null then '案场没有登记地区'
                    when deducted.profile is null then '地区没有登记工资扣款参数'
                    when
                        deducted.willing_amount > 0
                        and (deducted.minimum_wage_amount is null or deducted.cap_rate is null)
                        then '地区没有登记最低工资或扣款上限'
                end,
                case when deducted.is_beside then '不在本月考勤表' end
            ], null
        )
    from deducted
$$;
comment on function attendance.wage_deduction is 'taken_amount: what else comes off the cap before the fines, i.e. the compensation, and what other sites fine the same person';

-- One line of a week's announcement, as it stood in one revision of the week's result.
create table attendance.reward_line (
    site_id text not null,
    base_on date not null,
    revision integer not null,
    employee_id text not null,
    employee_name text not null,
    late_count integer not null,
    absent_days numeric(4, 2) not null,
    conduct_count integer not null,
    fine_amount numeric(14, 2) not null,
    praise_count integer not null,
    reception_count integer,
    deal_count numeric(8, 2),
    primary key (site_id, base_on, revision, employee_id)
);
comment on table attendance.reward_line is 'announced to everybody: neither why somebody was absent nor any leave';
comment on column attendance.reward_line.reception_count is 'null: the site keeps no register of receptions';
comment on column attendance.reward_line.deal_count is 'signings of the person as consultant, shared ones in parts; null: no consultant';
