/*  What the workbooks and letters about repairs read: a month, its orders, its deposits, its vouchers, and the deadlines
    of a deposit's return. Functions only read, and only what was known at the instant that they are given. */

-- Accounts of the deposit ledger as finance calls them; the codes are those of the national accounting standards.
create table repairs.account_title (
    account text primary key,
    account_code text not null,
    account_name text not null
);
insert into repairs.account_title (account, account_code, account_name) values
('质保金', '2241', '其他应付款—工程质量保证金'),
('冻结质保金', '2241', '其他应付款—工程质量保证金（冻结）'),
('应收索赔', '1221', '其他应收款—施工单位索赔'),
('应付维修队', '2202', '应付账款—维修队'),
('维修成本', '6601', '销售费用（或开发成本）—维修费'),
('待处理维修费', '1221', '其他应收款—待处理维修费'),
('管理费收入', '6051', '其他业务收入—维修管理费'),
('银行存款', '1002', '银行存款'),
('期初余额', '', '期初余额');

-- A company's month: who it is about, and what was known of the month before.
create function repairs.edition(of_site text, of_month date, known_by timestamptz)
returns table (
    site_id text,
    base_on date,
    last_on date,
    as_of_on date,
    known_at timestamptz,
    company_name text,
    payee_name text,
    contact text,
    before_on date,
    before_known_at timestamptz,
    is_first boolean
)
language sql
stable
as $$
    select
        company.site_id,
        of_month,
        (of_month + interval '1 month')::date - 1,
        coalesce(reckoned.as_of_on, (of_month + interval '1 month')::date - 1),
        known_by,
        company.company_name,
        company.payee_name,
        company.contact,
        lower(before.period),
        before.known_at,
        not exists (
            select from repairs.entry
            where entry.site_id = of_site and entry.base_on < of_month
        )
    from repairs.company
    left join lateral (
        select result.as_of_on
        from ops.result
        where
            result.workflow = 'deposit_chargebacks'
            and result.site_id = company.site_id
            and result.base_on = of_month
            and result.known_at <= known_by
        order by result.revision desc
        limit 1
    ) as reckoned on true
    left join lateral (
        select
            period_close.period,
            run.known_at
        from ops.period_close
        left join ops.run on period_close.run_id = run.run_id
        where
            period_close.workflow = 'deposit_chargebacks'
            and period_close.site_id = company.site_id
            and period_close.period @> (of_month - 1)
    ) as before on true
    where
        company.site_id = of_site
        and company.recorded_at <= known_by
        and known_by < company.superseded_at
$$;

-- Orders as a month (deposit_chargebacks) or a day (repair_orders) drew them, with what is on file about them. A preview
-- does not know what was certified on it.
create function repairs.known_order(
    of_workflow text, of_site text, of_base date, known_by timestamptz, is_preview boolean
)
returns table (
    order_no text,
    order_class text,
    given_class text,
    class_reason text,
    project_name text,
    place_text text,
    component text,
    trades text,
    defect text,
    cause text,
    contractor_id text,
    contractor_name text,
    contract_no text,
    supplement_no text,
    silence_clause text,
    inspection_no text,
    reported_on date,
    inspected_on date,
    started_on date,
    completed_on date,
    signed_on date,
    called_back_on date,
    estimate_amount numeric,
    account_amount numeric,
    settled_amount numeric,
    amount numeric,
    amount_basis text,
    audited_by text,
    audited_on date,
    level_no integer,
    approved_level integer,
    approved_text text,
    asked_on date,
    confirm_state text,
    confirm_no text,
    confirm_deadline_on date,
    confirm_text text,
    dispute_reason text,
    handler text,
    answered_at timestamptz,
    notice_state text,
    notice_no text,
    noticed_on date,
    notice_deadline_on date,
    certified_on date,
    certifier text,
    step_no integer,
    step text,
    stop text,
    missing text,
    stop_rule text,
    department text,
    since_on date,
    stopped_days integer,
    group_no text,
    group_amount numeric,
    contractor_amount numeric,
    management_amount numeric,
    company_amount numeric,
    liability_until_on date,
    outcome text,
    grounds text,
    rule_from date,
    file_id integer,
    line_no integer
)
language sql
stable
as $$
    with stood as materialized (
        select standing.*
        from repairs.standing
        where standing.workflow = of_workflow and standing.site_id = of_site and standing.base_on = of_base
    ),

    approved as (
        select
            by_level.order_no,
            string_agg(concat('第', by_level.level_no, '级：', by_level.people), '；' order by by_level.level_no) as approved_text
        from (
            select
                approval.order_no,
                approval.level_no,
                string_agg(
                    concat(approval.approver, '（', approval.duty, '）'), '、' order by approval.duty = '审批', approval.approver
                ) as people
            from repairs.approval
            where
                approval.order_no in (select stood.order_no from stood)
                and approval.verdict = '同意'
                and approval.recorded_at <= known_by
                and known_by < approval.superseded_at
            group by approval.order_no, approval.level_no
        ) as by_level
        group by by_level.order_no
    ),

    certified as (
        select distinct on (certification.order_no) certification.*
        from stood
        inner join repairs.certification
            on stood.order_no = certification.order_no and stood.settled_amount = certification.certified_amount
        left join ops.run on certification.run_id = run.run_id
        where
            certification.verdict = '认定'
            -- what became the company's cost afterwards is certified as that
            and (
                certification.order_class = 'B'
                or not exists (
                    select from repairs.planned
                    where
                        of_workflow = 'deposit_chargebacks'
                        and planned.site_id = of_site
                        and planned.base_on = of_base
                        and planned.entry_kind = '转公司承担'
                        and planned.order_no = stood.order_no
                )
            )
            and (
                (certification.recorded_at <= known_by and known_by < certification.superseded_at)
                -- the month's own list is certified after its knowledge was cut off
                or (not is_preview and run.workflow = of_workflow and run.period @> of_base)
            )
        order by certification.order_no, certification.recorded_at desc
    ),

    answered as (
        select distinct on (answer.order_no, answer.letter_no) answer.*
        from repairs.answer
        where
            answer.order_no in (select stood.order_no from stood)
            and answer.answer_kind in ('确认', '异议')
            and answer.recorded_at <= known_by
            and known_by < answer.superseded_at
        order by answer.order_no, answer.letter_no, answer.answered_at desc, answer.answer_kind desc
    )

    select
        stood.order_no,
        stood.order_class,
        stood.given_class,
        stood.class_reason,
        project.project_name,
        work_order.place_text,
        work_order.component,
        work_order.trades,
        work_order.defect,
        work_order.cause,
        stood.contractor_id,
        coalesce(contractor.contractor_name, stood.contractor_id),
        stood.contract_no,
        contract.supplement_no,
        contract.silence_clause,
        work_order.inspection_no,
        work_order.reported_on,
        work_order.inspected_on,
        work_order.started_on,
        work_order.completed_on,
        work_order.signed_on,
        work_order.called_back_on,
        work_order.estimate_amount,
        final_account.amount,
        stood.settled_amount,
        coalesce(stood.settled_amount, final_account.amount, work_order.estimate_amount),
        stood.amount_basis,
        audit.department,
        audit.audited_on,
        stood.level_no,
        stood.approved_level,
        approved.approved_text,
        asked.sent_on,
        stood.confirm_state,
        stood.confirm_no,
        stood.confirm_deadline_on,
        case stood.confirm_state
            when '确认' then concat(stood.answered_at::date, ' 书面确认')
            when '默认确认' then concat(stood.confirm_deadline_on, ' 期满（', contract.silence_clause, '）')
        end,
        case when answered.answer_kind = '异议' then answered.reason end,
        answered.handler,
        stood.answered_at,
        stood.notice_state,
        stood.notice_no,
        noticed.sent_on,
        stood.notice_deadline_on,
        certified.certified_on,
        certified.certifier,
        stood.step_no,
        way.step,
        stood.stop,
        stood.missing,
        stood.stop_rule,
        stood.department,
        stood.since_on,
        stood.stopped_days,
        stood.group_no,
        stood.group_amount,
        stood.contractor_amount,
        stood.management_amount,
        stood.company_amount,
        stood.liability_until_on,
        stood.outcome,
        stood.grounds,
        stood.rule_from,
        work_order.file_id,
        work_order.line_no
    from stood
    inner join repairs.work_order
        on
            stood.order_no = work_order.order_no
            and work_order.recorded_at <= known_by
            and known_by < work_order.superseded_at
    inner join repairs.way on stood.order_class = way.order_class and stood.step_no = way.step_no
    left join repairs.project
        on
            stood.project_id = project.project_id
            and project.recorded_at <= known_by
            and known_by < project.superseded_at
    left join repairs.contractor
        on
            stood.contractor_id = contractor.contractor_id
            and contractor.recorded_at <= known_by
            and known_by < contractor.superseded_at
    left join repairs.contract
        on
            stood.contract_no = contract.contract_no
            and contract.recorded_at <= known_by
            and known_by < contract.superseded_at
    left join repairs.final_account
        on
            stood.order_no = final_account.order_no
            and final_account.recorded_at <= known_by
            and known_by < final_account.superseded_at
    left join repairs.audit
        on
            stood.order_no = audit.order_no
            and audit.recorded_at <= known_by
            and known_by < audit.superseded_at
    left join approved on stood.order_no = approved.order_no
    left join certified on stood.order_no = certified.order_no
    left join repairs.letter as asked
        on
            stood.confirm_no = asked.letter_no
            and stood.order_no = asked.order_no
            and asked.recorded_at <= known_by
            and known_by < asked.superseded_at
    left join repairs.letter as noticed
        on
            stood.notice_no = noticed.letter_no
            and stood.order_no = noticed.order_no
            and noticed.recorded_at <= known_by
            and known_by < noticed.superseded_at
    left join answered on stood.order_no = answered.order_no and stood.confirm_no = answered.letter_no
$$;

-- The two sides of what a month books: of what is booked as it was, of the rest as it will be (see repairs/post_lines).
create function repairs.month_line(of_site text, of_month date)
returns table (
    line_no integer,
    entry_kind text,
    contractor_id text,
    contract_no text,
    order_no text,
    movement_no text,
    account text,
    amount numeric
)
language sql
stable
as $$
    select
        planned.line_no,
        planned.entry_kind,
        planned.contractor_id,
        planned.contract_no,
        planned.order_no,
        planned.movement_no,
        side.account,
        side.amount
    from repairs.planned
    left join repairs.entry
        on
            planned.site_id = entry.site_id
            and planned.base_on = entry.base_on
            and planned.entry_kind = entry.entry_kind
            and planned.order_no = entry.order_no
            and planned.movement_no = entry.movement_no
    cross join lateral (
        select
            entry_line.account,
            entry_line.amount
        from repairs.entry_line
        where entry_line.entry_id = entry.entry_id
        union all
        select
            will_be.account,
            will_be.amount
        from (
            values
            (
                '质保金',
                case
                    when planned.entry_kind in ('冻结', '解冻') then planned.reserved_amount
                    else planned.reserved_amount - planned.deposit_amount
                end
            ),
            ('冻结质保金', -planned.reserved_amount),
            ('应收索赔', planned.claim_amount),
            ('维修成本', planned.company_amount),
            ('管理费收入', -planned.management_amount),
            ('应付维修队', case planned.entry_kind when '结算' then -planned.amount when '支付' then planned.amount else 0 end),
            (
                '待处理维修费',
                case planned.entry_kind when '冲回' then planned.amount when '转公司承担' then -planned.amount else 0 end
            ),
            (
                '银行存款',
                case
                    when planned.entry_kind in ('留置', '补缴', '更正', '索赔收回') then planned.amount
                    when planned.entry_kind in ('退还', '支付') then -planned.amount
                    else 0
                end
            ),
            ('期初余额', case when planned.entry_kind = '期初' then planned.amount else 0 end)
        ) as will_be (account, amount)
        where entry.entry_id is null and will_be.amount <> 0
    ) as side
    where planned.site_id = of_site and planned.base_on = of_month
$$;

-- Each contract's deposit over a month (WAR-22): what moved is what was planned, what it comes to is what the ledger holds
-- once the contractor is booked, before that the balance that was planned last; the two must agree.
create function repairs.movement(of_site text, of_month date, known_by timestamptz)
returns table (
    contract_no text,
    contractor_id text,
    opening_amount numeric,
    added_amount numeric,
    deducted_amount numeric,
    reversed_amount numeric,
    returned_amount numeric,
    closing_amount numeric,
    reserved_amount numeric
)
language sql
stable
as $$
    with edition as (
        select * from repairs.edition(of_site, of_month, known_by)
    ),

    contract as materialized (
        select
            contract.contract_no,
            contract.contractor_id
        from repairs.project
        inner join repairs.contract
            on
                project.project_id = contract.project_id
                and contract.recorded_at <= known_by
                and known_by < contract.superseded_at
        where
            project.site_id = of_site
            and project.recorded_at <= known_by
            and known_by < project.superseded_at
    ),

    held as (
        select
            entry_line.contract_no,
            -sum(entry_line.amount) filter (where entry.base_on < of_month) as opening_amount,
            -sum(entry_line.amount) as booked_amount,
            -sum(entry_line.amount) filter (where entry.base_on < of_month and entry_line.account = '冻结质保金')
                as reserved_amount,
            bool_or(entry.base_on = of_month) as is_booked
        from repairs.entry
        inner join repairs.entry_line on entry.entry_id = entry_line.entry_id
        where
            entry.site_id = of_site
            and entry.base_on <= of_month
            and entry_line.account in ('质保金', '冻结质保金')
        group by entry_line.contract_no
    ),

    moved as (
        select
            planned.contract_no,
            sum(planned.deposit_amount) filter (where planned.entry_kind = '期初' and edition.is_first) as brought_amount,
            sum(planned.deposit_amount) filter (
                where planned.entry_kind in ('留置', '补缴', '更正') or (planned.entry_kind = '期初' and not edition.is_first)
            ) as added_amount,
            -sum(planned.deposit_amount) filter (where planned.entry_kind = '结算') as deducted_amount,
            sum(planned.deposit_amount) filter (where planned.entry_kind = '冲回') as reversed_amount,
            -sum(planned.deposit_amount) filter (where planned.entry_kind = '退还') as returned_amount,
            sum(planned.reserved_amount) as reserved_amount,
            (array_agg(planned.balance_after order by planned.line_no desc))[1] as closing_amount
        from repairs.planned
        cross join edition
        where planned.site_id = of_site and planned.base_on = of_month and planned.contract_no <> ''
        group by planned.contract_no
    )

    select
        contract.contract_no,
        contract.contractor_id,
        coalesce(held.opening_amount, 0) + coalesce(moved.brought_amount, 0),
        coalesce(moved.added_amount, 0),
        coalesce(moved.deducted_amount, 0),
        coalesce(moved.reversed_amount, 0),
        coalesce(moved.returned_amount, 0),
        case
            when held.is_booked or moved.contract_no is null then coalesce(held.booked_amount, 0)
            else moved.closing_amount
        end,
        coalesce(held.reserved_amount, 0) + coalesce(moved.reserved_amount, 0)
    from contract
    left join held on contract.contract_no = held.contract_no
    left join moved on contract.contract_no = moved.contract_no
$$;

-- Claims on contractors by order at the end of a month: what was claimed, what came in or was taken back, what is open.
create function repairs.claim(of_site text, of_month date, known_by timestamptz)
returns table (
    order_no text,
    contract_no text,
    contractor_id text,
    arisen_on date,
    claimed_amount numeric,
    received_amount numeric,
    taken_back_amount numeric,
    open_amount numeric,
    is_moved boolean
)
language sql
stable
as $$
    select
        told.order_no,
        min(told.contract_no),
        min(told.contractor_id),
        min(told.booked_on) filter (where told.entry_kind = '结算'),
        coalesce(sum(told.amount) filter (where told.entry_kind = '结算'), 0),
        coalesce(-sum(told.amount) filter (where told.entry_kind = '索赔收回'), 0),
        coalesce(-sum(told.amount) filter (where told.entry_kind = '冲回'), 0),
        sum(told.amount),
        bool_or(told.is_moved)
    from (
        select
            entry.order_no,
            entry.contract_no,
            entry.contractor_id,
            entry.entry_kind,
            entry.booked_on,
            entry_line.amount,
            false as is_moved
        from repairs.entry
        inner join repairs.entry_line on entry.entry_id = entry_line.entry_id and entry_line.account = '应收索赔'
        where entry.site_id = of_site and entry.base_on < of_month
        union all
        select
            line.order_no,
            line.contract_no,
            line.contractor_id,
            line.entry_kind,
            (of_month + interval '1 month')::date - 1,
            line.amount,
            true
        from repairs.month_line(of_site, of_month) as line
        where line.account = '应收索赔'
    ) as told
    group by told.order_no
$$;

-- What the repair team is owed and was paid by order, up to the end of a month (WA-D9).
create function repairs.team_account(of_site text, of_month date)
returns table (order_no text, owed_amount numeric, paid_amount numeric, is_moved boolean)
language sql
stable
as $$
    select
        told.order_no,
        coalesce(-sum(told.amount) filter (where told.amount < 0), 0),
        coalesce(sum(told.amount) filter (where told.amount > 0), 0),
        bool_or(told.is_moved)
    from (
        select
            entry.order_no,
            entry_line.amount,
            false as is_moved
        from repairs.entry
        inner join repairs.entry_line on entry.entry_id = entry_line.entry_id and entry_line.account = '应付维修队'
        where entry.site_id = of_site and entry.base_on < of_month
        union all
        select
            line.order_no,
            line.amount,
            true
        from repairs.month_line(of_site, of_month) as line
        where line.account = '应付维修队'
    ) as told
    group by told.order_no
$$;

-- Steps that took longer than the rules give, in working days, over the days from first_on to last_on: those taken late
-- within them, and those still open on the last day. An extension that the customer agreed to beforehand moves the end.
create function repairs.overdue(of_site text, first_on date, last_on date, known_by timestamptz)
returns table (
    order_no text,
    place_text text,
    contractor_id text,
    span text,
    allowed_days integer,
    due_on date,
    done_on date,
    late_days integer,
    extended_until date,
    department text,
    file_id integer,
    line_no integer
)
language sql
stable
as $$
    with known as materialized (
        select
            work_order.*,
            contract.contractor_id,
            policy.answer_days,
            policy.inspection_days,
            policy.one_trade_days,
            policy.several_trades_days,
            policy.callback_days
        from repairs.project
        inner join repairs.work_order
            on
                project.project_id = work_order.project_id
                and work_order.recorded_at <= known_by
                and known_by < work_order.superseded_at
        left join repairs.contract
            on
                work_order.contract_no = contract.contract_no
                and contract.recorded_at <= known_by
                and known_by < contract.superseded_at
        inner join repairs.policy(of_site, known_by) as policy
            on work_order.reported_on between policy.valid_from and policy.valid_to
        where
            project.site_id = of_site
            and project.recorded_at <= known_by
            and known_by < project.superseded_at
            and work_order.status = '有效'
            and work_order.reported_on <= last_on
            -- what was called back before these days is done with
            and coalesce(work_order.called_back_on, 'infinity') >= first_on
    ),

    workday as materialized (
        select counted.*
        from (select min(known.reported_on) as oldest_on from known) as oldest
        cross join lateral book.counted_days(coalesce(oldest.oldest_on, last_on), last_on + 60, known_by) as counted
    ),

    spanned (order_no, span, allowed_days, from_on, done_on, agreed_on, department) as (
        select
            known.order_no,
            concat(known.answer_days, '日部门答复'),
            known.answer_days,
            known.reported_on,
            -- who came to look has answered
            least(known.answered_on, known.inspected_on),
            null::date,
            '客户服务部'
        from known
        union all
        select
            known.order_no,
            concat(known.inspection_days, '日勘察'),
            known.inspection_days,
            known.reported_on,
            known.inspected_on,
            null,
            '客户服务部'
        from known
        union all
        select
            known.order_no,
            case
                when trade.trade_count > 1 then concat(known.several_trades_days, '日多工种')
                else concat(known.one_trade_days, '日单工种')
            end,
            case when trade.trade_count > 1 then known.several_trades_days else known.one_trade_days end,
            known.started_on,
            known.completed_on,
            known.extended_until,
            case known.done_by when '施工单位' then '工程材料部' else '维修队' end
        from known
        cross join lateral (
            select count(*) as trade_count
            from regexp_split_to_table(known.trades, '[、,，/ ]+') as named (trade)
            where named.trade <> ''
        ) as trade
        where known.started_on is not null
        union all
        select
            known.order_no,
            concat(known.callback_days, '日回访'),
            known.callback_days,
            known.completed_on,
            known.called_back_on,
            null,
            '客户服务部'
        from known
        where known.completed_on is not null
    ),

    due as (
        select
            spanned.*,
            greatest(allowed_day.day_on, spanned.agreed_on) as due_on
        from spanned
        inner join workday as from_day on spanned.from_on = from_day.day_on
        inner join workday as allowed_day
            on allowed_day.is_workday and allowed_day.workday_no = from_day.workday_no + spanned.allowed_days
    )

    select
        due.order_no,
        known.place_text,
        coalesce(known.contractor_id, ''),
        due.span,
        due.allowed_days,
        due.due_on,
        case when due.done_on <= last_on then due.done_on end,
        (end_day.workday_no - due_day.workday_no)::integer,
        due.agreed_on,
        due.department,
        known.file_id,
        known.line_no
    from due
    inner join known on due.order_no = known.order_no
    inner join workday as due_day on due.due_on = due_day.day_on
    inner join workday as end_day on least(coalesce(due.done_on, last_on), last_on) = end_day.day_on
    where
        end_day.workday_no > due_day.workday_no
        and coalesce(due.done_on, last_on) >= first_on
$$;

-- Deadlines and amount of each deposit's return that was asked for (WAR-14, 保证金办法 11): so many days to verify, then so
-- many to pay, unless the contract names the day; no answer to a reminder for so many days is consent. What is reserved,
-- disputed or confirmed and not booked yet stays. Movements known and not booked yet count.
create function repairs.release_terms(of_site text, of_day date, known_by timestamptz)
returns table (
    request_no text,
    contract_no text,
    contractor_id text,
    requested_on date,
    received_on date,
    verify_by_on date,
    pay_by_on date,
    pay_basis text,
    reminded_on date,
    deemed_on date,
    balance_amount numeric,
    reserved_amount numeric,
    disputed_amount numeric,
    charged_amount numeric,
    payable_amount numeric,
    opinion_text text,
    missing_text text,
    refused_count integer,
    first_opinion_on date,
    is_deemed_accepted boolean,
    paid_on date,
    paid_amount numeric,
    late_return_clause text,
    liability_until_on date,
    quality_text text,
    cooperation_text text,
    file_id integer,
    line_no integer
)
language sql
stable
as $$
    with request as materialized (
        select
            release_request.*,
            contract.contractor_id,
            contract.return_on,
            contract.late_return_clause,
            (contract.accepted_on + contract.liability_months * interval '1 month')::date as liability_until_on,
            policy.verify_days,
            policy.return_days
        from repairs.project
        inner join repairs.contract
            on
                project.project_id = contract.project_id
                and contract.recorded_at <= known_by
                and known_by < contract.superseded_at
        inner join repairs.release_request
            on
                contract.contract_no = release_request.contract_no
                and release_request.recorded_at <= known_by
                and known_by < release_request.superseded_at
        inner join repairs.policy(of_site, known_by) as policy
            on release_request.received_on between policy.valid_from and policy.valid_to
        where
            project.site_id = of_site
            and project.recorded_at <= known_by
            and known_by < project.superseded_at
            and release_request.received_on <= of_day
    ),

    booked as (
        select
            entry_line.contract_no,
            -sum(entry_line.amount) as balance_amount,
            coalesce(-sum(entry_line.amount) filter (where entry_line.account = '冻结质保金'), 0) as reserved_amount
        from repairs.entry
        inner join ops.run on entry.run_id = run.run_id
        inner join repairs.entry_line on entry.entry_id = entry_line.entry_id
        where
            entry_line.contract_no in (select request.contract_no from request)
            and entry_line.account in ('质保金', '冻结质保金')
            and run.known_at <= known_by
        group by entry_line.contract_no
    ),

    unbooked as (
        select
            movement.contract_no,
            sum(case movement.movement_kind when '退还' then -movement.amount else movement.amount end) as moved_amount
        from repairs.deposit_movement as movement
        where
            movement.contract_no in (select request.contract_no from request)
            and movement.moved_on <= of_day
            and movement.recorded_at <= known_by
            and known_by < movement.superseded_at
            and not exists (
                select from repairs.entry
                inner join ops.run on entry.run_id = run.run_id
                where
                    entry.movement_no = movement.movement_no
                    and entry.entry_kind = movement.movement_kind
                    and run.known_at <= known_by
            )
        group by movement.contract_no
    ),

    -- where the newest day that was judged has the contract's orders
    stood as materialized (
        select standing.*
        from repairs.standing
        where
            standing.workflow = 'repair_orders'
            and standing.site_id = of_site
            and standing.contract_no in (select request.contract_no from request)
            and standing.base_on = (
                select max(newest.base_on)
                from repairs.standing as newest
                where newest.workflow = 'repair_orders' and newest.site_id = of_site and newest.base_on <= of_day
            )
    ),

    reserved_for as (
        select
            entry.order_no,
            -sum(entry_line.amount) as amount
        from repairs.entry
        inner join ops.run on entry.run_id = run.run_id
        inner join repairs.entry_line on entry.entry_id = entry_line.entry_id and entry_line.account = '冻结质保金'
        where entry.order_no in (select stood.order_no from stood) and run.known_at <= known_by
        group by entry.order_no
    ),

    withheld as (
        select
            stood.contract_no,
            coalesce(sum(short.amount) filter (where stood.outcome = '争议冻结'), 0) as disputed_amount,
            coalesce(
                sum(short.amount) filter (
                    where stood.outcome in ('扣款', '待认定') and stood.order_class = 'A'
                    and work_order.reported_on <= stood.liability_until_on
                ),
                0
            ) as charged_amount
        from stood
        inner join repairs.work_order
            on
                stood.order_no = work_order.order_no
                and work_order.recorded_at <= known_by
                and known_by < work_order.superseded_at
        left join reserved_for on stood.order_no = reserved_for.order_no
        cross join lateral (
            select greatest(stood.contractor_amount + stood.management_amount - coalesce(reserved_for.amount, 0), 0) as amount
        ) as short
        group by stood.contract_no
    ),

    heard as (
        select
            request.request_no,
            string_agg(
                concat(opinion.department, '：', opinion.verdict, '，', opinion.opinion, '（', opinion.signer, ' ', opinion.signed_on, '）'),
                '；' order by opinion.signed_on, opinion.department
            ) as opinion_text,
            array_agg(opinion.department) as departments,
            count(*) filter (where opinion.verdict = '不同意') as refused_count,
            min(opinion.signed_on) as first_opinion_on
        from request
        inner join repairs.release_opinion as opinion
            on
                request.request_no = opinion.request_no
                and opinion.signed_on <= of_day
                and opinion.recorded_at <= known_by
                and known_by < opinion.superseded_at
        group by request.request_no
    ),

    returned as (
        select
            movement.request_no,
            max(movement.moved_on) as paid_on,
            sum(movement.amount) as paid_amount
        from repairs.deposit_movement as movement
        where
            movement.movement_kind = '退还'
            and movement.request_no in (select request.request_no from request)
            and movement.moved_on <= of_day
            and movement.recorded_at <= known_by
            and known_by < movement.superseded_at
        group by movement.request_no
    ),

    ordered as materialized (
        select work_order.*
        from repairs.work_order
        where
            work_order.contract_no in (select request.contract_no from request)
            and work_order.order_class = 'A'
            and work_order.cause = '施工质量'
            and work_order.status = '有效'
            and work_order.reported_on <= of_day
            and work_order.recorded_at <= known_by
            and known_by < work_order.superseded_at
    ),

    quality as (
        select
            ordered.contract_no,
            count(*) as order_count,
            count(*) filter (where ordered.done_by = '施工单位') as self_count,
            count(*) - count(distinct (ordered.place_text, ordered.defect)) as repeated_count
        from ordered
        group by ordered.contract_no
    ),

    lettered as (
        select
            ordered.contract_no,
            count(*) as letter_count,
            count(*) filter (where reply.answered_at::date <= due.until_on) as timely_count,
            count(*) filter (where reply.answered_at is null and due.until_on < of_day) as silent_count,
            count(*) filter (where reply.is_disputed) as disputed_count
        from ordered
        inner join repairs.policy(of_site, known_by) as policy
            on ordered.reported_on between policy.valid_from and policy.valid_to
        inner join repairs.letter
            on
                ordered.order_no = letter.order_no
                and letter.sent_on <= of_day
                and letter.recorded_at <= known_by
                and known_by < letter.superseded_at
        cross join lateral (
            select coalesce(
                letter.deadline_on,
                letter.sent_on + case letter.letter_kind when '扣款确认函' then policy.confirm_days else policy.notice_days end
            ) as until_on
        ) as due
        left join lateral (
            select
                min(answer.answered_at) as answered_at,
                bool_or(answer.answer_kind = '异议') as is_disputed
            from repairs.answer
            where
                answer.order_no = letter.order_no
                and answer.letter_no = letter.letter_no
                and answer.answered_at < of_day + 1
                and answer.recorded_at <= known_by
                and known_by < answer.superseded_at
        ) as reply on true
        group by ordered.contract_no
    ),

    claimed as (
        select
            entry.contract_no,
            sum(entry_line.amount) as open_amount
        from repairs.entry
        inner join ops.run on entry.run_id = run.run_id
        inner join repairs.entry_line on entry.entry_id = entry_line.entry_id and entry_line.account = '应收索赔'
        where entry.contract_no in (select request.contract_no from request) and run.known_at <= known_by
        group by entry.contract_no
    )

    select
        request.request_no,
        request.contract_no,
        request.contractor_id,
        request.requested_on,
        request.received_on,
        due.verify_by_on,
        coalesce(request.return_on, due.verify_by_on + request.return_days),
        case
            when request.return_on is not null then '合同约定日期'
            else concat('收到后', request.verify_days, '日核实，核实期满后', request.return_days, '日返还')
        end,
        request.reminded_on,
        request.reminded_on + request.return_days,
        held.balance_amount,
        held.reserved_amount,
        coalesce(withheld.disputed_amount, 0),
        coalesce(withheld.charged_amount, 0),
        greatest(
            held.balance_amount - held.reserved_amount - coalesce(withheld.disputed_amount, 0)
            - coalesce(withheld.charged_amount, 0),
            0
        ),
        heard.opinion_text,
        (
            select string_agg(asked.department, '、' order by asked.place)
            from unnest(array['客户服务部', '工程材料部', '审计核算部', '财务计统部', '公司领导'])
                with ordinality as asked (department, place)
            where not asked.department = any(coalesce(heard.departments, '{}'))
        ),
        coalesce(heard.refused_count, 0)::integer,
        heard.first_opinion_on,
        coalesce(
            request.reminded_on + request.return_days <= of_day
            and coalesce(heard.first_opinion_on > request.reminded_on + request.return_days, true),
            false
        ),
        returned.paid_on,
        returned.paid_amount,
        request.late_return_clause,
        request.liability_until_on,
        concat(
            '保修期内施工质量原因工单', coalesce(quality.order_count, 0), '单，其中同部位同缺陷重复报修',
            coalesce(quality.repeated_count, 0), '单；未结索赔', to_char(coalesce(claimed.open_amount, 0), 'FM999,999,999,990.00'),
            '元。'
        ),
        concat(
            '发函', coalesce(lettered.letter_count, 0), '次，按期答复', coalesce(lettered.timely_count, 0), '次，逾期未答复',
            coalesce(lettered.silent_count, 0), '次；自行维修', coalesce(quality.self_count, 0), '单，提出异议',
            coalesce(lettered.disputed_count, 0), '单。'
        ),
        request.file_id,
        request.line_no
    from request
    cross join lateral (select request.received_on + request.verify_days as verify_by_on) as due
    left join booked on request.contract_no = booked.contract_no
    left join unbooked on request.contract_no = unbooked.contract_no
    cross join lateral (
        select
            coalesce(booked.balance_amount, 0) + coalesce(unbooked.moved_amount, 0) as balance_amount,
            coalesce(booked.reserved_amount, 0) as reserved_amount
    ) as held
    left join withheld on request.contract_no = withheld.contract_no
    left join heard on request.request_no = heard.request_no
    left join returned on request.request_no = returned.request_no
    left join quality on request.contract_no = quality.contract_no
    left join lettered on request.contract_no = lettered.contract_no
    left join claimed on request.contract_no = claimed.contract_no
$$;

-- What a rule says where no parameter of the rule book carries its clause.
create table repairs.rule_text (
    rule_id text primary key,
    rule_book text not null,
    clause text not null
);
insert into repairs.rule_text (rule_id, rule_book, clause) values
('WA-D1', '客户服务管理工作程序', '投诉、报修须登记编号，转责任部门限期答复'),
('WA-D2', '客户服务管理工作程序', '现场勘察并会签，确定责任'),
('WA-D3', '客户服务管理工作程序', '维修时限，延长须事先征得客户同意'),
('WA-D4', '客户服务管理工作程序', '保修期内A类由施工单位承担，B类由公司承担'),
('WA-D4a', '售后维修补充协议', '没有售后维修补充协议的不得扣款'),
('WA-D5', '客户服务管理工作程序', '完工经客服、维修队长验收，客户签认'),
('WA-D6', '客户服务管理工作程序', '维修前按估算金额分级审批，须签署意见'),
('WA-D7', '客户服务管理工作程序', '决算按金额由客户服务部或审计核算部审核'),
('WA-D8', '客户服务管理工作程序', '审计核算部通知施工单位确认金额；A、B类均由副总工程师认定'),
('WA-D9', '客户服务管理工作程序', '财务按认定的结算付款，A类从工程质量保证金扣除'),
('WAR-03', '客户服务管理工作程序', '同部位、同缺陷、同单位的工单合并计算审批级别'),
('WAR-04', '客户服务管理工作程序', '审定金额超过已批级别的须重新审批'),
('WAR-05', '建设工程质量保证金管理办法', '第九条：施工单位不维修也不承担费用的，可按合同约定从保证金中扣除'),
('WAR-06', '建设工程质量保证金管理办法', '第九条：由他人原因造成的缺陷，不得从保证金中扣除费用'),
('WAR-07', '建设工程质量保证金管理办法', '有异议的金额冻结，不扣款'),
('WAR-08', '施工合同', '合同没有默认条款的，未答复不视为确认'),
('WAR-09', '建设工程质量保证金管理办法', '第九条：费用超出保证金额的，可按合同约定向施工单位索赔'),
('WAR-12', '建设工程质量管理条例', '缺陷责任期内可扣保证金；期满后在保修期内的，向施工单位索赔'),
('WAR-16', '会计制度', '入账后发现错误的，在未结账月份冲回，原分录保留');

-- The clause of a rule as the company's rule book had it on a day; else what is said above.
create function repairs.clause_of(of_site text, of_rule text, on_day date, known_by timestamptz)
returns table (rule_book text, clause text, valid_from date)
language sql
stable
as $$
    with stated as (
        select
            string_agg(distinct rule_set.rule_set_name, '、') as rule_book,
            string_agg(distinct rule.clause, '；') as clause,
            max(rule.valid_from) as valid_from
        from book.site_rule_set
        inner join book.rule_set
            on
                site_rule_set.rule_set = rule_set.rule_set
                and rule_set.recorded_at <= known_by
                and known_by < rule_set.superseded_at
        inner join book.rule
            on
                site_rule_set.rule_set = rule.rule_set
                and rule.rule_id = of_rule
                and rule.valid_from <= on_day
                and coalesce(rule.valid_to, 'infinity') >= on_day
                and rule.recorded_at <= known_by
                and known_by < rule.superseded_at
        where
            site_rule_set.site_id = of_site
            and site_rule_set.valid_from <= on_day
            and coalesce(site_rule_set.valid_to, 'infinity') >= on_day
            and site_rule_set.recorded_at <= known_by
            and known_by < site_rule_set.superseded_at
    )

    select
        coalesce(stated.rule_book, rule_text.rule_book),
        coalesce(nullif(stated.clause, ''), rule_text.clause),
        stated.valid_from
    from stated
    left join repairs.rule_text on rule_text.rule_id = of_rule
$$;

-- Each contract's deposit at the end of a month: what the contract says, what moved, and what is held above the cap.
create function repairs.deposit(of_site text, of_month date, known_by timestamptz)
returns table (
    project_name text,
    contractor_name text,
    contract_no text,
    settled_amount numeric,
    deposit_rate numeric,
    due_amount numeric,
    held_amount numeric,
    held_on date,
    accepted_on date,
    liability_until_on date,
    opening_amount numeric,
    added_amount numeric,
    deducted_amount numeric,
    reversed_amount numeric,
    returned_amount numeric,
    closing_amount numeric,
    reserved_amount numeric,
    cap_amount numeric,
    above_amount numeric,
    file_id integer,
    line_no integer
)
language sql
stable
as $$
    with edition as (
        select * from repairs.edition(of_site, of_month, known_by)
    ),

    came as (
        select
            movement.contract_no,
            sum(movement.amount) as held_amount,
            min(movement.moved_on) as held_on
        from repairs.deposit_movement as movement
        cross join edition
        where
            movement.movement_kind <> '退还'
            and movement.moved_on <= edition.last_on
            and movement.recorded_at <= known_by
            and known_by < movement.superseded_at
        group by movement.contract_no
    )

    select
        project.project_name,
        coalesce(contractor.contractor_name, contract.contractor_id),
        contract.contract_no,
        contract.settled_amount,
        contract.deposit_rate,
        round(contract.settled_amount * contract.deposit_rate, 2),
        coalesce(came.held_amount, 0),
        came.held_on,
        contract.accepted_on,
        (contract.accepted_on + contract.liability_months * interval '1 month')::date,
        movement.opening_amount,
        movement.added_amount,
        movement.deducted_amount,
        movement.reversed_amount,
        movement.returned_amount,
        movement.closing_amount,
        movement.reserved_amount,
        capped.amount,
        greatest(movement.closing_amount - capped.amount, 0),
        contract.file_id,
        contract.line_no
    from repairs.movement(of_site, of_month, known_by) as movement
    cross join edition
    inner join repairs.contract
        on
            movement.contract_no = contract.contract_no
            and contract.recorded_at <= known_by
            and known_by < contract.superseded_at
    inner join repairs.project
        on
            contract.project_id = project.project_id
            and project.recorded_at <= known_by
            and known_by < project.superseded_at
    left join repairs.contractor
        on
            contract.contractor_id = contractor.contractor_id
            and contractor.recorded_at <= known_by
            and known_by < contractor.superseded_at
    left join repairs.policy(of_site, known_by) as policy
        on edition.last_on between policy.valid_from and policy.valid_to
    left join came on contract.contract_no = came.contract_no
    cross join lateral (select round(contract.settled_amount * policy.deposit_cap_rate, 2) as amount) as capped
$$;

-- The deposit ledger's accounts at the end of a month, beside what the general ledger says of them.
create function repairs.general_comparison(of_site text, of_month date, known_by timestamptz)
returns table (place integer, account text, ledger_amount numeric, general_amount numeric, file_id integer, line_no integer)
language sql
stable
as $$
    select
        named.place,
        named.account,
        named.sign * coalesce(
            (
                select sum(told.amount)
                from (
                    select
                        entry_line.account,
                        entry_line.amount
                    from repairs.entry
                    inner join repairs.entry_line on entry.entry_id = entry_line.entry_id
                    where entry.site_id = of_site and entry.base_on < of_month
                    union all
                    select
                        line.account,
                        line.amount
                    from repairs.month_line(of_site, of_month) as line
                ) as told
                where told.account = any(named.accounts)
            ),
            0
        ),
        general_balance.amount,
        general_balance.file_id,
        general_balance.line_no
    from (
        values
        (1, '质保金', -1, array['质保金', '冻结质保金']),
        (2, '应收索赔', 1, array['应收索赔']),
        (3, '应付维修队', -1, array['应付维修队'])
    ) as named (place, account, sign, accounts)
    left join repairs.general_balance
        on
            general_balance.site_id = of_site
            and general_balance.base_month = of_month
            and named.account = general_balance.account
            and general_balance.recorded_at <= known_by
            and known_by < general_balance.superseded_at
$$;

-- The floats at the end of a month (WA-D10): vouchers under way, cash by the last count, and what does not add up.
create function repairs.float_account(of_site text, of_month date, known_by timestamptz)
returns table (
    holder text,
    float_amount numeric,
    opening_transit_amount numeric,
    spent_amount numeric,
    repaid_amount numeric,
    transit_amount numeric,
    counted_on date,
    cash_amount numeric,
    delta_amount numeric
)
language sql
stable
as $$
    with edition as (
        select * from repairs.edition(of_site, of_month, known_by)
    ),

    moved as (
        select float_movement.*
        from repairs.float_movement
        cross join edition
        where
            float_movement.site_id = of_site
            and float_movement.moved_on <= edition.last_on
            and float_movement.recorded_at <= known_by
            and known_by < float_movement.superseded_at
    ),

    counted as (
        select distinct on (moved.holder)
            moved.holder,
            moved.moved_on,
            moved.amount
        from moved
        where moved.movement_kind = '盘点'
        order by moved.holder, moved.moved_on desc, moved.movement_no desc
    ),

    summed as (
        select
            holder.holder,
            counted.moved_on as counted_on,
            counted.amount
            + coalesce(sum(flow.amount) filter (where moved.moved_on > counted.moved_on), 0) as cash_amount,
            -coalesce(sum(flow.amount) filter (where moved.moved_on < of_month), 0) as opening_transit_amount,
            coalesce(sum(moved.amount) filter (where moved.movement_kind = '支用' and moved.moved_on >= of_month), 0)
                as spent_amount,
            coalesce(sum(moved.amount) filter (where moved.movement_kind = '报销' and moved.moved_on >= of_month), 0)
                as repaid_amount,
            -coalesce(sum(flow.amount), 0) as transit_amount
        from (values ('客户服务部'), ('维修队')) as holder (holder)
        left join counted on holder.holder = counted.holder
        left join moved on holder.holder = moved.holder
        left join lateral (
            select case moved.movement_kind when '支用' then -moved.amount when '报销' then moved.amount else 0 end as amount
        ) as flow on true
        group by holder.holder, counted.moved_on, counted.amount
    )

    select
        summed.holder,
        policy.float_amount,
        summed.opening_transit_amount,
        summed.spent_amount,
        summed.repaid_amount,
        summed.transit_amount,
        summed.counted_on,
        summed.cash_amount,
        policy.float_amount - summed.cash_amount - summed.transit_amount
    from summed
    cross join edition
    left join repairs.policy(of_site, known_by) as policy
        on edition.last_on between policy.valid_from and policy.valid_to
$$;

-- Lines of the files with facts of repairs that became known between two instants: the control totals of a cover.
create function repairs.control(of_site text, known_after timestamptz, known_by timestamptz)
returns table (received integer, admitted integer, duplicate integer, superseding integer, returned integer)
language sql
stable
as $$
    with input as (
        select distinct fact.file_id
        from (
            select file_id, recorded_at from repairs.work_order
            union all
            select file_id, recorded_at from repairs.approval
            union all
            select file_id, recorded_at from repairs.final_account
            union all
            select file_id, recorded_at from repairs.audit
            union all
            select file_id, recorded_at from repairs.letter
            union all
            select file_id, recorded_at from repairs.answer
            union all
            select file_id, recorded_at from repairs.certification
            union all
            select file_id, recorded_at from repairs.contract
            union all
            select file_id, recorded_at from repairs.deposit_movement
            union all
            select file_id, recorded_at from repairs.team_payment
            union all
            select file_id, recorded_at from repairs.claim_receipt
            union all
            select file_id, recorded_at from repairs.release_request
            union all
            select file_id, recorded_at from repairs.release_opinion
            union all
            select file_id, recorded_at from repairs.float_movement
            union all
            select file_id, recorded_at from repairs.general_balance
        ) as fact
        where fact.recorded_at <= known_by and fact.recorded_at > known_after
    )

    select
        coalesce(sum(landing_file.row_count), 0)::integer,
        coalesce(sum(landing_file.admitted_count), 0)::integer,
        coalesce(sum(landing_file.duplicate_count), 0)::integer,
        coalesce(sum(landing_file.superseding_count), 0)::integer,
        coalesce(sum(landing_file.quarantined_count), 0)::integer
    from input
    inner join ops.landing_file on input.file_id = landing_file.file_id
    where landing_file.site_id is null or landing_file.site_id = of_site
$$;

-- The rule sets that a company is under on a day, each with the day from which it is: [[name, day], …].
create function repairs.rules_of(of_site text, on_day date, known_by timestamptz)
returns jsonb
language sql
stable
as $$
    select coalesce(
        jsonb_agg(jsonb_build_array(rule_set.rule_set_name, site_rule_set.valid_from) order by rule_set.rank), '[]'
    )
    from book.site_rule_set
    inner join book.rule_set
        on
            site_rule_set.rule_set = rule_set.rule_set
            and rule_set.recorded_at <= known_by
            and known_by < rule_set.superseded_at
    where
        site_rule_set.site_id = of_site
        and site_rule_set.valid_from <= on_day
        and coalesce(site_rule_set.valid_to, 'infinity') >= on_day
        and site_rule_set.recorded_at <= known_by
        and known_by < site_rule_set.superseded_at
$$;

-- Orders that a month settles and that nobody has certified, as a preview knows it or as it is known after the booking.
create function repairs.uncertified(of_site text, of_month date, known_by timestamptz, is_preview boolean)
returns table (order_no text, amount numeric)
language sql
stable
as $$
    select
        planned.order_no,
        planned.amount
    from repairs.planned
    inner join repairs.known_order('deposit_chargebacks', of_site, of_month, known_by, is_preview) as known
        on planned.order_no = known.order_no
    where
        planned.site_id = of_site
        and planned.base_on = of_month
        and planned.entry_kind in ('结算', '转公司承担')
        and known.certified_on is null
$$;

-- What letters about a company's month say of it: the figures of the cover, in words.
create function repairs.letter_of(of_artifact bigint)
returns table (
    document_kind text,
    site_id text,
    period daterange,
    revision integer,
    issued_at timestamptz,
    base_on date,
    reason text,
    requested_by text,
    company_name text,
    a_count integer,
    b_count integer,
    deducted_amount numeric,
    claimed_amount numeric,
    company_amount numeric,
    treated_amount numeric,
    certify_count integer,
    certify_amount numeric,
    disputed_count integer,
    stopped_count integer,
    open_count integer,
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
            edition.company_name,
            edition.contact
        from ops.artifact
        inner join ops.run on artifact.run_id = run.run_id
        cross join lateral repairs.edition(artifact.site_id, lower(artifact.period), artifact.known_at) as edition
        where artifact.artifact_id = of_artifact
    ),

    stood as (
        select
            count(*) filter (where standing.outcome = '争议冻结')::integer as disputed_count,
            coalesce(sum(standing.settled_amount) filter (where standing.outcome = '争议冻结'), 0) as disputed_amount,
            count(*) filter (where standing.outcome = '暂停')::integer as stopped_count,
            coalesce(sum(standing.settled_amount) filter (where standing.outcome = '暂停'), 0) as stopped_amount,
            count(*) filter (where standing.outcome = '未到结算')::integer as open_count
        from document
        inner join repairs.standing
            on
                document.workflow = standing.workflow
                and document.site_id = standing.site_id
                and document.base_on = standing.base_on
    ),

    treated as (
        select
            count(*) filter (where planned.contractor_id <> '')::integer as a_count,
            count(*) filter (where planned.contractor_id = '')::integer as b_count,
            coalesce(-sum(planned.deposit_amount), 0) as deducted_amount,
            coalesce(sum(planned.claim_amount), 0) as claimed_amount,
            coalesce(sum(planned.company_amount), 0) as company_amount,
            coalesce(sum(planned.amount), 0) as treated_amount
        from document
        inner join repairs.planned
            on
                document.site_id = planned.site_id
                and document.base_on = planned.base_on
                and planned.entry_kind in ('结算', '转公司承担')
    ),

    uncertified as (
        select
            count(*)::integer as certify_count,
            coalesce(sum(waiting.amount), 0) as certify_amount
        from document
        cross join lateral repairs.uncertified(
            document.site_id, document.base_on, document.known_at, document.document_kind = 'chargeback_preview'
        ) as waiting
    ),

    moved as (
        select
            coalesce(sum(movement.closing_amount), 0) as closing_amount,
            coalesce(sum(movement.closing_amount - movement.reserved_amount), 0) as available_amount
        from document
        cross join lateral repairs.movement(document.site_id, document.base_on, document.known_at) as movement
    )

    select
        document.document_kind,
        document.site_id,
        document.period,
        document.revision,
        document.issued_at,
        document.base_on,
        document.reason,
        document.requested_by,
        document.company_name,
        treated.a_count,
        treated.b_count,
        treated.deducted_amount,
        treated.claimed_amount,
        treated.company_amount,
        treated.treated_amount,
        uncertified.certify_count,
        uncertified.certify_amount,
        stood.disputed_count,
        stood.stopped_count,
        stood.open_count,
        to_char(document.base_on, 'YYYY"年"FMMM"月"'),
        jsonb_build_array(
            jsonb_build_array('结算工单 A类/B类', concat(treated.a_count, ' / ', treated.b_count)),
            jsonb_build_array('扣质保金(元)', to_char(treated.deducted_amount, 'FM999,999,999,990.00')),
            jsonb_build_array('转索赔(元)', to_char(treated.claimed_amount, 'FM999,999,999,990.00')),
            jsonb_build_array('公司承担(元)', to_char(treated.company_amount, 'FM999,999,999,990.00')),
            jsonb_build_array(
                '争议冻结(元)', concat(stood.disputed_count, '单 ', to_char(stood.disputed_amount, 'FM999,999,999,990.00'))
            ),
            jsonb_build_array(
                '暂停(元)', concat(stood.stopped_count, '单 ', to_char(stood.stopped_amount, 'FM999,999,999,990.00'))
            ),
            jsonb_build_array('质保金期末余额(元)', to_char(moved.closing_amount, 'FM999,999,999,990.00')),
            jsonb_build_array('其中可用(元)', to_char(moved.available_amount, 'FM999,999,999,990.00'))
        ),
        regexp_replace(coalesce(document.file_path, ''), '^.*/', ''),
        left(coalesce(document.sha256, ''), 8),
        document.cut_off_on::text,
        to_char(document.known_at, 'YYYY-MM-DD HH24:MI'),
        '审计核算部 ' || document.contact
    from document
    cross join stood
    cross join treated
    cross join uncertified
    cross join moved
$$;

-- Orders of a day that somebody has to approve: before the repair, or anew because of a group or a higher settlement.
create function repairs.waiting(of_site text, of_day date, known_by timestamptz)
returns table (
    order_no text,
    order_class text,
    place_text text,
    contractor_name text,
    level_no integer,
    duty text,
    amount numeric,
    amount_basis text,
    reason text,
    group_no text,
    approved_text text,
    since_on date,
    stopped_days integer
)
language sql
stable
as $$
    select
        known.order_no,
        known.order_class,
        known.place_text,
        known.contractor_name,
        known.level_no,
        case known.level_no
            when 1 then '客户服务部经理'
            when 2 then '副总工程师审核、副总经理审批'
            else '总经理'
        end,
        known.amount,
        known.amount_basis,
        known.missing,
        known.group_no,
        known.approved_text,
        known.since_on,
        known.stopped_days
    from repairs.known_order('repair_orders', of_site, of_day, known_by, true) as known
    where known.stop = '待审批' or (known.stop = '待审核' and known.stop_rule = 'WAR-04')
$$;

-- Letters of a day that are to be sent to contractors, and whether each may go out now.
create function repairs.to_send(of_site text, of_day date, known_by timestamptz)
returns table (
    letter_kind text,
    order_no text,
    contractor_id text,
    contractor_name text,
    contract_no text,
    place_text text,
    defect text,
    amount numeric,
    department text,
    state_text text,
    is_due boolean,
    since_on date,
    waiting_days integer,
    file_id integer,
    line_no integer
)
language sql
stable
as $$
    select
        '维修通知',
        known.order_no,
        known.contractor_id,
        known.contractor_name,
        known.contract_no,
        known.place_text,
        known.defect,
        known.amount,
        '客户服务部',
        case
            when known.started_on is not null and known.stop = '待维修通知' then '已开工而没有通知，请核对函件登记'
            when known.stop = '待维修通知' then '可发函'
            else '先完成：' || known.stop
        end,
        known.stop = '待维修通知' and known.started_on is null,
        known.since_on,
        known.stopped_days,
        known.file_id,
        known.line_no
    from repairs.known_order('repair_orders', of_site, of_day, known_by, true) as known
    where known.order_class = 'A' and known.notice_state = '待通知' and known.outcome <> '自修结案'
    union all
    select
        '扣款确认函',
        known.order_no,
        known.contractor_id,
        known.contractor_name,
        known.contract_no,
        known.place_text,
        known.defect,
        known.contractor_amount + known.management_amount,
        '审计核算部',
        case
            when known.stop_rule = 'WA-D4a' then '没有售后维修补充协议，不得扣款'
            when known.stop = '待扣款确认' then '可发函'
            else '先完成：' || known.stop
        end,
        known.stop = '待扣款确认' and known.stop_rule <> 'WA-D4a',
        known.since_on,
        known.stopped_days,
        known.file_id,
        known.line_no
    from repairs.known_order('repair_orders', of_site, of_day, known_by, true) as known
    where known.order_class = 'A' and known.confirm_state = '待发函' and known.outcome <> '自修结案'
$$;

-- How many orders of a day are open, wait for whom, and are late.
create function repairs.day_counts(of_site text, of_day date, known_by timestamptz)
returns table (
    order_count integer,
    a_count integer,
    b_count integer,
    waiting_count integer,
    waiting_amount numeric,
    level_1_count integer,
    level_2_count integer,
    level_3_count integer,
    to_send_count integer,
    unanswered_count integer,
    escalated_count integer,
    overdue_count integer,
    group_count integer,
    booking_count integer,
    booking_amount numeric
)
language sql
stable
as $$
    select
        count(standing.order_no)::integer,
        count(*) filter (where standing.order_class = 'A')::integer,
        count(*) filter (where standing.order_class = 'B')::integer,
        max(waiting.waiting_count),
        max(waiting.amount),
        max(waiting.level_1_count),
        max(waiting.level_2_count),
        max(waiting.level_3_count),
        max(to_send.letter_count),
        count(*) filter (where standing.notice_state = '待响应' or standing.confirm_state in ('待答复', '已升级'))::integer,
        count(*) filter (where standing.confirm_state = '已升级')::integer,
        max(late.order_count),
        count(distinct standing.group_no)::integer,
        count(*) filter (where standing.outcome in ('扣款', '索赔', '公司承担', '待认定'))::integer,
        coalesce(
            sum(standing.settled_amount) filter (where standing.outcome in ('扣款', '索赔', '公司承担', '待认定')), 0
        )
    from (
        select
            count(*)::integer as waiting_count,
            coalesce(sum(asked.amount), 0) as amount,
            count(*) filter (where asked.level_no = 1)::integer as level_1_count,
            count(*) filter (where asked.level_no = 2)::integer as level_2_count,
            count(*) filter (where asked.level_no = 3)::integer as level_3_count
        from repairs.waiting(of_site, of_day, known_by) as asked
    ) as waiting
    cross join (
        select count(*)::integer as letter_count
        from repairs.to_send(of_site, of_day, known_by) as unsent
        where unsent.is_due
    ) as to_send
    cross join (
        select count(distinct overdue.order_no)::integer as order_count
        from repairs.overdue(of_site, of_day, of_day, known_by) as overdue
    ) as late
    left join repairs.standing
        on
            standing.workflow = 'repair_orders'
            and standing.site_id = of_site
            and standing.base_on = of_day
            and standing.outcome <> '自修结案'
$$;
