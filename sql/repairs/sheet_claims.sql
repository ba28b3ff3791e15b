/*  The sheet 索赔台账: claims on contractors that are open, or moved in the month.

    Grain:  one row per order.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  WAR-09 what a deposit does not cover is claimed and aged, from the last day of the month that booked it; WAR-16
            a reversal takes back what was claimed.  */
select
    coalesce(contractor.contractor_name, claim.contractor_id) as contractor_name,
    claim.contract_no,
    claim.order_no,
    claim.claimed_amount,
    nullif(claim.received_amount, 0) as received_amount,
    nullif(claim.taken_back_amount, 0) as taken_back_amount,
    claim.open_amount,
    claim.arisen_on,
    edition.last_on - claim.arisen_on as age_count,
    case
        when claim.open_amount = 0 then '已结清'
        when edition.last_on = claim.arisen_on then '本月新增，待收'
        when claim.received_amount + claim.taken_back_amount > 0 then '部分收回，继续催收'
        when edition.last_on - claim.arisen_on > 90 then '超过90天未收，请发律师函或诉讼'
        else '未收，催收中'
    end as progress
from repairs.claim(%(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz) as claim
cross join repairs.edition(%(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz) as edition
left join repairs.contractor
    on
        claim.contractor_id = contractor.contractor_id
        and contractor.recorded_at <= edition.known_at
        and edition.known_at < contractor.superseded_at
where claim.open_amount <> 0 or claim.is_moved
order by claim.contractor_id, claim.arisen_on, claim.order_no
