/*  The same answer as bare SQL: what one would write for this October, these prices and nothing else.

    Grain:  the tables of answers.sql: one row per line, open item, stretch of late fee, and bill.
    Left out: versions of facts and rules, both cut-offs, where a line comes from and the words that explain it, closed
            towers, corrections, revisions, hashes, meters that run backwards or past their last number, contracts
            that change behind a meter, most caps and limits, whatever did not happen. Prices, dates and payees are
            constants in the text. The bench compares its answers with the product's.  */
insert into bench.bill_line (
    site_id, base_on, contract_no, line_no, charge_kind, item, timing, starts_on, ends_on, day_count, month_days,
    quantity, unit, unit_price, amount, vat_rate, vat_method, net_amount, vat_amount, payee_id, mark, meter_no,
    previous_on, previous_reading, current_on, current_reading, multiplier, rule_id, rule_version, grounds
)
with fixed as (
    select
        contract.site_id,
        contract.contract_no,
        charge.charge_kind,
        charge.item,
        charge.timing,
        greatest(asked.month_on, contract.starts_on, charge.valid_from) as starts_on,
        least((asked.month_on + interval '1 month')::date - 1, contract.ends_on, charge.valid_to) as ends_on,
        (asked.month_on + interval '1 month')::date - asked.month_on as month_days,
        charge.month_amount,
        charge.vat_rate,
        charge.vat_method,
        case
            when rent_free.contract_no is null then 0
            else rent_free.ends_on - rent_free.starts_on + 1
        end as free_days
    from fees.contract
    inner join fees.charge on contract.contract_no = charge.contract_no
    -- this month's, and of who moved in since the last notice also what that would have asked for
    inner join (values (date '2026-10-01'), (date '2026-11-01')) as asked (month_on)
        on
            case charge.timing
                when '本月' then asked.month_on = '2026-10-01'
                else asked.month_on = '2026-11-01' or contract.starts_on >= '2026-10-01'
            end
            and asked.month_on <= contract.ends_on
            and contract.starts_on < asked.month_on + interval '1 month'
    left join fees.rent_free
        on
            charge.contract_no = rent_free.contract_no
            and charge.charge_kind = rent_free.charge_kind
            and asked.month_on = '2026-11-01'
),

fixed_line as (
    select
        site_id,
        contract_no,
        charge_kind,
        item,
        timing,
        starts_on,
        ends_on,
        ends_on - starts_on + 1 - free_days as day_count,
        month_days,
        null::numeric as quantity,
        '月' as unit,
        month_amount as unit_price,
        case
            when ends_on - starts_on + 1 - free_days = month_days then month_amount
            else round(month_amount * (ends_on - starts_on + 1 - free_days) / month_days, 2)
        end as amount,
        vat_rate,
        vat_method,
        case charge_kind when '租金' then 'OWN' else 'WY' end as payee_id,
        '' as mark,
        '' as meter_no,
        null::date as previous_on,
        null::numeric as previous_reading,
        null::date as current_on,
        null::numeric as current_reading,
        null::numeric as multiplier
    from fixed
),

-- since September's reading, or the one before where September had none
stretch as (
    select
        meter_no,
        read_on,
        reading,
        lag(read_on) over of_meter as previous_on,
        lag(reading) over of_meter as previous_reading
    from fees.reading
    where read_on between '2026-08-18' and '2026-10-20'
    window of_meter as (partition by meter_no order by read_on)
),

used as (
    select
        stretch.*,
        coalesce(meter.replaces, meter.meter_no) as root_no,
        meter.utility,
        meter.site_id,
        meter.multiplier,
        meter.site_id = 'T07' and meter.utility = '电费' as is_repriced,
        meter.multiplier * (stretch.reading - stretch.previous_reading) as quantity
    from stretch
    inner join fees.meter on stretch.meter_no = meter.meter_no
    where stretch.read_on > '2026-09-20'
),

priced as (
    select
        root_no,
        site_id,
        max(meter_no) as meter_no,
        utility,
        multiplier,
        min(previous_on) as previous_on,
        max(read_on) as read_on,
        (array_agg(previous_reading order by previous_on, meter_no))[1] as previous_reading,
        (array_agg(reading order by read_on desc, meter_no desc))[1] as reading,
        sum(quantity) as quantity,
        date '2020-01-01' as priced_from,
        date 'infinity' as priced_to,
        case utility when '电费' then 0.8245 else 6.10 end as unit_price,
        case utility when '电费' then 0.13 else 0.09 end as vat_rate,
        '' as mark
    from used
    where not is_repriced
    group by root_no, site_id, utility, multiplier
    union all
    select
        used.root_no,
        used.site_id,
        max(used.meter_no),
        used.utility,
        used.multiplier,
        min(used.previous_on),
        max(used.read_on),
        (array_agg(used.previous_reading order by used.previous_on, used.meter_no))[1],
        (array_agg(used.reading order by used.read_on desc, used.meter_no desc))[1],
        sum(case part.priced_from when '2020-01-01' then before.quantity else used.quantity - before.quantity end),
        part.priced_from,
        part.priced_to,
        part.unit_price,
        0.13,
        case when bool_or(used.previous_on < '2026-10-10' and used.read_on > '2026-10-10') then '估算' else '' end
    from used
    cross join lateral (
        select
            round(
                used.quantity * greatest(least(used.read_on, '2026-10-10') - used.previous_on, 0)
                / (used.read_on - used.previous_on),
                2
            ) as quantity
    ) as before
    inner join (
        values (date '2020-01-01', date '2026-10-10', 0.8245), (date '2026-10-11', date 'infinity', 0.86)
    ) as part (priced_from, priced_to, unit_price)
        on used.read_on >= part.priced_from and used.previous_on < part.priced_to
    where used.is_repriced
    group by used.root_no, used.site_id, used.utility, used.multiplier, part.priced_from, part.priced_to, part.unit_price
),

shared as (
    select
        priced.*,
        meter_share.contract_no,
        round(priced.quantity * priced.unit_price, 2) as total_amount,
        case when meter_share.starts_on <= least(priced.read_on, priced.priced_to) then meter_share.starts_on end as share_from,
        meter_share.share_key,
        sum(meter_share.share_key) over (partition by priced.root_no, priced.priced_from) as share_of,
        meter_share.starts_on > priced.previous_on + 1 as is_in_part
    from priced
    inner join fees.meter_share on priced.meter_no = meter_share.meter_no
),

floored as (
    select
        shared.*,
        trunc(total_amount * share_key / share_of, 2) as least_amount,
        trunc(quantity * share_key / share_of, 2) as least_quantity
    from shared
    where share_key <> share_of
),

metered as (
    select
        contract_no, site_id, root_no, utility, previous_on, read_on, previous_reading, reading, multiplier, meter_no,
        priced_from, priced_to, share_from, unit_price, vat_rate, is_in_part, mark,
        round(quantity, 2) as quantity,
        total_amount as amount
    from shared
    where share_key = share_of
    union all
    select
        contract_no, site_id, root_no, utility, previous_on, read_on, previous_reading, reading, multiplier, meter_no,
        priced_from, priced_to, share_from, unit_price, vat_rate, is_in_part, mark,
        least_quantity + case
            when
                row_number() over (
                    partition by root_no, priced_from
                    order by quantity * share_key / share_of - least_quantity desc, contract_no
                ) <= 100 * (round(quantity, 2) - sum(least_quantity) over (partition by root_no, priced_from))
                then 0.01
            else 0
        end,
        least_amount + case
            when
                row_number() over (
                    partition by root_no, priced_from
                    order by total_amount * share_key / share_of - least_amount desc, contract_no
                ) <= 100 * (total_amount - sum(least_amount) over (partition by root_no, priced_from))
                then 0.01
            else 0
        end
    from floored
),

metered_line as (
    select
        site_id,
        contract_no,
        utility as charge_kind,
        utility || '（' || root_no || '）' as item,
        '上月' as timing,
        greatest(previous_on + 1, priced_from, share_from) as starts_on,
        least(read_on, priced_to) as ends_on,
        least(read_on, priced_to) - greatest(previous_on + 1, priced_from, share_from) + 1 as day_count,
        null::integer as month_days,
        quantity,
        case utility when '电费' then '千瓦时' else '吨' end as unit,
        unit_price,
        amount,
        vat_rate,
        '一般计税' as vat_method,
        'WY' as payee_id,
        case when is_in_part then '估算' else mark end as mark,
        meter_no,
        previous_on,
        previous_reading,
        read_on as current_on,
        reading as current_reading,
        multiplier
    from metered
),

missing_line as (
    select
        meter.site_id,
        meter_share.contract_no,
        meter.utility as charge_kind,
        meter.utility || '（' || meter.meter_no || '）' as item,
        '上月' as timing,
        last_reading.read_on + 1 as starts_on,
        date '2026-10-20' as ends_on,
        0 as day_count,
        null::integer as month_days,
        null::numeric as quantity,
        case meter.utility when '电费' then '千瓦时' else '吨' end as unit,
        null::numeric as unit_price,
        null::numeric as amount,
        0 as vat_rate,
        '一般计税' as vat_method,
        'WY' as payee_id,
        '待抄表' as mark,
        meter.meter_no,
        last_reading.read_on as previous_on,
        last_reading.reading as previous_reading,
        null::date as current_on,
        null::numeric as current_reading,
        meter.multiplier
    from fees.meter
    inner join fees.meter_share on meter.meter_no = meter_share.meter_no
    cross join lateral (
        select reading.read_on, reading.reading
        from fees.reading
        where reading.meter_no = meter.meter_no and reading.read_on <= '2026-10-20' and reading.superseded_at = 'infinity'
        order by reading.read_on desc
        limit 1
    ) as last_reading
    where
        not exists (
            select from fees.reading
            where reading.meter_no = meter.meter_no and reading.read_on between '2026-10-13' and '2026-10-20'
        )
        and not exists (select from fees.meter as newer where newer.replaces = meter.meter_no)
),

line as (
    select * from fixed_line
    union all
    select * from metered_line
    union all
    select * from missing_line
)

select
    site_id,
    date '2026-10-01' as base_on,
    contract_no,
    row_number() over (
        partition by contract_no
        order by array_position(array['租金', '物业费', '电费', '水费', '停车费', '其他'], charge_kind), item, starts_on, meter_no
    ) as line_no,
    charge_kind,
    item,
    timing,
    starts_on,
    ends_on,
    day_count,
    month_days,
    quantity,
    unit,
    unit_price,
    amount,
    vat_rate,
    vat_method,
    round(amount / (1 + vat_rate), 2) as net_amount,
    amount - round(amount / (1 + vat_rate), 2) as vat_amount,
    payee_id,
    mark,
    meter_no,
    previous_on,
    previous_reading,
    current_on,
    current_reading,
    multiplier,
    '' as rule_id,
    '' as rule_version,
    '' as grounds
from line;

-- What was asked before, in the order in which money settles it, after waivers.
create temp table item on commit drop as
with asked as (
    select contract_no, 'QC' as source, base_month, charge_kind, due_on, amount
    from fees.opening
    union all
    select contract_no, 'YS', about_on, charge_kind, min(due_on), sum(amount)
    from fees.entry
    where base_on < '2026-10-01'
    group by contract_no, about_on, charge_kind
)

select
    contract.site_id,
    asked.contract_no,
    asked.base_month,
    asked.charge_kind,
    asked.due_on,
    asked.amount,
    concat(asked.source, '|', asked.charge_kind, '|', to_char(asked.base_month, 'YYYY-MM')) as item_key,
    contract.late_rate,
    contract.late_clause,
    coalesce(waiver.amount, 0) as waived_amount,
    waiver.effective_on as waived_on,
    sum(asked.amount - coalesce(waiver.amount, 0)) over (
        partition by asked.contract_no
        order by asked.due_on, left(asked.charge_kind, 3) <> '违约金', asked.base_month, asked.charge_kind
    ) as until_amount
from asked
inner join fees.contract on asked.contract_no = contract.contract_no
left join fees.waiver
    on
        asked.contract_no = waiver.contract_no
        and asked.charge_kind = waiver.charge_kind
        and waiver.effective_on < '2026-10-20';

create temp table paid on commit drop as
select
    contract_no,
    paid_on,
    amount,
    sum(amount) over (partition by contract_no order by paid_on, receipt_no) as until_amount
from fees.payment
where paid_on < '2026-10-20';

analyze item, paid;

insert into bench.bill_arrear (
    site_id, base_on, contract_no, item_key, base_month, charge_kind, due_on, amount, settled_amount, open_amount
)
select
    item.site_id,
    '2026-10-01',
    item.contract_no,
    item.item_key,
    item.base_month,
    item.charge_kind,
    item.due_on,
    item.amount,
    item.amount - still.amount,
    still.amount
from item
left join (select contract_no, sum(amount) as amount from paid group by contract_no) as total
    on item.contract_no = total.contract_no
cross join lateral (
    select least(item.amount - item.waived_amount, item.until_amount - coalesce(total.amount, 0)) as amount
) as still
where still.amount > 0;

insert into bench.bill_late_fee (
    site_id, base_on, contract_no, item_key, stretch_no, base_month, charge_kind, due_on, counts_from, counts_to,
    day_count, principal, late_rate, late_clause, amount, is_capped
)
with overdue as (
    select
        item.*,
        -- September's notices charged up to the 20th
        greatest(item.due_on, case when item.due_on < '2026-09-20' then date '2026-09-20' end) as overdue_from
    from item
    where item.late_rate > 0 and left(item.charge_kind, 3) <> '违约金' and item.due_on < '2026-10-20'
),

settled as (
    select
        overdue.contract_no,
        overdue.item_key,
        greatest(paid.paid_on, overdue.overdue_from) as turned_on,
        least(overdue.until_amount, paid.until_amount)
        - greatest(overdue.until_amount - overdue.amount + overdue.waived_amount, paid.until_amount - paid.amount) as amount
    from overdue
    inner join paid
        on
            overdue.contract_no = paid.contract_no
            and paid.until_amount > overdue.until_amount - overdue.amount + overdue.waived_amount
            and paid.until_amount - paid.amount < overdue.until_amount
    union all
    select contract_no, item_key, greatest(waived_on, overdue_from), waived_amount
    from overdue
    where waived_amount > 0
    union all
    select contract_no, item_key, overdue_from, 0
    from overdue
),

stretch as (
    select
        contract_no,
        item_key,
        turned_on as counts_from,
        row_number() over of_item as stretch_no,
        lead(turned_on, 1, '2026-10-20') over of_item as counts_to,
        sum(sum(amount)) over of_item as settled_amount
    from settled
    group by contract_no, item_key, turned_on
    window of_item as (partition by contract_no, item_key order by turned_on)
)

select
    overdue.site_id,
    '2026-10-01',
    overdue.contract_no,
    overdue.item_key,
    stretch.stretch_no,
    overdue.base_month,
    overdue.charge_kind,
    overdue.due_on,
    stretch.counts_from,
    stretch.counts_to,
    stretch.counts_to - stretch.counts_from as day_count,
    overdue.amount - stretch.settled_amount as principal,
    overdue.late_rate,
    overdue.late_clause,
    round(
        (overdue.amount - stretch.settled_amount) * overdue.late_rate * (stretch.counts_to - stretch.counts_from), 2
    ) as amount,
    false as is_capped
from stretch
inner join overdue on stretch.contract_no = overdue.contract_no and stretch.item_key = overdue.item_key
where overdue.amount > stretch.settled_amount;

insert into bench.bill (
    site_id, base_on, contract_no, unit_no, tenant_id, tenant_name, area, status, opening_amount, charge_amount, correction_amount, late_fee_amount,
    credit_brought, credit_applied, payable_amount, due_on
)
with account as (
    select
        contract.site_id,
        contract.contract_no,
        contract.unit_no,
        contract.tenant_id,
        tenant.tenant_name,
        unit.area,
        coalesce(owed.amount, 0) as opening_amount,
        coalesce(charged.amount, 0) as charge_amount,
        coalesce(late.amount, 0) as late_fee_amount,
        coalesce(total.amount - greatest(owing.amount, 0), 0) as ahead_amount
    from fees.contract
    inner join fees.tenant on contract.tenant_id = tenant.tenant_id
    inner join fees.unit on contract.site_id = unit.site_id and contract.unit_no = unit.unit_no
    left join (select contract_no, sum(amount) as amount from bench.bill_line group by contract_no) as charged
        on contract.contract_no = charged.contract_no
    left join (select contract_no, sum(open_amount) as amount from bench.bill_arrear group by contract_no) as owed
        on contract.contract_no = owed.contract_no
    left join (select contract_no, sum(amount) as amount from bench.bill_late_fee group by contract_no) as late
        on contract.contract_no = late.contract_no
    left join (select contract_no, max(until_amount) as amount from item group by contract_no) as owing
        on contract.contract_no = owing.contract_no
    left join (select contract_no, sum(amount) as amount from paid group by contract_no) as total
        on contract.contract_no = total.contract_no
)

select
    site_id,
    '2026-10-01',
    contract_no,
    unit_no,
    tenant_id,
    tenant_name,
    area,
    '出单' as status,
    opening_amount,
    charge_amount,
    0 as correction_amount,
    late_fee_amount,
    greatest(ahead_amount, 0),
    least(greatest(ahead_amount, 0), opening_amount + charge_amount + late_fee_amount),
    greatest(opening_amount + charge_amount + late_fee_amount - greatest(ahead_amount, 0), 0),
    date '2026-10-30' as due_on
from account;
