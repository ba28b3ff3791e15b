/*  Every total of the 收费通知汇总, from the tables and not from its sheets: the sheets are held against it.

    Grain:  one row.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  OPS-10 notices and named exceptions make up all contracts. BIL-21 rates: what was received since the last
            notice for what it asked, of what is older; money in advance counts in neither.  */
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

moved as materialized (
    select *
    from fees.movement(%(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz)
),

billed as (
    select
        count(*)::integer as account_count,
        count(*) filter (where status = '出单')::integer as notice_count,
        count(*) filter (where status = '无需出单')::integer as idle_count,
        count(*) filter (where status = '异常未出单')::integer as unbilled_count,
        count(distinct contract_no) filter (where status = '出单' and notice_no is not null)::integer as numbered_count,
        coalesce(sum(area) filter (where status = '出单'), 0) as area,
        coalesce(sum(opening_amount) filter (where status = '出单'), 0) as opening_amount,
        coalesce(sum(charge_amount) filter (where status = '出单'), 0) as charge_amount,
        coalesce(sum(correction_amount) filter (where status = '出单'), 0) as correction_amount,
        coalesce(sum(late_fee_amount) filter (where status = '出单'), 0) as late_fee_amount,
        coalesce(sum(credit_applied) filter (where status = '出单'), 0) as credit_amount,
        coalesce(sum(payable_amount) filter (where status = '出单'), 0) as payable_amount,
        -- what a notice cannot show below nothing: red entries beyond all that is owed
        coalesce(
            sum(
                payable_amount + credit_applied - opening_amount - charge_amount - correction_amount - late_fee_amount
            ) filter (where status = '出单'),
            0
        ) as refund_amount,
        coalesce(sum(opening_amount + correction_amount) filter (where status <> '出单'), 0) as unbilled_amount
    from bill
),

-- contracts that must have a bill or a named reason: in force, charged, owing or corrected
expected as (
    select contract.contract_no
    from edition
    inner join fees.contract on edition.site_id = contract.site_id
    where
        contract.starts_on <= edition.as_of_on
        and contract.ends_on >= edition.base_on
        and contract.recorded_at <= edition.known_at
        and edition.known_at < contract.superseded_at
    union
    select bill_line.contract_no
    from edition
    inner join fees.bill_line on edition.site_id = bill_line.site_id and edition.base_on = bill_line.base_on
    union
    select bill_arrear.contract_no
    from edition
    inner join fees.bill_arrear on edition.site_id = bill_arrear.site_id and edition.base_on = bill_arrear.base_on
    union
    select asked.contract_no
    from edition
    cross join lateral fees.asked(edition.site_id, edition.base_on, edition.known_at) as asked
),

line as (
    select
        coalesce(sum(bill_line.amount), 0) as line_amount,
        coalesce(sum(bill_line.net_amount), 0) as net_amount,
        coalesce(sum(bill_line.vat_amount), 0) as vat_amount,
        coalesce(sum(bill_line.amount) filter (where bill_line.meter_no <> ''), 0) as metered_amount,
        coalesce(sum(bill_line.quantity) filter (where bill_line.meter_no <> ''), 0) as metered_quantity,
        coalesce(sum(bill_line.amount) filter (where bill_line.charge_kind = '租金'), 0) as rent_amount,
        coalesce(sum(bill_line.amount) filter (where bill_line.charge_kind = '物业费'), 0) as property_amount,
        coalesce(sum(bill_line.amount) filter (where bill_line.charge_kind = '电费'), 0) as power_amount,
        coalesce(sum(bill_line.amount) filter (where bill_line.charge_kind = '水费'), 0) as water_amount,
        coalesce(sum(bill_line.amount) filter (where bill_line.charge_kind = '停车费'), 0) as parking_amount,
        coalesce(sum(bill_line.amount) filter (where bill_line.charge_kind = '其他'), 0) as other_amount,
        count(distinct bill_line.contract_no) filter (where bill_line.mark = '待抄表')::integer as missing_count
    from edition
    inner join bill on bill.status = '出单'
    inner join fees.bill_line
        on
            edition.site_id = bill_line.site_id
            and edition.base_on = bill_line.base_on
            and bill.contract_no = bill_line.contract_no
),

waived as (
    select coalesce(sum(waiver.amount), 0) as waiver_amount
    from edition
    inner join fees.contract on edition.site_id = contract.site_id
    inner join fees.waiver on contract.contract_no = waiver.contract_no
    where
        waiver.effective_on < edition.as_of_on
        and waiver.recorded_at <= edition.known_at
        and edition.known_at < waiver.superseded_at
        and contract.recorded_at <= edition.known_at
        and edition.known_at < contract.superseded_at
        and (
            edition.before_on is null
            or waiver.effective_on >= edition.before_as_of_on
            or waiver.recorded_at > edition.before_known_at
        )
),

late_receipt as (
    select
        count(*)::integer as late_receipt_count,
        coalesce(sum(payment.amount), 0) as late_receipt_amount
    from edition
    inner join fees.contract on edition.site_id = contract.site_id
    inner join fees.payment on contract.contract_no = payment.contract_no
    where
        payment.status = '有效'
        and payment.paid_on >= edition.as_of_on
        and payment.recorded_at <= edition.known_at
        and edition.known_at < payment.superseded_at
        and contract.recorded_at <= edition.known_at
        and edition.known_at < contract.superseded_at
),

moved_total as (
    select
        coalesce(sum(opening_amount), 0) as moved_opening_amount,
        coalesce(sum(restated_amount), 0) as moved_restated_amount,
        coalesce(sum(asked_amount), 0) as moved_asked_amount,
        coalesce(sum(current_received_amount), 0) as moved_current_amount,
        coalesce(sum(earlier_received_amount), 0) as moved_earlier_amount,
        coalesce(sum(advance_amount), 0) as moved_advance_amount,
        coalesce(sum(credit_amount), 0) as moved_credit_amount,
        coalesce(sum(waived_amount), 0) as moved_waived_amount,
        coalesce(sum(red_amount), 0) as moved_red_amount,
        coalesce(sum(blue_amount), 0) as moved_blue_amount,
        coalesce(sum(closing_amount), 0) as moved_closing_amount,
        coalesce(sum(closing_amount) filter (where charge_kind <> '预收款'), 0) as owed_closing_amount,
        coalesce(-sum(closing_amount) filter (where charge_kind = '预收款'), 0) as credit_closing_amount,
        coalesce(-sum(opening_amount) filter (where charge_kind = '预收款'), 0) as credit_opening_amount,
        coalesce(sum(current_due_amount), 0) as current_due_amount,
        coalesce(sum(earlier_open_amount), 0) as earlier_open_amount,
        round(sum(current_received_amount) / nullif(sum(current_due_amount), 0), 4) as current_rate,
        round(
            sum(earlier_received_amount) / nullif(sum(earlier_received_amount) + sum(earlier_open_amount), 0), 4
        ) as arrears_rate
    from moved
),

household as (
    select
        round(
            count(*) filter (where paid.open_amount <= 0)::numeric / nullif(count(*), 0), 4
        ) as household_rate
    from (
        select
            contract_no,
            sum(current_open_amount) as open_amount
        from moved
        group by contract_no
        having sum(current_due_amount) > 0
    ) as paid
),

before as (
    select
        count(*)::integer as before_notice_count,
        sum(bill.charge_amount + bill.correction_amount + bill.late_fee_amount) as before_asked_amount,
        sum(bill.payable_amount) as before_payable_amount
    from edition
    inner join fees.bill on edition.site_id = bill.site_id and edition.before_on = bill.base_on
    where bill.status = '出单'
),

corrected as (
    select
        coalesce(sum(entry.amount) filter (where entry.entry_kind = '红字'), 0) as red_amount,
        coalesce(sum(entry.amount) filter (where entry.entry_kind = '蓝字'), 0) as blue_amount
    from edition
    inner join fees.entry on edition.site_id = entry.site_id
    inner join ops.run on entry.run_id = run.run_id
    where
        entry.entry_kind in ('红字', '蓝字')
        and edition.base_on in (entry.base_on, entry.about_on)
        and run.known_at <= edition.known_at
        and entry.run_id is distinct from %(before_run)s::bigint
)

select
    billed.*,
    (select count(*)::integer from expected) as expected_count,
    line.*,
    waived.*,
    late_receipt.*,
    moved_total.*,
    household.*,
    before.*,
    corrected.*
from billed
cross join line
cross join waived
cross join late_receipt
cross join moved_total
cross join household
cross join before
cross join corrected
