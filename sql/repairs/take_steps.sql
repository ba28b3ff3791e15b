/*  Writes down the steps that orders have taken; of a day's run it also takes back what no longer holds.

    Grain:  one row per order and step.
    Rerun:  safe; a step that is there stays as it is.
    Way:    the table's keys refuse a step whose predecessor is missing (repairs.way); a run of an older day than the newest
            one only adds, and so does a settlement, which looks at the end of its month.
    Rules:  WA-D1 to WA-D9; what was charged is never taken back here, but by a reversal (WAR-16).  */
with run as (
    select
        run.run_id,
        run.workflow,
        run_scope.site_id,
        lower(run_scope.period) as base_on
    from ops.run
    inner join ops.run_scope on run.run_id = run_scope.run_id
    where run.run_id = %(run_id)s
),

approved as (
    select
        approval.order_no,
        max(approval.approved_on) as approved_on
    from repairs.approval
    where approval.recorded_at <= %(known_at)s and %(known_at)s < approval.superseded_at
    group by approval.order_no
),

reached as materialized (
    select
        standing.order_no,
        way.step_no,
        way.order_class,
        way.previous_no,
        standing.base_on,
        standing.site_id,
        coalesce(
            case way.step_no
                when 10 then work_order.reported_on
                when 20 then work_order.inspected_on
                when 30 then approved.approved_on
                when 40 then standing.notice_deadline_on
                when 50 then work_order.completed_on
                when 60 then work_order.signed_on
                when 70 then audit.audited_on
                when 80 then standing.answered_at::date
            end,
            %(as_of_on)s
        ) as taken_on,
        run.run_id
    from run
    inner join repairs.standing
        on run.workflow = standing.workflow and run.site_id = standing.site_id and run.base_on = standing.base_on
    inner join repairs.way
        on
            standing.order_class = way.order_class
            and way.step_no <= case when standing.outcome = '自修结案' then 60 else standing.step_no end
    inner join repairs.work_order
        on
            standing.order_no = work_order.order_no
            and work_order.recorded_at <= %(known_at)s
            and %(known_at)s < work_order.superseded_at
    left join approved on standing.order_no = approved.order_no
    left join repairs.audit
        on
            standing.order_no = audit.order_no
            and audit.recorded_at <= %(known_at)s
            and %(known_at)s < audit.superseded_at
    where standing.outcome <> '已入账'
),

gone as (
    delete from repairs.order_step as taken
    using repairs.standing, run
    where
        run.workflow = 'repair_orders'
        and standing.workflow = run.workflow
        and standing.site_id = run.site_id
        and standing.base_on = run.base_on
        and taken.order_no = standing.order_no
        and not exists (
            select from repairs.standing as newer
            where
                newer.workflow = run.workflow
                and newer.site_id = run.site_id
                and newer.base_on > run.base_on
        )
        and not exists (
            select from repairs.entry
            where entry.order_no = taken.order_no and entry.entry_kind = '结算'
        )
        and not exists (
            select from reached
            where
                reached.order_no = taken.order_no
                and reached.step_no = taken.step_no
                -- an order of another class now goes another way
                and reached.order_class = taken.order_class
        )
    returning taken.order_no
)

insert into repairs.order_step (order_no, step_no, order_class, previous_no, taken_on, run_id)
select
    reached.order_no,
    reached.step_no,
    reached.order_class,
    reached.previous_no,
    reached.taken_on,
    reached.run_id
from reached
where (select count(*) from gone) >= 0
on conflict (order_no, step_no) do nothing
