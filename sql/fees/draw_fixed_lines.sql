/*  Draws the fixed charges of a month: rent, property fee, parking and the like, by the days for which they are owed.

    Grain:  one row per contract, charge and month charged for, in the columns of fees.bill_line; made anew in every
            transaction, the lines of metered charges join it.
    Rerun:  safe; fills a table of this transaction only (draft_line).
    Rules:  FE-C7 VAT is contained in the price. Q3 a charge is asked for the next, the current or the previous month.
            BIL-08 days are counted as they are, or by thirty where the contract says so; a whole month is the whole
            amount. A month that no notice asked for yet (a contract known late) is asked for now.
    Joins:  hashed; how many facts the contracts of a part have is not known beforehand.
    Parts:  fees/list_parts  */
create temp table draft_line on commit drop as
with tower as materialized (
    select tower.*
    from fees.tower
    inner join fees.open_scope on tower.site_id = open_scope.site_id
    where
        open_scope.run_id = %(run_id)s
        and tower.recorded_at <= %(known_at)s
        and %(known_at)s < tower.superseded_at
),

contract as materialized (
    select
        tower.site_id,
        tower.owner_payee_id,
        tower.property_payee_id,
        tower.opens_with,
        contract.contract_no,
        contract.starts_on,
        contract.ends_on,
        contract.proration
    from tower
    inner join fees.contract on tower.site_id = contract.site_id
    where
        contract.site_id = any(array(select scope.site_id from tower as scope))
        and contract.recorded_at <= %(known_at)s
        and %(known_at)s < contract.superseded_at
),

-- Facts are looked up by all contracts of the part at once: each register is read in one pass of its index.
asked as (
    select
        contract.site_id,
        contract.owner_payee_id,
        contract.property_payee_id,
        contract.opens_with,
        contract.contract_no,
        contract.proration,
        charge.charge_kind,
        charge.item,
        charge.timing,
        charge.month_amount,
        charge.vat_rate,
        charge.vat_method,
        charge.valid_from,
        charge.file_id,
        charge.line_no,
        greatest(charge.valid_from, contract.starts_on) as owed_from,
        least(charge.valid_to, contract.ends_on) as owed_to,
        make_interval(months => case charge.timing when '下月' then 1 when '本月' then 0 else -1 end) as shift,
        left(
            md5(concat_ws('|', charge.month_amount, charge.valid_from, charge.valid_to, charge.timing, charge.vat_rate)), 8
        ) as charge_version
    from contract
    inner join fees.charge on contract.contract_no = charge.contract_no
    where
        charge.contract_no = any(array(select wanted.contract_no from contract as wanted))
        and charge.recorded_at <= %(known_at)s
        and %(known_at)s < charge.superseded_at
),

-- Months up to the one that this notice is about. What began before the house's first notice was asked for elsewhere.
month_asked as (
    select
        asked.*,
        month_at::date as month_on,
        greatest(asked.owed_from, month_at::date) as starts_on,
        least(asked.owed_to, (month_at + interval '1 month')::date - 1) as ends_on,
        extract(day from month_at + interval '1 month' - interval '1 day')::integer as month_days
    from asked
    cross join lateral generate_series(
        date_trunc(
            'month',
            case
                when asked.owed_from >= asked.opens_with then asked.owed_from::timestamp
                else greatest(asked.owed_from::timestamp, asked.opens_with + asked.shift)
            end
        ),
        least(%(first_on)s::date + asked.shift, asked.owed_to::timestamp),
        interval '1 month'
    ) as month_at
),

bill as materialized (
    select
        bill.site_id,
        bill.base_on,
        bill.contract_no
    from fees.bill
    where
        bill.contract_no = any(array(select contract.contract_no from contract))
        and bill.base_on < %(first_on)s
        and bill.status <> '异常未出单'
),

-- by the towers that billed these contracts, which need not be where they are now
billed as (
    select
        bill_line.contract_no,
        bill_line.charge_kind,
        bill_line.item,
        bill_line.starts_on,
        bill_line.ends_on
    from bill
    inner join fees.bill_line
        on
            bill.site_id = bill_line.site_id
            and bill.base_on = bill_line.base_on
            and bill.contract_no = bill_line.contract_no
    where
        bill_line.site_id = any(array(select distinct earlier.site_id from bill as earlier))
        and bill_line.base_on < %(first_on)s
        and bill_line.contract_no = any(array(select earlier.contract_no from bill as earlier))
        and bill_line.meter_no = ''
),

not_billed as (
    select month_asked.*
    from month_asked
    where not exists (
        select from billed
        where
            billed.contract_no = month_asked.contract_no
            and billed.charge_kind = month_asked.charge_kind
            and billed.item = month_asked.item
            and billed.starts_on <= month_asked.ends_on
            and billed.ends_on >= month_asked.starts_on
    )
),

-- gathered before they are joined: looked up for each charge, they would be read once a charge
rent_free as (
    select
        rent_free.contract_no,
        rent_free.charge_kind,
        array_agg(rent_free.starts_on) as starts_on,
        array_agg(rent_free.ends_on) as ends_on
    from fees.rent_free
    where
        rent_free.contract_no = any(array(select contract.contract_no from contract))
        and rent_free.recorded_at <= %(known_at)s
        and %(known_at)s < rent_free.superseded_at
    group by rent_free.contract_no, rent_free.charge_kind
),

freed as (
    select
        not_billed.*,
        case
            when rent_free.contract_no is null then 0
            else (
                select
                    coalesce(
                        sum(least(stretch.ends_on, not_billed.ends_on) - greatest(stretch.starts_on, not_billed.starts_on) + 1),
                        0
                    )::integer
                from unnest(rent_free.starts_on, rent_free.ends_on) as stretch (starts_on, ends_on)
                where stretch.starts_on <= not_billed.ends_on and stretch.ends_on >= not_billed.starts_on
            )
        end as free_days
    from not_billed
    left join rent_free
        on not_billed.contract_no = rent_free.contract_no and not_billed.charge_kind = rent_free.charge_kind
    offset 0
),

counted as (
    select
        freed.*,
        freed.ends_on - freed.starts_on + 1 - freed.free_days as day_count
    from freed
    offset 0
),

priced as (
    select
        counted.*,
        case
            when counted.day_count = counted.month_days then counted.month_amount
            when counted.proration = '每月30天' then round(counted.month_amount * least(counted.day_count, 30) / 30, 2)
            else round(counted.month_amount * counted.day_count / counted.month_days, 2)
        end as amount
    from counted
    offset 0
)

select
    priced.site_id,
    %(first_on)s::date as base_on,
    priced.contract_no,
    priced.charge_kind,
    priced.item,
    priced.timing,
    priced.starts_on,
    priced.ends_on,
    priced.day_count,
    priced.month_days,
    null::numeric(14, 2) as quantity,
    '月' as unit,
    priced.month_amount::numeric(14, 6) as unit_price,
    priced.amount::numeric(14, 2) as amount,
    priced.vat_rate,
    priced.vat_method,
    case when priced.charge_kind = '租金' then priced.owner_payee_id else priced.property_payee_id end as payee_id,
    '' as mark,
    '' as meter_no,
    null::date as previous_on,
    null::numeric(14, 2) as previous_reading,
    null::date as current_on,
    null::numeric(14, 2) as current_reading,
    null::numeric(10, 4) as multiplier,
    0::numeric(14, 2) as replaced_quantity,
    null::numeric(12, 4) as share_key,
    null::numeric(14, 4) as share_of,
    null::numeric(14, 2) as shared_quantity,
    '' as reading_source,
    '' as reader,
    '合同约定' as rule_id,
    priced.valid_from as rule_from,
    priced.charge_version as rule_version,
    concat(
        priced.item, '每月', to_char(priced.month_amount, 'FM999,999,990.00'), '元，',
        to_char(priced.starts_on, 'YYYY-MM-DD'), '至', to_char(priced.ends_on, 'YYYY-MM-DD'),
        case when priced.free_days > 0 then concat('，其中免租', priced.free_days, '天') end,
        case
            when priced.day_count = priced.month_days then '，整月'
            when priced.proration = '每月30天' then concat('，', least(priced.day_count, 30), '天÷30天')
            else concat('，', priced.day_count, '天÷', priced.month_days, '天')
        end,
        '，应收', to_char(priced.amount, 'FM999,999,990.00'), '元'
    ) as grounds,
    priced.file_id,
    priced.line_no as source_line
from priced
