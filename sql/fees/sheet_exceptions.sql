/*  The sheet 异常: what somebody should look at, by whom and until when.

    Grain:  one row per contract, meter, charge or receipt concerned.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  OPS-10 who is not billed is named with the reason. BIL-06 a missing reading is named, the others go out.
            BIL-11, BIL-26 are shown to somebody who knows the law, and change nothing. BIL-19 a corrected edition lists
            corrected households first, as they are now; of the others' money after the cut-off it repeats what was known
            at the release, for what came since belongs to the next month.  */
with edition as materialized (
    select *
    from fees.edition(%(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz)
),

bill as materialized (
    select
        bill.*,
        concat_ws(' ', bill.unit_no, coalesce(nullif(bill.tenant_name, ''), bill.contract_no)) as subject
    from edition
    inner join fees.bill on edition.site_id = bill.site_id and edition.base_on = bill.base_on
),

corrected as materialized (
    select corrected_by.*
    from edition
    cross join lateral fees.corrected_by(edition.site_id, edition.base_on, edition.known_at) as corrected_by
),

-- lines as the edition has them: of a corrected household those of the correction
line as materialized (
    select
        told.*,
        bill.subject
    from bill
    inner join (
        select
            bill_line.*,
            1 as revision
        from fees.bill_line
        union all
        select corrected_line.*
        from fees.corrected_line
    ) as told
        on
            bill.site_id = told.site_id
            and bill.base_on = told.base_on
            and bill.contract_no = told.contract_no
    left join corrected on bill.contract_no = corrected.contract_no
    cross join edition
    where
        told.revision = coalesce(
            corrected.revision,
            (
                select max(notice.revision)
                from fees.notice
                inner join ops.run on notice.run_id = run.run_id
                where
                    notice.site_id = bill.site_id
                    and notice.base_on = bill.base_on
                    and notice.contract_no = bill.contract_no
                    and run.known_at < edition.known_at
            ),
            1
        )
),

-- when the month was released; null before that
released as materialized (
    select min(run.known_at) as known_at
    from edition
    inner join fees.notice on edition.site_id = notice.site_id and edition.base_on = notice.base_on
    inner join ops.run on notice.run_id = run.run_id
),

received as materialized (
    select
        payment.*,
        contract.unit_no,
        tenant.tenant_name
    from edition
    inner join fees.payment on payment.recorded_at <= edition.known_at and edition.known_at < payment.superseded_at
    left join ops.landing_file on payment.file_id = landing_file.file_id
    left join fees.contract
        on
            payment.contract_no = contract.contract_no
            and contract.recorded_at <= edition.known_at
            and edition.known_at < contract.superseded_at
    left join fees.tenant
        on
            contract.tenant_id = tenant.tenant_id
            and tenant.recorded_at <= edition.known_at
            and edition.known_at < tenant.superseded_at
    where
        payment.status = '有效'
        -- money of nobody known is shown to every tower that could own it
        and coalesce(contract.site_id, landing_file.site_id, edition.site_id) = edition.site_id
),

finding (
    rank, contract_no, severity, subject, problem, impact_amount, advice, department, due_on, first_seen_on, file_id, line_no
) as (
    select
        1,
        bill.contract_no,
        '必须处理',
        bill.subject,
        '未出单：' || bill.reason,
        nullif(bill.opening_amount + bill.charge_amount, 0),
        case
            when bill.reason like '%%没有登记账户%%' then '请补报收款单位账户后重跑，本户单独补出'
            when bill.reason like '%%没有任何收费项目%%' then '请补报合同收费项目，或确认合同已终止'
            else '请补报租户、房号登记后重跑，本户单独补出'
        end,
        case when bill.reason like '%%没有登记账户%%' then '财务部' else '客户服务部' end,
        edition.as_of_on,
        edition.as_of_on,
        contract.file_id,
        contract.line_no
    from bill
    cross join edition
    left join fees.contract
        on
            bill.contract_no = contract.contract_no
            and contract.recorded_at <= edition.known_at
            and edition.known_at < contract.superseded_at
    where bill.status = '异常未出单'
    union all
    select
        2,
        line.contract_no,
        '必须处理',
        line.subject,
        concat(
            case
                when line.grounds like '%%小于上次读数%%' then '读数倒退：'
                when line.file_id is not null then '读数退回：'
                else '待抄表：'
            end,
            line.charge_kind, '，', line.grounds
        ),
        null,
        case
            when line.grounds like '%%小于上次读数%%' or line.file_id is not null
                then '请到现场核实；确已过零的在抄表记录注明，抄错的补报更正；本期不收此项，补到后下期补收'
            else '请补抄补报；本期不收此项，补到后下期按各期单价补收'
        end,
        '工程部',
        edition.as_of_on,
        coalesce(line.previous_on + 1, edition.as_of_on),
        line.file_id,
        line.source_line
    from line
    cross join edition
    where line.mark = '待抄表'
    union all
    select
        3,
        line.contract_no,
        '请核对',
        line.subject,
        concat(line.item, '含估算：', to_char(line.starts_on, 'MM-DD'), '至', to_char(line.ends_on, 'MM-DD'), '用量', trim_scale(line.quantity)),
        line.amount,
        '请核对估算依据；应有分界日读数的请补抄',
        '工程部',
        null,
        edition.as_of_on,
        line.file_id,
        line.source_line
    from line
    cross join edition
    where line.mark = '估算'
    union all
    select
        4,
        bill.contract_no,
        '请核对',
        bill.subject,
        concat(
            jump.charge_kind, case when jump.charge_kind not in ('电费', '水费') then '整月金额' end, '环比',
            to_char(jump.change_rate * 100, 'FMS999,999,990.00'), '%%，超过预警线',
            trim_scale(jump.jump_limit * 100), '%%：上月', to_char(jump.before_amount, 'FM999,999,990.00'), '元，本月',
            to_char(jump.amount, 'FM999,999,990.00'), '元'
        ),
        jump.amount - jump.before_amount,
        '请复核读数或合同收费项目，并在“环比预警”签字',
        '物业收费处',
        null,
        edition.as_of_on,
        null,
        null
    from edition
    cross join lateral fees.jumps(edition.site_id, edition.base_on, edition.known_at) as jump
    inner join bill on jump.contract_no = bill.contract_no
    union all
    select
        5,
        bill.contract_no,
        '请核对',
        bill.subject,
        concat('违约金', to_char(sum(bill_late_fee.amount), 'FM999,999,990.00'), '元：', bill_late_fee.hint),
        sum(bill_late_fee.amount),
        '请核对合同条款，必要时请法务出具意见',
        '法务',
        null,
        min(bill_late_fee.due_on),
        null,
        null
    from bill
    inner join fees.bill_late_fee
        on
            bill.site_id = bill_late_fee.site_id
            and bill.base_on = bill_late_fee.base_on
            and bill.contract_no = bill_late_fee.contract_no
    where bill_late_fee.hint <> '' and bill.status = '出单'
    group by bill.subject, bill.contract_no, bill_late_fee.hint
    union all
    select
        6,
        bill.contract_no,
        '请核对',
        bill.subject,
        concat(
            '欠费超过3年：', string_agg(
                concat(bill_arrear.charge_kind, to_char(bill_arrear.base_month, 'YYYY-MM')), '、'
                order by bill_arrear.due_on, bill_arrear.item_key
            ), '；没有催收记录'
        ),
        sum(bill_arrear.open_amount),
        '请核对催收记录与诉讼时效（民法典188、195条），无有效催收的请法务处理',
        '法务',
        null,
        min(bill_arrear.due_on),
        null,
        null
    from bill
    cross join edition
    inner join fees.bill_arrear
        on
            bill.site_id = bill_arrear.site_id
            and bill.base_on = bill_arrear.base_on
            and bill.contract_no = bill_arrear.contract_no
    where bill_arrear.due_on < (edition.as_of_on - interval '3 years')::date and bill_arrear.open_amount > 0
    group by bill.subject, bill.contract_no
    union all
    select
        7,
        null,
        '请核对',
        '到账' || received.receipt_no,
        concat(
            '未认领：', to_char(received.paid_on, 'YYYY-MM-DD'), '到账，付款人', coalesce(nullif(received.payer_name, ''), '不详'),
            case when received.contract_no is not null then concat('，合同号', received.contract_no, '没有登记') end,
            case when received.reference <> '' then concat('，摘要“', received.reference, '”') end
        ),
        received.amount,
        '请认领到合同后补报；认领前不冲减任何一户',
        '财务部',
        null,
        received.paid_on,
        received.file_id,
        received.line_no
    from received
    where received.unit_no is null
    union all
    select
        8,
        received.contract_no,
        '提示',
        concat_ws(' ', received.unit_no, received.tenant_name),
        concat('截止后到账：', to_char(received.paid_on, 'YYYY-MM-DD'), '，流水号', received.receipt_no),
        received.amount,
        '不计入本期，下期抵扣；租户询问时请出示本行',
        '财务部',
        null,
        received.paid_on,
        received.file_id,
        received.line_no
    from received
    cross join edition
    cross join released
    where
        received.unit_no is not null
        and received.paid_on >= edition.as_of_on
        and (
            released.known_at is null
            or received.recorded_at <= released.known_at
            or received.contract_no in (select corrected.contract_no from corrected)
        )
)

select
    finding.severity,
    finding.subject,
    finding.problem,
    finding.impact_amount,
    finding.advice,
    finding.department,
    null::text as person,
    finding.due_on,
    finding.first_seen_on,
    greatest(edition.as_of_on - finding.first_seen_on, 0) as lasting_days,
    '未处理' as state,
    landing_file.file_name,
    finding.line_no
from finding
cross join edition
left join corrected on finding.contract_no = corrected.contract_no
left join ops.landing_file on finding.file_id = landing_file.file_id
order by corrected.contract_no is null, finding.rank, finding.first_seen_on, fees.unit_order(finding.subject), finding.problem
