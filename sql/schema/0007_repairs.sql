/*  Schema repairs: work orders, the contractors' warranty deposits, and what is charged back to whom (part D).

    Registers carry the four columns of every fact: see schema book. Approvals, letters and certifications may also come
    from a person's answer in the UI, or from a letter of ours: they then name the run instead of a file.
    The deposit ledger is append-only double entry; an account can never be overdrawn. */

create schema repairs;

insert into book.rule_parameter (parameter, value_type, allowed, meaning) values
('approval_limit_1', 'amount', '', '维修审批：客户服务部经理可批的最高金额（元，含税）'),
('approval_limit_2', 'amount', '', '维修审批：副总经理可批的最高金额（元，含税）；超过由总经理批'),
('audit_limit', 'amount', '', '决算由客户服务部审核的最高金额（元）；超过由审计核算部审核'),
('contractor_inspection_amount', 'amount', '', '估算达到多少元，现场勘察须有施工单位参加'),
('answer_days', 'integer', '', '责任部门几个工作日内答复'),
('inspection_days', 'integer', '', '报修后几个工作日内勘察'),
('one_trade_days', 'integer', '', '单工种维修几个工作日内完成'),
('several_trades_days', 'integer', '', '多工种维修几个工作日内完成'),
('callback_days', 'integer', '', '完工后几个工作日内回访'),
('notice_days', 'integer', '', '维修通知发出后施工单位几日内响应（自然日）'),
('confirm_days', 'integer', '', '扣款确认函发出后几日内答复（自然日）'),
('split_window_days', 'integer', '', '同部位、同缺陷、同单位的工单在几日内视为一组'),
('split_floor_amount', 'amount', '', '一组工单合计超过多少元时提示拆单'),
('deposit_cap_rate', 'amount', '', '质保金不超过结算价的比例，如 0.03'),
('verify_days', 'integer', '', '收到退还申请后几日内核实'),
('return_days', 'integer', '', '核实期满后几日内返还（合同没有约定时）；催告后几日视为认可'),
('float_amount', 'amount', '', '客户服务部、维修队周转金各多少元');

-- Registers ------------------------------------------------------------------------------------------

-- 公司: the developer whose books the deposits are in; the place of both workflows.
create table repairs.company (
    site_id text not null,
    company_name text not null,
    opens_with date not null check (extract(day from opens_with) = 1),
    payee_name text not null,
    contact text not null,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index company_holds on repairs.company (site_id) where superseded_at = 'infinity';
comment on column repairs.company.opens_with is 'first month whose charge-backs are settled here; what was before is an opening balance';
comment on column repairs.company.payee_name is 'the property company that is paid for its repair team';

create table repairs.project (
    project_id text not null,
    site_id text not null,
    project_name text not null,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index project_holds on repairs.project (project_id) where superseded_at = 'infinity';

-- What the law allows as the shortest warranty of a component (建设工程质量管理条例 40), in months.
create table repairs.statutory_term (
    component text primary key,
    term_months integer not null,
    clause text not null
);
insert into repairs.statutory_term (component, term_months, clause) values
('主体结构', 600, '建设工程质量管理条例第四十条：设计文件规定的合理使用年限'),
('屋面防水', 60, '建设工程质量管理条例第四十条：五年'),
('有防水要求的房间', 60, '建设工程质量管理条例第四十条：五年'),
('外墙防渗', 60, '建设工程质量管理条例第四十条：五年'),
('供热供冷', 24, '建设工程质量管理条例第四十条：两个采暖期、供冷期'),
('电气管线', 24, '建设工程质量管理条例第四十条：二年'),
('给排水管道', 24, '建设工程质量管理条例第四十条：二年'),
('设备安装', 24, '建设工程质量管理条例第四十条：二年'),
('装修', 24, '建设工程质量管理条例第四十条：二年');

-- 保修期约定: what a project's contracts promise for a component; where nothing is said, the law's term.
create table repairs.warranty_term (
    project_id text not null,
    component text not null,
    term_months integer not null check (term_months > 0),
    clause text not null default '',
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index warranty_term_holds on repairs.warranty_term (project_id, component) where superseded_at = 'infinity';

create table repairs.contractor (
    contractor_id text not null,
    contractor_name text not null,
    contact_name text not null default '',
    phone text,
    address text check (address ~ '^[^@\s]+@[^@\s]+$'),
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index contractor_holds on repairs.contractor (contractor_id) where superseded_at = 'infinity';

-- 施工合同: its deposit, its warranty and the clauses that decide what may be deducted.
create table repairs.contract (
    contract_no text not null,
    project_id text not null,
    contractor_id text not null,
    work_title text not null,
    settled_amount numeric(14, 2) not null check (settled_amount > 0),
    accepted_on date not null,
    liability_months integer not null check (liability_months between 1 and 24),
    deposit_rate numeric(6, 4) not null check (deposit_rate >= 0 and deposit_rate <= 0.03),
    other_security text not null default '无' check (other_security in ('无', '履约保函', '工程质量保证担保', '工程质量保险')),
    supplement_no text,
    supplement_on date,
    silence_clause text,
    management_rate numeric(6, 4) not null default 0 check (management_rate >= 0 and management_rate < 1),
    management_clause text,
    return_on date,
    late_return_clause text,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null,
    check (management_rate = 0 or management_clause is not null)
);
create unique index contract_holds on repairs.contract (contract_no) where superseded_at = 'infinity';
comment on column repairs.contract.supplement_no is '售后维修补充协议: without one on file nothing is deducted (WA-D4a)';
comment on column repairs.contract.silence_clause is 'clause by which silence is consent; without one it is escalated (WAR-08)';
comment on column repairs.contract.return_on is 'day on which the contract itself returns the deposit; null: the 14 + 14 days of the law';

-- 质保金收支: what came into a deposit and what was paid back, by voucher.
create table repairs.deposit_movement (
    movement_no text not null,
    contract_no text not null,
    movement_kind text not null check (movement_kind in ('期初', '留置', '补缴', '退还', '更正')),
    amount numeric(14, 2) not null check (amount <> 0 and (amount > 0 or movement_kind = '更正')),
    moved_on date not null,
    request_no text,
    reason text not null default '',
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index deposit_movement_holds on repairs.deposit_movement (movement_no) where superseded_at = 'infinity';

-- 派工单: class A is in warranty and paid by the contractor, class B is paid by the company (WA-D4).
create table repairs.work_order (
    order_no text not null,
    project_id text not null,
    order_class text not null check (order_class in ('A', 'B')),
    class_reason text not null default '',
    place_text text not null,
    component text not null,
    trades text not null,
    defect text not null,
    cause text not null default '待定' check (cause in ('施工质量', '业主使用', '第三方', '自然损耗', '待定')),
    contract_no text,
    contractor_share numeric(7, 6) not null default 1 check (contractor_share > 0 and contractor_share <= 1),
    estimate_amount numeric(14, 2) not null check (estimate_amount > 0),
    is_emergency boolean not null default false,
    emergency_evidence text,
    done_by text not null default '维修队' check (done_by in ('维修队', '施工单位', '公司另委')),
    reported_on date not null,
    answered_on date,
    inspected_on date,
    inspection_no text,
    is_contractor_present boolean not null default false,
    started_on date,
    completed_on date,
    signed_on date,
    called_back_on date,
    extended_until date,
    status text not null default '有效' check (status in ('有效', '作废')),
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null,
    check (order_class = 'B' or contract_no is not null),
    check (not is_emergency or emergency_evidence is not null)
);
create unique index work_order_holds on repairs.work_order (order_no) where superseded_at = 'infinity';
create index work_order_of_project on repairs.work_order (project_id);
comment on column repairs.work_order.class_reason is 'of class B: 保修期外, 业主使用, 第三方, 补充协议外';
comment on column repairs.work_order.inspection_no is '现场勘察会签表号: what the cause rests on';
comment on column repairs.work_order.signed_on is 'accepted by customer service and the captain and signed by the customer (WA-D5)';
comment on column repairs.work_order.extended_until is 'day to which the customer agreed beforehand (WA-D3)';

-- 维修审批: one row per order, level and duty; an approval states an opinion (WA-D6: 只签名无效).
create table repairs.approval (
    order_no text not null,
    level_no integer not null check (level_no between 1 and 3),
    duty text not null check (duty in ('审核', '审批')),
    verdict text not null check (verdict in ('同意', '驳回', '剔除')),
    opinion text not null,
    approver text not null,
    approved_on date not null,
    approved_amount numeric(14, 2) not null,
    is_late boolean not null default false,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer,
    line_no integer,
    run_id bigint references ops.run,
    check ((file_id is null) = (run_id is not null))
);
create unique index approval_holds on repairs.approval (order_no, level_no, duty) where superseded_at = 'infinity';
comment on column repairs.approval.approved_amount is 'estimate or settlement amount, VAT contained, that was approved';
comment on column repairs.approval.is_late is '补批: given after the repair began, and says why in its opinion';

-- 决算 by the captain, VAT contained (Q6).
create table repairs.final_account (
    order_no text not null,
    amount numeric(14, 2) not null check (amount > 0),
    captain text not null,
    submitted_on date not null,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index final_account_holds on repairs.final_account (order_no) where superseded_at = 'infinity';

-- 审核: by customer service, above the limit by the audit department (WA-D7).
create table repairs.audit (
    order_no text not null,
    audited_amount numeric(14, 2) not null check (audited_amount >= 0),
    department text not null check (department in ('客户服务部', '审计核算部')),
    auditor text not null,
    audited_on date not null,
    opinion text not null,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index audit_holds on repairs.audit (order_no) where superseded_at = 'infinity';

-- 施工单位函件: 维修通知 before the repair, 扣款确认函 after the audit; one letter may be about several orders.
create table repairs.letter (
    letter_no text not null,
    order_no text not null,
    letter_kind text not null check (letter_kind in ('维修通知', '扣款确认函', '催办函')),
    sent_on date not null,
    deadline_on date,
    channel text not null default '',
    evidence text not null default '',
    amount numeric(14, 2),
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer,
    line_no integer,
    run_id bigint references ops.run,
    check ((file_id is null) = (run_id is not null)),
    check (deadline_on >= sent_on)
);
create unique index letter_holds on repairs.letter (letter_no, order_no) where superseded_at = 'infinity';
create index letter_of_order on repairs.letter (order_no);
comment on column repairs.letter.amount is 'of a 扣款确认函: the amount that the contractor was asked to confirm';
comment on column repairs.letter.deadline_on is 'null: so many days after it was sent, as the rule book has it';

-- 施工单位答复; the newest to a letter counts, a dispute before posting counts whenever it comes.
create table repairs.answer (
    letter_no text not null,
    order_no text not null,
    answered_at timestamptz not null,
    answer_kind text not null check (answer_kind in ('确认', '异议', '自行维修', '委托维修')),
    reason text not null default '',
    evidence text not null default '',
    handler text not null default '',
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index answer_holds on repairs.answer (letter_no, order_no, answered_at) where superseded_at = 'infinity';
create index answer_of_order on repairs.answer (order_no);
comment on column repairs.answer.answer_kind is '自行维修, 委托维修 answer a 维修通知; 确认, 异议 a 扣款确认函';

-- 认定 of price and technique by the deputy chief engineer, of both classes (WA-D8).
create table repairs.certification (
    order_no text not null,
    verdict text not null check (verdict in ('认定', '剔除')),
    certified_amount numeric(14, 2) not null,
    order_class text check (order_class in ('A', 'B')),
    certifier text not null,
    opinion text not null,
    certified_on date not null,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer,
    line_no integer,
    run_id bigint references ops.run,
    check ((file_id is null) = (run_id is not null))
);
create unique index certification_holds on repairs.certification (order_no) where superseded_at = 'infinity';
comment on column repairs.certification.order_class is 'class that was certified; what was taken back needs B (WAR-16), null says nothing about it';

-- 维修工程款支付: what finance paid the property company for its repair team (WA-D9).
create table repairs.team_payment (
    payment_no text not null,
    order_no text not null,
    amount numeric(14, 2) not null check (amount > 0),
    paid_on date not null,
    opinion text not null default '',
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index team_payment_holds on repairs.team_payment (payment_no, order_no) where superseded_at = 'infinity';

-- 索赔收款: what a contractor paid of a claim.
create table repairs.claim_receipt (
    receipt_no text not null,
    order_no text not null,
    amount numeric(14, 2) not null check (amount > 0),
    received_on date not null,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index claim_receipt_holds on repairs.claim_receipt (receipt_no, order_no) where superseded_at = 'infinity';

-- 质保金退还申请, and the contractor's reminder when nobody answered (保证金办法 11).
create table repairs.release_request (
    request_no text not null,
    contract_no text not null,
    requested_on date not null,
    received_on date not null check (received_on >= requested_on),
    reminded_on date,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index release_request_holds on repairs.release_request (request_no) where superseded_at = 'infinity';

-- 退还意见: every signature with a written opinion (WA-D11).
create table repairs.release_opinion (
    request_no text not null,
    department text not null check (department in ('客户服务部', '工程材料部', '审计核算部', '财务计统部', '公司领导')),
    verdict text not null check (verdict in ('同意', '不同意')),
    opinion text not null,
    signer text not null,
    signed_on date not null,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index release_opinion_holds on repairs.release_opinion (request_no, department) where superseded_at = 'infinity';

-- 周转金收支 of customer service and of the repair team (WA-D10): spent, paid back against vouchers, cash counted.
create table repairs.float_movement (
    movement_no text not null,
    site_id text not null,
    holder text not null check (holder in ('客户服务部', '维修队')),
    movement_kind text not null check (movement_kind in ('支用', '报销', '盘点')),
    amount numeric(14, 2) not null check (amount >= 0),
    moved_on date not null,
    order_no text,
    purpose text not null default '',
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index float_movement_holds on repairs.float_movement (movement_no) where superseded_at = 'infinity';

-- 总账余额: what the general ledger says at the end of a month, to be held against the deposit ledger.
create table repairs.general_balance (
    site_id text not null,
    base_month date not null check (extract(day from base_month) = 1),
    account text not null check (account in ('质保金', '应收索赔', '应付维修队')),
    amount numeric(14, 2) not null,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index general_balance_holds on repairs.general_balance (site_id, base_month, account) where superseded_at = 'infinity';

-- 审批人: who answers which question in the UI, deputies among them, from a day to a day.
create table book.approver (
    site_id text not null,
    duty text not null check (duty in ('客户服务部经理', '副总工程师', '副总经理', '总经理')),
    login text not null,
    approver_name text not null,
    valid_from date not null,
    valid_to date check (valid_to is null or valid_to >= valid_from),
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index approver_holds on book.approver (site_id, duty, login, valid_from) where superseded_at = 'infinity';

-- The house's rules ----------------------------------------------------------------------------------

-- What the rule book says of a company's repairs, stretch by stretch of days on which nothing changes (OPS-25).
create function repairs.policy(of_site text, known_by timestamptz)
returns table (
    valid_from date,
    valid_to date,
    approval_limit_1 numeric,
    approval_limit_2 numeric,
    audit_limit numeric,
    contractor_inspection_amount numeric,
    answer_days integer,
    inspection_days integer,
    one_trade_days integer,
    several_trades_days integer,
    callback_days integer,
    notice_days integer,
    confirm_days integer,
    split_window_days integer,
    split_floor_amount numeric,
    deposit_cap_rate numeric,
    verify_days integer,
    return_days integer,
    float_amount numeric
)
language sql
stable
as $$
    with stated as materialized (
        select
            rule.parameter,
            rule.value,
            rule_set.rank,
            greatest(site_rule_set.valid_from, rule.valid_from) as valid_from,
            least(coalesce(site_rule_set.valid_to, 'infinity'), coalesce(rule.valid_to, 'infinity')) as valid_to
        from book.site_rule_set
        inner join book.rule_set
            on
                site_rule_set.rule_set = rule_set.rule_set
                and rule_set.recorded_at <= known_by
                and known_by < rule_set.superseded_at
        inner join book.rule
            on
                site_rule_set.rule_set = rule.rule_set
                and rule.recorded_at <= known_by
                and known_by < rule.superseded_at
        where
            site_rule_set.site_id = of_site
            and site_rule_set.recorded_at <= known_by
            and known_by < site_rule_set.superseded_at
    ),

    boundary as (
        select
            turn.turn_on as valid_from,
            lead(turn.turn_on) over (order by turn.turn_on) - 1 as valid_to
        from (
            select stated.valid_from as turn_on from stated
            union
            select stated.valid_to + 1 from stated where stated.valid_to < 'infinity'
        ) as turn
    ),

    holds as (
        select distinct on (boundary.valid_from, stated.parameter)
            boundary.valid_from,
            boundary.valid_to,
            stated.parameter,
            stated.value
        from boundary
        inner join stated on boundary.valid_from between stated.valid_from and stated.valid_to
        order by boundary.valid_from, stated.parameter, stated.rank desc
    )

    select
        holds.valid_from,
        coalesce(holds.valid_to, 'infinity'),
        max(holds.value) filter (where holds.parameter = 'approval_limit_1')::numeric,
        max(holds.value) filter (where holds.parameter = 'approval_limit_2')::numeric,
        max(holds.value) filter (where holds.parameter = 'audit_limit')::numeric,
        max(holds.value) filter (where holds.parameter = 'contractor_inspection_amount')::numeric,
        max(holds.value) filter (where holds.parameter = 'answer_days')::integer,
        max(holds.value) filter (where holds.parameter = 'inspection_days')::integer,
        max(holds.value) filter (where holds.parameter = 'one_trade_days')::integer,
        max(holds.value) filter (where holds.parameter = 'several_trades_days')::integer,
        max(holds.value) filter (where holds.parameter = 'callback_days')::integer,
        max(holds.value) filter (where holds.parameter = 'notice_days')::integer,
        max(holds.value) filter (where holds.parameter = 'confirm_days')::integer,
        max(holds.value) filter (where holds.parameter = 'split_window_days')::integer,
        max(holds.value) filter (where holds.parameter = 'split_floor_amount')::numeric,
        max(holds.value) filter (where holds.parameter = 'deposit_cap_rate')::numeric,
        max(holds.value) filter (where holds.parameter = 'verify_days')::integer,
        max(holds.value) filter (where holds.parameter = 'return_days')::integer,
        max(holds.value) filter (where holds.parameter = 'float_amount')::numeric
    from holds
    group by holds.valid_from, holds.valid_to
$$;

-- Days with a running count of the working days up to and including each, to count working days by subtraction.
create function book.counted_days(first_on date, last_on date, known_by timestamptz)
returns table (day_on date, is_workday boolean, workday_no bigint)
language sql
stable
as $$
    select
        day.day_on,
        day.is_workday,
        count(*) filter (where day.is_workday) over (order by day.day_on) as workday_no
    from (
        select
            day_at::date as day_on,
            coalesce(not calendar_day.is_off, extract(isodow from day_at) < 6) as is_workday
        from generate_series(first_on::timestamp, last_on::timestamp, interval '1 day') as day_at
        left join book.calendar_day
            on
                day_at::date = calendar_day.day_on
                and calendar_day.recorded_at <= known_by
                and known_by < calendar_day.superseded_at
    ) as day
$$;

-- The order's way ------------------------------------------------------------------------------------

-- Steps of a work order, each with the one before it; class A also hears the contractor.
create table repairs.way (
    order_class text not null check (order_class in ('A', 'B')),
    step_no integer not null,
    step text not null,
    previous_no integer,
    rule_id text not null,
    department text not null,
    primary key (order_class, step_no),
    unique (order_class, step_no, previous_no)
);
insert into repairs.way (order_class, step_no, step, previous_no, rule_id, department) values
('A', 10, '登记', null, 'WA-D1', '客户服务部'),
('A', 20, '勘察', 10, 'WA-D2', '客户服务部'),
('A', 30, '审批', 20, 'WA-D6', '客户服务部'),
('A', 40, '维修通知', 30, 'WA-D4', '客户服务部'),
('A', 50, '完工', 40, 'WA-D3', '维修队'),
('A', 60, '验收', 50, 'WA-D5', '客户服务部'),
('A', 70, '审核', 60, 'WA-D7', '客户服务部'),
('A', 80, '扣款确认', 70, 'WA-D8', '审计核算部'),
('A', 90, '认定', 80, 'WA-D8', '副总工程师'),
('A', 100, '扣款', 90, 'WA-D9', '财务计统部'),
('B', 10, '登记', null, 'WA-D1', '客户服务部'),
('B', 20, '勘察', 10, 'WA-D2', '客户服务部'),
('B', 30, '审批', 20, 'WA-D6', '客户服务部'),
('B', 50, '完工', 30, 'WA-D3', '维修队'),
('B', 60, '验收', 50, 'WA-D5', '客户服务部'),
('B', 70, '审核', 60, 'WA-D7', '客户服务部'),
('B', 90, '认定', 70, 'WA-D8', '副总工程师'),
('B', 100, '支付', 90, 'WA-D9', '财务计统部');

-- Steps that an order has taken. None can be taken before the one that the way of its class names: the database keeps it.
create table repairs.order_step (
    order_no text not null,
    step_no integer not null,
    order_class text not null,
    previous_no integer,
    taken_on date not null,
    run_id bigint not null references ops.run,
    primary key (order_no, step_no),
    foreign key (order_no, previous_no) references repairs.order_step (order_no, step_no),
    foreign key (order_class, step_no, previous_no) references repairs.way (order_class, step_no, previous_no),
    check ((step_no = 10) = (previous_no is null))
);
comment on column repairs.order_step.taken_on is 'business day of the step, not of the run that saw it';

-- Where each open order stands, as of a day of the daily run or the end of the month that is settled; drawn anew by each
-- run of the period, kept as it was when a contractor's month was posted.
create table repairs.standing (
    workflow text not null,
    site_id text not null,
    base_on date not null,
    order_no text not null,
    project_id text not null,
    contract_no text not null,
    contractor_id text not null,
    given_class text not null,
    order_class text not null check (order_class in ('A', 'B')),
    class_reason text not null,
    step_no integer not null,
    stop text not null,
    missing text not null,
    stop_rule text not null,
    department text not null,
    since_on date,
    stopped_days integer,
    level_no integer,
    approved_level integer not null,
    group_no text,
    group_amount numeric(14, 2),
    settled_amount numeric(14, 2),
    amount_basis text not null check (amount_basis in ('估算', '决算', '审定')),
    contractor_amount numeric(14, 2) not null,
    management_amount numeric(14, 2) not null,
    company_amount numeric(14, 2) not null,
    liability_until_on date,
    warranty_until_on date,
    notice_state text not null check (notice_state in ('', '待通知', '待响应', '可代修', '紧急', '自行维修')),
    notice_no text,
    notice_deadline_on date,
    confirm_state text not null check (confirm_state in ('', '待发函', '待答复', '确认', '默认确认', '异议', '已升级')),
    confirm_no text,
    confirm_deadline_on date,
    answered_at timestamptz,
    certify_state text not null check (certify_state in ('', '待认定', '已认定', '已剔除')),
    outcome text not null check (
        outcome in ('未到结算', '待认定', '扣款', '索赔', '公司承担', '争议冻结', '暂停', '自修结案', '已入账')
    ),
    grounds text not null,
    rule_from date,
    primary key (workflow, site_id, base_on, order_no),
    check (outcome = '自修结案' or settled_amount is null or contractor_amount + company_amount = settled_amount)
);
comment on column repairs.standing.contract_no is '"" where no contract is concerned';
comment on column repairs.standing.settled_amount is 'audited, VAT contained; null before the audit, and then the shares are of the estimate or account';
comment on column repairs.standing.stop is 'what keeps the order from its next step; "" while nothing does';

-- Orders that a question in the UI is about, so that nobody is asked twice about the same.
create table repairs.asked (
    run_id bigint not null references ops.run,
    level_no integer not null,
    duty text not null,
    order_no text not null,
    asked_amount numeric(14, 2) not null,
    primary key (run_id, level_no, duty, order_no)
);

-- The deposit ledger ---------------------------------------------------------------------------------

-- What a month's settlement is going to book, contract by contract in the order of booking; drawn anew until it is booked.
create table repairs.planned (
    site_id text not null,
    base_on date not null check (extract(day from base_on) = 1),
    line_no integer not null,
    contractor_id text not null,
    contract_no text not null,
    entry_kind text not null check (entry_kind in (
        '期初', '留置', '补缴', '更正', '退还', '冲回', '转公司承担', '解冻', '冻结', '结算', '索赔收回', '支付'
    )),
    order_no text not null,
    movement_no text not null,
    business_on date not null,
    answered_at timestamptz,
    amount numeric(14, 2) not null,
    deposit_amount numeric(14, 2) not null,
    reserved_amount numeric(14, 2) not null,
    claim_amount numeric(14, 2) not null,
    company_amount numeric(14, 2) not null,
    management_amount numeric(14, 2) not null,
    balance_before numeric(14, 2),
    balance_after numeric(14, 2),
    reverses_id bigint,
    primary key (site_id, base_on, line_no),
    unique (site_id, base_on, entry_kind, order_no, movement_no)
);
comment on column repairs.planned.contractor_id is '"" for what only the company bears or pays';
comment on column repairs.planned.amount is 'of a settlement the audited amount; of a movement what moved; of a reservation what is reserved or set free';
comment on column repairs.planned.deposit_amount is 'change of the balance, what is reserved included; below 0 it is taken';
comment on column repairs.planned.reserved_amount is 'change of what is reserved within the balance';

-- 分录: append-only; each entry's lines add up to zero.
create table repairs.entry (
    entry_id bigint generated always as identity primary key,
    entry_no text not null unique,
    site_id text not null,
    base_on date not null check (extract(day from base_on) = 1),
    contractor_id text not null,
    contract_no text not null,
    entry_kind text not null,
    order_no text not null,
    movement_no text not null,
    business_on date not null,
    booked_on date not null,
    turn_no integer not null default 1 check (turn_no > 0),
    settled_step integer generated always as (case when entry_kind = '结算' then 100 end) stored,
    reverses_id bigint references repairs.entry,
    run_id bigint not null references ops.run,
    unique (entry_kind, order_no, movement_no, base_on),
    foreign key (order_no, settled_step) references repairs.order_step (order_no, step_no)
);
create unique index entry_settles_once on repairs.entry (order_no, turn_no) where entry_kind = '结算';
create unique index entry_moves_once on repairs.entry (entry_kind, movement_no, order_no) where movement_no <> '';
create unique index entry_is_reversed_once on repairs.entry (reverses_id) where entry_kind = '冲回';
create index entry_of_month on repairs.entry (site_id, base_on);
comment on column repairs.entry.base_on is 'month in which it is booked; booked_on is its last day (Q7)';
comment on column repairs.entry.business_on is 'day of what happened, which may lie in an earlier month (WAR-17)';
comment on column repairs.entry.turn_no is 'one more after each reversal of the order: it can be settled again, never twice';

create table repairs.entry_line (
    entry_id bigint not null references repairs.entry,
    account text not null check (account in (
        '质保金', '冻结质保金', '应收索赔', '应付维修队', '维修成本', '待处理维修费', '管理费收入', '银行存款', '期初余额'
    )),
    contract_no text not null,
    amount numeric(14, 2) not null check (amount <> 0),
    primary key (entry_id, account),
    check ((account in ('质保金', '冻结质保金')) <= (contract_no <> ''))
);
comment on column repairs.entry_line.amount is 'above 0 debit (借), below 0 credit (贷)';

-- The balance of each contract's deposit, kept by the ledger itself: the checks hold against any two runs at once, because
-- whoever books waits for the row.
create table repairs.deposit_account (
    contract_no text primary key,
    balance numeric(14, 2) not null check (balance >= 0),
    reserved numeric(14, 2) not null check (reserved >= 0 and reserved <= balance)
);

create function repairs.keep_ledger() returns trigger
language plpgsql
as $$
declare
    unbalanced text;
begin
    select string_agg(entry.entry_no, '、')
    into unbalanced
    from (select added.entry_id from added group by added.entry_id having sum(added.amount) <> 0) as off
    inner join repairs.entry on off.entry_id = entry.entry_id;
    if unbalanced is not null then
        raise exception '分录 % 借贷不平，没有入账', unbalanced using errcode = 'check_violation';
    end if;
    insert into repairs.deposit_account (contract_no, balance, reserved)
    select distinct added.contract_no, 0, 0 from added where added.account in ('质保金', '冻结质保金')
    on conflict (contract_no) do nothing;
    update repairs.deposit_account as account
    set balance = account.balance + change.balance, reserved = account.reserved + change.reserved
    from (
        select
            added.contract_no,
            -sum(added.amount) as balance,
            coalesce(-sum(added.amount) filter (where added.account = '冻结质保金'), 0) as reserved
        from added
        where added.account in ('质保金', '冻结质保金')
        group by added.contract_no
    ) as change
    where account.contract_no = change.contract_no;
    return null;
end
$$;

create trigger entry_line_keeps_ledger
after insert on repairs.entry_line
referencing new table as added
for each statement execute function repairs.keep_ledger();

create function repairs.refuse_change() returns trigger
language plpgsql
as $$
begin
    raise exception '已入账的分录不能修改或删除（%）。请更正资料，由下一个月冲回。', tg_table_name
        using errcode = 'restrict_violation';
end
$$;

create trigger entry_is_kept before update or delete or truncate on repairs.entry
for each statement execute function repairs.refuse_change();
create trigger entry_line_is_kept before update or delete or truncate on repairs.entry_line
for each statement execute function repairs.refuse_change();

-- Papers ---------------------------------------------------------------------------------------------

-- Numbers of papers: TZ 维修通知, QR 扣款确认函, CB 催办函 and KK 扣款通知单 go to contractors, TH 退还审批表 round the house.
create table repairs.paper (
    paper_no text primary key,
    paper_kind text not null check (paper_kind in ('TZ', 'QR', 'CB', 'KK', 'TH')),
    workflow text not null,
    site_id text not null,
    base_on date not null,
    contractor_id text not null,
    contract_no text not null default '',
    request_no text not null default '',
    sequence_no integer not null check (sequence_no > 0),
    issued_on date not null,
    deadline_on date,
    amount numeric(14, 2) not null,
    run_id bigint not null references ops.run,
    unique (paper_kind, site_id, base_on, contractor_id, contract_no, request_no),
    unique (paper_kind, site_id, base_on, sequence_no)
);
comment on column repairs.paper.contract_no is 'letters are about one contract, whose clauses they cite; "" on a statement over all of a contractor''s';
comment on column repairs.paper.base_on is 'day of the daily run, or first day of the month that is settled';

-- Companies are places, too: runs are about them.
create or replace view book.place as
select
    site_id,
    site_name,
    recorded_at,
    superseded_at
from book.site
union all
select
    tower.site_id,
    tower.tower_name as site_name,
    tower.recorded_at,
    tower.superseded_at
from fees.tower
where not exists (select from book.site where site.site_id = tower.site_id)
union all
select
    company.site_id,
    company.company_name as site_name,
    company.recorded_at,
    company.superseded_at
from repairs.company
where
    not exists (select from book.site where site.site_id = company.site_id)
    and not exists (select from fees.tower where tower.site_id = company.site_id);

-- Whether a company's month before is settled, or there is none here.
create function repairs.is_next(of_site text, of_month date, known_by timestamptz)
returns boolean
language sql
stable
as $$
    select
        exists (
            select from repairs.company
            where
                company.site_id = of_site
                and company.opens_with >= of_month
                and company.recorded_at <= known_by
                and known_by < company.superseded_at
        )
        or exists (
            select from ops.period_close
            where
                period_close.workflow = 'deposit_chargebacks'
                and period_close.site_id = of_site
                and period_close.period @> (of_month - 1)
        )
$$;

-- Orders of a daily run that wait for somebody's approval, and whose: what was refused is asked about again when the order
-- has changed since, what another run is asking about is left to it.
create function repairs.to_approve(of_run bigint)
returns table (
    site_id text,
    base_on date,
    level_no integer,
    duty text,
    approver_duty text,
    order_no text,
    amount numeric
)
language sql
stable
as $$
    with waiting as (
        select
            run.run_id,
            run.known_at,
            standing.site_id,
            standing.base_on,
            standing.order_no,
            standing.level_no,
            coalesce(standing.settled_amount, standing.contractor_amount + standing.company_amount) as amount,
            case
                when
                    standing.level_no = 2
                    and not exists (
                        select from repairs.approval
                        where
                            approval.order_no = standing.order_no
                            and approval.level_no = 2
                            and approval.duty = '审核'
                            and approval.verdict = '同意'
                            and approval.superseded_at = 'infinity'
                            and (
                                approval.is_late
                                or standing.missing not like '审批晚于开工日%'
                            )
                    )
                    then '审核'
                else '审批'
            end as duty
        from ops.run
        inner join ops.run_scope on run.run_id = run_scope.run_id
        inner join repairs.standing
            on
                run_scope.workflow = standing.workflow
                and run_scope.site_id = standing.site_id
                and lower(run_scope.period) = standing.base_on
        where
            run.run_id = of_run
            and (
                standing.stop = '待审批'
                or (standing.stop_rule = 'WAR-04' and standing.approved_level < standing.level_no)
            )
    )

    select
        waiting.site_id,
        waiting.base_on,
        waiting.level_no,
        waiting.duty,
        case
            when waiting.level_no = 1 then '客户服务部经理'
            when waiting.duty = '审核' then '副总工程师'
            when waiting.level_no = 2 then '副总经理'
            else '总经理'
        end,
        waiting.order_no,
        waiting.amount
    from waiting
    inner join repairs.work_order
        on
            waiting.order_no = work_order.order_no
            and work_order.recorded_at <= waiting.known_at
            and waiting.known_at < work_order.superseded_at
    where
        not exists (
            select from repairs.approval
            where
                approval.order_no = waiting.order_no
                and approval.level_no = waiting.level_no
                and approval.duty = waiting.duty
                and approval.superseded_at = 'infinity'
                and approval.recorded_at >= work_order.recorded_at
                and (approval.verdict <> '同意' or approval.approved_amount >= waiting.amount)
                -- given after the repair began without saying so it is none: it is asked for as 补批
                and (approval.verdict <> '同意' or approval.is_late or approval.approved_on <= coalesce(work_order.started_on, 'infinity'))
        )
        and not exists (
            select from repairs.asked
            inner join ops.run as other on asked.run_id = other.run_id
            where
                asked.run_id <> waiting.run_id
                and asked.order_no = waiting.order_no
                and asked.level_no = waiting.level_no
                and asked.duty = waiting.duty
                and other.state in ('running', 'awaiting_decision')
                and exists (select from ops.run_scope where run_scope.run_id = other.run_id and run_scope.is_live)
        )
$$;
