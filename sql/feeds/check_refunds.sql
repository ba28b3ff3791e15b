/*  Finds refunds of more than was received of their deal.

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  SAL-12 a refund gives back what came in; of a deposit that became part of a contract, too: a subscription and
            its contract are one deal.
    Method: received is what is known, then what this file brings: first corrections of known receipts, then what comes in,
            then what goes out by value date. Of each deal the first offender goes back alone, as without it the ones behind
            it may be right; then it is asked again. What is known and comes again as it was is not judged twice. */
with deal as (
    select
        contract.site_id,
        contract.contract_no,
        coalesce(min(contract.subscription_no), contract.contract_no) as deal_no
    from sales.contract
    where contract.superseded_at = 'infinity'
    group by 1, 2
),

stated as materialized (
    select
        feed_row.row_no,
        feed_row.site_id,
        feed_row.receipt_no,
        coalesce(deal.deal_no, feed_row.subscription_no) as deal_no,
        feed_row.amount,
        feed_row.value_on,
        held.amount is not null as is_correction,
        coalesce(
            held.amount = feed_row.amount
            and held.contract_no is not distinct from feed_row.contract_no
            and held.subscription_no is not distinct from feed_row.subscription_no,
            false
        ) as is_known
    from feed_row
    left join deal on feed_row.site_id = deal.site_id and feed_row.contract_no = deal.contract_no
    left join sales.receipt as held
        on
            feed_row.site_id = held.site_id
            and feed_row.receipt_no = held.receipt_no
            and held.superseded_at = 'infinity'
    where feed_row.fault_no = 0 and feed_row.fate = 'new'
),

received as (
    select
        receipt.site_id,
        coalesce(deal.deal_no, receipt.subscription_no) as deal_no,
        sum(receipt.amount) as amount
    from sales.receipt
    left join deal on receipt.site_id = deal.site_id and receipt.contract_no = deal.contract_no
    where
        receipt.superseded_at = 'infinity'
        and not exists (
            select from stated
            where stated.site_id = receipt.site_id and stated.receipt_no = receipt.receipt_no
        )
    group by 1, 2
),

reckoned as (
    select
        stated.*,
        row_number() over in_order as place,
        coalesce(received.amount, 0) + sum(stated.amount) over in_order as received_amount
    from stated
    left join received on stated.site_id = received.site_id and stated.deal_no = received.deal_no
    window in_order as (
        partition by stated.site_id, stated.deal_no
        order by
            not stated.is_known, not stated.is_correction, stated.amount < 0, stated.value_on, stated.row_no
        rows unbounded preceding
    )
)

select distinct on (reckoned.site_id, reckoned.deal_no)
    reckoned.row_no,
    'amount' as column_name,
    case
        when reckoned.amount < 0 then
            format(
                '%%s只收到%%s元，不够退%%s元', reckoned.deal_no,
                to_char(reckoned.received_amount - reckoned.amount, 'FM999,999,999,990.00'),
                to_char(-reckoned.amount, 'FM999,999,999,990.00')
            )
        else
            format('%%s的回款将成为负数：更正后比已退的少%%s元', reckoned.deal_no, to_char(-reckoned.received_amount, 'FM999,999,999,990.00'))
    end as reason,
    '请核对金额、合同号和认购单号；收款还没有报的，连同收款一起报送' as advice
from reckoned
where not reckoned.is_known and reckoned.received_amount < 0
order by reckoned.site_id, reckoned.deal_no, reckoned.place
