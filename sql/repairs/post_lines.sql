/*  Writes the two sides of a contractor's entries of the month; each adds up to zero, or nothing is booked.

    Grain:  one row per entry and account.
    Rerun:  safe; an entry that has its lines keeps them.
    Sides:  above 0 debit, below 0 credit. A settlement owes the repair team the audited amount and takes it from the
            deposit, from what was reserved in it, from a claim on the contractor, and from the company. A management
            charge is income. A reversal gives back and waits for the company's own approval, or for the
            contractor to be charged again (WAR-16); the repair team is owed once.
    Method: one contractor's rows are taken from both tables before they are joined: an estimate made while the month was
            empty would loop over the whole month for each of them.  */
with entry as materialized (
    select
        entry.entry_id,
        entry.contract_no,
        entry.entry_kind,
        entry.order_no,
        entry.movement_no,
        entry.turn_no
    from repairs.entry
    where
        entry.site_id = %(site_id)s
        and entry.base_on = %(base_on)s
        and entry.contractor_id = %(contractor_id)s
),

planned as materialized (
    select planned.*
    from repairs.planned
    where
        planned.site_id = %(site_id)s
        and planned.base_on = %(base_on)s
        and planned.contractor_id = %(contractor_id)s
)

insert into repairs.entry_line (entry_id, account, contract_no, amount)
select
    entry.entry_id,
    side.account,
    case when side.account in ('质保金', '冻结质保金', '应收索赔') then entry.contract_no else '' end as contract_no,
    side.amount
from entry
inner join planned
    on
        entry.entry_kind = planned.entry_kind
        and entry.order_no = planned.order_no
        and entry.movement_no = planned.movement_no
cross join
    lateral (
        values
        (
            '质保金',
            case
                when entry.entry_kind in ('冻结', '解冻') then planned.reserved_amount
                else planned.reserved_amount - planned.deposit_amount
            end
        ),
        ('冻结质保金', -planned.reserved_amount),
        ('应收索赔', planned.claim_amount),
        ('维修成本', planned.company_amount),
        ('管理费收入', -planned.management_amount),
        (
            '应付维修队',
            case
                when entry.entry_kind = '结算' and entry.turn_no = 1 then -planned.amount
                when entry.entry_kind = '支付' then planned.amount
                else 0
            end
        ),
        (
            '待处理维修费',
            case
                when entry.entry_kind = '冲回' then planned.amount
                when entry.entry_kind = '转公司承担' or (entry.entry_kind = '结算' and entry.turn_no > 1) then -planned.amount
                else 0
            end
        ),
        (
            '银行存款',
            case entry.entry_kind
                when '留置' then planned.amount
                when '补缴' then planned.amount
                when '更正' then planned.amount
                when '退还' then -planned.amount
                when '索赔收回' then planned.amount
                when '支付' then -planned.amount
                else 0
            end
        ),
        ('期初余额', case when entry.entry_kind = '期初' then planned.amount else 0 end)
    ) as side (account, amount)
where side.amount <> 0
on conflict (entry_id, account) do nothing
