/*  Finds contracts whose receivables do not add up: the ages to what is open, the paid and 预收 to what came in.

    Grain:  one row per contract.
    Rerun:  safe; only reads what the run knows.
    Rules:  SAL-14 buckets and 未到期 are all that is outstanding; SAL-12 money is counted once, settled or 预收.  */
with project as materialized (
    select
        run_scope.site_id,
        upper(run_scope.period) - 1 as last_on
    from ops.run_scope
    inner join sales.project on run_scope.site_id = project.site_id and project.superseded_at = 'infinity'
    where run_scope.run_id = %(run_id)s
),

receivable as materialized (
    select
        receivable.site_id,
        receivable.contract_no,
        sum(receivable.due_amount) as due_amount,
        sum(receivable.paid_amount) as paid_amount,
        sum(receivable.open_amount) as open_amount,
        coalesce(
            sum(receivable.open_amount) filter (
                where receivable.bucket in ('未到期', '1–30', '31–60', '61–90', '90以上')
            ),
            0
        ) as aged_amount
    from project
    cross join lateral sales.receivable_at(project.site_id, project.last_on, %(known_at)s::timestamptz) as receivable
    group by receivable.site_id, receivable.contract_no
),

received as materialized (
    select
        receipt.site_id,
        receipt.contract_no,
        sum(receipt.amount) as amount
    from project
    cross join lateral sales.receipt_at(project.site_id, project.last_on, %(known_at)s::timestamptz) as receipt
    group by receipt.site_id, receipt.contract_no
),

advance as materialized (
    select
        advance.site_id,
        advance.contract_no,
        advance.advance_amount
    from project
    cross join lateral sales.advance_at(project.site_id, project.last_on, %(known_at)s::timestamptz) as advance
)

select
    format(
        '合同%%s的应收不平：应收%%s，已收%%s，未收%%s（账龄合计%%s），到账%%s，预收%%s。请通知管理员查明后用“重算”重新计算。',
        receivable.contract_no, receivable.due_amount, receivable.paid_amount, receivable.open_amount,
        receivable.aged_amount, coalesce(received.amount, 0.00), advance.advance_amount
    ) as problem
from advance
inner join receivable on advance.site_id = receivable.site_id and advance.contract_no = receivable.contract_no
left join received
    on receivable.site_id = received.site_id and receivable.contract_no = received.contract_no
where
    receivable.aged_amount <> receivable.open_amount
    or receivable.due_amount - receivable.paid_amount <> receivable.open_amount
    or receivable.paid_amount + advance.advance_amount <> coalesce(received.amount, 0)
