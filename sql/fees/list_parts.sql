/*  Lists the towers of a run in parts that are reckoned one after the other, so that memory stays flat.

    Grain:  one row per part, with its towers (places): some ten thousand contracts, or one tower that has more.
    Rerun:  safe; only reads.
    Rules:  a tower is never divided, as its tenants share meters and its bills one result. Towers that wait for their
            month before have no part.  */
with tower as (
    select
        open_scope.site_id,
        count(contract.contract_no) as contract_count
    from fees.open_scope
    left join fees.contract
        on
            open_scope.site_id = contract.site_id
            and contract.recorded_at <= %(known_at)s
            and %(known_at)s < contract.superseded_at
    where open_scope.run_id = %(run_id)s
    group by open_scope.site_id
),

laid as (
    select
        tower.site_id,
        sum(tower.contract_count) over (order by tower.site_id) - tower.contract_count as contracts_before
    from tower
)

select array_agg(laid.site_id order by laid.site_id) as places
from laid
group by div(laid.contracts_before, 10000)
order by 1
