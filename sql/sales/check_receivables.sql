/*  Finds contracts whose receivables do not add up: the ages to what is open, the paid and 预收 to what came in.

    Grain:  one row per contract.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  SAL-14 buckets and 未到期 are all that is outstanding; SAL-12 money is counted once, settled or 预收.  */
with receivable as (
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
    from sales.receivable_at(%(site_id)s::text, %(last_on)s::date, %(known_at)s::timestamptz) as receivable
    group by receivable.site_id, receivable.contract_no
),

received as (
    select
        receipt.site_id,
        receipt.contract_no,
        sum(receipt.amount) as amount
    from sales.receipt_at(%(site_id)s::text, %(last_on)s::date, %(known_at)s::timestamptz) as receipt
    group by receipt.site_id, receipt.contract_no
)

select
    format(
        '合同%%s的应收不平：应收%%s，已收%%s，未收%%s（账龄合计%%s），到账%%s，预收%%s。请通知管理员查明后用“重算”重新计算。',
        receivable.contract_no, receivable.due_amount, receivable.paid_amount, receivable.open_amount,
        receivable.aged_amount, coalesce(received.amount, 0.00), advance.advance_amount
    ) as problem
from receivable
inner join sales.advance_at(%(site_id)s::text, %(last_on)s::date, %(known_at)s::timestamptz) as advance
    on receivable.site_id = advance.site_id and receivable.contract_no = advance.contract_no
left join received
    on receivable.site_id = received.site_id and receivable.contract_no = received.contract_no
where
    receivable.aged_amount <> receivable.open_amount
    or receivable.due_amount - receivable.paid_amount <> receivable.open_amount
    or receivable.paid_amount + advance.advance_amount <> coalesce(received.amount, 0)
