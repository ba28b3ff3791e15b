/*  Finds companies whose month does not add up.

    Grain:  one row per company and identity that does not hold.
    Rerun:  safe; only reads.
    Rules:  审定 ＋ 管理费 = 扣款 ＋ 索赔 ＋ 公司承担 ＋ 争议冻结 ＋ 暂停 (outputs 5.1); no deposit falls below what is reserved.  */
with scope as (
    select
        run_scope.site_id,
        coalesce(place.site_name, run_scope.site_id) as site_name,
        lower(run_scope.period) as base_on
    from ops.run_scope
    left join book.place on run_scope.site_id = place.site_id and place.superseded_at = 'infinity'
    where run_scope.run_id = %(run_id)s
),

summed as (
    select
        scope.site_id,
        scope.site_name,
        coalesce(stood.settled_amount, 0) as settled_amount,
        coalesce(stood.waiting_amount, 0) as waiting_amount,
        coalesce(entries.treated_amount, 0) as treated_amount,
        coalesce(entries.management_amount, 0) as management_amount
    from scope
    cross join lateral (
        select
            sum(standing.settled_amount) filter (where standing.outcome not in ('未到结算', '已入账', '自修结案')) as settled_amount,
            sum(standing.settled_amount) filter (where standing.outcome in ('争议冻结', '暂停')) as waiting_amount
        from repairs.standing
        where
            standing.workflow = 'deposit_chargebacks'
            and standing.site_id = scope.site_id
            and standing.base_on = scope.base_on
    ) as stood
    cross join lateral (
        select
            sum(planned.claim_amount + planned.company_amount - planned.deposit_amount) as treated_amount,
            sum(planned.management_amount) as management_amount
        from repairs.planned
        where
            planned.site_id = scope.site_id
            and planned.base_on = scope.base_on
            and planned.entry_kind in ('结算', '转公司承担')
    ) as entries
)

select
    summed.site_id,
    format(
        '%%s：审定%%s＋管理费%%s 不等于 扣款、索赔与公司承担%%s＋冻结与暂停%%s。请停止认定，并通知管理员。',
        summed.site_name, summed.settled_amount, summed.management_amount, summed.treated_amount, summed.waiting_amount
    ) as problem
from summed
where summed.settled_amount + summed.management_amount <> summed.treated_amount + summed.waiting_amount
union all
select
    scope.site_id,
    format(
        '%%s 合同%%s 的质保金将为 %%s，低于零。请停止认定，并通知管理员。', scope.site_name, planned.contract_no,
        planned.balance_after
    ) as problem
from scope
inner join repairs.planned on scope.site_id = planned.site_id and scope.base_on = planned.base_on
where planned.balance_after < 0
union all
select
    scope.site_id,
    format(
        '%%s 合同%%s 的质保金将为 %%s，低于冻结的%%s。请核对《质保金收支》的更正后用“重算”。', scope.site_name, change.contract_no,
        coalesce(opening.balance, 0) + change.deposit_amount, coalesce(opening.reserved, 0) + change.reserved_amount
    ) as problem
from scope
cross join lateral (
    select
        planned.contract_no,
        sum(planned.deposit_amount) as deposit_amount,
        sum(planned.reserved_amount) as reserved_amount
    from repairs.planned
    where planned.site_id = scope.site_id and planned.base_on = scope.base_on and planned.contract_no <> ''
    group by planned.contract_no
) as change
left join lateral (
    select
        -sum(entry_line.amount) as balance,
        coalesce(-sum(entry_line.amount) filter (where entry_line.account = '冻结质保金'), 0) as reserved
    from repairs.entry
    inner join repairs.entry_line on entry.entry_id = entry_line.entry_id
    where
        entry.base_on < scope.base_on
        and entry.contract_no = change.contract_no
        and entry_line.account in ('质保金', '冻结质保金')
        and entry_line.contract_no = change.contract_no
) as opening on true
where
    coalesce(opening.balance, 0) + change.deposit_amount < coalesce(opening.reserved, 0) + change.reserved_amount
    and coalesce(opening.reserved, 0) + change.reserved_amount > 0
