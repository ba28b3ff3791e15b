/*  Tells, household by household, what a run did to a month, for the result sheet (重跑结果单, outputs 6.5).

    Grain:  one row per bill of the towers that the run is about.
    Rerun:  safe; only reads, and only what the run and those before it did.
    Rules:  BIL-18, OPS-06, OPS-21: what was issued before stays, and is told apart from what this run issued.  */
with run as (
    select
        run_id,
        mode
    from ops.run
    where run_id = %(run_id)s
),

scope as materialized (
    select
        run_scope.run_id,
        run_scope.site_id,
        lower(run_scope.period) as base_on
    from ops.run_scope
    where run_scope.run_id = %(run_id)s
),

mine as materialized (
    select distinct on (notice.contract_no)
        notice.contract_no,
        notice.notice_no,
        notice.revision,
        notice.payable_amount
    from scope
    inner join fees.notice
        on scope.site_id = notice.site_id and scope.base_on = notice.base_on and scope.run_id = notice.run_id
    order by notice.contract_no, notice.revision desc
),

earlier as materialized (
    select distinct on (notice.contract_no)
        notice.contract_no,
        notice.notice_no,
        notice.revision,
        notice.payable_amount
    from scope
    inner join fees.notice
        on scope.site_id = notice.site_id and scope.base_on = notice.base_on and scope.run_id > notice.run_id
    order by notice.contract_no, notice.revision desc
),

first_issued as materialized (
    select
        notice.contract_no,
        notice.released_on
    from scope
    inner join fees.notice
        on scope.site_id = notice.site_id and scope.base_on = notice.base_on and notice.revision = 1
),

found as materialized (
    select
        found_difference.contract_no,
        sum(found_difference.new_amount - found_difference.old_amount) as delta_amount
    from fees.found_difference
    where found_difference.run_id = %(run_id)s
    group by found_difference.contract_no
),

redrawn as materialized (
    select
        result.site_id,
        result.base_on,
        max(result.revision) filter (where result.run_id = scope.run_id) as revision,
        bool_or(result.run_id < scope.run_id) as is_known_before
    from scope
    inner join ops.result
        on
            result.workflow = 'fee_notices'
            and scope.site_id = result.site_id
            and scope.base_on = result.base_on
            and scope.run_id >= result.run_id
    group by result.site_id, result.base_on
)

select
    place.site_name,
    bill.site_id,
    bill.unit_no,
    bill.tenant_name,
    bill.contract_no,
    coalesce(mine.notice_no, earlier.notice_no) as notice_no,
    first_issued.released_on::text as released_on,
    case
        when mine.revision > 1 then '更正'
        when mine.revision = 1 then '本次新开'
        when earlier.notice_no is not null and found.contract_no is not null and run.mode = 'correct' then '待更正'
        when earlier.notice_no is not null and found.contract_no is not null then '已发，有差异未改'
        when earlier.notice_no is not null then '已发不变'
        when bill.status <> '出单' then bill.status
        when change.contract_no is not null then '本次替换'
        else '待发布'
    end as action,
    coalesce(
        earlier.payable_amount,
        case
            when change.contract_no is not null then change.old_amount
            when redrawn.is_known_before and bill.status = '出单' then bill.payable_amount
        end
    ) as old_amount,
    coalesce(
        mine.payable_amount,
        case when run.mode = 'correct' and found.contract_no is not null then due_anew.payable_amount end,
        earlier.payable_amount,
        case when bill.status = '出单' then bill.payable_amount end
    ) as new_amount,
    found.delta_amount,
    nullif(bill.reason, '') as reason,
    case
        when coalesce(mine.notice_no, earlier.notice_no) is null then null
        when letter.state is null then '业主方统一发放'
        when letter.state = 'sent' then '已发'
        when letter.state = 'unclear' then '待核实'
        when letter.state = 'refused' then '退回'
        when letter.state = 'cancelled' then '已取消'
        else '待发'
    end as mail_text
from scope
cross join run
inner join fees.bill on scope.site_id = bill.site_id and scope.base_on = bill.base_on
left join mine on bill.contract_no = mine.contract_no
left join earlier on bill.contract_no = earlier.contract_no
left join first_issued on bill.contract_no = first_issued.contract_no
left join found on bill.contract_no = found.contract_no
left join lateral (
    select corrected_bill.payable_amount
    from fees.corrected_bill
    where
        corrected_bill.site_id = bill.site_id
        and corrected_bill.base_on = bill.base_on
        and corrected_bill.contract_no = bill.contract_no
        and corrected_bill.revision > earlier.revision
    order by corrected_bill.revision desc
    limit 1
) as due_anew on true
left join redrawn on bill.site_id = redrawn.site_id and bill.base_on = redrawn.base_on
left join fees.bill_change as change
    on
        bill.site_id = change.site_id
        and bill.base_on = change.base_on
        and redrawn.revision = change.revision
        and bill.contract_no = change.contract_no
        and change.item = '本次应缴总额'
left join lateral (
    select outbox.state
    from ops.outbox
    where
        outbox.letter_kind = 'fee_tenant'
        and outbox.document_key
        = 'fee_tenant/' || regexp_replace(coalesce(mine.notice_no, earlier.notice_no), '-G[0-9]+$', '')
    order by outbox.revision desc, outbox.outbox_id
    limit 1
) as letter on true
left join book.place on bill.site_id = place.site_id and place.superseded_at = 'infinity'
order by bill.site_id, fees.unit_order(bill.unit_no), bill.contract_no
