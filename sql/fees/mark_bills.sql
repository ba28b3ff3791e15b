/*  Marks the bill of every contract: what was owed before, what is charged now, what is paid in advance, what is due.

    Grain:  one row per contract of the towers that is live in the month or still owes something.
    Rerun:  safe; a row that says the same already is not touched.
    Rules:  OPS-10 a contract without a notice is named with its reason. BIL-07 nothing to charge and nothing owed: no
            notice, the row stays. BIL-13 money in advance lowers what is payable, never below nothing; the rest stays.
            BIL-14 what is not sold is billed to the developer; where a tenant pays by agreement the owner has a copy.
            BIL-17 a due day that is off moves as the house has it.
    Joins:  hashed; temporary tables carry no statistics, and a loop over them would be quadratic.
    Parts:  fees/list_parts  */
with scope as materialized (
    select
        tower.*,
        fees.rolled_due(%(as_of_on)s::date + tower.due_days, tower.due_rule, %(known_at)s) as due_on
    from fees.tower
    inner join fees.open_scope on tower.site_id = open_scope.site_id
    where
        open_scope.run_id = %(run_id)s
        and not open_scope.is_closed
        and tower.recorded_at <= %(known_at)s
        and %(known_at)s < tower.superseded_at
),

account_held as (
    select
        payee.payee_id
    from fees.payee
    where
        payee.valid_from <= %(as_of_on)s
        and payee.recorded_at <= %(known_at)s
        and %(known_at)s < payee.superseded_at
    group by payee.payee_id
),

charged as (
    select
        bill_line.contract_no,
        coalesce(sum(bill_line.amount), 0) as amount,
        count(*) as line_count,
        count(*) filter (where bill_line.mark = '待抄表') as missing_count,
        bool_or(bill_line.payee_id <> all(array(select account_held.payee_id from account_held))) as has_no_account
    from fees.bill_line
    where
        bill_line.site_id = any(array(select scope.site_id from scope))
        and bill_line.base_on = %(first_on)s
    group by bill_line.contract_no
),

owed as (
    select
        bill_arrear.contract_no,
        sum(bill_arrear.open_amount) as amount
    from fees.bill_arrear
    where
        bill_arrear.site_id = any(array(select scope.site_id from scope))
        and bill_arrear.base_on = %(first_on)s
    group by bill_arrear.contract_no
),

late as (
    select
        bill_late_fee.contract_no,
        sum(bill_late_fee.amount) as amount
    from fees.bill_late_fee
    where
        bill_late_fee.site_id = any(array(select scope.site_id from scope))
        and bill_late_fee.base_on = %(first_on)s
    group by bill_late_fee.contract_no
),

corrected as (
    select
        entry.contract_no,
        sum(entry.amount) as amount
    from fees.entry
    where
        entry.site_id = any(array(select scope.site_id from scope))
        and entry.base_on = %(first_on)s
        and entry.entry_kind in ('红字', '蓝字')
    group by entry.contract_no
),

paid_ahead as (
    select
        contract_no,
        sum(settled_amount) as amount
    from settlement
    where item_key = ''
    group by contract_no
),

account as (
    select
        scope.site_id,
        scope.due_on,
        contract.contract_no,
        contract.unit_no,
        contract.tenant_id,
        contract.is_owner_copied,
        tenant.tenant_name,
        unit.area,
        unit.owner_name,
        coalesce(owed.amount, 0) as opening_amount,
        coalesce(charged.amount, 0) as charge_amount,
        coalesce(corrected.amount, 0) as correction_amount,
        coalesce(late.amount, 0) as late_fee_amount,
        coalesce(paid_ahead.amount, 0) as credit_brought,
        coalesce(charged.missing_count, 0) as missing_count,
        concat_ws(
            '；',
            case when tenant.tenant_id is null then concat('租户', contract.tenant_id, '没有登记') end,
            case when unit.unit_no is null then concat('房号', contract.unit_no, '没有登记') end,
            case
                when charged.line_count is null and contract.ends_on >= %(first_on)s::date
                    and contract.starts_on <= %(as_of_on)s and not contract.is_charged
                    then '没有任何收费项目'
            end,
            case
                when charged.has_no_account then '收款单位没有登记账户'
            end
        ) as reason
    from scope
    inner join lateral (
        select
            contract.*,
            exists (
                select from fees.charge
                where
                    charge.contract_no = contract.contract_no
                    and charge.recorded_at <= %(known_at)s
                    and %(known_at)s < charge.superseded_at
            ) or exists (
                select from fees.meter_share
                where
                    meter_share.contract_no = contract.contract_no
                    and meter_share.recorded_at <= %(known_at)s
                    and %(known_at)s < meter_share.superseded_at
            ) as is_charged
        from fees.contract
        where
            contract.site_id = scope.site_id
            and contract.site_id = any(array(select open_tower.site_id from scope as open_tower))
            and contract.recorded_at <= %(known_at)s
            and %(known_at)s < contract.superseded_at
    ) as contract on true
    left join fees.tenant
        on
            contract.tenant_id = tenant.tenant_id
            and tenant.recorded_at <= %(known_at)s
            and %(known_at)s < tenant.superseded_at
    left join fees.unit
        on
            contract.site_id = unit.site_id
            and unit.site_id = any(array(select open_tower.site_id from scope as open_tower))
            and contract.unit_no = unit.unit_no
            and unit.recorded_at <= %(known_at)s
            and %(known_at)s < unit.superseded_at
    left join charged on contract.contract_no = charged.contract_no
    left join owed on contract.contract_no = owed.contract_no
    left join late on contract.contract_no = late.contract_no
    left join corrected on contract.contract_no = corrected.contract_no
    left join paid_ahead on contract.contract_no = paid_ahead.contract_no
    where
        charged.contract_no is not null
        or owed.contract_no is not null
        or corrected.contract_no is not null
        or (contract.starts_on <= %(as_of_on)s and contract.ends_on >= %(first_on)s::date)
),

summed as (
    select
        account.*,
        account.opening_amount + account.charge_amount + account.correction_amount + account.late_fee_amount as due_amount
    from account
    offset 0
),

reckoned as materialized (
    select
        summed.site_id,
        %(first_on)s::date as base_on,
        summed.contract_no,
        summed.unit_no,
        summed.tenant_id,
        coalesce(summed.tenant_name, '') as tenant_name,
        summed.area,
        case
            when summed.reason <> '' then '异常未出单'
            when
                summed.charge_amount = 0 and summed.opening_amount = 0 and summed.correction_amount = 0
                and summed.late_fee_amount = 0 and summed.missing_count = 0
                then '无需出单'
            else '出单'
        end as status,
        summed.reason,
        summed.opening_amount::numeric(14, 2) as opening_amount,
        summed.charge_amount::numeric(14, 2) as charge_amount,
        summed.correction_amount::numeric(14, 2) as correction_amount,
        summed.late_fee_amount::numeric(14, 2) as late_fee_amount,
        summed.credit_brought::numeric(14, 2) as credit_brought,
        greatest(least(summed.credit_brought, summed.due_amount), 0)::numeric(14, 2) as credit_applied,
        greatest(summed.due_amount - summed.credit_brought, 0)::numeric(14, 2) as payable_amount,
        summed.due_on,
        case when summed.is_owner_copied then coalesce(summed.owner_name, '业主') else '' end as copied_to
    from summed
),

kept as materialized (
    select bill.*
    from fees.bill
    where
        bill.site_id = any(array(select scope.site_id from scope))
        and bill.base_on = %(first_on)s
),

gone as (
    delete from fees.bill
    using kept
    where
        bill.site_id = kept.site_id
        and bill.base_on = kept.base_on
        and bill.contract_no = kept.contract_no
        and not exists (
            select from reckoned
            where
                reckoned.contract_no = kept.contract_no
                and row(reckoned.*) is not distinct from row(kept.*)
        )
    returning bill.contract_no
)

insert into fees.bill
-- nothing to compare with: as they come, which is the order of the key
select reckoned.*
from reckoned
where not exists (select from kept)
union all
select reckoned.*
from reckoned
where
    -- what goes has gone before the first row comes
    (select count(*) from gone) >= 0
    and exists (select from kept)
    and not exists (
        select from kept
        where
            kept.contract_no = reckoned.contract_no
            and row(reckoned.*) is not distinct from row(kept.*)
    )
