/*  The sheet 异常 of the 维修工单日报: what somebody should look at, and who.

    Grain:  one row per request, order or group concerned.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  WAR-14 time for a deposit's return is over; WAR-05 a repair without notice; WAR-08 silence; WAR-03 groups;
            WA-D2, WA-D3 what is late.  */
with known as materialized (
    select *
    from
        repairs.known_order(
            'repair_orders', %(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz, true
        )
),

unsent as materialized (
    select *
    from repairs.to_send(%(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz)
),

terms as materialized (
    select *
    from repairs.release_terms(%(site_id)s::text, %(last_on)s::date, %(known_at)s::timestamptz)
),

finding (
    rank, severity, subject, problem, impact_amount, advice, department, due_on, first_seen_on, file_id, line_no
) as (
    select
        1,
        '必须处理',
        concat_ws(' ', terms.request_no, terms.contract_no),
        case
            when terms.is_deemed_accepted
                then concat('退还申请', terms.reminded_on, '催告后没有书面意见，', terms.deemed_on, '视为认可')
            else concat('质保金应于', terms.pay_by_on, '前退还（', terms.pay_basis, '），已逾期')
        end,
        terms.payable_amount,
        concat('请立即办理退还；逾期责任：', coalesce(terms.late_return_clause, '合同没有约定')),
        '财务计统部',
        %(last_on)s::date,
        least(terms.pay_by_on, terms.deemed_on),
        terms.file_id,
        terms.line_no
    from terms
    where terms.paid_on is null and (terms.is_deemed_accepted or terms.pay_by_on < %(last_on)s)
    union all
    select
        2,
        '必须处理',
        concat_ws(' ', terms.request_no, terms.contract_no),
        concat('退还申请应于', terms.verify_by_on, '前核实，尚缺书面意见：', terms.missing_text),
        terms.payable_amount,
        concat('请各部门签署书面意见（只签名无效），并于', terms.pay_by_on, '前退还'),
        '客户服务部',
        terms.pay_by_on,
        terms.verify_by_on,
        terms.file_id,
        terms.line_no
    from terms
    where
        terms.paid_on is null
        and not terms.is_deemed_accepted
        and terms.missing_text is not null
        and terms.verify_by_on < %(last_on)s
        and terms.pay_by_on >= %(last_on)s
    union all
    select
        3,
        '必须处理',
        concat_ws(' ', unsent.order_no, unsent.contractor_name),
        concat(unsent.letter_kind, '：', unsent.state_text),
        unsent.amount,
        '没有期满的维修通知不能扣款；已发函的请补报《施工单位函件》，紧急抢修的请补报依据',
        unsent.department,
        null,
        unsent.since_on,
        unsent.file_id,
        unsent.line_no
    from unsent
    where unsent.state_text like '已开工%%'
    union all
    select
        4,
        '请核对',
        concat_ws(' ', known.order_no, known.contractor_name),
        known.missing,
        known.contractor_amount + known.management_amount,
        '请与施工单位负责人联系取得书面答复；不得视为确认',
        '审计核算部',
        null,
        known.confirm_deadline_on,
        known.file_id,
        known.line_no
    from known
    where known.confirm_state = '已升级'
    union all
    select
        5,
        '请核对',
        concat_ws(' ', known.order_no, known.contractor_name),
        known.missing,
        known.contractor_amount + known.management_amount,
        '请审计核算部会同工程材料部核实异议，取得书面结论',
        '审计核算部',
        null,
        known.answered_at::date,
        known.file_id,
        known.line_no
    from known
    where known.outcome = '争议冻结'
    union all
    select
        6,
        '请核对',
        '同组 ' || known.group_no,
        concat(
            '拆单预警：', string_agg(known.order_no, '、' order by known.reported_on, known.order_no), '（', min(known.place_text), ' ',
            min(known.defect), '）合计', to_char(max(known.group_amount), 'FM999,999,999,990.00'), '元，应批第', max(known.level_no), '级'
        ),
        max(known.group_amount),
        '请核对是否同一维修；按合计金额审批，重复的请作废其中一单',
        '客户服务部',
        null,
        min(known.reported_on),
        min(known.file_id),
        min(known.line_no)
    from known
    where known.group_no is not null
    group by known.group_no
    union all
    select
        7,
        '请核对',
        unsent.contractor_name,
        concat(count(*), '份函件待发，没有登记邮箱'),
        sum(unsent.amount),
        '请书面送达并登记《施工单位函件》，或补报施工单位邮箱',
        '工程材料部',
        null,
        min(unsent.since_on),
        min(contractor.file_id),
        min(contractor.line_no)
    from unsent
    left join repairs.contractor
        on
            unsent.contractor_id = contractor.contractor_id
            and contractor.recorded_at <= %(known_at)s
            and %(known_at)s < contractor.superseded_at
    where unsent.is_due and contractor.address is null
    group by unsent.contractor_id, unsent.contractor_name
    union all
    select
        8,
        '请核对',
        overdue.order_no,
        concat('超时效：', overdue.span, '应于', overdue.due_on, '完成，已超', overdue.late_days, '个工作日'),
        null,
        '请责任部门说明原因；确需延长的事先取得客户同意',
        overdue.department,
        null,
        overdue.due_on + 1,
        overdue.file_id,
        overdue.line_no
    from repairs.overdue(%(site_id)s::text, %(starts_on)s::date, %(last_on)s::date, %(known_at)s::timestamptz) as overdue
    where overdue.done_on is null and overdue.span not like '%%回访'
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
    greatest(%(last_on)s::date - finding.first_seen_on, 0) as lasting_days,
    '未处理' as state,
    landing_file.file_name,
    finding.line_no
from finding
left join ops.landing_file on finding.file_id = landing_file.file_id
order by finding.rank, finding.first_seen_on, finding.subject, finding.problem
