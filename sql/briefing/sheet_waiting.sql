/*  Lists what waits for an approver: documents that are held, orders that a question is about, and months that had to be
    released by today or before.

    Grain:  one row per place and period; of orders one per place, run, level and duty.
    Rerun:  safe; only reads. Instants are compared with `told_at`, when the reminder was asked for.
    Rules:  OPS-24 nothing is approved by waiting, it is told again; FE-C1 the 20th is the day of handing over.  */
with run as (
    select
        %(business_on)s::date as business_on,
        %(told_at)s::timestamptz as told_at
),

due (workflow, workflow_name, about_on, due_on) as (
    select *
    from unnest(%(workflows)s::text [], %(titles)s::text [], %(about_on)s::date [], %(due_on)s::date [])
),

held as (
    select distinct on (result.workflow, result.site_id, result.base_on)
        result.workflow,
        result.site_id,
        result.base_on,
        result.state,
        result.hold_reason,
        ops_run.state as run_state,
        ops_run.started_at
    from ops.result
    inner join ops.run as ops_run on result.workflow = ops_run.workflow and ops_run.period @> result.base_on
    inner join ops.run_scope
        on
            ops_run.run_id = run_scope.run_id
            and result.site_id = run_scope.site_id
            and run_scope.period @> result.base_on
    where ops_run.mode <> 'trial' and ops_run.state not in ('refused', 'taken_over')
    order by result.workflow, result.site_id, result.base_on, result.revision desc, ops_run.run_id desc
),

-- a month of the fees that was due and is not closed, whether or not anybody ran it
unreleased as (
    select
        due.workflow,
        due.workflow_name,
        tower.site_id,
        due.about_on as base_on,
        due.due_on
    from due
    inner join fees.tower
        on tower.opens_with <= due.about_on and tower.superseded_at = 'infinity'
    where
        due.workflow = 'fee_notices'
        and not exists (
            select from ops.period_close
            where
                period_close.workflow = due.workflow
                and period_close.site_id = tower.site_id
                and period_close.period @> due.about_on
        )
),

-- orders that an approver was asked about and has not answered
asked as (
    select
        ops_run.workflow,
        project.site_id,
        lower(ops_run.period) as base_on,
        asked.level_no,
        asked.duty,
        ops_run.started_at,
        count(*) as order_count,
        sum(asked.asked_amount) as amount
    from repairs.asked
    inner join ops.run as ops_run on asked.run_id = ops_run.run_id
    inner join repairs.work_order on asked.order_no = work_order.order_no and work_order.superseded_at = 'infinity'
    inner join repairs.project on work_order.project_id = project.project_id and project.superseded_at = 'infinity'
    where
        ops_run.state = 'awaiting_decision'
        and not exists (
            select from repairs.approval
            where
                approval.run_id = asked.run_id
                and approval.order_no = asked.order_no
                and approval.level_no = asked.level_no
                and approval.duty = asked.duty
        )
    group by ops_run.workflow, project.site_id, ops_run.period, ops_run.run_id, asked.level_no, asked.duty
),

waiting as (
    select
        held.workflow,
        held.site_id,
        held.base_on,
        held.hold_reason,
        held.started_at,
        '待审批' as state_text
    from held
    where
        held.state = 'held'
        and held.run_state = 'awaiting_decision'
        and not exists (
            select from ops.decision
            where
                decision.workflow = held.workflow
                and decision.site_id = held.site_id
                and decision.period @> held.base_on
                and decision.decided_at >= held.started_at
        )
    union all
    select
        asked.workflow,
        asked.site_id,
        asked.base_on,
        concat(
            '第', asked.level_no, '级', asked.duty, '：', asked.order_count, '单 ',
            to_char(asked.amount, 'FM999,999,999,990.00'), '元'
        ),
        asked.started_at,
        '待审批'
    from asked
    union all
    select
        unreleased.workflow,
        unreleased.site_id,
        unreleased.base_on,
        coalesce(held.hold_reason, ''),
        held.started_at,
        case
            when held.run_state is null then '尚未运行'
            when held.run_state = 'rejected' then '已驳回，待更正'
            when held.run_state = 'failed' then '运行失败'
            else '尚未发布'
        end
    from unreleased
    left join held
        on
            unreleased.workflow = held.workflow
            and unreleased.site_id = held.site_id
            and unreleased.base_on = held.base_on
    where held.run_state is distinct from 'awaiting_decision'
)

select
    waiting.workflow,
    coalesce(named.workflow_name, waiting.workflow) as workflow_name,
    waiting.site_id,
    coalesce(place.site_name, waiting.site_id) as site_name,
    case
        when
            unreleased.site_id is not null
            or waiting.workflow in ('fee_notices', 'deposit_chargebacks', 'monthly_sales', 'monthly_attendance')
            then to_char(waiting.base_on, 'YYYY"年"FMMM"月"')
        else waiting.base_on::text
    end as period_text,
    waiting.state_text,
    waiting.hold_reason,
    floor(extract(epoch from run.told_at - waiting.started_at) / 3600)::integer as hours_waiting,
    unreleased.due_on,
    coalesce(unreleased.due_on < run.business_on, false) as is_late
from waiting
cross join run
left join due as named on waiting.workflow = named.workflow
left join unreleased
    on
        waiting.workflow = unreleased.workflow
        and waiting.site_id = unreleased.site_id
        and waiting.base_on = unreleased.base_on
left join book.place on waiting.site_id = place.site_id and place.superseded_at = 'infinity'
order by workflow_name, waiting.base_on, waiting.site_id
