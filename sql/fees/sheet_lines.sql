/*  The sheet 费用明细: the lines of the notices.

    Grain:  one row per line of a bill that is drawn up.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  FE-C7 VAT is contained in the price; BIL-06 a line that waits for its reading has no amount.  */
with edition as materialized (
    select *
    from fees.edition(%(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz)
),

bill as materialized (
    select noticed.*
    from fees.noticed_bill(
        %(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz, %(before_run)s::bigint
    ) as noticed
)

select
    coalesce(bill.notice_no, '待发布') as notice_no,
    bill.unit_no,
    bill.tenant_name,
    bill_line.charge_kind,
    case when bill_line.item <> bill_line.charge_kind then bill_line.item end as item,
    case bill_line.timing when '下月' then '预收' when '本月' then '当月' else '后收' end as timing,
    bill_line.starts_on,
    bill_line.ends_on,
    case
        when bill_line.mark = '待抄表' then null
        when bill_line.month_days is null then bill_line.day_count::text
        else concat(bill_line.day_count, '/', bill_line.month_days)
    end as days_text,
    bill_line.quantity,
    bill_line.unit,
    bill_line.unit_price,
    bill_line.amount,
    case when bill_line.amount is not null then bill_line.vat_rate end as vat_rate,
    bill_line.net_amount,
    bill_line.vat_amount,
    payee.account_name,
    bill_line.mark,
    bill_line.rule_id
from edition
inner join bill on bill.status = '出单'
inner join fees.bill_line
    on
        edition.site_id = bill_line.site_id
        and edition.base_on = bill_line.base_on
        and bill.contract_no = bill_line.contract_no
left join lateral (
    select payee.account_name
    from fees.payee
    where
        payee.payee_id = bill_line.payee_id
        and payee.valid_from <= edition.as_of_on
        and payee.recorded_at <= edition.known_at
        and edition.known_at < payee.superseded_at
    order by payee.valid_from desc
    limit 1
) as payee on true
order by fees.unit_order(bill.unit_no), bill.contract_no, bill_line.line_no
