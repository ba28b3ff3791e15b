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
