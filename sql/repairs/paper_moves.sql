/*  What moved the deposits of a month, line by line, as the statements tell it.

    Grain:  one row per entry on a deposit or a claim, and per order that is disputed.
    Rerun:  safe; only reads the ledger, which does not change, and what was known at `known_at`.
    Rules:  outputs 5.2; WAR-07 disputed orders are named with what is reserved for them.  */
with document as (
    select
        artifact.*,
        lower(artifact.period) as base_on
    from ops.artifact
    where artifact.artifact_id = %(artifact_id)s
)

select
    entry.contract_no,
    entry.entry_kind,
    entry.entry_no,
    entry.order_no,
    entry.movement_no,
    entry.business_on,
    coalesce(regexp_replace(work_order.place_text, '\s+', ' ', 'g'), '') as place_text,
    coalesce(regexp_replace(work_order.defect, '\s+', ' ', 'g'), '') as defect,
    coalesce(movement.reason, '') as reason,
    case standing.confirm_state
        when '默认确认' then concat(standing.confirm_no, ' 按', contract.silence_clause, '视为确认')
        else concat(standing.confirm_no, ' ', to_char(standing.answered_at, 'YYYY-MM-DD'), '确认')
    end as confirmed,
    coalesce(-sum(line.amount) filter (where line.account in ('质保金', '冻结质保金')), 0) as deposit_amount,
    coalesce(sum(line.amount) filter (where line.account = '应收索赔'), 0) as claim_amount
from document
inner join repairs.entry on document.site_id = entry.site_id and document.base_on = entry.base_on
inner join repairs.entry_line as line on entry.entry_id = line.entry_id
inner join repairs.contract
    on
        entry.contract_no = contract.contract_no
        and contract.recorded_at <= document.known_at
        and document.known_at < contract.superseded_at
left join repairs.work_order
    on
        entry.order_no = work_order.order_no
        and work_order.recorded_at <= document.known_at
        and document.known_at < work_order.superseded_at
left join repairs.deposit_movement as movement
    on
        entry.movement_no = movement.movement_no
        and movement.recorded_at <= document.known_at
        and document.known_at < movement.superseded_at
left join repairs.standing
    on
        standing.workflow = 'deposit_chargebacks'
        and document.site_id = standing.site_id
        and document.base_on = standing.base_on
        and entry.order_no = standing.order_no
where entry.entry_kind in ('留置', '补缴', '更正', '退还', '冲回', '结算')
group by
    entry.entry_id, work_order.place_text, work_order.defect, movement.reason, standing.confirm_state, standing.confirm_no,
    standing.answered_at, contract.silence_clause
order by entry.entry_id
