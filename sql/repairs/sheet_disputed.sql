/*  The sheet 争议冻结: what contractors dispute, and what of it their deposits hold back.

    Grain:  one row per order in dispute.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  WAR-07 reserved, not deducted; both the balance and what is available are shown.  */
with reserved as (
    select
        told.order_no,
        -sum(told.amount) as amount
    from (
        select
            entry.order_no,
            entry_line.amount
        from repairs.entry
        inner join repairs.entry_line on entry.entry_id = entry_line.entry_id
        where
            entry.site_id = %(site_id)s
            and entry.base_on < %(starts_on)s
            and entry_line.account = '冻结质保金'
        union all
        select
            line.order_no,
            line.amount
        from repairs.month_line(%(site_id)s::text, %(starts_on)s::date) as line
        where line.account = '冻结质保金'
    ) as told
    group by told.order_no
)

select
    known.order_no,
    known.contractor_name,
    known.contract_no,
    known.settled_amount,
    coalesce(reserved.amount, 0) as reserved_amount,
    coalesce(nullif(known.dispute_reason, ''), '未写明') as dispute_reason,
    known.answered_at::date as disputed_on,
    known.confirm_deadline_on,
    coalesce(nullif(known.handler, ''), known.department) as handler,
    concat(
        '余额', to_char(movement.closing_amount, 'FM999,999,999,990.00'), '不变，冻结',
        to_char(coalesce(reserved.amount, 0), 'FM999,999,999,990.00'), '，合同可用',
        to_char(movement.closing_amount - movement.reserved_amount, 'FM999,999,999,990.00'),
        case
            when coalesce(reserved.amount, 0) < known.contractor_amount + known.management_amount
                then concat(
                    '；余额不足，未冻结',
                    to_char(
                        known.contractor_amount + known.management_amount - coalesce(reserved.amount, 0),
                        'FM999,999,999,990.00'
                    )
                )
        end
    ) as effect_text
from
    repairs.known_order(
        'deposit_chargebacks', %(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz, true
    ) as known
left join reserved on known.order_no = reserved.order_no
left join
    repairs.movement(%(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz) as movement
    on known.contract_no = movement.contract_no
where known.outcome = '争议冻结'
order by known.contractor_id, known.answered_at, known.order_no
