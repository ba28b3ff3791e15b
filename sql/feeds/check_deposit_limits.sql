/*  Finds movements that would hold more of a deposit than the law allows, any beside another security, or less than nothing.

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  WAR-13 建质〔2017〕138号: at most 3 %% of the settled price (7), none beside another security (6). The limit is
            the company's deposit_cap_rate on the day of the movement, the law's where its rules state none; the rate
            of the contract rejects nothing. WAR-23 what was lawful when it came stays when the price is lowered.
            WAR-09 a deposit is never overdrawn.
    Method: held are the known movements and what the ledger deducted of them, then those of this file by day, on one day first what comes in. Of each contract
            the first offender goes back alone, as without it the ones behind it may be right; then it is asked again.
            What is known and comes again as it was is not judged twice. */
with stated as (
    select
        feed_row.row_no,
        feed_row.movement_no,
        feed_row.contract_no,
        feed_row.movement_kind,
        feed_row.moved_on,
        case when feed_row.movement_kind = '退还' then -feed_row.amount else feed_row.amount end as change_amount,
        coalesce(
            (held.contract_no, held.movement_kind, held.amount)
            = (feed_row.contract_no, feed_row.movement_kind, feed_row.amount),
            false
        ) as is_known
    from feed_row
    left join repairs.deposit_movement as held
        on feed_row.movement_no = held.movement_no and held.superseded_at = 'infinity'
    where feed_row.fault_no = 0 and feed_row.fate = 'new'
),

kept as (
    select
        change.contract_no,
        sum(change.amount) as kept_amount
    from (
        select
            held.contract_no,
            case when held.movement_kind = '退还' then -held.amount else held.amount end as amount
        from repairs.deposit_movement as held
        where
            held.superseded_at = 'infinity'
            and not exists (select from stated where stated.movement_no = held.movement_no)
        union all
        -- what was deducted, and given back, is known to the ledger alone
        select
            entry_line.contract_no,
            -entry_line.amount as amount
        from repairs.entry
        inner join repairs.entry_line on entry.entry_id = entry_line.entry_id
        where entry.entry_kind in ('结算', '冲回') and entry_line.account in ('质保金', '冻结质保金')
    ) as change
    where change.contract_no in (select stated.contract_no from stated)
    group by change.contract_no
),

capped as (
    select
        stated.*,
        contract.settled_amount,
        contract.other_security,
        coalesce(rate.cap_rate, 0.03) as cap_rate,
        round(contract.settled_amount * coalesce(rate.cap_rate, 0.03), 2) as cap_amount
    from stated
    inner join repairs.contract on stated.contract_no = contract.contract_no and contract.superseded_at = 'infinity'
    left join repairs.project on contract.project_id = project.project_id and project.superseded_at = 'infinity'
    left join lateral (
        select rule.value::numeric as cap_rate
        from book.site_rule_set
        inner join book.rule_set on site_rule_set.rule_set = rule_set.rule_set
        inner join book.rule on rule_set.rule_set = rule.rule_set
        where
            site_rule_set.site_id = project.site_id
            and rule.parameter = 'deposit_cap_rate'
            and stated.moved_on between site_rule_set.valid_from and coalesce(site_rule_set.valid_to, 'infinity')
            and stated.moved_on between rule.valid_from and coalesce(rule.valid_to, 'infinity')
            and site_rule_set.superseded_at = 'infinity'
            and rule_set.superseded_at = 'infinity'
            and rule.superseded_at = 'infinity'
        order by rule_set.rank desc
        limit 1
    ) as rate on true
),

reckoned as (
    select
        capped.*,
        row_number() over in_order as place,
        coalesce(kept.kept_amount, 0) + sum(capped.change_amount) over in_order as held_amount
    from capped
    left join kept on capped.contract_no = kept.contract_no
    -- what is known and comes again goes before what is new: the new row gives way
    window in_order as (
        partition by capped.contract_no
        order by not capped.is_known, capped.moved_on, capped.change_amount < 0, capped.row_no
        rows unbounded preceding
    )
)

select distinct on (reckoned.contract_no)
    reckoned.row_no,
    case
        when reckoned.held_amount >= 0 and reckoned.other_security <> '无' then 'contract_no' else 'amount'
    end as column_name,
    case
        when reckoned.held_amount < 0 and reckoned.change_amount > 0 then
            format(
                '合同%%s的质保金将成为负数：更正后只有%%s元，退还的比它多', reckoned.contract_no,
                to_char(reckoned.change_amount, 'FM999,999,999,990.00')
            )
        when reckoned.held_amount < 0 then
            format(
                '合同%%s的质保金只有%%s元，不够%%s元', reckoned.contract_no,
                to_char(reckoned.held_amount - reckoned.change_amount, 'FM999,999,999,990.00'),
                to_char(abs(reckoned.change_amount), 'FM999,999,999,990.00')
            )
        when reckoned.other_security <> '无' then
            format(
                '合同%%s已有%%s，不得再预留质保金（建质〔2017〕138号第六条）', reckoned.contract_no, reckoned.other_security
            )
        else
            format(
                '合同%%s的质保金将达到%%s元，超过上限%%s元（结算价%%s元的%%s%%%%，建质〔2017〕138号第七条）', reckoned.contract_no,
                to_char(reckoned.held_amount, 'FM999,999,999,990.00'),
                to_char(reckoned.cap_amount, 'FM999,999,999,990.00'),
                to_char(reckoned.settled_amount, 'FM999,999,999,990.00'),
                trim_scale(reckoned.cap_rate * 100)
            )
    end as reason,
    case
        when reckoned.held_amount < 0 then '请核对金额和施工合同号；留置还没有报的，连同留置一起报送'
        when reckoned.other_security <> '无' then
            '请核对：已有其他担保的，退还这笔质保金，不报送；担保登记错了的，请先更正《施工合同登记》的其他担保'
        else
            format(
                '请核对金额，最多还能留%%s元；结算价有变的，请先更正《施工合同登记》',
                to_char(
                    greatest(reckoned.cap_amount - reckoned.held_amount + reckoned.change_amount, 0),
                    'FM999,999,999,990.00'
                )
            )
    end as advice
from reckoned
where
    not reckoned.is_known
    and (
        reckoned.held_amount < 0
        or reckoned.change_amount > 0
        and (reckoned.other_security <> '无' or reckoned.held_amount > reckoned.cap_amount)
    )
order by reckoned.contract_no, reckoned.place
