/*  The sheet 通知清单: every contract of the tower, with its notice or the reason why it has none.

    Grain:  one row per contract.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  OPS-10, BIL-07 who has no notice keeps his row. BIL-19 a correction leaves the amounts as they were told.  */
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

kind as (
    select
        bill_line.contract_no,
        coalesce(sum(bill_line.amount) filter (where bill_line.charge_kind = '租金'), 0) as rent_amount,
        coalesce(sum(bill_line.amount) filter (where bill_line.charge_kind = '物业费'), 0) as property_amount,
        coalesce(sum(bill_line.amount) filter (where bill_line.charge_kind = '电费'), 0) as power_amount,
        coalesce(sum(bill_line.amount) filter (where bill_line.charge_kind = '水费'), 0) as water_amount,
        coalesce(sum(bill_line.amount) filter (where bill_line.charge_kind = '停车费'), 0) as parking_amount,
        coalesce(sum(bill_line.amount) filter (where bill_line.charge_kind = '其他'), 0) as other_amount,
        count(*) filter (where bill_line.mark = '待抄表') as missing_count,
        count(*) filter (where bill_line.mark = '估算') as estimated_count
    from edition
    inner join fees.bill_line on edition.site_id = bill_line.site_id and edition.base_on = bill_line.base_on
    group by bill_line.contract_no
),

waived as (
    select contract_no, sum(waived_amount) as waived_amount
    from fees.movement(%(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz)
    group by contract_no
),

-- who can be reached by mail, where the tower mails its notices
addressed as (
    select
        bill.contract_no,
        tenant.address as tenant_address,
        case when unit.owner_address ~ '@' then unit.owner_address end as owner_address
    from edition
    cross join bill
    left join fees.tenant
        on
            bill.tenant_id = tenant.tenant_id
            and tenant.recorded_at <= edition.known_at
            and edition.known_at < tenant.superseded_at
    left join fees.unit
        on
            edition.site_id = unit.site_id
            and bill.unit_no = unit.unit_no
            and unit.recorded_at <= edition.known_at
            and edition.known_at < unit.superseded_at
),

-- what was booked for the month's corrections; with money in advance, what is payable moves by less
booked as (
    select
        entry.contract_no,
        sum(entry.amount) as corrected_amount
    from edition
    inner join fees.entry
        on
            edition.site_id = entry.site_id
            and edition.base_on = entry.about_on
            and entry.entry_kind in ('红字', '蓝字')
    inner join ops.run on entry.run_id = run.run_id and run.known_at <= edition.known_at
    where entry.run_id is distinct from %(before_run)s::bigint
    group by entry.contract_no
),

-- corrections that are drawn and wait for their release
pending as (
    select distinct corrected_line.contract_no
    from edition
    inner join fees.corrected_line
        on edition.site_id = corrected_line.site_id and edition.base_on = corrected_line.base_on
    inner join ops.result
        on
            corrected_line.site_id = result.site_id
            and corrected_line.base_on = result.base_on
            and result.run_id = %(before_run)s::bigint
    where not exists (
        select from bill where bill.contract_no = corrected_line.contract_no and bill.revision >= corrected_line.revision
    )
)

select
    case
        when bill.notice_no is not null then bill.notice_no
        when bill.status = '出单' then '待发布'
    end as notice_no,
    edition.tower_name,
    bill.unit_no,
    bill.tenant_name,
    bill.contract_no,
    case when bill.status = '出单' then bill.area end as area,
    to_char(edition.base_on, 'YYYY"年"FMMM"月"') as month_text,
    case when bill.status = '出单' then bill.opening_amount end as opening_amount,
    case when bill.status = '出单' then nullif(bill.credit_applied, 0) end as credit_amount,
    case when bill.status = '出单' then coalesce(kind.rent_amount, 0) end as rent_amount,
    case when bill.status = '出单' then coalesce(kind.property_amount, 0) end as property_amount,
    case when bill.status = '出单' then coalesce(kind.power_amount, 0) end as power_amount,
    case when bill.status = '出单' then coalesce(kind.water_amount, 0) end as water_amount,
    case when bill.status = '出单' then nullif(kind.parking_amount, 0) end as parking_amount,
    case when bill.status = '出单' then nullif(kind.other_amount, 0) end as other_amount,
    case when bill.status = '出单' then bill.late_fee_amount end as late_fee_amount,
    case when bill.status = '出单' then nullif(bill.correction_amount, 0) end as correction_amount,
    nullif(waived.waived_amount, 0) as waived_amount,
    case
        when bill.status = '出单' then bill.charge_amount + bill.late_fee_amount + bill.correction_amount
    end as asked_amount,
    case when bill.status = '出单' then bill.payable_amount end as payable_amount,
    case when bill.status = '出单' then bill.due_on end as due_on,
    bill.released_on,
    case when bill.status = '出单' then concat('第', coalesce(bill.revision, 1), '版') end as revision_text,
    case
        when pending.contract_no is not null then '待更正'
        when bill.revision > 1 then '更正'
        when bill.status <> '出单' then bill.status
        when exists (
            select from bill as corrected where corrected.revision > 1
        ) then '不变'
        else '新开'
    end as state,
    case
        when bill.status <> '出单' then null
        when edition.is_mailed_to_tenants and addressed.tenant_address is not null then '邮件'
        else '业主方统一发放'
    end as handed_text,
    concat_ws(
        '；',
        nullif(bill.reason, ''),
        case
            when bill.status = '异常未出单' and bill.opening_amount + bill.charge_amount <> 0
                then concat(
                    '未通知：期初欠费', to_char(bill.opening_amount, 'FM999,999,990.00'), '元、本期应收',
                    to_char(bill.charge_amount, 'FM999,999,990.00'), '元'
                )
        end,
        case when kind.missing_count > 0 then concat('待抄表', kind.missing_count, '只，读数补到后下期补收') end,
        case when kind.estimated_count > 0 then '含估算用量' end,
        case
            when bill.revision > 1
                then concat(
                    '更正后应缴', to_char(bill.noticed_amount, 'FM999,999,990.00'), '元，差额',
                    to_char(coalesce(booked.corrected_amount, 0), 'FM999,999,990.00'), '元以红蓝字入账'
                )
        end,
        case
            when bill.credit_brought > bill.credit_applied
                then concat('预收余', to_char(bill.credit_brought - bill.credit_applied, 'FM999,999,990.00'), '元留抵')
        end,
        case
            when bill.status = '出单' and edition.is_mailed_to_tenants and addressed.tenant_address is null
                then '租户没有登记邮箱'
        end,
        case
            when bill.copied_to <> ''
                then concat(
                    '抄送', bill.copied_to,
                    case when edition.is_mailed_to_tenants and addressed.owner_address is null then '（没有登记邮箱）' end
                )
        end
    ) as remark
from bill
cross join edition
left join kind on bill.contract_no = kind.contract_no
left join waived on bill.contract_no = waived.contract_no
left join pending on bill.contract_no = pending.contract_no
left join booked on bill.contract_no = booked.contract_no
left join addressed on bill.contract_no = addressed.contract_no
order by fees.unit_order(bill.unit_no), bill.contract_no
