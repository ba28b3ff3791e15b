/*  The table of the briefing: each workflow that was due, and every other run that still asks for somebody.

    Grain:  one row per workflow due on the business day, per stretch of days that never ran, per open run.
    Rerun:  safe; only reads. Instants are compared with `told_at`, when the briefing was asked for.
    Rules:  OPS-08 a period that was due and never ran is named, however long ago (since the first result).  */
with run as (
    select
        %(business_on)s::date as business_on,
        %(told_at)s::timestamptz as told_at
),

due (workflow, workflow_name, about_on, due_at, step, is_today) as (
    select *
    from unnest(
        %(workflows)s::text [], %(titles)s::text [], %(about_on)s::date [], %(due_at)s::timestamptz [],
        %(steps)s::interval [], %(are_today)s::boolean []
    )
),

latest_run as (
    select distinct on (due.workflow)
        due.workflow,
        ops_run.run_id
    from due
    inner join ops.run as ops_run
        on due.workflow = ops_run.workflow and ops_run.period @> due.about_on and ops_run.mode <> 'trial'
    order by due.workflow, ops_run.state in ('refused', 'taken_over'), ops_run.run_id desc
),

-- From the first day, week or month that has a result: every one until the one due, of which no site has one.
never_ran_day as (
    select
        due.workflow,
        due.workflow_name,
        due.step,
        day_at::date as base_on,
        place - row_number() over (partition by due.workflow order by day_at) as stretch
    from due
    cross join lateral (
        select min(result.base_on) as first_on
        from ops.result
        where result.workflow = due.workflow
    ) as began
    cross join
        lateral generate_series(began.first_on::timestamp, due.about_on, due.step) with ordinality as ticked (day_at, place)
    where
        not exists (
            select from ops.result
            where result.workflow = due.workflow and result.base_on = day_at::date
        )
        and not exists (
            select from ops.run_gap
            inner join ops.run as waited on run_gap.run_id = waited.run_id
            where waited.workflow = due.workflow and run_gap.base_on = day_at::date
        )
),

shown_run as (
    select
        1 as rank,
        due.workflow_name,
        due.due_at,
        latest_run.run_id
    from due
    inner join latest_run on due.workflow = latest_run.workflow
    where due.is_today
    union
    select
        2 as rank,
        coalesce(due.workflow_name, open_run.workflow) as workflow_name,
        null as due_at,
        open_run.run_id
    from ops.run as open_run
    cross join run
    left join due on open_run.workflow = due.workflow
    where
        open_run.mode <> 'trial'
        and open_run.state in ('awaiting_decision', 'awaiting_input', 'mail_unclear', 'rejected', 'failed')
        and open_run.run_id not in (
            select latest_run.run_id
            from latest_run
            inner join due as due_today on latest_run.workflow = due_today.workflow
            where due_today.is_today
        )
        and open_run.started_at > run.told_at - interval '7 days'
        -- a later run of the same days has settled it
        and not exists (
            select from ops.run as later
            where
                later.workflow = open_run.workflow
                and later.run_id > open_run.run_id
                and later.period @> open_run.period
                and later.state in ('done', 'done_with_exceptions', 'unchanged')
        )
),

letter as (
    select
        run_id,
        count(*) filter (where state = 'sent') as sent_count,
        count(*) filter (where state in ('reserved', 'ready', 'sending')) as waiting_count,
        count(*) filter (where state = 'unclear') as unclear_count,
        count(*) filter (where state = 'refused') as refused_count
    from ops.outbox
    group by run_id
),

line as (
    select
        shown_run.rank,
        shown_run.workflow_name,
        ops.period_key(ops_run.period) as period_text,
        shown_run.due_at,
        ops_run.state,
        ops_run.started_at,
        ops_run.finished_at,
        coalesce((ops_run.totals ->> 'due_count')::numeric::integer, 0) as processed_count,
        coalesce((ops_run.totals ->> 'fine_amount')::numeric, 0) + coalesce(
            (ops_run.totals ->> 'conduct_fine_amount')::numeric, 0
        ) as total_amount,
        coalesce((ops_run.totals ->> 'exception_count')::integer, 0) as exception_count,
        concat_ws(
            ' ',
            '已发' || coalesce(letter.sent_count, 0),
            case when letter.waiting_count > 0 then '待发' || letter.waiting_count end,
            case when letter.unclear_count > 0 then '待核实' || letter.unclear_count end,
            case when letter.refused_count > 0 then '退回' || letter.refused_count end
        ) as mail_text,
        coalesce(letter.unclear_count, 0) as unclear_count,
        coalesce(letter.refused_count, 0) as refused_count,
        ops_run.note,
        extract(epoch from run.told_at - ops_run.started_at) / 3600 as hours_since
    from shown_run
    cross join run
    inner join ops.run as ops_run on shown_run.run_id = ops_run.run_id
    left join letter on shown_run.run_id = letter.run_id
    union all
    select
        3,
        never_ran_day.workflow_name,
        case
            when count(*) = 1 or never_ran_day.step = interval '1 day'
                then ops.period_key(
                    daterange(min(never_ran_day.base_on), (max(never_ran_day.base_on) + never_ran_day.step)::date)
                )
            else concat(
                ops.period_key(
                    daterange(min(never_ran_day.base_on), (min(never_ran_day.base_on) + never_ran_day.step)::date)
                ),
                '至',
                ops.period_key(
                    daterange(max(never_ran_day.base_on), (max(never_ran_day.base_on) + never_ran_day.step)::date)
                )
            )
        end,
        case
            when never_ran_day.step = interval '1 month'
                then min(due.due_at) - age(min(due.about_on), min(never_ran_day.base_on))
            else min(due.due_at) - (min(due.about_on) - min(never_ran_day.base_on)) * interval '1 day'
        end,
        'never_ran',
        null,
        null,
        null,
        null,
        null,
        null,
        0,
        0,
        concat(
            count(*),
            case never_ran_day.step
                when interval '1 day' then '天' when interval '7 days' then '周' else '个月'
            end,
            '没有运行'
        ),
        null
    from never_ran_day
    inner join due on never_ran_day.workflow = due.workflow
    group by never_ran_day.workflow_name, never_ran_day.workflow, never_ran_day.step, never_ran_day.stretch
    union all
    select
        3,
        due.workflow_name,
        ops.period_key(daterange(due.about_on, (due.about_on + due.step)::date)),
        due.due_at,
        'never_ran',
        null,
        null,
        null,
        null,
        null,
        null,
        0,
        0,
        '没有运行过',
        null
    from due
    where
        due.is_today
        and not exists (select from latest_run where latest_run.workflow = due.workflow)
        and not exists (select from never_ran_day where never_ran_day.workflow = due.workflow)
        and not exists (
            select from ops.result
            where result.workflow = due.workflow and result.base_on = due.about_on
        )
)

select
    rank,
    workflow_name,
    period_text,
    to_char(due_at, 'MM-DD HH24:MI') as due_at,
    state,
    to_char(started_at, 'MM-DD HH24:MI') as started_at,
    to_char(finished_at, 'MM-DD HH24:MI') as finished_at,
    processed_count,
    total_amount,
    exception_count,
    mail_text,
    unclear_count,
    refused_count,
    note,
    round(hours_since)::integer as hours_since
from line
order by rank, due_at, period_text
