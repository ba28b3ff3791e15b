/*  Finds shares of a contract that do not add up to the whole.

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  SAL-10 what the consultants have of a contract is the contract, no more and no less. All rows of the file about
            it go back together: which of them is wrong only the site can tell. */
with shared as (
    select
        feed_row.site_id,
        feed_row.contract_no,
        feed_row.consultant_id,
        feed_row.share
    from feed_row
    where feed_row.fault_no = 0 and feed_row.fate = 'new'
    union all
    select
        held.site_id,
        held.contract_no,
        held.consultant_id,
        held.share
    from sales.contract_share as held
    where
        held.superseded_at = 'infinity'
        and not exists (
            select from feed_row
            where
                feed_row.fault_no = 0
                and feed_row.site_id = held.site_id
                and feed_row.contract_no = held.contract_no
                and feed_row.consultant_id = held.consultant_id
        )
),

added as (
    select
        shared.site_id,
        shared.contract_no,
        sum(shared.share) as share,
        string_agg(
            format('%%s %%s%%%%', shared.consultant_id, trim_scale(shared.share * 100)), '、' order by shared.consultant_id
        ) as parts
    from shared
    group by shared.site_id, shared.contract_no
)

select
    feed_row.row_no,
    'share' as column_name,
    format('合同%%s的业绩比例合计%%s%%%%，不是100%%%%：%%s', added.contract_no, trim_scale(added.share * 100), added.parts) as reason,
    '请核对各置业顾问的比例，合计100%%；同一合同的几行放在同一份文件里一起报送' as advice
from feed_row
inner join added on feed_row.site_id = added.site_id and feed_row.contract_no = added.contract_no
where feed_row.fault_no = 0 and added.share <> 1
