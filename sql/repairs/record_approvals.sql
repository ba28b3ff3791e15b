/*  Keeps what an approver answered, order by order; what he took out, with his reason.

    Grain:  one row per order of the question.
    Rerun:  safe; an order that this run's question answered already keeps its answer.
    Rules:  WA-D6 with a written opinion; given after the repair began it is 补批.  */
with answered as materialized (
    select
        asked.order_no,
        asked.asked_amount,
        case when out.item_no is null then %(verdict)s else '剔除' end as verdict,
        coalesce(out.reason, %(opinion)s) as opinion,
        work_order.started_on is not null as is_late
    from repairs.asked
    inner join ops.run on asked.run_id = run.run_id
    inner join ops.run_scope on asked.run_id = run_scope.run_id and run_scope.site_id = %(site_id)s
    inner join repairs.work_order
        on
            asked.order_no = work_order.order_no
            and work_order.recorded_at <= run.known_at
            and run.known_at < work_order.superseded_at
    inner join repairs.project
        on
            work_order.project_id = project.project_id
            and project.site_id = run_scope.site_id
            and project.recorded_at <= run.known_at
            and run.known_at < project.superseded_at
    left join jsonb_to_recordset(%(taken_out)s::jsonb) as out (item_no text, reason text)
        on asked.order_no = out.item_no
    where
        asked.run_id = %(run_id)s
        and asked.level_no = %(level_no)s
        and asked.duty = %(duty)s
        and not exists (
            select from repairs.approval
            where
                approval.run_id = asked.run_id
                and approval.order_no = asked.order_no
                and approval.level_no = asked.level_no
                and approval.duty = asked.duty
        )
),

superseded as (
    update repairs.approval as known
    set superseded_at = clock_timestamp()
    from answered
    where
        known.order_no = answered.order_no
        and known.level_no = %(level_no)s
        and known.duty = %(duty)s
        and known.superseded_at = 'infinity'
    returning known.order_no
)

insert into repairs.approval (
    order_no, level_no, duty, verdict, opinion, approver, approved_on, approved_amount, is_late, recorded_at, run_id
)
select
    answered.order_no,
    %(level_no)s as level_no,
    %(duty)s as duty,
    answered.verdict,
    answered.opinion,
    %(decided_by)s as approver,
    %(decided_on)s::date as approved_on,
    answered.asked_amount,
    answered.is_late,
    clock_timestamp() as recorded_at,
    %(run_id)s as run_id
from answered
where (select count(*) from superseded) >= 0
