/*  The sheet 计算依据: how each amount came about, by which rule, from which line of which file.

    Grain:  one row per line, stretch of a late fee, and use of money in advance.
    Rerun:  safe; only reads what was known at `known_at`.  */
with edition as materialized (
    select *
    from fees.edition(%(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz)
),

bill as materialized (
    select
        bill.*,
        concat_ws(' ', bill.unit_no, bill.tenant_name) as subject
    from edition
    inner join fees.bill
        on edition.site_id = bill.site_id and edition.base_on = bill.base_on and bill.status = '出单'
),

ground (
    place, contract_no, unit_no, sort_no, subject, item, outcome, reasoning, rule_book, clause, rule_id, rule_from_on, file_id,
    line_no
) as (
    select
        1,
        bill.contract_no,
        bill.unit_no,
        bill_line.line_no,
        bill.subject,
        concat(bill_line.item, ' ', to_char(bill_line.starts_on, 'MM-DD'), '至', to_char(bill_line.ends_on, 'MM-DD')),
        coalesce(to_char(bill_line.amount, 'FM999,999,990.00') || '元', '待抄表'),
        bill_line.grounds,
        case when bill_line.meter_no = '' then '租赁（物业）合同' else '收费标准' end,
        coalesce(tariff.clause, case when bill_line.meter_no = '' then '合同' || bill.contract_no || '收费项目' end),
        bill_line.rule_id,
        bill_line.rule_from,
        bill_line.file_id,
        bill_line.source_line
    from bill
    cross join edition
    inner join fees.bill_line
        on
            bill.site_id = bill_line.site_id
            and bill.base_on = bill_line.base_on
            and bill.contract_no = bill_line.contract_no
    left join lateral (
        select tariff.clause
        from fees.tariff
        where
            bill_line.meter_no <> ''
            and tariff.utility = bill_line.charge_kind
            and tariff.valid_from = bill_line.rule_from
            and tariff.site_id in (bill_line.site_id, '*')
            and tariff.recorded_at <= edition.known_at
            and edition.known_at < tariff.superseded_at
        order by tariff.site_id = '*'
        limit 1
    ) as tariff on true
    union all
    select
        2,
        bill.contract_no,
        bill.unit_no,
        row_number() over (
            partition by bill.contract_no
            order by bill_late_fee.due_on, bill_late_fee.item_key, bill_late_fee.stretch_no
        )::integer,
        bill.subject,
        concat('违约金（', bill_late_fee.charge_kind, to_char(bill_late_fee.base_month, 'YYYY-MM'), '）'),
        to_char(bill_late_fee.amount, 'FM999,999,990.00') || '元',
        concat(
            to_char(bill_late_fee.due_on, 'YYYY-MM-DD'), '到期，', to_char(bill_late_fee.counts_from + 1, 'YYYY-MM-DD'), '至',
            to_char(bill_late_fee.counts_to, 'YYYY-MM-DD'), '共', bill_late_fee.day_count, '天，本金',
            to_char(bill_late_fee.principal, 'FM999,999,990.00'), '元×日率', trim_scale(bill_late_fee.late_rate * 100), '%%×',
            bill_late_fee.day_count, '天，', case when bill_late_fee.is_capped then '以本金为限，' end, '应收',
            to_char(bill_late_fee.amount, 'FM999,999,990.00'), '元'
        ),
        '租赁（物业）合同',
        bill_late_fee.late_clause,
        '合同约定',
        null,
        null,
        null
    from bill
    inner join fees.bill_late_fee
        on
            bill.site_id = bill_late_fee.site_id
            and bill.base_on = bill_late_fee.base_on
            and bill.contract_no = bill_late_fee.contract_no
    union all
    select
        3,
        bill.contract_no,
        bill.unit_no,
        1,
        bill.subject,
        '预收抵扣',
        to_char(bill.credit_applied, 'FM999,999,990.00') || '元',
        concat(
            '预收', to_char(bill.credit_brought, 'FM999,999,990.00'), '元，应付',
            to_char(
                bill.opening_amount + bill.charge_amount + bill.correction_amount + bill.late_fee_amount, 'FM999,999,990.00'
            ),
            '元，抵扣', to_char(bill.credit_applied, 'FM999,999,990.00'), '元，本次应缴',
            to_char(bill.payable_amount, 'FM999,999,990.00'), '元'
        ),
        '收费办法',
        '预收款先抵扣，余额留抵下期',
        'FE-C1',
        null,
        null,
        null
    from bill
    where bill.credit_applied > 0
)

select
    ground.subject,
    ground.item,
    ground.outcome,
    ground.reasoning,
    ground.rule_book,
    ground.clause,
    ground.rule_id,
    ground.rule_from_on,
    landing_file.file_name,
    ground.line_no,
    null::text as adjusted_by,
    null::timestamptz as adjusted_at
from ground
left join ops.landing_file on ground.file_id = landing_file.file_id
order by fees.unit_order(ground.unit_no), ground.contract_no, ground.place, ground.sort_no
