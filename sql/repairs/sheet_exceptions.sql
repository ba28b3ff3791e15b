/*  The sheet 异常 of the 维修扣款汇总: what somebody should look at, and who.

    Grain:  one row per payment, float, account, contract or order concerned; one per group of a split repair.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  WAR-03, 20 groups; WAR-08 silence; WAR-13 double security; WAR-16 what changed after its booking; WAR-23 above
            the cap; WA-D6 late approvals; WA-D10 floats. What must be dealt with is due by the next settlement.  */
with edition as materialized (
    select *
    from repairs.edition(%(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz)
),

known as materialized (
    select known_order.*
    from edition
    cross join lateral
        repairs.known_order('deposit_chargebacks', edition.site_id, edition.base_on, edition.known_at, true) as known_order
),

deposit as materialized (
    select deposit.*
    from edition
    cross join lateral repairs.deposit(edition.site_id, edition.base_on, edition.known_at) as deposit
),

-- what stands in the ledger from months before, not taken back since
posted as (
    select
        entry.order_no,
        entry.contract_no,
        entry.booked_on,
        -entry_line.amount as posted_amount
    from edition
    inner join repairs.entry
        on edition.site_id = entry.site_id and edition.base_on > entry.base_on and entry.entry_kind = '结算'
    inner join repairs.entry_line on entry.entry_id = entry_line.entry_id and entry_line.account = '应付维修队'
    where
        not exists (
            select from repairs.entry as reversal
            where
                reversal.reverses_id = entry.entry_id
                and reversal.entry_kind = '冲回'
                and reversal.base_on <= edition.base_on
        )
),

settled as (
    select
        planned.order_no,
        work_order.project_id,
        work_order.contract_no,
        work_order.place_text,
        work_order.defect,
        planned.amount,
        work_order.file_id,
        work_order.line_no
    from edition
    inner join repairs.planned
        on
            edition.site_id = planned.site_id
            and edition.base_on = planned.base_on
            and planned.entry_kind = '结算'
            and planned.contractor_id <> ''
    inner join repairs.work_order
        on
            planned.order_no = work_order.order_no
            and work_order.recorded_at <= edition.known_at
            and edition.known_at < work_order.superseded_at
),

finding (
    rank, severity, subject, problem, impact_amount, advice, department, first_seen_on, file_id, line_no
) as (
    select
        1,
        '必须处理',
        concat_ws(' ', movement.contract_no, movement.movement_no),
        concat(
            '退还', to_char(movement.amount, 'FM999,999,999,990.00'), '元（', movement.moved_on, '）超过可用余额，未入账；合同现可用',
            to_char(deposit.closing_amount - deposit.reserved_amount, 'FM999,999,999,990.00'), '元'
        ),
        movement.amount,
        '请核对付款凭证与退还审批表；多付的请收回，登记错误的请补报更正',
        '财务计统部',
        movement.moved_on,
        movement.file_id,
        movement.line_no
    from edition
    inner join repairs.deposit_movement as movement
        on
            movement.movement_kind = '退还'
            and movement.moved_on <= edition.last_on
            and movement.recorded_at <= edition.known_at
            and edition.known_at < movement.superseded_at
    inner join deposit on movement.contract_no = deposit.contract_no
    where
        not exists (
            select from repairs.entry
            where
                entry.movement_no = movement.movement_no
                and entry.entry_kind = '退还'
                and entry.base_on <= edition.base_on
        )
        and not exists (
            select from repairs.planned
            where
                planned.site_id = edition.site_id
                and planned.base_on = edition.base_on
                and planned.entry_kind = '退还'
                and planned.movement_no = movement.movement_no
        )
    union all
    select
        2,
        '必须处理',
        float.holder || '周转金',
        concat(
            '差额', to_char(float.delta_amount, 'FM999,999,999,990.00'), '元：定额', to_char(float.float_amount, 'FM999,999,999,990.00'),
            ' − 库存', to_char(float.cash_amount, 'FM999,999,999,990.00'), ' − 在途单据',
            to_char(float.transit_amount, 'FM999,999,999,990.00'), '（', float.counted_on, '盘点）'
        ),
        float.delta_amount,
        '请持有部门会同财务重新盘点，补报漏记的支用或报销',
        float.holder,
        float.counted_on,
        null::integer,
        null::integer
    from edition
    cross join lateral repairs.float_account(edition.site_id, edition.base_on, edition.known_at) as float
    where float.delta_amount <> 0
    union all
    select
        3,
        '必须处理',
        '总账' || compared.account,
        concat(
            '总账', to_char(compared.general_amount, 'FM999,999,999,990.00'), '元，台账',
            to_char(compared.ledger_amount, 'FM999,999,999,990.00'), '元，不一致'
        ),
        compared.ledger_amount - compared.general_amount,
        '请按“凭证建议”逐笔核对总账，查明未记或多记的凭证',
        '财务计统部',
        edition.last_on,
        compared.file_id,
        compared.line_no
    from edition
    cross join lateral repairs.general_comparison(edition.site_id, edition.base_on, edition.known_at) as compared
    where compared.general_amount <> compared.ledger_amount
    union all
    select
        4,
        '必须处理',
        concat_ws(' ', deposit.contract_no, deposit.contractor_name),
        concat(
            '质保金余额', to_char(deposit.closing_amount, 'FM999,999,999,990.00'), '元超过上限',
            to_char(deposit.cap_amount, 'FM999,999,999,990.00'), '元（结算价', to_char(deposit.settled_amount, 'FM999,999,999,990.00'),
            '元），超出部分应退还'
        ),
        deposit.above_amount,
        '请办理超额部分的退还；台账不自动调整',
        '财务计统部',
        edition.last_on,
        deposit.file_id,
        deposit.line_no
    from edition
    cross join deposit
    where deposit.above_amount > 0
    union all
    select
        5,
        '必须处理',
        concat_ws(' ', deposit.contract_no, deposit.contractor_name),
        concat('合同另有', contract.other_security, '，又留有质保金', to_char(deposit.closing_amount, 'FM999,999,999,990.00'), '元'),
        deposit.closing_amount,
        '已有其他担保的不得再留质保金，请退还',
        '工程材料部',
        edition.last_on,
        contract.file_id,
        contract.line_no
    from edition
    cross join deposit
    inner join repairs.contract
        on
            deposit.contract_no = contract.contract_no
            and contract.recorded_at <= edition.known_at
            and edition.known_at < contract.superseded_at
    where contract.other_security <> '无' and deposit.closing_amount > 0
    union all
    select
        6,
        '必须处理',
        posted.order_no,
        case
            when work_order.status = '作废'
                then concat('入账（', posted.booked_on, '）后工单作废，已入账', to_char(posted.posted_amount, 'FM999,999,999,990.00'), '元')
            else concat(
                '入账（', posted.booked_on, '）后审定金额由', to_char(posted.posted_amount, 'FM999,999,999,990.00'), '元改为',
                to_char(audit.audited_amount, 'FM999,999,999,990.00'), '元'
            )
        end,
        case when work_order.status = '作废' then -posted.posted_amount else audit.audited_amount - posted.posted_amount end,
        '原分录不改动；请核对资料，确需调整的按冲回办理并重新认定',
        case when work_order.status = '作废' then '客户服务部' else '审计核算部' end,
        coalesce(audit.audited_on, posted.booked_on),
        case when work_order.status = '作废' then work_order.file_id else audit.file_id end,
        case when work_order.status = '作废' then work_order.line_no else audit.line_no end
    from edition
    cross join posted
    inner join repairs.work_order
        on
            posted.order_no = work_order.order_no
            and work_order.recorded_at <= edition.known_at
            and edition.known_at < work_order.superseded_at
    left join repairs.audit
        on
            posted.order_no = audit.order_no
            and audit.recorded_at <= edition.known_at
            and edition.known_at < audit.superseded_at
    where work_order.status = '作废' or audit.audited_amount <> posted.posted_amount
    union all
    select
        6,
        '必须处理',
        posted.order_no,
        concat(
            '入账（', posted.booked_on, '）时合同为', posted.contract_no, '，派工单现写合同', coalesce(work_order.contract_no, '（无）'),
            '，已入账', to_char(posted.posted_amount, 'FM999,999,999,990.00'), '元'
        ),
        posted.posted_amount,
        '原分录不改动；请核对合同号，确属扣错的先改报B类冲回，次月再按正确的合同改报A类并重新发函确认',
        '工程材料部',
        posted.booked_on,
        work_order.file_id,
        work_order.line_no
    from edition
    cross join posted
    inner join repairs.work_order
        on
            posted.order_no = work_order.order_no
            and work_order.recorded_at <= edition.known_at
            and edition.known_at < work_order.superseded_at
    where
        posted.contract_no <> ''
        and work_order.order_class = 'A'
        and work_order.status = '有效'
        and work_order.contract_no <> posted.contract_no
    union all
    select
        7,
        '必须处理',
        team_account.order_no,
        concat(
            '维修工程款已付', to_char(team_account.paid_amount, 'FM999,999,999,990.00'), '元，超过应付',
            to_char(team_account.owed_amount, 'FM999,999,999,990.00'), '元'
        ),
        team_account.paid_amount - team_account.owed_amount,
        '请核对支付凭证；未经认定先付的请补认定，多付的请收回',
        '财务计统部',
        edition.last_on,
        null,
        null
    from edition
    cross join lateral repairs.team_account(edition.site_id, edition.base_on) as team_account
    where team_account.paid_amount > team_account.owed_amount
    union all
    select
        8,
        '请核对',
        '同组 ' || known.group_no,
        concat(
            '拆单预警：', string_agg(known.order_no, '、' order by known.reported_on, known.order_no), '（', min(known.place_text), ' ',
            min(known.defect), '）合计', to_char(max(known.group_amount), 'FM999,999,999,990.00'), '元，应批第', max(known.level_no), '级'
        ),
        max(known.group_amount),
        '请核对是否同一维修；按合计金额审批，重复的请作废其中一单',
        '客户服务部',
        min(known.reported_on),
        min(known.file_id),
        min(known.line_no)
    from known
    where known.group_no is not null
    group by known.group_no
    union all
    select
        9,
        '请核对',
        concat_ws(' ', known.order_no, known.contractor_name),
        concat('扣款确认函', known.confirm_no, '至', known.confirm_deadline_on, '未答复，合同没有默认条款，已升级'),
        known.contractor_amount + known.management_amount,
        '请审计核算部与施工单位负责人联系取得书面答复；不得视为确认',
        '审计核算部',
        known.confirm_deadline_on,
        known.file_id,
        known.line_no
    from known
    where known.confirm_state = '已升级' and known.outcome = '暂停'
    union all
    select
        10,
        '请核对',
        known.order_no,
        concat('补批：第', approval.level_no, '级', approval.approver, approval.approved_on, '批准，晚于开工日', known.started_on, '；', approval.opinion),
        known.amount,
        '请核对补批原因，必要时对责任人提出意见',
        '客户服务部',
        approval.approved_on,
        approval.file_id,
        approval.line_no
    from edition
    cross join known
    inner join repairs.approval
        on
            known.order_no = approval.order_no
            and approval.is_late
            and approval.verdict = '同意'
            and approval.recorded_at <= edition.known_at
            and edition.known_at < approval.superseded_at
    union all
    select
        11,
        '请核对',
        settled.order_no,
        concat(
            '同部位同缺陷（', settled.place_text, ' ', settled.defect, '）已有', string_agg(distinct twin.order_no, '、'), '入账，疑似重复扣款'
        ),
        settled.amount,
        '请核对是返修还是重复报单；重复的请副总工程师剔除',
        '客户服务部',
        edition.last_on,
        settled.file_id,
        settled.line_no
    from edition
    cross join settled
    inner join repairs.work_order as twin
        on
            settled.project_id = twin.project_id
            and settled.contract_no = twin.contract_no
            and settled.place_text = twin.place_text
            and settled.defect = twin.defect
            and settled.order_no <> twin.order_no
            and twin.recorded_at <= edition.known_at
            and edition.known_at < twin.superseded_at
    inner join posted on twin.order_no = posted.order_no
    group by
        settled.order_no, settled.place_text, settled.defect, settled.amount, edition.last_on, settled.file_id, settled.line_no
    union all
    select
        12,
        '请核对',
        concat_ws(' ', claim.order_no, coalesce(contractor.contractor_name, claim.contractor_id)),
        concat('索赔自', claim.arisen_on, '起', edition.last_on - claim.arisen_on, '天未收回'),
        claim.open_amount,
        '请发函催收，必要时请法务处理',
        '审计核算部',
        claim.arisen_on,
        null,
        null
    from edition
    cross join lateral repairs.claim(edition.site_id, edition.base_on, edition.known_at) as claim
    left join repairs.contractor
        on
            claim.contractor_id = contractor.contractor_id
            and contractor.recorded_at <= edition.known_at
            and edition.known_at < contractor.superseded_at
    where claim.open_amount > 0 and edition.last_on - claim.arisen_on > 90
    union all
    select
        13,
        '请核对',
        float.holder || '周转金',
        '没有盘点记录，无法核对库存',
        null,
        '请月末盘点并补报《周转金收支》',
        float.holder,
        edition.last_on,
        null,
        null
    from edition
    cross join lateral repairs.float_account(edition.site_id, edition.base_on, edition.known_at) as float
    where float.counted_on is null and float.transit_amount <> 0
    union all
    select
        14,
        '提示',
        known.order_no,
        concat('入账后改为B类（', known.class_reason, '），本月冲回，由公司承担须另行认定'),
        known.settled_amount,
        '下月请副总工程师按B类认定',
        '副总工程师',
        edition.last_on,
        known.file_id,
        known.line_no
    from edition
    cross join known
    where known.outcome = '已入账'
    union all
    select
        15,
        '提示',
        concat_ws(' ', deposit.contract_no, deposit.contractor_name),
        case
            when deposit.liability_until_on > edition.last_on
                then concat('缺陷责任期', deposit.liability_until_on, '到期，还有', deposit.liability_until_on - edition.last_on, '天')
            else concat('缺陷责任期已于', deposit.liability_until_on, '到期，余额尚未退还')
        end,
        deposit.closing_amount,
        '请清理未结工单与争议，准备退还审批',
        '工程材料部',
        least(deposit.liability_until_on, edition.last_on),
        deposit.file_id,
        deposit.line_no
    from edition
    cross join deposit
    where deposit.closing_amount > 0 and deposit.liability_until_on <= edition.last_on + 60
)

select
    finding.severity,
    finding.subject,
    finding.problem,
    finding.impact_amount,
    finding.advice,
    finding.department,
    null::text as person,
    case when finding.severity = '必须处理' then (edition.base_on + interval '2 months')::date + 4 end as due_on,
    finding.first_seen_on,
    greatest(edition.last_on - finding.first_seen_on, 0) as lasting_days,
    '未处理' as state,
    landing_file.file_name,
    finding.line_no
from finding
cross join edition
left join ops.landing_file on finding.file_id = landing_file.file_id
order by finding.rank, finding.first_seen_on, finding.subject, finding.problem
