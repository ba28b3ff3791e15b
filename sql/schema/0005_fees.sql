/*  Schema fees: what tenants of the towers owe, and how it was reckoned.

    Registers (contracts, charges, meters, readings, tariffs, payments …) carry the four columns of every fact: see
    schema book.  Drafts (bill, bill_line …) follow the facts until a tower's month is released; from then on they are
    frozen, and what the tenant was told stands in notice and, as money, in entry. */

create schema fees;

-- Months as their first day: 2026-10, 2026/10, 2026.10, 202610, 2026年10月, and what a spreadsheet makes of them (2026-10-01).
-- A month without its year is nobody's guess, and 2026.1 may be what a number format left of 2026.10: both stay unread.
create function ops.read_month(value text) returns date
language sql stable strict parallel safe
begin atomic
    select
        case
            when form.parts is not null then
                case when pg_input_is_valid(form.iso, 'date') then form.iso::date end
            when value ~ '^\d{4,}' then
                case when extract(day from ops.read_date(value, date '2000-01-01')) = 1 then ops.read_date(value, date '2000-01-01') end
        end
    from (
        select
            spelled.parts,
            spelled.parts[1] || '-' || lpad(spelled.parts[2], 2, '0') || '-01' as iso
        from (
            select coalesce(
                regexp_match(plain.month_text, '^(\d{4})[-/](\d{1,2})$'),
                regexp_match(plain.month_text, '^(\d{4})\.?(\d{2})$'),
                regexp_match(plain.month_text, '^(\d{4})年(\d{1,2})月?份?$')
            ) as parts
            from (select translate(value, '／－—．', '/--.') as month_text) as plain
            offset 0
        ) as spelled
        offset 0
    ) as form;
end;

-- Rates as fractions of one: 0.09, 9%, 0.5‰, 万分之五, with 每日, /日 and the like around them. Two rates in one cell are none.
create function ops.read_rate(value text) returns numeric
language sql stable strict parallel safe
begin atomic
    select
        case
            when form.per_cent is not null then ops.read_number(form.per_cent[1]) / 100
            when form.per_mille is not null then ops.read_number(form.per_mille[1]) / 1000
            when form.share is not null then
                ops.read_number(form.share[2])
                / case form.share[1] when '百' then 100 when '千' then 1000 else 10000 end
            else ops.read_number(form.rate_text)
        end
    from (
        select
            plain.rate_text,
            regexp_match(plain.rate_text, '^([-+]?[\d.,]+)%$') as per_cent,
            regexp_match(plain.rate_text, '^([-+]?[\d.,]+)‰$') as per_mille,
            regexp_match(translate(plain.rate_text, '零一二两三四五六七八九点', '01223456789.'), '^([百千万])分之([\d.]+)$') as share
        from (
            select regexp_replace(
                translate(value, '％，．－', '%,.-'), '\s|^每?[日天月年]|[/每][日天月年]$', '', 'g'
            ) as rate_text
        ) as plain
        offset 0
    ) as form;
end;

-- Whether the name of a charge, or a clause, lays something on top of electricity or water: handling, service, loss,
-- mark-up (BIL-15: 物业管理条例第44条, 电力法第44条). Words that only sound alike are taken out first, and what is said not to be asked.
create function fees.names_surcharge(value text) returns boolean
language sql immutable strict parallel safe
return (
    select
        said.words ~ '(水电费?|[水电]费|[水电]价|用[水电]|供[水电]|电力|自来水|能耗)(的|之|及|和|代收|代缴|代付|收缴|结算|计量|抄表)*(手续|服务|管理|附加|周转|损耗|代办|代收|代缴|代收代缴)费'
        or said.words ~ '[水电].{0,8}手续费|手续费.{0,8}[水电]|抄表(服务|手续|管理)?费'
        or said.words ~ '[水电线变]损|[水电].{0,6}损[耗失]|损[耗失].{0,6}[水电]'
        or said.words ~ '[水电].{0,8}(加价|加收|加成|上浮|附加|差价|价差|溢价|[%％‰])|(加价|加收|加成|上浮|附加).{0,8}[水电]'
    from (
        select regexp_replace(
            regexp_replace(value, '\s', '', 'g'),
            '(不得|不再|不予|不另|不收|不加|不含|不计|免收|禁止|严禁|没有|未)[^，。；、,;]*'
            || '|电梯|电汇|电子|电话|电视|电动[汽单]?车?|电瓶车?|充电桩?|弱电|水景|水系|排水|污水|水箱|水池|防水|饮用水|桶装水',
            '', 'g'
        ) as words
    ) as said
);

-- The order in which people count units: 301 before 1001, A501 before A1001, 1-2-301 before 1-10-301.
create function fees.unit_order(unit_no text) returns text
language sql immutable strict parallel safe
return regexp_replace(regexp_replace(upper(unit_no), '(\d+)', '000000000000\1', 'g'), '\d*(\d{12})(?!\d)', '\1', 'g');

-- What a run told about itself in its result sheet (重跑结果单), kept as it was told: a trial leaves nothing else.
create table ops.run_line (
    run_id bigint not null references ops.run,
    sheet text not null,
    line_no integer not null,
    line jsonb not null,
    primary key (run_id, sheet, line_no)
);

-- 楼宇: who is paid for what, when it is due, and how its notices go out.
create table fees.tower (
    site_id text not null,
    tower_name text not null,
    phase text not null default '',
    region text,
    owner_name text not null,
    owner_payee_id text not null,
    property_payee_id text not null,
    opens_with date not null check (extract(day from opens_with) = 1),
    due_days integer not null default 10 check (due_days between 1 and 90),
    due_rule text not null default 'announced' check (due_rule in ('announced', 'all_days_off', 'none')),
    is_mailed_to_tenants boolean not null default false,
    reading_days integer not null default 7 check (reading_days between 0 and 31),
    jump_limit numeric(6, 4) not null default 0.5 check (jump_limit > 0),
    late_rate_limit numeric(8, 6) not null default 0.001 check (late_rate_limit > 0),
    objection_days integer not null default 5 check (objection_days between 1 and 60),
    contact text not null,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index tower_holds on fees.tower (site_id) where superseded_at = 'infinity';
comment on column fees.tower.opens_with is 'first month whose notices are drawn up here; what was owed before is an opening balance';
comment on column fees.tower.due_days is 'days after the 20th by which a notice is paid, and the fewest after its release';

-- 收款单位 and its bank account, from a day on.
create table fees.payee (
    payee_id text not null,
    valid_from date not null,
    account_name text not null,
    bank_name text not null,
    account_no text not null check (account_no ~ '^[0-9]{8,30}$'),
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index payee_holds on fees.payee (payee_id, valid_from) where superseded_at = 'infinity';

create table fees.unit (
    site_id text not null,
    unit_no text not null,
    area numeric(10, 2) not null check (area > 0),
    is_sold boolean not null default true,
    owner_name text,
    owner_address text,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index unit_holds on fees.unit (site_id, unit_no) where superseded_at = 'infinity';
create index unit_of_site on fees.unit (site_id, unit_no);

-- 交款人: a tenant, an owner who uses the unit, or the developer of what is not sold.
create table fees.tenant (
    tenant_id text not null,
    tenant_name text not null,
    tax_no text,
    contact_name text,
    phone text,
    address text check (address ~ '^[^@\s]+@[^@\s]+$'),
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index tenant_holds on fees.tenant (tenant_id) where superseded_at = 'infinity';
create index tenant_known on fees.tenant (tenant_id);

-- 合同: who pays for a unit from a day to a day, and what it says about lateness.
create table fees.contract (
    contract_no text not null,
    site_id text not null,
    unit_no text not null,
    tenant_id text not null,
    contract_kind text not null check (contract_kind in ('租赁', '业主自用', '未售')),
    starts_on date not null,
    ends_on date not null check (ends_on >= starts_on),
    late_rate numeric(8, 6) not null default 0 check (late_rate >= 0 and late_rate < 1),
    late_clause text not null default '',
    proration text not null default '实际天数' check (proration in ('实际天数', '每月30天')),
    is_owner_copied boolean not null default false,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null,
    check (late_rate = 0 or late_clause <> '')
);
create unique index contract_holds on fees.contract (contract_no) where superseded_at = 'infinity';
create index contract_of_site on fees.contract (site_id);

-- 固定收费: so much a month from a day to a day; a step of the rent is the next row.
create table fees.charge (
    contract_no text not null,
    charge_kind text not null check (charge_kind in ('租金', '物业费', '停车费', '其他')),
    item text not null,
    valid_from date not null,
    valid_to date not null check (valid_to >= valid_from),
    month_amount numeric(14, 2) not null check (month_amount >= 0),
    timing text not null default '下月' check (timing in ('下月', '本月', '上月')),
    vat_rate numeric(5, 4) not null check (vat_rate >= 0 and vat_rate < 1),
    vat_method text not null default '一般计税' check (vat_method in ('一般计税', '简易计税', '免税')),
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index charge_holds on fees.charge (contract_no, charge_kind, item, valid_from) where superseded_at = 'infinity';
create index charge_of_contract on fees.charge (contract_no);

-- 免租期: days for which a fixed charge is not asked.
create table fees.rent_free (
    contract_no text not null,
    charge_kind text not null check (charge_kind in ('租金', '物业费', '停车费', '其他')),
    starts_on date not null,
    ends_on date not null check (ends_on >= starts_on),
    clause text not null default '',
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index rent_free_holds on fees.rent_free (contract_no, charge_kind, starts_on) where superseded_at = 'infinity';
create index rent_free_of_contract on fees.rent_free (contract_no);

create table fees.meter (
    meter_no text not null,
    site_id text not null,
    utility text not null check (utility in ('电费', '水费')),
    dials integer not null check (dials between 3 and 9),
    multiplier numeric(10, 4) not null default 1 check (multiplier > 0),
    replaces text,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index meter_holds on fees.meter (meter_no) where superseded_at = 'infinity';
create index meter_of_site on fees.meter (site_id);

-- 表计归属: whose use a meter counts; several contracts share one by their keys.
create table fees.meter_share (
    meter_no text not null,
    contract_no text not null,
    starts_on date not null,
    ends_on date not null check (ends_on >= starts_on),
    share_key numeric(12, 4) not null default 1 check (share_key > 0),
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index meter_share_holds on fees.meter_share (meter_no, contract_no, starts_on) where superseded_at = 'infinity';
create index meter_share_of_meter on fees.meter_share (meter_no);
create index meter_share_of_contract on fees.meter_share (contract_no);

-- 抄表: what a meter showed at the end of a day.
create table fees.reading (
    meter_no text not null,
    read_on date not null,
    reading numeric(14, 2) not null check (reading >= 0),
    source text not null default '人工' check (source in ('人工', '远传', '估算')),
    reader text,
    is_rollover boolean not null default false,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index reading_holds on fees.reading (meter_no, read_on) where superseded_at = 'infinity';
create index reading_of_day on fees.reading (read_on, meter_no);
create index reading_of_meter on fees.reading (meter_no, read_on);

-- 收费标准: prices of the rule book, VAT contained (FE-C2, FE-C7).
create table fees.tariff (
    utility text not null check (utility in ('电费', '水费')),
    site_id text not null default '*',
    valid_from date not null,
    valid_to date check (valid_to is null or valid_to >= valid_from),
    unit_price numeric(12, 6) not null check (unit_price > 0),
    markup_rate numeric(6, 4) not null default 0,
    vat_rate numeric(5, 4) not null check (vat_rate >= 0 and vat_rate < 1),
    vat_method text not null default '一般计税' check (vat_method in ('一般计税', '简易计税', '免税')),
    rule_id text not null,
    clause text not null,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index tariff_holds on fees.tariff (utility, site_id, valid_from) where superseded_at = 'infinity';

-- 到账: money that came in, by the bank's or the cashier's number.
create table fees.payment (
    receipt_no text not null,
    paid_on date not null,
    amount numeric(14, 2) not null check (amount > 0),
    contract_no text,
    payer_name text not null default '',
    channel text not null default '',
    reference text not null default '',
    status text not null default '有效' check (status in ('有效', '作废')),
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index payment_holds on fees.payment (receipt_no) where superseded_at = 'infinity';
create index payment_of_contract on fees.payment (contract_no, paid_on);

-- 减免: approved; it lowers what is owed from its day on (BIL-22).
create table fees.waiver (
    waiver_no text not null,
    contract_no text not null,
    charge_kind text not null check (charge_kind in ('租金', '物业费', '电费', '水费', '停车费', '其他', '违约金')),
    amount numeric(14, 2) not null check (amount > 0),
    effective_on date not null,
    reason text not null,
    approver text not null,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index waiver_holds on fees.waiver (waiver_no) where superseded_at = 'infinity';
create index waiver_of_contract on fees.waiver (contract_no);

-- 期初: what was owed, or paid in advance (预收), when the house began to draw up its notices here.
create table fees.opening (
    contract_no text not null,
    charge_kind text not null check (charge_kind in ('租金', '物业费', '电费', '水费', '停车费', '其他', '违约金', '预收')),
    base_month date not null check (extract(day from base_month) = 1),
    due_on date,
    amount numeric(14, 2) not null check (amount > 0),
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null,
    check (charge_kind = '预收' or due_on is not null)
);
create unique index opening_holds on fees.opening (contract_no, charge_kind, base_month) where superseded_at = 'infinity';
create index opening_of_contract on fees.opening (contract_no);

-- 通知单文字: sentences of the notice that a house words itself; checked when they are loaded (BIL-16).
create table fees.wording (
    site_id text not null default '*',
    place text not null check (place in ('付款说明', '异议说明', '温馨提示')),
    valid_from date not null,
    sentence text not null,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index wording_holds on fees.wording (site_id, place, valid_from) where superseded_at = 'infinity';

-- 号段: the number from which a tower's notices of a month go on, when the first were written elsewhere.
create table fees.number_start (
    site_id text not null,
    base_month date not null check (extract(day from base_month) = 1),
    first_number integer not null check (first_number > 0),
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index number_start_holds on fees.number_start (site_id, base_month) where superseded_at = 'infinity';

-- 账单 (draft until the tower's month is released): one per contract and month.
create table fees.bill (
    site_id text not null,
    base_on date not null check (extract(day from base_on) = 1),
    contract_no text not null,
    unit_no text not null,
    tenant_id text not null,
    tenant_name text not null,
    area numeric(10, 2),
    status text not null check (status in ('出单', '无需出单', '异常未出单')),
    reason text not null default '',
    opening_amount numeric(14, 2) not null,
    charge_amount numeric(14, 2) not null,
    correction_amount numeric(14, 2) not null,
    late_fee_amount numeric(14, 2) not null,
    credit_brought numeric(14, 2) not null,
    credit_applied numeric(14, 2) not null check (credit_applied >= 0),
    payable_amount numeric(14, 2) not null check (payable_amount >= 0),
    due_on date,
    copied_to text not null default '',
    primary key (site_id, base_on, contract_no)
);
create index bill_of_contract on fees.bill (contract_no, base_on);

create table fees.bill_line (
    site_id text not null,
    base_on date not null,
    contract_no text not null,
    line_no integer not null,
    charge_kind text not null,
    item text not null,
    timing text not null,
    starts_on date not null,
    ends_on date not null,
    day_count integer not null,
    month_days integer,
    quantity numeric(14, 2),
    unit text not null default '',
    unit_price numeric(14, 6),
    amount numeric(14, 2),
    vat_rate numeric(5, 4) not null,
    vat_method text not null,
    net_amount numeric(14, 2),
    vat_amount numeric(14, 2),
    payee_id text not null,
    mark text not null default '' check (mark in ('', '估算', '待抄表')),
    meter_no text not null default '',
    previous_on date,
    previous_reading numeric(14, 2),
    current_on date,
    current_reading numeric(14, 2),
    multiplier numeric(10, 4),
    replaced_quantity numeric(14, 2) not null default 0,
    share_key numeric(12, 4),
    share_of numeric(14, 4),
    shared_quantity numeric(14, 2),
    reading_source text not null default '',
    reader text not null default '',
    rule_id text not null,
    rule_from date,
    rule_version text not null,
    grounds text not null,
    file_id integer,
    source_line integer,
    primary key (site_id, base_on, contract_no, line_no),
    check ((mark = '待抄表') = (amount is null)),
    check (net_amount + vat_amount = amount)
);
create index bill_line_by_meter on fees.bill_line (meter_no, base_on) where meter_no <> '';

-- What was still open on the eve of the 20th, item by item (期初欠费 by month).
create table fees.bill_arrear (
    site_id text not null,
    base_on date not null,
    contract_no text not null,
    item_key text not null,
    base_month date not null,
    charge_kind text not null,
    due_on date not null,
    amount numeric(14, 2) not null,
    settled_amount numeric(14, 2) not null,
    open_amount numeric(14, 2) not null,
    primary key (site_id, base_on, contract_no, item_key)
);

-- 违约金: one row per stretch of days in which the same principal was overdue; rounded per stretch (BIL-10).
create table fees.bill_late_fee (
    site_id text not null,
    base_on date not null,
    contract_no text not null,
    item_key text not null,
    stretch_no integer not null,
    base_month date not null,
    charge_kind text not null,
    due_on date not null,
    counts_from date not null,
    counts_to date not null,
    day_count integer not null check (day_count > 0),
    principal numeric(14, 2) not null,
    late_rate numeric(8, 6) not null,
    late_clause text not null,
    amount numeric(14, 2) not null,
    is_capped boolean not null,
    hint text not null default '',
    primary key (site_id, base_on, contract_no, item_key, stretch_no)
);
comment on column fees.bill_late_fee.counts_from is 'day not counted (民法典 201); the first counted day is the next';

-- 通知单: given at release, in order of unit, without gaps; never changed afterwards.
create table fees.notice (
    notice_no text primary key,
    site_id text not null,
    base_on date not null,
    contract_no text not null,
    revision integer not null check (revision > 0),
    sequence_no integer not null check (sequence_no > 0),
    released_on date not null,
    due_on date not null check (due_on > released_on),
    payable_amount numeric(14, 2) not null,
    run_id bigint not null references ops.run,
    unique (site_id, base_on, contract_no, revision),
    unique (site_id, base_on, sequence_no, revision)
);

-- 应收分录: append-only; what a released notice, or a correction of one, made somebody owe.
create table fees.entry (
    site_id text not null,
    base_on date not null,
    contract_no text not null,
    entry_kind text not null check (entry_kind in ('应收', '违约金', '红字', '蓝字')),
    line_no integer not null,
    charge_kind text not null,
    amount numeric(14, 2) not null,
    due_on date not null,
    notice_no text not null references fees.notice,
    about_on date not null,
    counts_to date,
    entry_no text unique,
    run_id bigint not null references ops.run,
    primary key (site_id, base_on, contract_no, entry_kind, line_no),
    check ((entry_kind in ('红字', '蓝字')) = (entry_no is not null))
);
create index entry_of_contract on fees.entry (contract_no);
comment on column fees.entry.entry_no is 'HZ-… for 红字, LZ-… for 蓝字, in order per tower and month; other entries bear their notice''s number';
comment on column fees.entry.base_on is 'month in which it is booked';
comment on column fees.entry.about_on is 'month of the notice that it is about; another than base_on for corrections';
comment on column fees.entry.counts_to is 'for late fees: the last day counted';

-- The day by which something is paid: a day off moves it to the next working day (民法典 203), as the house has it.
create function fees.rolled_due(due_on date, due_rule text, known_at timestamptz)
returns date
language plpgsql
stable
as $$
begin
    for days_later in 0..30 loop
        if
            due_rule = 'none'
            or book.is_workday(due_on + days_later, known_at)
            -- a plain weekend moves nothing by itself: only a day that the State Council's notice makes a day off
            or due_rule = 'announced' and days_later = 0 and not exists (
                select from book.calendar_day
                where
                    calendar_day.day_on = due_on
                    and calendar_day.is_off
                    and calendar_day.recorded_at <= $3
                    and $3 < calendar_day.superseded_at
            )
        then
            return due_on + days_later;
        end if;
    end loop;
    return due_on;
end
$$;

-- What a run's scope may name: case sites and towers, by the names that people read; what is both has one name.
create view book.place as
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
where not exists (select from book.site where site.site_id = tower.site_id);

-- Towers of a run. A month that is released is frozen (OPS-21): it is drawn again to be compared, and corrected only by
-- a run that was asked to. A tower that waits for its month before is left out, and so is, while a run is reckoned part by
-- part, every tower that the transaction's setting backoffice.places does not name (runs.carry_out).
create view fees.open_scope as
select
    run.run_id,
    run_scope.site_id,
    lower(run_scope.period) as base_on,
    close.is_closed,
    close.is_closed and run.mode = 'correct' as is_corrected
from ops.run
inner join ops.run_scope on run.run_id = run_scope.run_id
cross join
    lateral (
        select exists (
            select from ops.period_close
            where
                period_close.workflow = run_scope.workflow
                and period_close.site_id = run_scope.site_id
                and period_close.period && run_scope.period
        ) as is_closed
    ) as close
where
    run.workflow = 'fee_notices'
    and (
        coalesce(current_setting('backoffice.places', true), '') = ''
        or run_scope.site_id = any(nullif(current_setting('backoffice.places', true), '')::text[])
    )
    and not exists (
        select from ops.run_gap
        where
            run_gap.run_id = run_scope.run_id
            and run_gap.site_id = run_scope.site_id
            and run_gap.base_on = lower(run_scope.period)
    );

-- Whether the month before a tower's month is released, or there is none here.
create function fees.is_next(of_site text, of_month date, known_by timestamptz)
returns boolean
language sql
stable
as $$
    select
        exists (
            select from fees.tower
            where
                tower.site_id = of_site
                and tower.opens_with >= of_month
                and tower.recorded_at <= known_by
                and known_by < tower.superseded_at
        )
        or exists (
            select from ops.period_close
            where
                period_close.workflow = 'fee_notices'
                and period_close.site_id = of_site
                and period_close.period @> (of_month - 1)
        )
$$;

-- What the drawn bills of a tower's month say, item by item: their charges by kind and the parts of their sums.
create function fees.bill_items(of_site text, of_month date)
returns table (site_id text, base_on date, contract_no text, item text, amount numeric)
language sql
stable
as $$
    select
        bill_line.site_id,
        bill_line.base_on,
        bill_line.contract_no,
        bill_line.charge_kind,
        sum(bill_line.amount)
    from fees.bill_line
    where bill_line.site_id = of_site and bill_line.base_on = of_month
    group by bill_line.site_id, bill_line.base_on, bill_line.contract_no, bill_line.charge_kind
    union all
    select
        bill.site_id,
        bill.base_on,
        bill.contract_no,
        part.item,
        part.amount
    from fees.bill
    cross join lateral (
        values
        ('期初欠费', bill.opening_amount),
        ('红蓝字', bill.correction_amount),
        ('违约金', bill.late_fee_amount),
        ('预收抵扣', bill.credit_applied),
        ('本次应缴总额', case when bill.status = '出单' then bill.payable_amount end)
    ) as part (item, amount)
    where bill.site_id = of_site and bill.base_on = of_month
$$;

-- What came out otherwise when a month was reckoned again before its release: for the sheet 差异 of the next preview.
create table fees.bill_change (
    site_id text not null,
    base_on date not null,
    revision integer not null,
    contract_no text not null,
    item text not null,
    old_amount numeric(14, 2),
    new_amount numeric(14, 2),
    primary key (site_id, base_on, revision, contract_no, item),
    check (old_amount is distinct from new_amount)
);
comment on column fees.bill_change.revision is 'of ops.result: the revision that brought the new amount';

-- Where a released month would come out otherwise by what a run knows: told, never booked, until somebody corrects it.
create table fees.found_difference (
    run_id bigint not null references ops.run,
    site_id text not null,
    base_on date not null,
    contract_no text not null,
    charge_kind text not null,
    old_amount numeric(14, 2) not null,
    new_amount numeric(14, 2) not null,
    primary key (run_id, site_id, base_on, contract_no, charge_kind),
    check (old_amount <> new_amount)
);

-- 更正: the lines of a released bill as they should have been; all lines of the contracts concerned, by revision.
create table fees.corrected_line (
    like fees.bill_line including constraints,
    revision integer not null check (revision > 1),
    primary key (site_id, base_on, contract_no, revision, line_no)
);
create index corrected_line_by_meter on fees.corrected_line (meter_no, base_on) where meter_no <> '';

-- What a corrected notice asks for: what its bill said, with the lines of the correction in place of those before. Money in
-- advance is applied anew, so what it covers changes, not only by how much the charges differ.
create view fees.corrected_bill as
select
    corrected_line.site_id,
    corrected_line.base_on,
    corrected_line.contract_no,
    corrected_line.revision,
    coalesce(sum(corrected_line.amount), 0) as charge_amount,
    greatest(
        bill.opening_amount + coalesce(sum(corrected_line.amount), 0) + bill.correction_amount + bill.late_fee_amount
        - bill.credit_brought,
        0
    )::numeric(14, 2) as payable_amount
from fees.corrected_line
inner join fees.bill
    on
        corrected_line.site_id = bill.site_id
        and corrected_line.base_on = bill.base_on
        and corrected_line.contract_no = bill.contract_no
group by
    corrected_line.site_id, corrected_line.base_on, corrected_line.contract_no, corrected_line.revision,
    bill.opening_amount, bill.correction_amount, bill.late_fee_amount, bill.credit_brought;

-- What counts of a released month: the lines of the newest revision that a notice was given for.
create view fees.effective_line as
select
    line.*
from (
    select
        bill_line.*,
        1 as revision
    from fees.bill_line
    union all
    select corrected_line.*
    from fees.corrected_line
) as line
where line.revision = coalesce(
    (
        select max(notice.revision)
        from fees.notice
        where
            notice.site_id = line.site_id
            and notice.base_on = line.base_on
            and notice.contract_no = line.contract_no
    ),
    1
);

-- The month in which a tower's corrections are booked: the first after those that are closed.
create function fees.open_month(of_site text)
returns date
language sql
stable
as $$
    select max(upper(period_close.period))
    from ops.period_close
    where period_close.workflow = 'fee_notices' and period_close.site_id = of_site
$$;

-- What each contract of some towers still owes on the eve of a day, item by item, and when which part of it was settled:
-- items in the order of settling and payments in the order of days are laid end to end along one line of money; where
-- two stretches overlap, that payment settles that item by so much.
create function fees.settlements(of_sites text[], of_month date, of_day date, known_by timestamptz)
returns table (
    site_id text,
    contract_no text,
    item_key text,
    base_month date,
    charge_kind text,
    due_on date,
    item_amount numeric,
    settled_on date,
    manner text,
    settled_amount numeric
)
language sql
stable
as $$
    with contract as materialized (
        select contract.contract_no, contract.site_id
        from fees.contract
        where
            contract.site_id = any(of_sites)
            and contract.recorded_at <= known_by
            and known_by < contract.superseded_at
    ),

    item as materialized (
        select
            contract.contract_no,
            contract.site_id,
            concat_ws('|', 'QC', opening.charge_kind, to_char(opening.base_month, 'YYYY-MM')) as item_key,
            opening.base_month,
            opening.charge_kind,
            opening.due_on,
            opening.amount
        from contract
        inner join fees.opening on contract.contract_no = opening.contract_no
        where
            opening.contract_no = any(array(select wanted.contract_no from contract as wanted))
            and opening.charge_kind <> '预收'
            and opening.recorded_at <= known_by
            and known_by < opening.superseded_at
        union all
        select
            contract.contract_no,
            contract.site_id,
            concat_ws('|', 'YS', entry.charge_kind, to_char(entry.about_on, 'YYYY-MM')) as item_key,
            entry.about_on as base_month,
            entry.charge_kind,
            min(entry.due_on) as due_on,
            sum(entry.amount) as amount
        from contract
        inner join fees.entry on contract.contract_no = entry.contract_no
        where
            entry.contract_no = any(array(select wanted.contract_no from contract as wanted))
            and entry.base_on < of_month
        group by contract.contract_no, contract.site_id, entry.charge_kind, entry.about_on
    ),

    waived_line as (
        select
            waiver.contract_no,
            waiver.charge_kind,
            waiver.effective_on as settled_on,
            waiver.amount,
            sum(waiver.amount) over of_kind as until_amount
        from contract
        inner join fees.waiver on contract.contract_no = waiver.contract_no
        where
            waiver.contract_no = any(array(select wanted.contract_no from contract as wanted))
            and waiver.effective_on < of_day
            and waiver.recorded_at <= known_by
            and known_by < waiver.superseded_at
        window of_kind as (
            partition by waiver.contract_no, waiver.charge_kind order by waiver.effective_on, waiver.waiver_no
        )
    ),

    owed_line as (
        select
            item.*,
            sum(item.amount) over (
                partition by item.contract_no, item.charge_kind order by item.due_on, item.base_month, item.item_key
            ) as until_amount
        from item
        where
            (item.contract_no, item.charge_kind) in (
                select waived_line.contract_no, waived_line.charge_kind from waived_line
            )
    ),

    waived as materialized (
        select
            owed_line.contract_no,
            owed_line.item_key,
            waived_line.settled_on,
            least(owed_line.until_amount, waived_line.until_amount)
            - greatest(owed_line.until_amount - owed_line.amount, waived_line.until_amount - waived_line.amount) as amount
        from owed_line
        inner join waived_line
            on
                owed_line.contract_no = waived_line.contract_no
                and owed_line.charge_kind = waived_line.charge_kind
                and waived_line.until_amount > owed_line.until_amount - owed_line.amount
                and waived_line.until_amount - waived_line.amount < owed_line.until_amount
    ),

    remaining as materialized (
        select
            item.contract_no,
            item.site_id,
            item.item_key,
            item.base_month,
            item.charge_kind,
            item.due_on,
            item.amount as item_amount,
            item.amount - coalesce(waiver_total.amount, 0) as amount,
            waiver_total.contract_no is not null as is_waived
        from item
        left join (
            select contract_no, item_key, sum(amount) as amount
            from waived
            group by contract_no, item_key
        ) as waiver_total
            on item.contract_no = waiver_total.contract_no and item.item_key = waiver_total.item_key
    ),

    remaining_line as (
        select
            remaining.*,
            sum(remaining.amount) over (
                partition by remaining.contract_no
                order by remaining.due_on, left(remaining.charge_kind, 3) <> '违约金', remaining.base_month, remaining.item_key
            ) as until_amount
        from remaining
        where remaining.amount > 0
    ),

    paid as (
        select
            contract.contract_no,
            payment.paid_on as settled_on,
            payment.amount,
            payment.receipt_no
        from contract
        inner join fees.payment on contract.contract_no = payment.contract_no
        where
            payment.contract_no = any(array(select wanted.contract_no from contract as wanted))
            and payment.status = '有效'
            and payment.paid_on < of_day
            and payment.recorded_at <= known_by
            and known_by < payment.superseded_at
        union all
        select
            contract.contract_no,
            opening.base_month as settled_on,
            opening.amount,
            ''
        from contract
        inner join fees.opening on contract.contract_no = opening.contract_no
        where
            opening.contract_no = any(array(select wanted.contract_no from contract as wanted))
            and opening.charge_kind = '预收'
            and opening.recorded_at <= known_by
            and known_by < opening.superseded_at
    ),

    paid_line as (
        select
            paid.*,
            sum(paid.amount) over (
                partition by paid.contract_no order by paid.settled_on, paid.receipt_no
            ) as until_amount
        from paid
    )

    select
        remaining_line.site_id,
        remaining_line.contract_no,
        remaining_line.item_key,
        remaining_line.base_month,
        remaining_line.charge_kind,
        remaining_line.due_on,
        remaining_line.item_amount,
        paid_line.settled_on,
        case when paid_line.contract_no is not null then '到账' end as manner,
        case
            when paid_line.contract_no is null then 0
            else least(remaining_line.until_amount, paid_line.until_amount)
                - greatest(remaining_line.until_amount - remaining_line.amount, paid_line.until_amount - paid_line.amount)
        end as settled_amount
    from remaining_line
    left join paid_line
        on
            remaining_line.contract_no = paid_line.contract_no
            and paid_line.until_amount > remaining_line.until_amount - remaining_line.amount
            and paid_line.until_amount - paid_line.amount < remaining_line.until_amount
    where paid_line.contract_no is not null or not remaining_line.is_waived

    union all

    select
        item.site_id,
        item.contract_no,
        item.item_key,
        item.base_month,
        item.charge_kind,
        item.due_on,
        item.amount as item_amount,
        waived.settled_on,
        '减免' as manner,
        waived.amount as settled_amount
    from waived
    inner join item on waived.contract_no = item.contract_no and waived.item_key = item.item_key

    union all

    -- what asks for nothing, as it was corrected away, is settled by nothing
    select
        remaining.site_id,
        remaining.contract_no,
        remaining.item_key,
        remaining.base_month,
        remaining.charge_kind,
        remaining.due_on,
        remaining.item_amount,
        null as settled_on,
        null as manner,
        0 as settled_amount
    from remaining
    where remaining.amount <= 0 and not remaining.is_waived

    union all

    -- what came in and settles nothing yet stands under no item: money in advance
    select
        contract.site_id,
        contract.contract_no,
        '' as item_key,
        null as base_month,
        '预收' as charge_kind,
        null as due_on,
        0 as item_amount,
        came_in.settled_on,
        '预收' as manner,
        came_in.amount - coalesce(owed.amount, 0) as settled_amount
    from (
        select paid.contract_no, max(paid.settled_on) as settled_on, sum(paid.amount) as amount
        from paid
        group by paid.contract_no
    ) as came_in
    inner join contract on came_in.contract_no = contract.contract_no
    left join (
        select remaining.contract_no, sum(remaining.amount) as amount
        from remaining
        where remaining.amount > 0
        group by remaining.contract_no
    ) as owed on came_in.contract_no = owed.contract_no
    where came_in.amount > coalesce(owed.amount, 0)
$$;
comment on function fees.settlements is 'one row per item and settlement; what settles nothing yet has no item (manner 预收)';

-- The same of one tower. A run that reckons many asks once: each call reads all entries and payments there are.
create function fees.settlement_of(of_site text, of_month date, of_day date, known_by timestamptz)
returns table (
    site_id text,
    contract_no text,
    item_key text,
    base_month date,
    charge_kind text,
    due_on date,
    item_amount numeric,
    settled_on date,
    manner text,
    settled_amount numeric
)
language sql
stable
as $$
    select settled.*
    from fees.settlements(array[of_site], of_month, of_day, known_by) as settled
$$;

-- What a month's workbook and letters are about: the tower as known, its cut-off, and those of the month before it.
create function fees.edition(of_site text, of_month date, known_by timestamptz)
returns table (
    site_id text,
    base_on date,
    as_of_on date,
    known_at timestamptz,
    tower_name text,
    owner_name text,
    owner_payee_id text,
    property_payee_id text,
    jump_limit numeric,
    is_mailed_to_tenants boolean,
    contact text,
    before_on date,
    before_as_of_on date,
    before_known_at timestamptz
)
language sql
stable
as $$
    select
        tower.site_id,
        of_month,
        coalesce(reckoned.as_of_on, of_month + 19),
        known_by,
        tower.tower_name,
        tower.owner_name,
        tower.owner_payee_id,
        tower.property_payee_id,
        tower.jump_limit,
        tower.is_mailed_to_tenants,
        tower.contact,
        lower(before.period),
        before.as_of_on,
        before.known_at
    from fees.tower
    left join lateral (
        select result.as_of_on
        from ops.result
        where
            result.workflow = 'fee_notices'
            and result.site_id = tower.site_id
            and result.base_on = of_month
            and result.known_at <= known_by
        order by result.revision desc
        limit 1
    ) as reckoned on true
    left join lateral (
        select
            period_close.period,
            run.as_of_on,
            run.known_at
        from ops.period_close
        inner join ops.run on period_close.run_id = run.run_id
        where
            period_close.workflow = 'fee_notices'
            and period_close.site_id = tower.site_id
            and period_close.period @> (of_month - 1)
    ) as before on true
    where
        tower.site_id = of_site
        and tower.recorded_at <= known_by
        and known_by < tower.superseded_at
$$;

-- Bills of a month with the notices that were known: the newest of each contract; before_run leaves out its own.
create function fees.noticed_bill(of_site text, of_month date, known_by timestamptz, before_run bigint)
returns table (
    contract_no text,
    unit_no text,
    tenant_id text,
    tenant_name text,
    area numeric,
    status text,
    reason text,
    opening_amount numeric,
    charge_amount numeric,
    correction_amount numeric,
    late_fee_amount numeric,
    credit_brought numeric,
    credit_applied numeric,
    payable_amount numeric,
    copied_to text,
    due_on date,
    notice_no text,
    revision integer,
    sequence_no integer,
    released_on date,
    noticed_amount numeric
)
language sql
stable
as $$
    select
        bill.contract_no,
        bill.unit_no,
        bill.tenant_id,
        bill.tenant_name,
        bill.area,
        bill.status,
        bill.reason,
        bill.opening_amount,
        bill.charge_amount,
        bill.correction_amount,
        bill.late_fee_amount,
        bill.credit_brought,
        bill.credit_applied,
        bill.payable_amount,
        bill.copied_to,
        coalesce(given.due_on, bill.due_on),
        given.notice_no,
        given.revision,
        given.sequence_no,
        given.released_on,
        given.payable_amount
    from fees.bill
    left join lateral (
        select notice.*
        from fees.notice
        inner join ops.run on notice.run_id = run.run_id
        where
            notice.site_id = bill.site_id
            and notice.base_on = bill.base_on
            and notice.contract_no = bill.contract_no
            and run.known_at <= known_by
            and notice.run_id is distinct from before_run
        order by notice.revision desc
        limit 1
    ) as given on true
    where bill.site_id = of_site and bill.base_on = of_month
$$;

-- What an edition of a month corrects: the revision after those that were given before it, nothing of a first edition.
create function fees.corrected_by(of_site text, of_month date, known_by timestamptz)
returns table (contract_no text, revision integer)
language sql
stable
as $$
    select
        corrected_line.contract_no,
        corrected_line.revision
    from fees.corrected_line
    where
        corrected_line.site_id = of_site
        and corrected_line.base_on = of_month
        and corrected_line.revision = (
            select 1 + max(notice.revision)
            from fees.notice
            inner join ops.run on notice.run_id = run.run_id
            where notice.site_id = of_site and notice.base_on = of_month and run.known_at < known_by
        )
    group by corrected_line.contract_no, corrected_line.revision
$$;

-- What a month's notices ask for, before and after their release alike; corrections are those booked in the month.
create function fees.asked(of_site text, of_month date, known_by timestamptz)
returns table (
    contract_no text,
    entry_kind text,
    charge_kind text,
    about_on date,
    due_on date,
    payee_id text,
    amount numeric
)
language sql
stable
as $$
    select
        bill_line.contract_no,
        '应收',
        bill_line.charge_kind,
        bill_line.base_on,
        bill.due_on,
        bill_line.payee_id,
        bill_line.amount
    from fees.bill_line
    inner join fees.bill
        on
            bill_line.site_id = bill.site_id
            and bill_line.base_on = bill.base_on
            and bill_line.contract_no = bill.contract_no
    where
        bill.site_id = of_site
        and bill.base_on = of_month
        and bill.status = '出单'
        and bill_line.amount is not null
    union all
    select
        bill_late_fee.contract_no,
        '违约金',
        '违约金',
        bill_late_fee.base_on,
        bill.due_on,
        case when bill_late_fee.charge_kind = '租金' then edition.owner_payee_id else edition.property_payee_id end,
        bill_late_fee.amount
    from fees.bill_late_fee
    inner join fees.bill
        on
            bill_late_fee.site_id = bill.site_id
            and bill_late_fee.base_on = bill.base_on
            and bill_late_fee.contract_no = bill.contract_no
    cross join fees.edition(of_site, of_month, known_by) as edition
    where bill.site_id = of_site and bill.base_on = of_month and bill.status = '出单' and bill_late_fee.amount > 0
    union all
    select
        entry.contract_no,
        entry.entry_kind,
        entry.charge_kind,
        entry.about_on,
        entry.due_on,
        case when entry.charge_kind = '租金' then edition.owner_payee_id else edition.property_payee_id end,
        entry.amount
    from fees.entry
    inner join ops.run on entry.run_id = run.run_id
    cross join fees.edition(of_site, of_month, known_by) as edition
    where
        entry.site_id = of_site
        and entry.base_on = of_month
        and entry.entry_kind in ('红字', '蓝字')
        and run.known_at <= known_by
$$;

-- Which of them money in advance pays, in the order in which it will settle them (BIL-13).
create function fees.credit_use(of_site text, of_month date, known_by timestamptz)
returns table (contract_no text, charge_kind text, about_on date, amount numeric)
language sql
stable
as $$
    with asked_kind as (
        select
            asked.contract_no,
            asked.charge_kind,
            asked.about_on,
            sum(asked.amount) as amount
        from fees.asked(of_site, of_month, known_by) as asked
        group by asked.contract_no, asked.charge_kind, asked.about_on
        having sum(asked.amount) > 0
    ),

    asked_line as (
        select
            asked_kind.*,
            sum(asked_kind.amount) over (
                partition by asked_kind.contract_no
                order by asked_kind.charge_kind <> '违约金', asked_kind.about_on, asked_kind.charge_kind
            ) as until_amount
        from asked_kind
    )

    select
        asked_line.contract_no,
        asked_line.charge_kind,
        asked_line.about_on,
        least(asked_line.until_amount, bill.credit_applied) - (asked_line.until_amount - asked_line.amount)
    from asked_line
    inner join fees.bill on asked_line.contract_no = bill.contract_no
    where
        bill.site_id = of_site
        and bill.base_on = of_month
        and bill.status = '出单'
        and bill.credit_applied > asked_line.until_amount - asked_line.amount
$$;

/*  How what is owed moved from the last notice to this one, per contract and charge; money in advance is a row of its
    own (预收款), so that all rows add up to opening + asked - received - waived + red and blue = closing.

    Both ends are what the notices of their month said, after money in advance was applied. What was received is the
    difference between what payments settle now and what they settled then (with the money in advance that was applied
    then), so that a payment that became known late, or was cancelled, falls into the month that knows of it.  */
create function fees.movement(of_site text, of_month date, known_by timestamptz)
returns table (
    contract_no text,
    charge_kind text,
    opening_amount numeric,
    restated_amount numeric,
    asked_amount numeric,
    current_received_amount numeric,
    earlier_received_amount numeric,
    advance_amount numeric,
    credit_amount numeric,
    waived_amount numeric,
    red_amount numeric,
    blue_amount numeric,
    closing_amount numeric,
    current_due_amount numeric,
    current_open_amount numeric,
    earlier_open_amount numeric
)
language sql
stable
as $$
    with edition as materialized (
        select * from fees.edition(of_site, of_month, known_by)
    ),

    settled_then as materialized (
        select settled.*
        from edition
        cross join lateral fees.settlement_of(
            edition.site_id, edition.before_on, edition.before_as_of_on, edition.before_known_at
        ) as settled
        where edition.before_on is not null
    ),

    settled_now as materialized (
        select settled.*
        from edition
        cross join lateral fees.settlement_of(
            edition.site_id, edition.base_on, edition.as_of_on, edition.known_at
        ) as settled
    ),

    asked_then as materialized (
        select asked.*
        from edition
        cross join lateral fees.asked(edition.site_id, edition.before_on, edition.before_known_at) as asked
        where edition.before_on is not null
    ),

    asked_now as materialized (
        select asked.* from fees.asked(of_site, of_month, known_by) as asked
    ),

    credit_then as materialized (
        select used.*
        from edition
        cross join lateral fees.credit_use(edition.site_id, edition.before_on, edition.before_known_at) as used
        where edition.before_on is not null
    ),

    credit_now as materialized (
        select used.* from fees.credit_use(of_site, of_month, known_by) as used
    ),

    item_then as (
        select
            settled_then.contract_no,
            settled_then.charge_kind,
            settled_then.base_month,
            settled_then.item_key,
            max(settled_then.item_amount) as item_amount,
            coalesce(sum(settled_then.settled_amount) filter (where settled_then.manner = '到账'), 0) as paid_amount,
            coalesce(sum(settled_then.settled_amount) filter (where settled_then.manner = '减免'), 0) as waived_amount
        from settled_then
        where settled_then.item_key <> ''
        group by settled_then.contract_no, settled_then.charge_kind, settled_then.base_month, settled_then.item_key
    ),

    item_now as (
        select
            settled_now.contract_no,
            settled_now.charge_kind,
            settled_now.base_month,
            settled_now.item_key,
            max(settled_now.item_amount) as item_amount,
            coalesce(sum(settled_now.settled_amount) filter (where settled_now.manner = '到账'), 0) as paid_amount,
            coalesce(sum(settled_now.settled_amount) filter (where settled_now.manner = '减免'), 0) as waived_amount
        from settled_now
        where settled_now.item_key <> ''
        group by settled_now.contract_no, settled_now.charge_kind, settled_now.base_month, settled_now.item_key
    ),

    -- every amount under its contract, charge and month; what happened is told apart by the columns
    moved (
        contract_no, charge_kind, base_month, then_amount, now_amount, paid_amount, waived_amount, open_amount, waived_in_all
    ) as (
        select
            contract_no, charge_kind, base_month, item_amount - paid_amount - waived_amount, 0::numeric,
            -paid_amount, -waived_amount, 0::numeric, 0::numeric
        from item_then
        union all
        select contract_no, charge_kind, about_on, amount, 0, 0, 0, 0, 0
        from asked_then
        union all
        -- applied on the notice: settled from the reader's point of view, though the books settle it only next time
        select contract_no, charge_kind, about_on, -amount, 0, -amount, 0, 0, 0
        from credit_then
        union all
        select
            contract_no, charge_kind, base_month, 0, item_amount, paid_amount, waived_amount,
            item_amount - paid_amount - waived_amount, waived_amount
        from item_now
    ),

    by_month as (
        select
            moved.contract_no,
            moved.charge_kind,
            moved.base_month,
            moved.base_month >= (of_month - interval '1 month')::date as is_current,
            sum(moved.then_amount) as then_amount,
            sum(moved.now_amount) as item_amount,
            sum(moved.paid_amount) as received_amount,
            sum(moved.waived_amount) as waived_amount,
            sum(moved.open_amount) as open_amount,
            sum(moved.waived_in_all) as waived_in_all
        from moved
        group by moved.contract_no, moved.charge_kind, moved.base_month
    ),

    credited_month as (
        select
            by_month.*,
            coalesce(credit_then.amount, 0) as credit_amount
        from by_month
        left join credit_then
            on
                by_month.contract_no = credit_then.contract_no
                and by_month.charge_kind = credit_then.charge_kind
                and by_month.base_month = credit_then.about_on
    ),

    owed (
        contract_no, charge_kind, opening_amount, asked_amount, current_received, earlier_received, advance, credit,
        waived, red, blue, closing_amount, current_due, current_open, earlier_open
    ) as (
        select
            contract_no,
            charge_kind,
            -- the first month opens with the balances that were brought in
            case when edition.before_on is null then item_amount else then_amount end,
            0::numeric,
            case when is_current then received_amount else 0 end,
            case when is_current then 0 else received_amount end,
            0::numeric,
            0::numeric,
            credited_month.waived_amount,
            0::numeric,
            0::numeric,
            0::numeric,
            case when is_current then item_amount - waived_in_all - credit_amount else 0 end,
            case when is_current then open_amount else 0 end,
            case when is_current then 0 else open_amount end
        from credited_month
        cross join edition
        union all
        select
            contract_no, charge_kind, 0,
            case when entry_kind in ('应收', '违约金') then amount else 0 end,
            0, 0, 0, 0, 0,
            case when entry_kind = '红字' then amount else 0 end,
            case when entry_kind = '蓝字' then amount else 0 end,
            amount, 0, 0, 0
        from asked_now
        union all
        select contract_no, charge_kind, 0, 0, 0, 0, 0, amount, 0, 0, 0, -amount, 0, 0, 0
        from credit_now
        union all
        select contract_no, charge_kind, 0, 0, 0, 0, 0, 0, 0, 0, 0, open_amount, 0, 0, 0
        from fees.bill_arrear
        where site_id = of_site and base_on = of_month
        union all
        -- money in advance: what came in and settles nothing, less what the notices apply
        select contract_no, '预收款', -settled_amount, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
        from settled_then
        where item_key = ''
        union all
        select contract_no, '预收款', amount, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
        from credit_then
        union all
        select opening.contract_no, '预收款', -opening.amount, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
        from fees.opening
        inner join fees.contract on opening.contract_no = contract.contract_no
        cross join edition
        where
            edition.before_on is null
            and contract.site_id = of_site
            and opening.charge_kind = '预收'
            and opening.recorded_at <= known_by
            and known_by < opening.superseded_at
            and contract.recorded_at <= known_by
            and known_by < contract.superseded_at
        union all
        select contract_no, '预收款', 0, 0, 0, 0, 0, -amount, 0, 0, 0, amount, 0, 0, 0
        from credit_now
        union all
        select contract_no, '预收款', 0, 0, 0, 0, 0, 0, 0, 0, 0, -settled_amount, 0, 0, 0
        from settled_now
        where item_key = ''
    ),

    -- all that was paid, now less then: what settles nothing of it came in advance
    received as (
        select
            paid.contract_no,
            sum(paid.amount) as amount
        from (
            select contract_no, settled_amount as amount
            from settled_now
            where manner in ('到账', '预收')
            union all
            select contract_no, -settled_amount
            from settled_then
            where manner in ('到账', '预收')
            union all
            select owed.contract_no, owed.opening_amount
            from owed
            cross join edition
            where edition.before_on is null and owed.charge_kind = '预收款'
        ) as paid
        group by paid.contract_no
    ),

    advanced as (
        select
            received.contract_no,
            received.amount - coalesce(settling.amount, 0) as amount
        from received
        left join (
            select contract_no, sum(current_received + earlier_received) as amount
            from owed
            group by contract_no
        ) as settling on received.contract_no = settling.contract_no
    ),

    summed as (
        select
            owed.contract_no,
            owed.charge_kind,
            sum(owed.opening_amount) as opening_amount,
            sum(owed.asked_amount) as asked_amount,
            sum(owed.current_received) as current_received,
            sum(owed.earlier_received) as earlier_received,
            sum(owed.credit) as credit,
            sum(owed.waived) as waived,
            sum(owed.red) as red,
            sum(owed.blue) as blue,
            sum(owed.closing_amount) as closing_amount,
            sum(owed.current_due) as current_due,
            sum(owed.current_open) as current_open,
            sum(owed.earlier_open) as earlier_open
        from owed
        group by owed.contract_no, owed.charge_kind
    ),

    restated as (
        select
            by_month.contract_no,
            by_month.charge_kind,
            sum(by_month.item_amount) as amount
        from by_month
        group by by_month.contract_no, by_month.charge_kind
    ),

    known_then as (
        select contract_no, charge_kind, sum(amount) as amount
        from (
            select contract_no, charge_kind, item_amount as amount from item_then
            union all
            select contract_no, charge_kind, amount from asked_then
        ) as told
        group by contract_no, charge_kind
    )

    select
        summed.contract_no,
        summed.charge_kind,
        summed.opening_amount,
        -- an opening balance that was corrected after the last notice
        case
            when edition.before_on is null or summed.charge_kind = '预收款' then 0
            else coalesce(restated.amount, 0) - coalesce(known_then.amount, 0)
        end,
        summed.asked_amount,
        summed.current_received,
        summed.earlier_received,
        case when summed.charge_kind = '预收款' then coalesce(advanced.amount, 0) else 0 end,
        summed.credit,
        summed.waived,
        summed.red,
        summed.blue,
        summed.closing_amount,
        summed.current_due,
        summed.current_open,
        summed.earlier_open
    from summed
    cross join edition
    left join advanced on summed.contract_no = advanced.contract_no
    left join restated on summed.contract_no = restated.contract_no and summed.charge_kind = restated.charge_kind
    left join known_then on summed.contract_no = known_then.contract_no and summed.charge_kind = known_then.charge_kind
$$;

-- Charges that differ from the month before by more than the house's limit (环比). Like is compared with like: what meters
-- count by the amounts, a fixed charge by what a whole month of it costs, however many days of it either month asked for.
create function fees.jumps(of_site text, of_month date, known_by timestamptz)
returns table (
    contract_no text,
    charge_kind text,
    before_amount numeric,
    amount numeric,
    change_rate numeric,
    jump_limit numeric
)
language sql
stable
as $$
    with edition as (
        select * from fees.edition(of_site, of_month, known_by)
    ),

    line as (
        select
            bill_line.base_on,
            bill_line.contract_no,
            bill_line.charge_kind,
            bill_line.amount,
            case when bill_line.meter_no = '' then bill_line.unit_price end as month_amount,
            -- a step within the month: the newer price
            row_number() over (
                partition by bill_line.base_on, bill_line.contract_no, bill_line.charge_kind, bill_line.item
                order by bill_line.starts_on desc, bill_line.line_no desc
            ) as from_last
        from edition
        inner join fees.bill_line
            on
                edition.site_id = bill_line.site_id
                and bill_line.base_on in (edition.base_on, edition.before_on)
        inner join fees.bill
            on
                bill_line.site_id = bill.site_id
                and bill_line.base_on = bill.base_on
                and bill_line.contract_no = bill.contract_no
        where bill.status = '出单' and bill_line.amount is not null
    ),

    month_asked as (
        select
            line.base_on,
            line.contract_no,
            line.charge_kind,
            coalesce(
                sum(line.month_amount) filter (where line.from_last = 1), sum(line.amount)
            )::numeric(14, 2) as amount
        from line
        group by line.base_on, line.contract_no, line.charge_kind
    )

    select
        now_asked.contract_no,
        now_asked.charge_kind,
        before_asked.amount,
        now_asked.amount,
        round((now_asked.amount - before_asked.amount) / before_asked.amount, 4),
        edition.jump_limit
    from edition
    inner join month_asked as now_asked on edition.base_on = now_asked.base_on
    inner join month_asked as before_asked
        on
            edition.before_on = before_asked.base_on
            and now_asked.contract_no = before_asked.contract_no
            and now_asked.charge_kind = before_asked.charge_kind
    where
        before_asked.amount > 0
        and abs(now_asked.amount - before_asked.amount) > before_asked.amount * edition.jump_limit
$$;

-- What each contract owes after a month's notices, by the days since it was due; money in advance is applied first.
create function fees.ages(of_site text, of_month date, known_by timestamptz)
returns table (
    contract_no text,
    not_due_amount numeric,
    to_30_amount numeric,
    to_60_amount numeric,
    to_90_amount numeric,
    to_180_amount numeric,
    to_365_amount numeric,
    to_3_years_amount numeric,
    over_3_years_amount numeric,
    all_amount numeric
)
language sql
stable
as $$
    with edition as (
        select * from fees.edition(of_site, of_month, known_by)
    ),

    aged as (
        select
            bill_arrear.contract_no,
            bill_arrear.open_amount as amount,
            edition.as_of_on - bill_arrear.due_on as overdue_days,
            bill_arrear.due_on < (edition.as_of_on - interval '3 years')::date as is_old
        from edition
        inner join fees.bill_arrear on edition.site_id = bill_arrear.site_id and edition.base_on = bill_arrear.base_on
        union all
        select asked.contract_no, asked.amount, 0, false
        from fees.asked(of_site, of_month, known_by) as asked
        union all
        select used.contract_no, -used.amount, 0, false
        from fees.credit_use(of_site, of_month, known_by) as used
    )

    select
        contract_no,
        coalesce(sum(amount) filter (where overdue_days <= 0), 0),
        coalesce(sum(amount) filter (where overdue_days between 1 and 30), 0),
        coalesce(sum(amount) filter (where overdue_days between 31 and 60), 0),
        coalesce(sum(amount) filter (where overdue_days between 61 and 90), 0),
        coalesce(sum(amount) filter (where overdue_days between 91 and 180), 0),
        coalesce(sum(amount) filter (where overdue_days between 181 and 365), 0),
        coalesce(sum(amount) filter (where overdue_days > 365 and not is_old), 0),
        coalesce(sum(amount) filter (where is_old), 0),
        sum(amount)
    from aged
    group by contract_no
    having sum(amount) <> 0
$$;

-- A letter's own file: where each recipient gets another one (a tenant his notice), else that of the document goes along.
alter table ops.outbox
add column file_path text,
add column sha256 text,
add column byte_count bigint,
add constraint outbox_file_is_whole check (num_nulls(file_path, sha256, byte_count) in (0, 3));
comment on column ops.outbox.file_path is 'relative to the files folder; null where the file of the document goes along';
comment on column ops.artifact.row_count is 'rows of a workbook, pages of a PDF';

-- What the letters about a tower's document say alike: whose it is, its sums and figures, its file and cut-offs.
create function fees.letter_of(of_artifact bigint)
returns table (
    document_kind text,
    site_id text,
    period daterange,
    base_on date,
    revision integer,
    issued_at timestamptz,
    cut_off_on date,
    reason text,
    requested_by text,
    tower_name text,
    owner_name text,
    notice_count integer,
    corrected_count integer,
    corrected_amount numeric,
    payable_amount numeric,
    household_count integer,
    period_text text,
    figures jsonb,
    file_name text,
    file_code text,
    as_of_on text,
    known_text text,
    contact text
)
language sql
stable
as $$
    with document as (
        select
            artifact.*,
            lower(artifact.period) as base_on,
            run.as_of_on as cut_off_on,
            run.reason,
            run.requested_by,
            edition.tower_name,
            edition.owner_name,
            edition.contact as tower_contact
        from ops.artifact
        inner join ops.run on artifact.run_id = run.run_id
        cross join lateral fees.edition(artifact.site_id, lower(artifact.period), artifact.known_at) as edition
        where artifact.artifact_id = of_artifact
    ),

    total as (
        select
            (result.totals ->> 'notice_count')::integer as notice_count,
            (result.totals ->> 'idle_count')::integer as idle_count,
            (result.totals ->> 'unbilled_count')::integer as unbilled_count,
            (result.totals ->> 'corrected_count')::integer as corrected_count,
            (result.totals ->> 'corrected_amount')::numeric as corrected_amount
        from document
        inner join ops.result
            on
                document.workflow = result.workflow
                and document.site_id = result.site_id
                and document.base_on = result.base_on
        where md5(result.base_on::text || result.result_hash) = document.content_hash
        order by result.revision desc
        limit 1
    ),

    billed as (
        select
            coalesce(sum(bill.opening_amount), 0) as opening_amount,
            coalesce(sum(bill.charge_amount + bill.correction_amount + bill.late_fee_amount), 0) as asked_amount,
            coalesce(sum(bill.credit_applied), 0) as credit_amount,
            coalesce(sum(bill.payable_amount), 0) as payable_amount
        from document
        inner join fees.bill on document.site_id = bill.site_id and document.base_on = bill.base_on
        where bill.status = '出单'
    ),

    -- households that somebody must do something about: not billed, or waiting for a reading
    open_matter as (
        select count(distinct bill.contract_no)::integer as household_count
        from document
        inner join fees.bill on document.site_id = bill.site_id and document.base_on = bill.base_on
        left join fees.bill_line
            on
                bill.site_id = bill_line.site_id
                and bill.base_on = bill_line.base_on
                and bill.contract_no = bill_line.contract_no
                and bill_line.mark = '待抄表'
        where bill.status = '异常未出单' or bill_line.contract_no is not null
    )

    select
        document.document_kind,
        document.site_id,
        document.period,
        document.base_on,
        document.revision,
        document.issued_at,
        document.cut_off_on,
        document.reason,
        document.requested_by,
        document.tower_name,
        document.owner_name,
        total.notice_count,
        total.corrected_count,
        total.corrected_amount,
        billed.payable_amount,
        open_matter.household_count,
        to_char(document.base_on, 'YYYY"年"FMMM"月"'),
        jsonb_build_array(
            jsonb_build_array('出单户数', total.notice_count::text),
            jsonb_build_array('期初欠费(元)', to_char(billed.opening_amount, 'FM999,999,999,990.00')),
            jsonb_build_array('本期应收合计(元)', to_char(billed.asked_amount, 'FM999,999,999,990.00')),
            jsonb_build_array('预收抵扣(元)', to_char(billed.credit_amount, 'FM999,999,999,990.00')),
            jsonb_build_array('本次应缴总额(元)', to_char(billed.payable_amount, 'FM999,999,999,990.00')),
            jsonb_build_array('须处理户数', open_matter.household_count::text)
        ),
        regexp_replace(coalesce(document.file_path, ''), '^.*/', ''),
        left(coalesce(document.sha256, ''), 8),
        concat(document.cut_off_on, '（账款统计至', document.cut_off_on - 1, ' 24:00）'),
        to_char(document.known_at, 'YYYY-MM-DD HH24:MI'),
        '物业公司收费处 ' || document.tower_contact
    from document
    cross join total
    cross join billed
    cross join open_matter
$$;
