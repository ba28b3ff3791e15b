/*  Plans what a month's settlement books, in the order of booking.

    Grain:  one row per company, month and planned entry.
    Rerun:  safe; the same facts plan the same. A closed month, and contractors whose month is booked, stay as they are.
    Order:  what came into a deposit, what is taken back, what is set free, what was paid out; then charges and
            reservations by the instant of the contractor's answer, then by order number (WAR-10); then what only the
            company bears, then payments.
    Method: charges of a contract are laid end to end along what is available; each takes what its stretch still covers,
            the rest becomes a claim (WAR-09). What is reserved for an order is used for that order first.
    Rules:  WA-D9; WAR-07 disputed amounts are reserved, as far as they could be deducted; WAR-11 each contract by itself; WAR-12 after the liability period
            no deduction, a claim; WAR-16 reversals settle no claim; WAR-17 what was found late is booked in the open month;
            never more is paid out than is available.  */
with scope as materialized (
    select
        run_scope.site_id,
        lower(run_scope.period) as base_on
    from ops.run_scope
    where
        run_scope.run_id = %(run_id)s
        and not exists (
            select from ops.period_close
            where
                period_close.workflow = run_scope.workflow
                and period_close.site_id = run_scope.site_id
                and period_close.period && run_scope.period
        )
        and not exists (
            select from ops.run_gap
            where run_gap.run_id = run_scope.run_id and run_gap.site_id = run_scope.site_id
        )
),

booked as materialized (
    select distinct
        entry.site_id,
        entry.base_on,
        entry.contractor_id
    from scope
    inner join repairs.entry on scope.site_id = entry.site_id and scope.base_on = entry.base_on
),

contract as materialized (
    select
        scope.site_id,
        scope.base_on,
        contract.contract_no,
        contract.contractor_id,
        contract.other_security
    from scope
    inner join repairs.project
        on
            scope.site_id = project.site_id
            and project.recorded_at <= %(known_at)s
            and %(known_at)s < project.superseded_at
    inner join repairs.contract
        on
            project.project_id = contract.project_id
            and contract.recorded_at <= %(known_at)s
            and %(known_at)s < contract.superseded_at
),

-- what each contract, and each order within it, holds at the month's beginning
held as materialized (
    select
        contract.contract_no,
        entry.order_no,
        -sum(entry_line.amount) as balance,
        coalesce(-sum(entry_line.amount) filter (where entry_line.account = '冻结质保金'), 0) as reserved
    from contract
    inner join repairs.entry on contract.site_id = entry.site_id and entry.base_on < contract.base_on
    inner join repairs.entry_line
        on
            entry.entry_id = entry_line.entry_id
            and contract.contract_no = entry_line.contract_no
            and entry_line.account in ('质保金', '冻结质保金')
    group by contract.contract_no, entry.order_no
),

opening as (
    select
        held.contract_no,
        sum(held.balance) as balance,
        sum(held.reserved) as reserved
    from held
    group by held.contract_no
),

moved as (
    select
        contract.site_id,
        contract.base_on,
        contract.contractor_id,
        contract.contract_no,
        movement.movement_kind,
        movement.movement_no,
        movement.moved_on,
        movement.amount
    from contract
    inner join repairs.deposit_movement as movement
        on
            contract.contract_no = movement.contract_no
            and movement.recorded_at <= %(known_at)s
            and %(known_at)s < movement.superseded_at
    where
        movement.moved_on <= %(as_of_on)s
        and not exists (
            select from repairs.entry
            where
                entry.movement_no = movement.movement_no
                and entry.entry_kind = movement.movement_kind
                and (entry.site_id, entry.base_on) <> (contract.site_id, contract.base_on)
        )
),

standing as materialized (
    select
        standing.*,
        work_order.reported_on,
        work_order.completed_on,
        liability.is_deductible,
        -- what is not certified yet is planned as if it were, for that is what the certifier is asked about
        case
            when standing.outcome <> '待认定' then standing.outcome
            when standing.order_class = 'B' then '公司承担'
            when liability.is_deductible then '扣款'
            else '索赔'
        end as treatment,
        standing.contractor_amount + standing.management_amount as needed
    from scope
    inner join repairs.standing
        on
            scope.site_id = standing.site_id
            and scope.base_on = standing.base_on
            and standing.workflow = 'deposit_chargebacks'
    inner join repairs.work_order
        on
            standing.order_no = work_order.order_no
            and work_order.recorded_at <= %(known_at)s
            and %(known_at)s < work_order.superseded_at
    left join contract on standing.contract_no = contract.contract_no
    cross join lateral (
        select
            coalesce(
                work_order.reported_on <= standing.liability_until_on and contract.other_security = '无', false
            ) as is_deductible
    ) as liability
),

settled_before as materialized (
    select distinct on (entry.order_no)
        entry.order_no,
        entry.entry_id,
        entry.contract_no,
        entry.contractor_id,
        entry.turn_no
    from scope
    inner join repairs.entry on scope.site_id = entry.site_id and entry.base_on < scope.base_on
    where entry.entry_kind = '结算'
    order by entry.order_no, entry.turn_no desc
),

-- what a reversal gives back, to the deposit and of the claim, and what the company has to bear then
taken_back as (
    select
        standing.site_id,
        standing.base_on,
        -- a deposit's month is one contractor's, whoever had the contract when it was charged
        coalesce(contract.contractor_id, settled_before.contractor_id) as contractor_id,
        settled_before.contract_no,
        settled_before.entry_id,
        standing.order_no,
        standing.reported_on,
        coalesce(sum(entry_line.amount) filter (where entry_line.account in ('质保金', '冻结质保金')), 0) as deposit_amount,
        coalesce(-sum(entry_line.amount) filter (where entry_line.account = '应收索赔'), 0) as claim_amount,
        coalesce(sum(entry_line.amount) filter (where entry_line.account = '管理费收入'), 0) as management_amount
    from standing
    inner join settled_before on standing.order_no = settled_before.order_no
    inner join repairs.entry_line on settled_before.entry_id = entry_line.entry_id
    left join contract on settled_before.contract_no = contract.contract_no
    where standing.outcome = '已入账'
    group by
        standing.site_id, standing.base_on, contract.contractor_id, settled_before.contractor_id, settled_before.contract_no,
        settled_before.entry_id, standing.order_no, standing.reported_on
),

-- reservations that outlived what they were for, or were made in another contract than the order is of now
set_free as (
    select
        contract.site_id,
        contract.base_on,
        contract.contractor_id,
        held.contract_no,
        held.order_no,
        held.reserved - least(held.reserved, coalesce(standing.needed, 0)) as amount
    from held
    inner join contract on held.contract_no = contract.contract_no
    left join standing
        on
            held.order_no = standing.order_no
            and held.contract_no = standing.contract_no
            and standing.is_deductible
            and standing.treatment not in ('公司承担', '自修结案', '索赔')
    where held.reserved > coalesce(standing.needed, 0)
),

incoming as (
    select
        contract.contract_no,
        coalesce((select sum(moved.amount) from moved where moved.contract_no = contract.contract_no and moved.movement_kind <> '退还'), 0)
        + coalesce(
            (select sum(taken_back.deposit_amount) from taken_back where taken_back.contract_no = contract.contract_no), 0
        )
        + coalesce((select sum(set_free.amount) from set_free where set_free.contract_no = contract.contract_no), 0)
        + coalesce(opening.balance - opening.reserved, 0) as available
    from contract
    left join opening on contract.contract_no = opening.contract_no
),

-- never more is paid out than is there: a payment that is too large stays out and is listed
paid_out as (
    select
        asked.*,
        incoming.available
    from (
        select
            moved.*,
            sum(moved.amount) over (partition by moved.contract_no order by moved.moved_on, moved.movement_no) as until_amount
        from moved
        where moved.movement_kind = '退还'
    ) as asked
    inner join incoming on asked.contract_no = incoming.contract_no
    where asked.until_amount <= incoming.available
),

pool as (
    select
        incoming.contract_no,
        incoming.available - coalesce(
            (select sum(paid_out.amount) from paid_out where paid_out.contract_no = incoming.contract_no), 0
        ) as available
    from incoming
),

wanting as (
    select
        standing.*,
        coalesce(own.reserved, 0) as own_reserved,
        least(coalesce(own.reserved, 0), standing.needed) as own_used,
        standing.needed - least(coalesce(own.reserved, 0), standing.needed) as wanted
    from standing
    left join held as own on standing.contract_no = own.contract_no and standing.order_no = own.order_no
    where standing.treatment = '扣款' or (standing.treatment = '争议冻结' and standing.is_deductible)
),

laid as (
    select
        wanting.*,
        pool.available,
        sum(wanting.wanted) over (
            partition by wanting.contract_no order by wanting.answered_at, wanting.order_no
        ) - wanting.wanted as before_amount
    from wanting
    left join pool on wanting.contract_no = pool.contract_no
),

taken as (
    select
        laid.*,
        greatest(least(laid.wanted, coalesce(laid.available, 0) - laid.before_amount), 0) as took
    from laid
),

listed as (
    select
        case when moved.movement_kind = '期初' then 1 else 2 end as rank,
        moved.moved_on::timestamptz as rank_at,
        moved.site_id, moved.base_on, moved.contractor_id, moved.contract_no, moved.movement_kind as entry_kind,
        '' as order_no, moved.movement_no, moved.moved_on as business_on, null::timestamptz as answered_at,
        moved.amount, moved.amount as deposit_amount, 0::numeric as reserved_amount, 0::numeric as claim_amount,
        0::numeric as company_amount, 0::numeric as management_amount, null::bigint as reverses_id
    from moved
    where moved.movement_kind <> '退还'
    union all
    select
        3, taken_back.reported_on::timestamptz,
        taken_back.site_id, taken_back.base_on, taken_back.contractor_id, taken_back.contract_no, '冲回',
        taken_back.order_no, '', taken_back.reported_on, null,
        taken_back.deposit_amount - taken_back.claim_amount + taken_back.management_amount,
        taken_back.deposit_amount, 0, taken_back.claim_amount, 0, taken_back.management_amount, taken_back.entry_id
    from taken_back
    union all
    select
        4, null,
        set_free.site_id, set_free.base_on, set_free.contractor_id, set_free.contract_no, '解冻',
        set_free.order_no, '', %(as_of_on)s::date, null,
        set_free.amount, 0, -set_free.amount, 0, 0, 0, null
    from set_free
    union all
    select
        5, paid_out.moved_on::timestamptz,
        paid_out.site_id, paid_out.base_on, paid_out.contractor_id, paid_out.contract_no, '退还',
        '', paid_out.movement_no, paid_out.moved_on, null,
        paid_out.amount, -paid_out.amount, 0, 0, 0, 0, null
    from paid_out
    union all
    select
        6, taken.answered_at,
        taken.site_id, taken.base_on, taken.contractor_id, taken.contract_no, '结算',
        taken.order_no, '', coalesce(taken.completed_on, taken.reported_on), taken.answered_at,
        taken.settled_amount, -(taken.own_used + taken.took), -taken.own_used, taken.wanted - taken.took,
        taken.company_amount, taken.management_amount, null
    from taken
    where taken.treatment = '扣款'
    union all
    select
        6, taken.answered_at,
        taken.site_id, taken.base_on, taken.contractor_id, taken.contract_no, '冻结',
        taken.order_no, '', taken.answered_at::date, taken.answered_at,
        taken.took, 0, taken.took, 0, 0, 0, null
    from taken
    where taken.treatment = '争议冻结' and taken.took > 0
    union all
    select
        6, standing.answered_at,
        standing.site_id, standing.base_on, standing.contractor_id, standing.contract_no, '结算',
        standing.order_no, '', coalesce(standing.completed_on, standing.reported_on), standing.answered_at,
        standing.settled_amount, 0, 0, standing.needed, standing.company_amount, standing.management_amount, null
    from standing
    where standing.treatment = '索赔'
    union all
    select
        7, standing.reported_on::timestamptz,
        standing.site_id, standing.base_on, '', '',
        case when settled_before.entry_id is null then '结算' else '转公司承担' end,
        standing.order_no, '', coalesce(standing.completed_on, standing.reported_on), null,
        standing.settled_amount, 0, 0, 0, standing.settled_amount, 0, settled_before.entry_id
    from standing
    left join settled_before on standing.order_no = settled_before.order_no
    where standing.treatment = '公司承担'
    union all
    select
        8, payment.paid_on::timestamptz,
        scope.site_id, scope.base_on, '', '', '支付',
        payment.order_no, payment.payment_no, payment.paid_on, null,
        payment.amount, 0, 0, 0, 0, 0, null
    from scope
    inner join repairs.project
        on
            scope.site_id = project.site_id
            and project.recorded_at <= %(known_at)s
            and %(known_at)s < project.superseded_at
    inner join repairs.work_order
        on
            project.project_id = work_order.project_id
            and work_order.recorded_at <= %(known_at)s
            and %(known_at)s < work_order.superseded_at
    inner join repairs.team_payment as payment
        on
            work_order.order_no = payment.order_no
            and payment.recorded_at <= %(known_at)s
            and %(known_at)s < payment.superseded_at
    where
        payment.paid_on <= %(as_of_on)s
        and not exists (
            select from repairs.entry
            where
                entry.entry_kind = '支付'
                and entry.movement_no = payment.payment_no
                and entry.order_no = payment.order_no
                and (entry.site_id, entry.base_on) <> (scope.site_id, scope.base_on)
        )
    union all
    select
        9, receipt.received_on::timestamptz,
        contract.site_id, contract.base_on, contract.contractor_id, contract.contract_no, '索赔收回',
        receipt.order_no, receipt.receipt_no, receipt.received_on, null,
        receipt.amount, 0, 0, -receipt.amount, 0, 0, null
    from contract
    inner join settled_before on contract.contract_no = settled_before.contract_no
    inner join repairs.claim_receipt as receipt
        on
            settled_before.order_no = receipt.order_no
            and receipt.recorded_at <= %(known_at)s
            and %(known_at)s < receipt.superseded_at
    where
        receipt.received_on <= %(as_of_on)s
        and not exists (
            select from repairs.entry
            where
                entry.entry_kind = '索赔收回'
                and entry.movement_no = receipt.receipt_no
                and entry.order_no = receipt.order_no
                and (entry.site_id, entry.base_on) <> (contract.site_id, contract.base_on)
        )
),

numbered as (
    select
        listed.*,
        row_number() over (
            partition by listed.site_id
            order by listed.rank, listed.rank_at, listed.order_no, listed.movement_no, listed.contract_no
        )::integer as line_no,
        sum(listed.deposit_amount) over (
            partition by listed.site_id, listed.contract_no
            order by listed.rank, listed.rank_at, listed.order_no, listed.movement_no
        ) as moved_amount
    from listed
    where not exists (
        select from booked
        where
            booked.site_id = listed.site_id
            and booked.base_on = listed.base_on
            and booked.contractor_id = listed.contractor_id
    )
    -- nor is planned for another what one of them has booked
    and not exists (
        select from booked
        inner join repairs.planned as theirs
            on
                booked.site_id = theirs.site_id
                and booked.base_on = theirs.base_on
                and booked.contractor_id = theirs.contractor_id
        where
            theirs.site_id = listed.site_id
            and theirs.base_on = listed.base_on
            and theirs.entry_kind = listed.entry_kind
            and theirs.order_no = listed.order_no
            and theirs.movement_no = listed.movement_no
    )
),

drawn as (
    select
        numbered.site_id,
        numbered.base_on,
        -- what is booked keeps its numbers
        numbered.line_no + coalesce(
            (
                select max(kept.line_no)
                from repairs.planned as kept
                inner join booked
                    on
                        kept.site_id = booked.site_id
                        and kept.base_on = booked.base_on
                        and kept.contractor_id = booked.contractor_id
                where kept.site_id = numbered.site_id and kept.base_on = numbered.base_on
            ),
            0
        ) as line_no,
        numbered.contractor_id,
        numbered.contract_no,
        numbered.entry_kind,
        numbered.order_no,
        numbered.movement_no,
        numbered.business_on,
        numbered.answered_at,
        numbered.amount::numeric(14, 2) as amount,
        numbered.deposit_amount::numeric(14, 2) as deposit_amount,
        numbered.reserved_amount::numeric(14, 2) as reserved_amount,
        numbered.claim_amount::numeric(14, 2) as claim_amount,
        numbered.company_amount::numeric(14, 2) as company_amount,
        numbered.management_amount::numeric(14, 2) as management_amount,
        case
            when numbered.contract_no <> ''
                then (coalesce(opening.balance, 0) + numbered.moved_amount - numbered.deposit_amount)::numeric(14, 2)
        end as balance_before,
        case
            when numbered.contract_no <> '' then (coalesce(opening.balance, 0) + numbered.moved_amount)::numeric(14, 2)
        end as balance_after,
        numbered.reverses_id
    from numbered
    left join opening on numbered.contract_no = opening.contract_no
),

kept as materialized (
    select planned.*
    from repairs.planned
    inner join scope on planned.site_id = scope.site_id and planned.base_on = scope.base_on
    where not exists (
        select from booked
        where
            booked.site_id = planned.site_id
            and booked.base_on = planned.base_on
            and booked.contractor_id = planned.contractor_id
    )
),

gone as (
    delete from repairs.planned
    using kept
    where
        planned.site_id = kept.site_id
        and planned.base_on = kept.base_on
        and planned.line_no = kept.line_no
        and not exists (select from drawn where row(drawn.*) is not distinct from row(kept.*))
    returning planned.line_no
)

insert into repairs.planned (
    site_id, base_on, line_no, contractor_id, contract_no, entry_kind, order_no, movement_no, business_on, answered_at,
    amount, deposit_amount, reserved_amount, claim_amount, company_amount, management_amount, balance_before, balance_after,
    reverses_id
)
select drawn.*
from drawn
where
    -- what goes has gone before the first row comes
    (select count(*) from gone) >= 0
    and not exists (select from kept where row(kept.*) is not distinct from row(drawn.*))
order by drawn.site_id, drawn.line_no
