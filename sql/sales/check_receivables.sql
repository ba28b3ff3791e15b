/*  Finds contracts whose receivables do not add up: the ages to what is open, the paid and 预收 to what came in.

    Grain:  one row per contract and base period of the run.
    Rerun:  safe; only reads.
    Rules:  SAL-14 buckets and 未到期 are all that is outstanding; SAL-12 money is counted once, settled or 预收.
    Joins:  hashed  */
with asked as materialized (
    select distinct
        place.site_id,
        run_period.last_on,
        run.known_at
    from ops.run
    inner join sales.run_period on run.run_id = run_period.run_id
    cross join lateral sales.projects_of(run_period.site_id, run.known_at) as place
    where run.run_id = %(run_id)s
),

receivable as (
    select
        asked.last_on,
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
    from asked
    cross join lateral sales.receivable_at(asked.site_id, asked.last_on, asked.known_at) as receivable
    group by asked.last_on, receivable.site_id, receivable.contract_no
),

received as (
    select
        asked.last_on,
        receipt.site_id,
        receipt.contract_no,
        sum(receipt.amount) as amount
    from asked
    cross join lateral sales.receipt_at(asked.site_id, asked.last_on, asked.known_at) as receipt
    group by asked.last_on, receipt.site_id, receipt.contract_no
),

advance as (
    select
        asked.last_on,
        advance.site_id,
        advance.contract_no,
        advance.advance_amount
    from asked
    cross join lateral sales.advance_at(asked.site_id, asked.last_on, asked.known_at) as advance
)

select
    format(
        '合同%%s截至%%s的应收不平：应收%%s，已收%%s，未收%%s（账龄合计%%s），到账%%s，预收%%s。请通知管理员查明后用“重算”重新计算。',
        receivable.contract_no, receivable.last_on, receivable.due_amount, receivable.paid_amount, receivable.open_amount,
        receivable.aged_amount, coalesce(received.amount, 0.00), advance.advance_amount
    ) as problem
from receivable
inner join advance
    on
        receivable.last_on = advance.last_on
        and receivable.site_id = advance.site_id
        and receivable.contract_no = advance.contract_no
left join received
    on
        receivable.last_on = received.last_on
        and receivable.site_id = received.site_id
        and receivable.contract_no = received.contract_no
where
    receivable.aged_amount <> receivable.open_amount
    or receivable.due_amount - receivable.paid_amount <> receivable.open_amount
    or receivable.paid_amount + advance.advance_amount <> coalesce(received.amount, 0)
