/*  The sheet 抄表明细: what meters counted, how it was read and shared, and what they counted last month.

    Grain:  one row per metered line of a bill that is drawn up.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  the month before is compared by chain of meters: a replaced meter goes on.  */
with edition as materialized (
    select *
    from fees.edition(%(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz)
),

bill as materialized (
    select noticed.*
    from fees.noticed_bill(
        %(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz, %(before_run)s::bigint
    ) as noticed
),

used as (
    select
        bill_line.contract_no,
        bill_line.item,
        sum(bill_line.quantity) filter (where bill_line.base_on = edition.base_on) as quantity,
        sum(bill_line.quantity) filter (where bill_line.base_on = edition.before_on) as before_quantity
    from edition
    inner join fees.bill_line
        on
            edition.site_id = bill_line.site_id
            and bill_line.base_on in (edition.base_on, edition.before_on)
    where bill_line.meter_no <> ''
    group by bill_line.contract_no, bill_line.item
)

select
    edition.tower_name,
    bill.unit_no,
    bill.tenant_name,
    bill_line.meter_no,
    bill_line.charge_kind,
    bill_line.previous_on,
    bill_line.previous_reading,
    bill_line.current_on,
    bill_line.current_reading,
    bill_line.multiplier,
    nullif(bill_line.replaced_quantity, 0) as replaced_quantity,
    bill_line.quantity,
    bill_line.shared_quantity,
    case
        when bill_line.share_key is not null
            then concat(trim_scale(bill_line.share_key), '/', trim_scale(bill_line.share_of))
    end as share_text,
    bill_line.unit_price,
    bill_line.amount,
    nullif(bill_line.reading_source, '') as reading_source,
    nullif(bill_line.reader, '') as reader,
    used.before_quantity,
    round((used.quantity - used.before_quantity) / nullif(used.before_quantity, 0), 4) as change_rate,
    case
        when bill_line.mark = '待抄表' then bill_line.grounds
        else concat_ws(
            '；',
            case when bill_line.mark = '估算' then '估算' end,
            case when bill_line.replaced_quantity <> 0 then '本期换表' end,
            case
                when abs(used.quantity - used.before_quantity) > used.before_quantity * edition.jump_limit
                    then '用量环比超过预警线'
            end
        )
    end as hint
from edition
inner join bill on bill.status = '出单'
inner join fees.bill_line
    on
        edition.site_id = bill_line.site_id
        and edition.base_on = bill_line.base_on
        and bill.contract_no = bill_line.contract_no
left join used on bill_line.contract_no = used.contract_no and bill_line.item = used.item
where bill_line.meter_no <> ''
order by fees.unit_order(bill.unit_no), bill.contract_no, bill_line.line_no
