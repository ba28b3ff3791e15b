/*  Finds rows about a subscription that nobody registered in their project; a row that names none passes.

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  SAL-12 a deposit is a subscription's until the contract is signed. */
select
    feed_row.row_no,
    'subscription_no' as column_name,
    format('项目%%s没有登记认购“%%s”', feed_row.site_id, feed_row.subscription_no) as reason,
    '请先报《认购登记》，或改正认购单号，再把这一行重新报送' as advice
from feed_row
where
    feed_row.fault_no = 0
    and feed_row.subscription_no is not null
    and not exists (
        select from sales.subscription
        where
            subscription.site_id = feed_row.site_id
            and subscription.subscription_no = feed_row.subscription_no
            and subscription.superseded_at = 'infinity'
    )
