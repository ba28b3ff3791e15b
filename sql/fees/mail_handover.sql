/*  The letter that brings a tower's notices, bound into one PDF, to the owner's finance: the variables of fees/handover.

    Grain:  one row.
    Rerun:  safe; only reads what is frozen.
    Rules:  FE-C1 on the 20th from the cashier to the owner's finance, which alone hands them out. Sums are those printed
            on the notices: a surplus of one payee is no discount on the bill of another, money in advance goes to the
            property company's part first.  */
with document as (
    select
        artifact.*,
        lower(artifact.period) as base_on,
        to_char(lower(artifact.period), 'YYYY"年"FMMM"月"') as period_text,
        run.as_of_on as cut_off_on,
        run.reason,
        run.requested_by,
        edition.tower_name,
        edition.owner_name,
        edition.owner_payee_id,
        edition.property_payee_id,
        edition.contact as tower_contact
    from ops.artifact
    inner join ops.run on artifact.run_id = run.run_id
    cross join lateral fees.edition(artifact.site_id, lower(artifact.period), artifact.known_at) as edition
    where artifact.artifact_id = %(artifact_id)s
),

noticed as materialized (
    select
        notice.*,
        bill.credit_brought,
        regexp_replace(notice.notice_no, '-G[0-9]+$', '') as first_notice_no
    from document
    inner join fees.notice
        on
            document.site_id = notice.site_id
            and document.base_on = notice.base_on
            and document.revision = notice.revision
    inner join fees.bill
        on
            notice.site_id = bill.site_id
            and notice.base_on = bill.base_on
            and notice.contract_no = bill.contract_no
),

line as (
    select
        bill_line.site_id,
        bill_line.base_on,
        bill_line.contract_no,
        bill_line.charge_kind,
        bill_line.amount,
        1 as revision
    from fees.bill_line
    union all
    select
        corrected_line.site_id,
        corrected_line.base_on,
        corrected_line.contract_no,
        corrected_line.charge_kind,
        corrected_line.amount,
        corrected_line.revision
    from fees.corrected_line
),

asked (contract_no, charge_kind, amount) as (
    select
        line.contract_no,
        line.charge_kind,
        coalesce(line.amount, 0)
    from noticed
    inner join line
        on
            noticed.site_id = line.site_id
            and noticed.base_on = line.base_on
            and noticed.contract_no = line.contract_no
            and noticed.revision = line.revision
    union all
    select
        bill_arrear.contract_no,
        bill_arrear.charge_kind,
        bill_arrear.open_amount
    from noticed
    inner join fees.bill_arrear
        on
            noticed.site_id = bill_arrear.site_id
            and noticed.base_on = bill_arrear.base_on
            and noticed.contract_no = bill_arrear.contract_no
    union all
    select
        bill_late_fee.contract_no,
        bill_late_fee.charge_kind,
        bill_late_fee.amount
    from noticed
    inner join fees.bill_late_fee
        on
            noticed.site_id = bill_late_fee.site_id
            and noticed.base_on = bill_late_fee.base_on
            and noticed.contract_no = bill_late_fee.contract_no
    union all
    select
        entry.contract_no,
        entry.charge_kind,
        entry.amount
    from noticed
    inner join fees.entry
        on
            noticed.site_id = entry.site_id
            and noticed.base_on = entry.base_on
            and noticed.contract_no = entry.contract_no
            and entry.entry_kind in ('红字', '蓝字')
),

gross as (
    select
        asked.contract_no,
        case
            when asked.charge_kind like '%%租金%%' then document.owner_payee_id
            else document.property_payee_id
        end as payee_id,
        sum(asked.amount) as amount
    from asked
    cross join document
    group by 1, 2
),

-- how much of what a payee gets is paid by money in advance: the property company's part first
covered as (
    select
        gross.contract_no,
        gross.payee_id,
        greatest(gross.amount, 0) as due_amount,
        noticed.credit_brought + sum(greatest(-gross.amount, 0)) over (partition by gross.contract_no)
        - sum(greatest(gross.amount, 0)) over (
            partition by gross.contract_no order by gross.payee_id <> document.property_payee_id
        ) + greatest(gross.amount, 0) as credit_amount
    from gross
    inner join noticed on gross.contract_no = noticed.contract_no
    cross join document
),

owed as (
    select
        covered.payee_id,
        covered.due_amount - least(greatest(covered.credit_amount, 0), covered.due_amount) as amount
    from covered
),

by_payee as (
    select
        owed.payee_id,
        count(*) filter (where owed.amount > 0) as household_count,
        sum(owed.amount) as amount
    from owed
    group by owed.payee_id
),

payees as (
    select
        jsonb_agg(
            jsonb_build_array(
                account.account_name, by_payee.household_count::text, to_char(by_payee.amount, 'FM999,999,999,990.00')
            )
            order by by_payee.payee_id <> document.owner_payee_id, by_payee.payee_id
        ) as listed,
        coalesce(sum(by_payee.amount), 0) as amount
    from by_payee
    cross join document
    cross join lateral (
        select payee.account_name
        from fees.payee
        where
            payee.payee_id = by_payee.payee_id
            and payee.valid_from <= document.base_on + 19
            and payee.recorded_at <= document.known_at
            and document.known_at < payee.superseded_at
        order by payee.valid_from desc
        limit 1
    ) as account
),

bundle as (
    select
        count(*)::integer as notice_count,
        (array_agg(noticed.notice_no order by noticed.sequence_no))[1] as first_no,
        (array_agg(noticed.notice_no order by noticed.sequence_no desc))[1] as last_no,
        (array_agg(noticed.first_notice_no order by noticed.sequence_no))[1:5] as first_nos
    from noticed
)

select
    '交款通知书移交' as title,
    document.tower_name as scope_text,
    document.period_text,
    concat(
        case when document.revision > 1 then concat('第', document.revision, '版 涉及') end, bundle.notice_count,
        '份 合计', to_char(payees.amount, 'FM999,999,999,990.00'), '元'
    ) as headline,
    concat(
        '这是', document.tower_name, document.period_text, '的', case when document.revision > 1 then '更正' end,
        '交款通知书，按单号合订为一个文件，由财务部出纳移交', document.owner_name, '财务部统一发放给租户。',
        case when document.revision > 1 then '只含更正的通知书，其余各份不变。' end
    ) as about,
    jsonb_build_array(
        jsonb_build_array('份数', bundle.notice_count::text),
        jsonb_build_array('页数', coalesce(document.row_count::text, '—')),
        jsonb_build_array('合计金额(元)', to_char(payees.amount, 'FM999,999,999,990.00')),
        jsonb_build_array('首号 – 末号', concat_ws(' – ', bundle.first_no, bundle.last_no)),
        jsonb_build_array('移交部门', '财务部出纳'),
        jsonb_build_array('接收部门', concat(document.owner_name, '财务部'))
    ) as figures,
    coalesce(payees.listed, '[]') as payees,
    concat(
        '请财务部出纳于', greatest(document.cut_off_on, document.issued_at::date), '当日打印并移交',
        document.owner_name, '财务部，双方清点', bundle.notice_count, '份后在收费通知汇总的“移交清单”签字；请',
        document.owner_name, '财务部统一发放给租户', case when document.revision > 1 then '，并收回原通知书' end, '。'
    ) as action,
    regexp_replace(coalesce(document.file_path, ''), '^.*/', '') as file_name,
    left(coalesce(document.sha256, ''), 8) as file_code,
    concat('第', document.revision, '版', case when document.revision > 1 then '(更正)' end) as revision_text,
    concat(document.cut_off_on, '（账款统计至', document.cut_off_on - 1, ' 24:00）') as as_of_on,
    to_char(document.known_at, 'YYYY-MM-DD HH24:MI') as known_text,
    '物业公司收费处 ' || document.tower_contact as contact,
    case
        when document.revision > 1
            then
                (
                    select
                        jsonb_build_object(
                            'replaces',
                            concat(
                                '第', before.revision, '版（', to_char(before.issued_at, 'YYYY-MM-DD HH24:MI'), '）',
                                case when before.revision > 1 then '及以前各版' end, '中单号为',
                                array_to_string(bundle.first_nos, '、'),
                                case when bundle.notice_count > 5 then concat('等共', bundle.notice_count, '份') end,
                                '的通知书'
                            ),
                            'reason', coalesce(nullif(document.reason, ''), '资料更正'),
                            'asked_by', document.requested_by
                        )
                    from ops.artifact as before
                    where
                        before.document_kind = document.document_kind
                        and before.site_id = document.site_id
                        and before.period = document.period
                        and before.revision = document.revision - 1
                )
    end as correction
from document
cross join bundle
cross join payees
