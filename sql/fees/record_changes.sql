/*  Records what came out otherwise than in the revision before, for towers that were drawn anew by this run.

    Grain:  one row per contract and item that changed.
    Rerun:  safe; the changes of a revision are recorded in the transaction that records the revision.
    Rules:  BIL-19 not released: a second revision with its differences.
    Joins:  hashed; temporary tables carry no statistics, and a loop over them would be quadratic.
    Parts:  fees/list_parts  */
with renewed as materialized (
    select
        open_scope.site_id,
        open_scope.base_on,
        max(result.revision) as revision
    from fees.open_scope
    inner join ops.result
        on
            result.workflow = 'fee_notices'
            and open_scope.site_id = result.site_id
            and open_scope.base_on = result.base_on
    where open_scope.run_id = %(run_id)s and not open_scope.is_closed and result.run_id = open_scope.run_id
    group by open_scope.site_id, open_scope.base_on
    having max(result.revision) > 1
),

told_now as (
    select bill_item.*
    from renewed
    cross join lateral fees.bill_items(renewed.site_id, renewed.base_on) as bill_item
),

compared as (
    select
        coalesce(told_now.site_id, told_amount.site_id) as site_id,
        coalesce(told_now.base_on, told_amount.base_on) as base_on,
        coalesce(told_now.contract_no, told_amount.contract_no) as contract_no,
        coalesce(told_now.item, told_amount.item) as item,
        told_amount.amount as old_amount,
        told_now.amount as new_amount
    from told_now
    full join (select told_amount.* from told_amount where told_amount.site_id in (select renewed.site_id from renewed))
        as told_amount
        on
            told_now.site_id = told_amount.site_id
            and told_now.contract_no = told_amount.contract_no
            and told_now.item = told_amount.item
)

insert into fees.bill_change (site_id, base_on, revision, contract_no, item, old_amount, new_amount)
select
    compared.site_id,
    compared.base_on,
    renewed.revision,
    compared.contract_no,
    compared.item,
    compared.old_amount,
    compared.new_amount
from compared
inner join renewed on compared.site_id = renewed.site_id
where compared.old_amount is distinct from compared.new_amount
