/*  Lists the orders of one question, as the approver reads them.

    Grain:  one row per order that is not answered yet.
    Rerun:  safe; only reads.
    Rules:  WA-D6; WAR-03 an order of a group is shown with the sum of its group.  */
select
    asked.order_no as item_no,
    concat_ws(
        ' · ', standing.order_class || '类', work_order.place_text, work_order.trades, work_order.defect,
        work_order.cause, to_char(asked.asked_amount, 'FM999,999,999,990.00'),
        case when standing.group_no is not null
            then concat('同组合计', to_char(standing.group_amount, 'FM999,999,999,990.00'))
        end,
        case when standing.stop_rule = 'WAR-04' then '审定超过原审批级别' end,
        case when work_order.started_on is not null and standing.stop_rule <> 'WAR-04' then '已开工，补批' end
    ) as line
from repairs.asked
inner join ops.run on asked.run_id = run.run_id
inner join ops.run_scope on asked.run_id = run_scope.run_id and run_scope.site_id = %(site_id)s
inner join repairs.standing
    on
        run_scope.workflow = standing.workflow
        and run_scope.site_id = standing.site_id
        and lower(run_scope.period) = standing.base_on
        and asked.order_no = standing.order_no
inner join repairs.work_order
    on
        asked.order_no = work_order.order_no
        and work_order.recorded_at <= run.known_at
        and run.known_at < work_order.superseded_at
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
order by asked.order_no
