/*  Schema sales: the case site's registers, who owns which customer, what was sold, signed and received (part B).

    Registers carry the four columns of every fact: see schema book. The place of the workflows is the project; the
    group over it is a place of its own, whose figures are those of its projects. */

create schema sales;

insert into book.rule_parameter (parameter, value_type, allowed, meaning) values
('registration_months', 'integer', '', '客户登记几个月有效（到期日为对应日）'),
('call_protect_days', 'integer', '', '来电客户自最后一次来电或有效跟进起保护几天；不填=只看登记有效期'),
('visit_protect_days', 'integer', '', '来访客户自最后一次来访或有效跟进起保护几天；不填=只看登记有效期'),
('visitor_follow_days', 'integer', '', '来访客户几天跟进一次'),
('caller_follow_days', 'integer', '', '来电客户到访之前几天跟进一次'),
('entry_lag_days', 'integer', '', '跟进须在几天内录入才算数；0=当天'),
('reveal_days', 'integer', '', '同事已成交而登记仍有效的，定金收据日起几天内提出才维护登记人'),
('lapse_warning_days', 'integer', '', '登记失效前几天提醒'),
('counts_same_day_return', 'boolean', '', '当日复访是否计接待指标'),
('counts_buyer_visit', 'boolean', '', '已成交客户来访是否计接待指标'),
('counts_on_behalf', 'boolean', '', '代接是否计接待指标'),
('cash_limit_amount', 'amount', '', '案场经理代管现金合计不超过多少元'),
('cash_limit_hours', 'integer', '', '案场经理代管现金不超过几小时'),
('contract_pass_rate', 'amount', '', '合同抽检合格率不低于，如 0.95'),
('meeting_rate', 'amount', '', '晨会夕会完成率不低于，如 0.95'),
('meetings_per_day', 'integer', '', '每天应开几次会（晨会、夕会）'),
('training_quota', 'integer', '', '每月培训不少于几次'),
('survey_quota', 'integer', '', '每月竞品调研不少于几次'),
('satisfaction_rate', 'amount', '', '客户满意度目标，如 0.85'),
('price_step_low_rate', 'amount', '', '价格档逐级上浮的下限，如 0.05'),
('price_step_high_rate', 'amount', '', '价格档逐级上浮的上限，如 0.10'),
('grant_consultant', 'choice', '底价|内部|批发|表价', '置业顾问可给到的最低价格档'),
('grant_supervisor', 'choice', '底价|内部|批发|表价', '主管可给到的最低价格档'),
('grant_manager', 'choice', '底价|内部|批发|表价', '经理可给到的最低价格档'),
('sign_days', 'integer', '', '认购后几天内应签约（认购书没有写应签约日时）'),
('plan_day', 'integer', '', '下月计划须在每月几日前报'),
('target_version', 'choice', '月末版本|按天数加权', '月内目标调整时，月报用哪个目标'),
('contract_source', 'choice', '项目|集团', '同一合同号在项目与集团台账不一致时，以哪份为准');

-- Telephone numbers in every spelling become digits: +86 138-0000-1111, １３８００００１１１１, (0571) 8888 1234 转 8.
-- Null for what is no number of the mainland: too short, too long, a mobile number of other than eleven digits.
create function ops.read_phone(value text) returns text
language sql immutable strict parallel safe
begin atomic
    select
        case
            when plain.digits ~ '^1[3-9]\d{9}$' then plain.digits
            when plain.digits ~ '^0[1-9]\d{8,10}$' then plain.digits
            when plain.digits ~ '^[2-8]\d{6,7}$' then plain.digits
        end
    from (
        select regexp_replace(
            regexp_replace(
                regexp_replace(ops.half_width(value), '(转|分机|-?[xX]|ext\.?)\s*\d{1,5}$', '', 'i'),
                '[^0-9]', '', 'g'
            ),
            '^(0086|86)(?=(1[3-9]\d{9}|0?[1-9]\d{8,10})$)', ''
        ) as digits
        offset 0
    ) as plain
    where ops.half_width(value) ~ '^[+＋0-9()（）\s\-－—–·.转分机xXext]+$';
end;

-- What a wide list shows of a person (SAL-21; 个人信息保护法第六条: the smallest scope that serves).
create function sales.masked_phone(phone text) returns text
language sql immutable parallel safe
return case
    when length(phone) >= 8 then overlay(phone placing '****' from length(phone) - 7 for 4)
    else '****' || right(phone, greatest(length(phone) - 4, 0))
end;

create function sales.masked_name(customer_name text) returns text
language sql immutable parallel safe
return case when customer_name <> '' then left(customer_name, 1) || repeat('*', greatest(1, least(2, length(customer_name) - 1))) else '—' end;

-- Registers ------------------------------------------------------------------------------------------

-- 案场项目: the place of the three workflows, and the group under which its figures are added up.
create table sales.project (
    site_id text not null,
    project_name text not null,
    group_id text not null,
    group_name text not null,
    opens_on date not null,
    is_unit_register boolean not null default true,
    manager_id text,
    contact text not null,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null,
    check (group_id <> site_id)
);
create unique index project_holds on sales.project (site_id) where superseded_at = 'infinity';
comment on column sales.project.opens_on is 'first business day whose figures come from these registers; what was before is an opening balance';
comment on column sales.project.is_unit_register is 'whether every unit is registered; without it unit labels are text, and the same label twice is no double sale';


-- 楼栋.
create table sales.building (
    site_id text not null,
    building_no text not null,
    building_name text not null,
    permit_no text,
    permit_on date,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index building_holds on sales.building (site_id, building_no) where superseded_at = 'infinity';


-- 房源: every unit with its price ladder (SA-B9) and the day on which it was released for sale; null: not yet.
create table sales.unit (
    site_id text not null,
    unit_no text not null,
    building_no text not null,
    product_type text not null,
    floor_no integer,
    column_no integer,
    area numeric(12, 2) not null check (area > 0),
    floor_amount numeric(14, 2) not null check (floor_amount > 0),
    internal_amount numeric(14, 2) not null,
    wholesale_amount numeric(14, 2) not null,
    list_amount numeric(14, 2) not null,
    released_on date,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null,
    check (floor_amount <= internal_amount and internal_amount <= wholesale_amount and wholesale_amount <= list_amount)
);
create unique index unit_holds on sales.unit (site_id, unit_no) where superseded_at = 'infinity';
comment on column sales.unit.floor_no is 'storey and position: where the unit stands on the control sheet';


-- 房源保留: a unit kept from sale from a day to a day, both included.
create table sales.unit_hold (
    site_id text not null,
    unit_no text not null,
    hold_kind text not null check (hold_kind in ('销控', '保留', '抵押')),
    starts_on date not null,
    ends_on date check (ends_on >= starts_on),
    reason text not null default '',
    approved_by text not null,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index unit_hold_holds on sales.unit_hold (site_id, unit_no, hold_kind, starts_on) where superseded_at = 'infinity';


-- 置业顾问, from a day on: project, team and grade; who moves gets a further row.
create table sales.consultant (
    consultant_id text not null,
    effective_from date not null,
    consultant_name text not null,
    site_id text not null,
    team_name text not null default '',
    grade text not null check (grade in ('置业顾问', '主管', '经理')),
    address text check (address ~ '^[^@\s]+@[^@\s]+$'),
    left_on date check (left_on >= effective_from),
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index consultant_holds on sales.consultant (consultant_id, effective_from) where superseded_at = 'infinity';


-- 来访登记.
create table sales.visit (
    site_id text not null,
    visit_no text not null,
    visited_at timestamptz not null,
    customer_name text not null,
    phone text not null,
    channel text not null default '未注明',
    region text not null default '未注明',
    consultant_id text not null,
    is_on_behalf boolean not null default false,
    served_for_id text,
    referrer_phone text,
    intent text not null default '未注明',
    feedback text not null default '未评价' check (feedback in ('满意', '一般', '不满意', '未评价')),
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null,
    check (not is_on_behalf or served_for_id is not null)
);
create unique index visit_holds on sales.visit (site_id, visit_no) where superseded_at = 'infinity';
create index visit_by_phone on sales.visit (site_id, phone);
comment on column sales.visit.phone is 'normalised (ops.read_phone): the key of the customer (SAL-06)';
comment on column sales.visit.is_on_behalf is '代接: served for a colleague, served_for_id (SA-B3, SA-B10)';
comment on column sales.visit.referrer_phone is 'of the old customer who brought this one along (SA-B3)';


-- 来电登记.
create table sales.call (
    site_id text not null,
    call_no text not null,
    called_at timestamptz not null,
    customer_name text not null,
    phone text not null,
    channel text not null default '未注明',
    region text not null default '未注明',
    consultant_id text not null,
    intent text not null default '未注明',
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index call_holds on sales.call (site_id, call_no) where superseded_at = 'infinity';
create index call_by_phone on sales.call (site_id, phone);


-- 跟进记录.
create table sales.follow_up (
    site_id text not null,
    phone text not null,
    consultant_id text not null,
    followed_at timestamptz not null,
    entered_on date not null,
    way text not null default '电话',
    content text not null,
    next_on date,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index follow_up_holds on sales.follow_up (site_id, phone, consultant_id, followed_at) where superseded_at = 'infinity';
comment on column sales.follow_up.entered_on is 'day of the entry; one that was entered later than the rules allow extends nothing (SAL-09)';


-- 留言: a consultant who is off names the friend whom an old customer will bring (SA-B3).
create table sales.left_word (
    site_id text not null,
    consultant_id text not null,
    friend_phone text not null,
    friend_name text not null,
    left_at timestamptz not null,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index left_word_holds on sales.left_word (site_id, consultant_id, friend_phone) where superseded_at = 'infinity';


-- 客户关系: members of one direct family are one customer (SA-B3).
create table sales.family_link (
    site_id text not null,
    phone text not null,
    other_phone text not null,
    relation text not null check (relation in ('夫妻', '父母子女', '兄弟姐妹')),
    noted_on date not null,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null,
    check (phone <> other_phone)
);
create unique index family_link_holds on sales.family_link (site_id, phone, other_phone) where superseded_at = 'infinity';


-- 撞单申报, and the manager's ruling where there is one.
create table sales.claim (
    site_id text not null,
    claim_no text not null,
    phone text not null,
    consultant_id text not null,
    raised_on date not null,
    ruled_for_id text,
    ruled_by text,
    ruled_on date,
    opinion text,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null,
    check ((ruled_for_id is null) = (ruled_by is null)),
    check ((ruled_for_id is null) = (ruled_on is null)),
    check ((ruled_for_id is null) = (opinion is null))
);
create unique index claim_holds on sales.claim (site_id, claim_no) where superseded_at = 'infinity';
comment on column sales.claim.raised_on is 'day on which it came to light that a colleague closed the customer (SA-B3)';


-- 认购登记.
create table sales.subscription (
    site_id text not null,
    subscription_no text not null,
    unit_no text not null,
    customer_name text not null,
    phone text not null,
    subscribed_on date not null,
    sign_by_on date check (sign_by_on >= subscribed_on),
    area numeric(12, 2) not null check (area > 0),
    amount numeric(14, 2) not null check (amount > 0),
    deposit_amount numeric(14, 2) not null check (deposit_amount >= 0),
    channel text not null default '未注明',
    consultant_id text not null,
    papers_on date,
    open_reason text not null default '',
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index subscription_holds on sales.subscription (site_id, subscription_no) where superseded_at = 'infinity';
create index subscription_of_unit on sales.subscription (site_id, unit_no);
comment on column sales.subscription.papers_on is 'day on which the deal papers were handed to the sales manager (the same day is asked for)';
comment on column sales.subscription.open_reason is 'why it is not signed yet';


-- 签约登记, of the project and of the group: the same number in both is one contract (SAL-20).
create table sales.contract (
    site_id text not null,
    contract_no text not null,
    source text not null default '项目' check (source in ('项目', '集团')),
    subscription_no text,
    unit_no text not null,
    building_no text,
    product_type text,
    customer_name text not null,
    phone text,
    signed_on date not null,
    area numeric(12, 2) not null check (area > 0),
    amount numeric(14, 2) not null check (amount > 0),
    payment_way text not null default '按揭' check (payment_way in ('一次性', '分期', '按揭', '公积金', '未注明')),
    down_amount numeric(14, 2),
    loan_amount numeric(14, 2),
    channel text not null default '未注明',
    consultant_id text not null,
    approved_by text,
    approved_price text check (approved_price in ('底价', '内部', '批发', '表价')),
    papers_on date,
    parking_amount numeric(14, 2),
    note text,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index contract_holds on sales.contract (site_id, contract_no, source) where superseded_at = 'infinity';
create index contract_of_unit on sales.contract (site_id, unit_no);
create index contract_by_day on sales.contract (signed_on);
comment on column sales.contract.building_no is 'of a project without a unit register; else the unit tells';
comment on column sales.contract.approved_by is 'who approved a price below what the seller may grant (SA-B9), and down to which step in approved_price';


-- 业绩比例: how consultants share a contract; without rows it is all its consultant's (SAL-10). 0 takes
-- somebody out again.
create table sales.contract_share (
    site_id text not null,
    contract_no text not null,
    consultant_id text not null,
    share numeric(7, 6) not null check (share >= 0 and share <= 1),
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index contract_share_holds on sales.contract_share (site_id, contract_no, consultant_id) where superseded_at = 'infinity';


-- 退订退房换房 and 补充协议: they count in the period of the developer's approval (SAL-03, SAL-18).
create table sales.change (
    site_id text not null,
    change_no text not null,
    change_kind text not null check (change_kind in ('退订', '退房', '换房', '补充协议')),
    subscription_no text,
    contract_no text,
    new_unit_no text,
    area numeric(12, 2) not null default 0,
    amount numeric(14, 2) not null,
    applied_on date not null,
    approved_on date check (approved_on >= applied_on),
    reason text not null,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null,
    check ((change_kind = '退订') = (contract_no is null)),
    check (contract_no is not null or subscription_no is not null),
    check ((change_kind = '换房') = (new_unit_no is not null)),
    check (change_kind in ('换房', '补充协议') or amount >= 0)
);
create unique index change_holds on sales.change (site_id, change_no) where superseded_at = 'infinity';
create index change_of_contract on sales.change (site_id, contract_no);
create index change_of_subscription on sales.change (site_id, subscription_no);
comment on column sales.change.amount is 'of 退订 and 退房 what falls away (positive); of 换房 and 补充协议 the difference, with its sign';


-- 应收计划: what is due of a contract, and when.
create table sales.instalment (
    site_id text not null,
    contract_no text not null,
    instalment_no integer not null check (instalment_no > 0),
    instalment_kind text not null check (instalment_kind in ('首付', '分期', '按揭', '公积金', '尾款')),
    due_on date not null,
    amount numeric(14, 2) not null check (amount > 0),
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index instalment_holds on sales.instalment (site_id, contract_no, instalment_no) where superseded_at = 'infinity';


-- 回款登记: money that reached the bank, by value date; a refund is negative (SAL-12, SAL-13).
create table sales.receipt (
    site_id text not null,
    receipt_no text not null,
    subscription_no text,
    contract_no text,
    instalment_no integer,
    receipt_kind text not null check (receipt_kind in ('定金', '首付', '分期', '按揭', '公积金', '尾款', '退款')),
    amount numeric(14, 2) not null check (amount <> 0),
    value_on date not null,
    confirmed_by text,
    confirmed_on date,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null,
    check (contract_no is not null or subscription_no is not null),
    check ((receipt_kind = '退款') = (amount < 0)),
    check (instalment_no is null or contract_no is not null)
);
create unique index receipt_holds on sales.receipt (site_id, receipt_no) where superseded_at = 'infinity';
create index receipt_of_contract on sales.receipt (site_id, contract_no);
comment on column sales.receipt.instalment_no is 'the instalment that the payer named; else the oldest due is settled first (SAL-15)';
comment on column sales.receipt.confirmed_by is '财务确认';


-- 按揭进度: the days of its stages; approved and not paid out is no receipt (SAL-12).
create table sales.mortgage (
    site_id text not null,
    contract_no text not null,
    bank_name text not null,
    loan_kind text not null default '按揭' check (loan_kind in ('按揭', '公积金')),
    amount numeric(14, 2) not null check (amount > 0),
    complete_on date,
    submitted_on date,
    approved_on date,
    paid_on date,
    reason text not null default '',
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index mortgage_holds on sales.mortgage (site_id, contract_no, loan_kind) where superseded_at = 'infinity';


-- 客户交接: whose a deal is after its consultant has moved or left (SAL-11).
create table sales.handover (
    site_id text not null,
    contract_no text not null,
    to_consultant_id text not null,
    handed_on date not null,
    reason text not null default '',
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index handover_holds on sales.handover (site_id, contract_no, handed_on) where superseded_at = 'infinity';


-- 暂存现金: customers' money that lay outside finance (SA-B6).
create table sales.cash_holding (
    site_id text not null,
    holding_no text not null,
    holder_kind text not null check (holder_kind in ('置业顾问', '案场经理')),
    holder_id text not null,
    amount numeric(14, 2) not null check (amount > 0),
    held_at timestamptz not null,
    handed_at timestamptz,
    consented_by text,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null,
    check (handed_at >= held_at)
);
create unique index cash_holding_holds on sales.cash_holding (site_id, holding_no) where superseded_at = 'infinity';


-- 合同抽检 (SA-B8).
create table sales.contract_check (
    site_id text not null,
    check_no text not null,
    contract_no text not null,
    checked_on date not null,
    is_passed boolean not null,
    fault text not null default '',
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null,
    check (is_passed or fault <> '')
);
create unique index contract_check_holds on sales.contract_check (site_id, check_no) where superseded_at = 'infinity';


-- 晨会夕会: held and minuted (SA-B8).
create table sales.meeting (
    site_id text not null,
    meeting_on date not null,
    meeting_kind text not null check (meeting_kind in ('晨会', '夕会')),
    is_held boolean not null,
    minutes_no text,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index meeting_holds on sales.meeting (site_id, meeting_on, meeting_kind) where superseded_at = 'infinity';


-- 培训, 竞品调研 (SA-B8).
create table sales.training (
    site_id text not null,
    training_no text not null,
    training_kind text not null check (training_kind in ('培训', '竞品调研')),
    held_on date not null,
    topic text not null,
    attendee_count integer not null default 0 check (attendee_count >= 0),
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index training_holds on sales.training (site_id, training_no) where superseded_at = 'infinity';


-- 销售目标 of a month, in versions: each holds from its day on (SAL-16). Of a project, or of a consultant.
create table sales.target (
    site_id text not null,
    target_month date not null check (extract(day from target_month) = 1),
    indicator text not null check (indicator in ('来访', '认购套数', '签约套数', '签约金额', '回款金额')),
    consultant_id text not null default '',
    valid_from date not null,
    amount numeric(14, 2) not null check (amount >= 0),
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index target_holds on sales.target (site_id, target_month, indicator, consultant_id, valid_from) where superseded_at = 'infinity';


-- 下月计划, handed in by the 20th of the month before (SA-B9), and 资金使用计划 (SA-B7).
create table sales.plan (
    site_id text not null,
    plan_month date not null check (extract(day from plan_month) = 1),
    plan_kind text not null check (plan_kind in ('销售', '资金')),
    item text not null,
    amount numeric(14, 2) not null check (amount >= 0),
    reported_on date not null,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index plan_holds on sales.plan (site_id, plan_month, plan_kind, item) where superseded_at = 'infinity';


-- 期初累计: what had been sold and received before these registers begin.
create table sales.opening (
    site_id text not null,
    indicator text not null check (indicator in ('来电', '来访', '认购', '签约', '回款')),
    building_no text not null default '',
    product_type text not null default '',
    moved_count numeric(12, 2) not null default 0,
    area numeric(14, 2) not null default 0,
    amount numeric(16, 2) not null default 0,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index opening_holds on sales.opening (site_id, indicator, building_no, product_type) where superseded_at = 'infinity';

-- One unit, one deal ---------------------------------------------------------------------------------

-- Which unit each deal holds, and from which day to which, by what holds now. A deal is a subscription with the contract
-- that came of it, or a contract alone; the group's copy of a contract is no deal of its own. The developer's approval ends
-- it (退订, 退房) or moves it to another unit (换房).
create view sales.deal_unit as
with contract as (
    select
        contract.site_id,
        contract.contract_no,
        contract.source,
        contract.unit_no,
        contract.signed_on,
        coalesce(contract.subscription_no, contract.contract_no) as deal_no
    from sales.contract
    where
        contract.superseded_at = 'infinity'
        and (
            contract.source = '项目'
            or not exists (
                select from sales.contract as own
                where
                    own.site_id = contract.site_id
                    and own.contract_no = contract.contract_no
                    and own.source = '项目'
                    and own.superseded_at = 'infinity'
            )
        )
),

changed as (
    select
        change.site_id,
        coalesce(contract.deal_no, change.contract_no, change.subscription_no) as deal_no,
        change.change_kind,
        change.new_unit_no,
        change.approved_on
    from sales.change
    left join contract on change.site_id = contract.site_id and change.contract_no = contract.contract_no
    where change.change_kind <> '补充协议' and change.approved_on is not null and change.superseded_at = 'infinity'
),

began as (
    select
        subscription.site_id,
        subscription.subscription_no as deal_no,
        subscription.unit_no,
        subscription.subscribed_on as from_on
    from sales.subscription
    where subscription.superseded_at = 'infinity'
    union all
    select
        contract.site_id,
        contract.deal_no,
        contract.unit_no,
        contract.signed_on as from_on
    from contract
    union all
    select
        changed.site_id,
        changed.deal_no,
        changed.new_unit_no as unit_no,
        changed.approved_on as from_on
    from changed
    where changed.change_kind = '换房'
),

held as (
    select
        began.site_id,
        began.deal_no,
        began.unit_no,
        began.from_on,
        -- an end that is dated before the beginning ends it all the same; an exchange only what began before it
        min(changed.approved_on) as until_on
    from began
    left join changed
        on
            began.site_id = changed.site_id
            and began.deal_no = changed.deal_no
            and (
                changed.change_kind <> '换房'
                or (changed.new_unit_no <> began.unit_no and changed.approved_on >= began.from_on)
            )
    group by began.site_id, began.deal_no, began.unit_no, began.from_on
)

select
    held.site_id,
    held.unit_no,
    held.deal_no,
    min(held.from_on) as from_on,
    held.until_on
from held
group by held.site_id, held.unit_no, held.deal_no, held.until_on;
comment on view sales.deal_unit is 'until_on: first day on which the deal no longer holds the unit; null: it still does';

-- The wall behind SA-B5: of a registered unit no two deals hold the same day.
create table sales.occupancy (
    site_id text not null,
    unit_no text not null,
    deal_no text not null,
    from_on date not null,
    held daterange not null,
    primary key (site_id, unit_no, deal_no, from_on),
    constraint unit_sold_once exclude using gist (site_id with =, unit_no with =, held with &&) deferrable initially deferred
);

-- Brings sales.occupancy in line with sales.deal_unit for the units in pg_temp.touched_unit.
create function sales.reckon_occupancy() returns void
language plpgsql
as $$
begin
    merge into sales.occupancy
    using (
        select
            deal_unit.site_id,
            deal_unit.unit_no,
            deal_unit.deal_no,
            deal_unit.from_on,
            daterange(
                deal_unit.from_on,
                case when deal_unit.until_on is not null then greatest(deal_unit.until_on, deal_unit.from_on) end
            ) as held
        from (select distinct touched_unit.* from touched_unit) as touched
        inner join sales.deal_unit
            on touched.site_id = deal_unit.site_id and touched.unit_no = deal_unit.unit_no
        inner join sales.project
            on
                deal_unit.site_id = project.site_id
                and project.superseded_at = 'infinity'
                and project.is_unit_register
    ) as deal
    on
        occupancy.site_id = deal.site_id
        and occupancy.unit_no = deal.unit_no
        and occupancy.deal_no = deal.deal_no
        and occupancy.from_on = deal.from_on
    when matched and occupancy.held <> deal.held then update set held = deal.held
    when not matched then insert (site_id, unit_no, deal_no, from_on, held)
        values (deal.site_id, deal.unit_no, deal.deal_no, deal.from_on, deal.held)
    when not matched by source
        and exists (
            select from touched_unit
            where touched_unit.site_id = occupancy.site_id and touched_unit.unit_no = occupancy.unit_no
        ) then delete;
end
$$;

-- Follows the registers, whoever writes them; whole statements at a time.
create function sales.keep_occupancy() returns trigger
language plpgsql
as $$
begin
    create temporary table if not exists touched_unit (site_id text, unit_no text) on commit drop;
    truncate touched_unit;
    if tg_table_name = 'project' then
        insert into touched_unit
        select deal_unit.site_id, deal_unit.unit_no
        from written inner join sales.deal_unit on written.site_id = deal_unit.site_id
        union
        select occupancy.site_id, occupancy.unit_no
        from written inner join sales.occupancy on written.site_id = occupancy.site_id;
    elsif tg_table_name = 'change' then
        insert into touched_unit
        select written.site_id, written.new_unit_no
        from written
        where written.new_unit_no is not null
        union
        select deal_unit.site_id, deal_unit.unit_no
        from written
        inner join sales.deal_unit
            on
                written.site_id = deal_unit.site_id
                and deal_unit.deal_no in (
                    written.subscription_no,
                    written.contract_no,
                    (
                        select min(contract.subscription_no) from sales.contract
                        where contract.site_id = written.site_id and contract.contract_no = written.contract_no
                    )
                );
    elsif tg_table_name = 'contract' then
        -- the units that its deal was exchanged for belong to another deal now, if its subscription was corrected
        insert into touched_unit
        select written.site_id, written.unit_no
        from written
        union
        select change.site_id, change.new_unit_no
        from written
        inner join sales.change
            on
                written.site_id = change.site_id
                and (written.contract_no = change.contract_no or written.subscription_no = change.subscription_no)
        where change.new_unit_no is not null
        union
        select subscription.site_id, subscription.unit_no
        from written
        inner join sales.subscription
            on written.site_id = subscription.site_id and written.subscription_no = subscription.subscription_no;
    else
        insert into touched_unit
        select written.site_id, written.unit_no
        from written;
    end if;
    delete from touched_unit
    where
        tg_table_name <> 'project'
        and not exists (
            select from sales.project
            where
                project.site_id = touched_unit.site_id
                and project.superseded_at = 'infinity'
                and project.is_unit_register
        );
    if exists (select from touched_unit) then
        perform sales.reckon_occupancy();
    end if;
    return null;
end
$$;

do $$
declare
    register text;
begin
    foreach register in array array['project', 'subscription', 'contract', 'change'] loop
        execute format(
            'create trigger %1$s_written after insert on sales.%1$I referencing new table as written '
            'for each statement execute function sales.keep_occupancy()', register
        );
        execute format(
            'create trigger %1$s_replaced after update on sales.%1$I referencing new table as written '
            'for each statement execute function sales.keep_occupancy()', register
        );
    end loop;
end
$$;

-- Places and periods -----------------------------------------------------------------------------------

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
    and not exists (select from fees.tower where tower.site_id = company.site_id)
union all
select
    project.site_id,
    project.project_name as site_name,
    project.recorded_at,
    project.superseded_at
from sales.project
where
    not exists (select from book.site where site.site_id = project.site_id)
    and not exists (select from fees.tower where tower.site_id = project.site_id)
    and not exists (select from repairs.company where company.site_id = project.site_id)
union all
-- a group has no line of its own: its newest name holds from the first line that names it, whatever project is corrected
select named_group.*
from (
    select distinct on (project.group_id)
        project.group_id as site_id,
        project.group_name as site_name,
        min(project.recorded_at) over (partition by project.group_id) as recorded_at,
        'infinity'::timestamptz as superseded_at
    from sales.project
    where
        not exists (select from book.site where site.site_id = project.group_id)
        and not exists (select from fees.tower where tower.site_id = project.group_id)
        and not exists (select from repairs.company where company.site_id = project.group_id)
    order by project.group_id, project.superseded_at desc, project.recorded_at desc, project.site_id
) as named_group;

-- The projects whose figures a place shows: its own, or all of its group's.
create function sales.projects_of(of_place text, known_by timestamptz)
returns table (site_id text, project_name text, opens_on date, is_group boolean)
language sql
stable
as $$
    select
        project.site_id,
        project.project_name,
        project.opens_on,
        project.group_id = of_place as is_group
    from sales.project
    where
        of_place in (project.site_id, project.group_id)
        and project.recorded_at <= known_by
        and known_by < project.superseded_at
$$;

-- What the rule book says at a place, parameter by parameter, stretch by stretch of days on which nothing changes: of
-- several rule sets the one of the highest rank (GM-A11, OPS-25).
create function book.rule_stretch(of_site text, known_by timestamptz)
returns table (
    parameter text,
    value text,
    rule_id text,
    clause text,
    rule_set text,
    rule_set_name text,
    valid_from date,
    valid_to date
)
language sql
stable
as $$
    with stated as materialized (
        select
            rule.parameter,
            rule.value,
            rule.rule_id,
            rule.clause,
            rule_set.rule_set,
            rule_set.rule_set_name,
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
            coalesce(lead(turn.turn_on) over (order by turn.turn_on) - 1, 'infinity') as valid_to
        from (
            select stated.valid_from as turn_on from stated
            union
            select stated.valid_to + 1 from stated where stated.valid_to < 'infinity'
        ) as turn
    )

    select distinct on (boundary.valid_from, stated.parameter)
        stated.parameter,
        stated.value,
        stated.rule_id,
        stated.clause,
        stated.rule_set,
        stated.rule_set_name,
        boundary.valid_from,
        boundary.valid_to
    from boundary
    inner join stated on boundary.valid_from between stated.valid_from and stated.valid_to
    order by boundary.valid_from, stated.parameter, stated.rank desc
$$;

-- The same as one row per stretch, for repairs: as before, now from what all subjects share.
create or replace function repairs.policy(of_site text, known_by timestamptz)
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
    select
        stretch.valid_from,
        stretch.valid_to,
        max(stretch.value) filter (where stretch.parameter = 'approval_limit_1')::numeric,
        max(stretch.value) filter (where stretch.parameter = 'approval_limit_2')::numeric,
        max(stretch.value) filter (where stretch.parameter = 'audit_limit')::numeric,
        max(stretch.value) filter (where stretch.parameter = 'contractor_inspection_amount')::numeric,
        max(stretch.value) filter (where stretch.parameter = 'answer_days')::integer,
        max(stretch.value) filter (where stretch.parameter = 'inspection_days')::integer,
        max(stretch.value) filter (where stretch.parameter = 'one_trade_days')::integer,
        max(stretch.value) filter (where stretch.parameter = 'several_trades_days')::integer,
        max(stretch.value) filter (where stretch.parameter = 'callback_days')::integer,
        max(stretch.value) filter (where stretch.parameter = 'notice_days')::integer,
        max(stretch.value) filter (where stretch.parameter = 'confirm_days')::integer,
        max(stretch.value) filter (where stretch.parameter = 'split_window_days')::integer,
        max(stretch.value) filter (where stretch.parameter = 'split_floor_amount')::numeric,
        max(stretch.value) filter (where stretch.parameter = 'deposit_cap_rate')::numeric,
        max(stretch.value) filter (where stretch.parameter = 'verify_days')::integer,
        max(stretch.value) filter (where stretch.parameter = 'return_days')::integer,
        max(stretch.value) filter (where stretch.parameter = 'float_amount')::numeric
    from book.rule_stretch(of_site, known_by) as stretch
    group by stretch.valid_from, stretch.valid_to
$$;

-- Base periods of a run: of 周报 its Mondays, of 月报 its first days, else its days.
create view sales.run_period as
select
    run.run_id,
    run.workflow,
    run_scope.site_id,
    start_at::date as base_on,
    (start_at + period_step.step)::date - 1 as last_on
from ops.run_scope
inner join ops.run on run_scope.run_id = run.run_id
cross join
    lateral (
        select
            case run.workflow
                when 'weekly_sales' then interval '7 days' when 'monthly_sales' then interval '1 month' else interval '1 day'
            end as step
    ) as period_step
cross join
    lateral generate_series(
        lower(run_scope.period)::timestamp, upper(run_scope.period) - interval '1 day', period_step.step
    ) as start_at;

alter table book.approver drop constraint approver_duty_check;
alter table book.approver add check (
    duty in ('客户服务部经理', '副总工程师', '副总经理', '总经理', '财务核对')
);
