/*  Finds orders that the day's run lost: known, open, and without a standing.

    Grain:  one row per company.
    Rerun:  safe; only reads.
    Rules:  OPS-10 every order is listed or has a reason not to be.  */
select
    run_scope.site_id,
    format(
        '%%s：%%s张在办工单没有判定结果（%%s）。请通知管理员，先不要发出日报。', max(place.site_name), count(*),
        left(string_agg(work_order.order_no, '、' order by work_order.order_no), 60)
    ) as problem
from ops.run
inner join ops.run_scope on run.run_id = run_scope.run_id
inner join book.place
    on run_scope.site_id = place.site_id and place.recorded_at <= run.known_at and run.known_at < place.superseded_at
inner join repairs.project
    on
        run_scope.site_id = project.site_id
        and project.recorded_at <= run.known_at
        and run.known_at < project.superseded_at
inner join repairs.work_order
    on
        project.project_id = work_order.project_id
        and work_order.recorded_at <= run.known_at
        and run.known_at < work_order.superseded_at
where
    run.run_id = %(run_id)s
    and work_order.status = '有效'
    and work_order.reported_on <= run.as_of_on
    and not exists (
        select from repairs.standing
        where
            standing.workflow = run_scope.workflow
            and standing.site_id = run_scope.site_id
            and standing.base_on = lower(run_scope.period)
            and standing.order_no = work_order.order_no
    )
    and not exists (
        select from repairs.entry
        where entry.entry_kind = '结算' and entry.order_no = work_order.order_no
    )
group by run_scope.site_id
