/*  Lists whose part of the month is booked, each in a transaction of its own; what only the company bears comes last.

    Grain:  one row per company and contractor with planned entries.
    Rerun:  safe; only reads.
    Rules:  only where everything is certified that was asked about (WA-D8).  */
select
    run_scope.site_id,
    coalesce(place.site_name, run_scope.site_id) as site_name,
    lower(run_scope.period) as starts_on,
    planned.contractor_id,
    coalesce(contractor.contractor_name, '公司承担与支付') as contractor_name,
    count(*) as line_count,
    coalesce(-sum(planned.deposit_amount) filter (where planned.entry_kind = '结算'), 0) as deducted_amount,
    coalesce(sum(planned.claim_amount) filter (where planned.entry_kind = '结算'), 0) as claimed_amount,
    coalesce(sum(planned.company_amount), 0) as company_amount,
    case when run.mode = 'trial' then 'trial' else 'new' end as state
from ops.run
inner join ops.run_scope on run.run_id = run_scope.run_id
inner join repairs.planned on run_scope.site_id = planned.site_id and lower(run_scope.period) = planned.base_on
left join book.place on run_scope.site_id = place.site_id and place.superseded_at = 'infinity'
left join repairs.contractor
    on
        planned.contractor_id = contractor.contractor_id
        and contractor.recorded_at <= run.known_at
        and run.known_at < contractor.superseded_at
where
    run.run_id = %(run_id)s
    and not exists (
        select from repairs.standing
        where
            standing.workflow = run.workflow
            and standing.site_id = run_scope.site_id
            and standing.base_on = lower(run_scope.period)
            and standing.outcome = '待认定'
    )
    and not exists (
        select from ops.period_close
        where
            period_close.workflow = run.workflow
            and period_close.site_id = run_scope.site_id
            and period_close.period && run_scope.period
    )
group by
    run_scope.site_id, place.site_name, run_scope.period, planned.contractor_id, contractor.contractor_name, run.mode
order by run_scope.site_id, planned.contractor_id = '', planned.contractor_id
