/*  What the statements of a month say about each deposit: what it held, what moved it, what it holds.

    Grain:  one row per contractor and contract with entries in the month, or with a balance.
    Rerun:  safe; only reads the ledger, which does not change.
    Rules:  WAR-22 opening + additions - deductions + reversals - releases = closing; WAR-07; WAR-11; WAR-23.  */
with document as (
    select
        artifact.*,
        lower(artifact.period) as base_on
    from ops.artifact
    where artifact.artifact_id = %(artifact_id)s
),

line as materialized (
    select
        entry_line.contract_no,
        entry.entry_kind,
        entry_line.account,
        entry_line.amount,
        -- what a deposit held when its ledger was opened is no movement of the month
        entry.base_on < document.base_on or entry.entry_kind = '期初' as is_before
    from document
    inner join repairs.entry on document.site_id = entry.site_id and entry.base_on <= document.base_on
    inner join repairs.entry_line on entry.entry_id = entry_line.entry_id
    where entry_line.account in ('质保金', '冻结质保金', '应收索赔') and entry_line.contract_no <> ''
),

summed as (
    select
        line.contract_no,
        coalesce(-sum(line.amount) filter (where line.is_before and line.account <> '应收索赔'), 0) as opening_amount,
        coalesce(
            -sum(line.amount) filter (
                where not line.is_before and line.account <> '应收索赔' and line.entry_kind in ('留置', '补缴', '更正')
            ), 0
        ) as added_amount,
        coalesce(
            sum(line.amount) filter (where not line.is_before and line.account <> '应收索赔' and line.entry_kind = '结算'), 0
        ) as deducted_amount,
        coalesce(
            -sum(line.amount) filter (where not line.is_before and line.account <> '应收索赔' and line.entry_kind = '冲回'), 0
        ) as reversed_amount,
        coalesce(
            sum(line.amount) filter (where not line.is_before and line.account <> '应收索赔' and line.entry_kind = '退还'), 0
        ) as returned_amount,
        coalesce(-sum(line.amount) filter (where line.account <> '应收索赔'), 0) as closing_amount,
        coalesce(-sum(line.amount) filter (where line.account = '冻结质保金'), 0) as reserved_amount,
        coalesce(
            sum(line.amount) filter (where not line.is_before and line.account = '应收索赔' and line.entry_kind = '结算'), 0
        ) as claimed_amount
    from line
    group by line.contract_no
)

select
    -- a deposit is told whole to who has the contract
    contract.contractor_id,
    summed.*,
    project.project_name,
    contract.work_title,
    (contract.accepted_on + contract.liability_months * interval '1 month')::date as liability_until_on,
    case
        when summed.closing_amount > round(contract.settled_amount * policy.deposit_cap_rate, 2)
            then concat(
                '结算价', contract.settled_amount, '元，质保金上限', round(contract.settled_amount * policy.deposit_cap_rate, 2),
                '元，超出部分', summed.closing_amount - round(contract.settled_amount * policy.deposit_cap_rate, 2), '元待退还'
            )
        else ''
    end as remark
from summed
cross join document
inner join repairs.contract
    on
        summed.contract_no = contract.contract_no
        and contract.recorded_at <= document.known_at
        and document.known_at < contract.superseded_at
inner join repairs.project
    on
        contract.project_id = project.project_id
        and project.recorded_at <= document.known_at
        and document.known_at < project.superseded_at
left join lateral repairs.policy(document.site_id, document.known_at) as policy
    on document.as_of_on between policy.valid_from and policy.valid_to
order by contract.contractor_id, summed.contract_no
