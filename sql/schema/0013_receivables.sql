/*  Schema sales, receivables: what is due, what was paid on it, how old the rest is (SA-B7, SAL-11, SAL-14, SAL-15). */

-- Free text of a register as a wide list shows it: whoever typed a telephone number into a reason, in whatever spelling, did
-- not mean all readers.
create function sales.masked_text(remark text) returns text
language sql immutable parallel safe
return regexp_replace(
    regexp_replace(
        ops.half_width(remark),
        '(?<!\d)((?:(?:00)?86)?[\s.()（）–—-]*1[\s.()（）–—-]*[3-9][\s.()（）–—-]*\d)'
        || '(?:[\s.()（）–—-]*\d){4}[\s.()（）–—-]*(\d(?:[\s.()（）–—-]*\d){3})(?!\d)',
        '\1****\2', 'g'
    ),
    '(?<!\d)(0[1-9]\d{1,2})[\s()（）–—-]*\d{3,4}[\s–—-]*(\d{4})(?!\d)', '\1****\2', 'g'
);

-- Every contract signed by a day, once (SAL-20), at the price and in the unit of that day, with whoever answers for it.
--
-- price_amount is the price signed plus every 换房 and 补充协议 that the developer had approved by then. The plan of
-- instalments was drawn up for the price of some day: what was approved since is unplanned_amount. A plan that fits the
-- price of no day at all is taken as it stands, and is_plan_off says so.
--
-- consultant_id signed the contract, whatever became of him since; keeper_id looks after it now (SAL-11): to whom it was
-- handed over last, else who signed while he still is at the project, else the project's manager.
create function sales.contract_at(of_place text, as_of_on date, known_by timestamptz)
returns table (
    site_id text,
    contract_no text,
    source text,
    subscription_no text,
    signed_unit_no text,
    unit_no text,
    building_no text,
    product_type text,
    customer_name text,
    phone text,
    signed_on date,
    signed_area numeric,
    signed_amount numeric,
    price_amount numeric,
    cancelled_on date,
    consultant_id text,
    keeper_id text,
    planned_amount numeric,
    unplanned_amount numeric,
    is_plan_off boolean,
    file_id integer,
    line_no integer
)
language sql
stable
set enable_nestloop = off
as $$
    with place as materialized (
        select
            project.site_id,
            project.manager_id
        from sales.projects_of(of_place, known_by) as named
        inner join sales.project
            on
                named.site_id = project.site_id
                and project.recorded_at <= known_by
                and known_by < project.superseded_at
    ),

    priority as materialized (
        select
            place.site_id,
            rule.value,
            rule.valid_from,
            rule.valid_to
        from place
        cross join lateral book.rule_stretch(place.site_id, known_by) as rule
        where rule.parameter = 'contract_source'
    ),

    -- the same number in the project's and the group's register is one contract: the source of higher rank tells, its day of
    -- signing included, by the rule of the project's day (as sales.contract_conflict)
    ranked as materialized (
        select
            contract.*,
            max(contract.phone) over same_number as any_phone,
            max(contract.subscription_no) over same_number as any_subscription_no,
            coalesce(
                max(contract.signed_on) filter (where contract.source = '项目') over same_number, contract.signed_on
            ) as ruled_on
        from place
        inner join sales.contract
            on
                place.site_id = contract.site_id
                and contract.recorded_at <= known_by
                and known_by < contract.superseded_at
        window same_number as (partition by contract.site_id, contract.contract_no)
    ),

    counted as materialized (
        select chosen.*
        from (
            select distinct on (ranked.site_id, ranked.contract_no) ranked.*
            from ranked
            left join priority
                on
                    ranked.site_id = priority.site_id
                    and ranked.ruled_on between priority.valid_from and priority.valid_to
            order by
                ranked.site_id, ranked.contract_no, ranked.source = coalesce(priority.value, '项目') desc, ranked.source
        ) as chosen
        where chosen.signed_on <= as_of_on
    ),

    approved as materialized (
        select
            change.site_id,
            change.contract_no,
            change.change_no,
            change.change_kind,
            change.new_unit_no,
            change.approved_on,
            change.amount
        from place
        inner join sales.change
            on
                place.site_id = change.site_id
                and change.recorded_at <= known_by
                and known_by < change.superseded_at
        where change.contract_no is not null and change.approved_on <= as_of_on
    ),

    -- what the price rose by from each change on, the latest first: the plan may hold the earlier ones already
    moved as (
        select
            approved.site_id,
            approved.contract_no,
            approved.amount,
            sum(approved.amount) over (
                partition by approved.site_id, approved.contract_no
                order by approved.approved_on desc, approved.change_no desc
            ) as since_amount
        from approved
        where approved.change_kind in ('换房', '补充协议')
    ),

    changed as materialized (
        select
            moved.site_id,
            moved.contract_no,
            sum(moved.amount) as amount,
            array_agg(moved.since_amount) as since_amounts
        from moved
        group by moved.site_id, moved.contract_no
    ),

    cancelled as materialized (
        select
            approved.site_id,
            approved.contract_no,
            min(approved.approved_on) as cancelled_on
        from approved
        where approved.change_kind = '退房'
        group by approved.site_id, approved.contract_no
    ),

    swapped as materialized (
        select distinct on (approved.site_id, approved.contract_no)
            approved.site_id,
            approved.contract_no,
            approved.new_unit_no
        from approved
        where approved.change_kind = '换房'
        order by approved.site_id, approved.contract_no, approved.approved_on desc, approved.change_no desc
    ),

    planned as materialized (
        select
            instalment.site_id,
            instalment.contract_no,
            sum(instalment.amount) as amount
        from place
        inner join sales.instalment
            on
                place.site_id = instalment.site_id
                and instalment.recorded_at <= known_by
                and known_by < instalment.superseded_at
        group by instalment.site_id, instalment.contract_no
    ),

    standing as materialized (
        select *
        from sales.staff_on(as_of_on, known_by)
    ),

    handed as materialized (
        select distinct on (handover.site_id, handover.contract_no)
            handover.site_id,
            handover.contract_no,
            handover.to_consultant_id
        from place
        inner join sales.handover
            on
                place.site_id = handover.site_id
                and handover.recorded_at <= known_by
                and known_by < handover.superseded_at
        left join standing on handover.to_consultant_id = standing.consultant_id
        where handover.handed_on <= as_of_on and coalesce(standing.left_on, 'infinity') >= as_of_on
        order by handover.site_id, handover.contract_no, handover.handed_on desc
    )

    select
        counted.site_id,
        counted.contract_no,
        counted.source,
        coalesce(counted.subscription_no, counted.any_subscription_no),
        counted.unit_no,
        coalesce(swapped.new_unit_no, counted.unit_no),
        coalesce(unit.building_no, counted.building_no),
        coalesce(unit.product_type, counted.product_type),
        counted.customer_name,
        coalesce(counted.phone, counted.any_phone, subscription.phone),
        counted.signed_on,
        counted.area,
        counted.amount,
        price.amount,
        cancelled.cancelled_on,
        counted.consultant_id,
        coalesce(
            handed.to_consultant_id,
            case
                when standing.site_id = counted.site_id and coalesce(standing.left_on, 'infinity') >= as_of_on
                    then counted.consultant_id
            end,
            place.manager_id,
            counted.consultant_id
        ),
        coalesce(planned.amount, 0),
        case when gap.is_explained then gap.amount else 0 end,
        gap.amount <> 0 and not gap.is_explained,
        counted.file_id,
        counted.line_no
    from counted
    inner join place on counted.site_id = place.site_id
    left join changed on counted.site_id = changed.site_id and counted.contract_no = changed.contract_no
    left join cancelled on counted.site_id = cancelled.site_id and counted.contract_no = cancelled.contract_no
    left join swapped on counted.site_id = swapped.site_id and counted.contract_no = swapped.contract_no
    left join planned on counted.site_id = planned.site_id and counted.contract_no = planned.contract_no
    left join handed on counted.site_id = handed.site_id and counted.contract_no = handed.contract_no
    left join standing on counted.consultant_id = standing.consultant_id
    left join sales.subscription
        on
            counted.site_id = subscription.site_id
            and coalesce(counted.subscription_no, counted.any_subscription_no) = subscription.subscription_no
            and subscription.recorded_at <= known_by
            and known_by < subscription.superseded_at
    left join sales.unit
        on
            counted.site_id = unit.site_id
            and coalesce(swapped.new_unit_no, counted.unit_no) = unit.unit_no
            and unit.recorded_at <= known_by
            and known_by < unit.superseded_at
    cross join lateral (select counted.amount + coalesce(changed.amount, 0) as amount) as price
    cross join
        lateral (
            select
                price.amount - coalesce(planned.amount, 0) as amount,
                coalesce(price.amount - planned.amount = any (changed.since_amounts), false) as is_explained
        ) as gap
$$;

-- What came in for a contract by a day, its subscription's deposit included; refunds are negative (SAL-12). Money whose
-- payer names the instalment has its number; a loan is paid out for the instalment that it finances; else null.
create function sales.receipt_at(of_place text, as_of_on date, known_by timestamptz)
returns table (
    site_id text,
    contract_no text,
    receipt_no text,
    instalment_no integer,
    loan_kind text,
    value_on date,
    amount numeric
)
language sql
stable
set enable_nestloop = off
as $$
    with contract as materialized (
        select
            contract.site_id,
            contract.contract_no,
            contract.subscription_no
        from sales.contract_at(of_place, as_of_on, known_by) as contract
    ),

    received as materialized (
        select receipt.*
        from sales.projects_of(of_place, known_by) as place
        inner join sales.receipt
            on
                place.site_id = receipt.site_id
                and receipt.recorded_at <= known_by
                and known_by < receipt.superseded_at
        where receipt.value_on <= as_of_on
    )

    select
        contract.site_id,
        contract.contract_no,
        received.receipt_no,
        received.instalment_no,
        case when received.instalment_no is null and received.receipt_kind in ('按揭', '公积金') then received.receipt_kind end,
        received.value_on,
        received.amount
    from received
    inner join contract on received.site_id = contract.site_id and received.contract_no = contract.contract_no
    union all
    select
        contract.site_id,
        contract.contract_no,
        received.receipt_no,
        null,
        null,
        received.value_on,
        received.amount
    from received
    inner join contract on received.site_id = contract.site_id and received.subscription_no = contract.subscription_no
    where received.contract_no is null
$$;

-- Money of the days from one to another by its value date, with the unit that it is for.
create function sales.receipt_line(of_place text, from_on date, as_of_on date, known_by timestamptz)
returns table (
    value_on date,
    unit_no text,
    receipt_kind text,
    amount numeric,
    receipt_no text,
    deal_no text,
    instalment_no integer,
    confirmed_by text,
    confirmed_on date
)
language sql
stable
set enable_nestloop = off
as $$
    with received as materialized (
        select receipt.*
        from sales.projects_of(of_place, known_by) as place
        inner join sales.receipt
            on
                place.site_id = receipt.site_id
                and receipt.recorded_at <= known_by
                and known_by < receipt.superseded_at
        where receipt.value_on between from_on and as_of_on
    )

    select
        received.value_on,
        coalesce(contract.unit_no, subscription.unit_no),
        received.receipt_kind,
        received.amount,
        received.receipt_no,
        coalesce(received.contract_no, received.subscription_no),
        received.instalment_no,
        received.confirmed_by,
        received.confirmed_on
    from received
    left join sales.contract_at(of_place, as_of_on, known_by) as contract
        on received.site_id = contract.site_id and received.contract_no = contract.contract_no
    left join sales.subscription
        on
            received.site_id = subscription.site_id
            and received.subscription_no = subscription.subscription_no
            and subscription.recorded_at <= known_by
            and known_by < subscription.superseded_at
$$;

-- Every instalment of the contracts in force on a day, what was paid on it, and how old the rest is.
--
-- Money goes to the instalment that its payer named, a loan to the instalment that it finances; all other money, and what
-- these had too much, settles the oldest due (民法典第五百六十条, SAL-15). Nothing settles what is not due yet: the rest
-- stays 预收 (sales.advance_at). Refunds take from money without a name first, then from the latest due.
--
-- overdue_days counts from the due day, which is not counted: due today is not overdue (SAL-14). A settled instalment is
-- 已结清, with no days.
create function sales.receivable_at(of_place text, as_of_on date, known_by timestamptz)
returns table (
    site_id text,
    contract_no text,
    instalment_no integer,
    instalment_kind text,
    due_on date,
    due_amount numeric,
    paid_amount numeric,
    open_amount numeric,
    overdue_days integer,
    bucket text,
    consultant_id text,
    keeper_id text,
    customer_name text,
    phone text,
    unit_no text
)
language sql
stable
set enable_nestloop = off
as $$
    with contract as materialized (
        select *
        from sales.contract_at(of_place, as_of_on, known_by)
        where cancelled_on is null
    ),

    -- the last instalments give way to a price that fell; one that rose is due with the last
    plan as materialized (
        select
            instalment.site_id,
            instalment.contract_no,
            instalment.instalment_no,
            instalment.instalment_kind,
            instalment.due_on,
            case
                when lead(instalment.instalment_no) over of_contract is null and contract.unplanned_amount > 0
                    then instalment.amount + contract.unplanned_amount
                else
                    instalment.amount
                    - least(
                        instalment.amount,
                        greatest(
                            0,
                            - contract.unplanned_amount
                            - coalesce(
                                sum(instalment.amount) over (
                                    of_contract rows between 1 following and unbounded following
                                ),
                                0
                            )
                        )
                    )
            end as due_amount
        from contract
        inner join sales.instalment
            on
                contract.site_id = instalment.site_id
                and contract.contract_no = instalment.contract_no
                and instalment.recorded_at <= known_by
                and known_by < instalment.superseded_at
        window
            of_contract as (
                partition by instalment.site_id, instalment.contract_no
                order by instalment.due_on, instalment.instalment_no
            )
    ),

    received as materialized (
        select *
        from sales.receipt_at(of_place, as_of_on, known_by)
    ),

    named as materialized (
        select
            received.site_id,
            received.contract_no,
            received.instalment_no,
            sum(received.amount) as amount
        from received
        where received.instalment_no is not null
        group by received.site_id, received.contract_no, received.instalment_no
    ),

    loan as materialized (
        select
            received.site_id,
            received.contract_no,
            received.loan_kind,
            sum(received.amount) as amount
        from received
        where received.loan_kind is not null
        group by received.site_id, received.contract_no, received.loan_kind
    ),

    total as materialized (
        select
            received.site_id,
            received.contract_no,
            sum(received.amount) as amount
        from received
        group by received.site_id, received.contract_no
    ),

    by_number as (
        select
            plan.*,
            least(plan.due_amount, greatest(0, coalesce(named.amount, 0))) as named_amount
        from plan
        left join named
            on
                plan.site_id = named.site_id
                and plan.contract_no = named.contract_no
                and plan.instalment_no = named.instalment_no
    ),

    -- of several instalments that one loan finances, the oldest first
    by_name as (
        select
            by_number.*,
            by_number.named_amount
            + least(
                by_number.due_amount - by_number.named_amount,
                greatest(
                    0,
                    coalesce(loan.amount, 0)
                    - coalesce(
                        sum(by_number.due_amount - by_number.named_amount) over (
                            partition by by_number.site_id, by_number.contract_no, by_number.instalment_kind
                            order by by_number.due_on, by_number.instalment_no
                            rows between unbounded preceding and 1 preceding
                        ),
                        0
                    )
                )
            ) as bound_amount
        from by_number
        left join loan
            on
                by_number.site_id = loan.site_id
                and by_number.contract_no = loan.contract_no
                and by_number.instalment_kind = loan.loan_kind
    ),

    pooled as (
        select
            by_name.*,
            by_name.due_amount - by_name.bound_amount as left_amount,
            coalesce(total.amount, 0)
            - sum(by_name.bound_amount) over (partition by by_name.site_id, by_name.contract_no) as free_amount
        from by_name
        left join total on by_name.site_id = total.site_id and by_name.contract_no = total.contract_no
    ),

    settled as (
        select
            pooled.*,
            pooled.bound_amount
            -- refunded beyond what came in without a name: taken from the latest due
            - least(
                pooled.bound_amount,
                greatest(
                    0,
                    - pooled.free_amount
                    - coalesce(
                        sum(pooled.bound_amount) over (of_contract rows between 1 following and unbounded following), 0
                    )
                )
            )
            + case
                when pooled.due_on <= as_of_on
                    then
                        least(
                            pooled.left_amount,
                            greatest(
                                0,
                                pooled.free_amount
                                - coalesce(
                                    sum(pooled.left_amount) over (
                                        of_contract rows between unbounded preceding and 1 preceding
                                    ),
                                    0
                                )
                            )
                        )
                else 0
            end as paid_amount
        from pooled
        window
            of_contract as (
                partition by pooled.site_id, pooled.contract_no order by pooled.due_on, pooled.instalment_no
            )
    )

    select
        settled.site_id,
        settled.contract_no,
        settled.instalment_no,
        settled.instalment_kind,
        settled.due_on,
        settled.due_amount,
        settled.paid_amount,
        settled.due_amount - settled.paid_amount,
        age.days,
        case
            when settled.due_amount = settled.paid_amount then '已结清'
            when age.days = 0 then '未到期'
            when age.days <= 30 then '1–30'
            when age.days <= 60 then '31–60'
            when age.days <= 90 then '61–90'
            else '90以上'
        end,
        contract.consultant_id,
        contract.keeper_id,
        contract.customer_name,
        contract.phone,
        contract.unit_no
    from settled
    inner join contract on settled.site_id = contract.site_id and settled.contract_no = contract.contract_no
    cross join
        lateral (
            select
                case
                    when settled.due_amount > settled.paid_amount then greatest(0, as_of_on - settled.due_on) else 0
                end as days
        ) as age
$$;

-- What each contract has paid, and of that what settles nothing yet (预收); of a cancelled one, what is to be refunded.
create function sales.advance_at(of_place text, as_of_on date, known_by timestamptz)
returns table (
    site_id text,
    contract_no text,
    received_amount numeric,
    settled_amount numeric,
    advance_amount numeric,
    cancelled_on date
)
language sql
stable
set enable_nestloop = off
as $$
    with received as materialized (
        select
            receipt.site_id,
            receipt.contract_no,
            sum(receipt.amount) as amount
        from sales.receipt_at(of_place, as_of_on, known_by) as receipt
        group by receipt.site_id, receipt.contract_no
    ),

    settled as materialized (
        select
            receivable.site_id,
            receivable.contract_no,
            sum(receivable.paid_amount) as amount
        from sales.receivable_at(of_place, as_of_on, known_by) as receivable
        group by receivable.site_id, receivable.contract_no
    )

    select
        contract.site_id,
        contract.contract_no,
        coalesce(received.amount, 0),
        coalesce(settled.amount, 0),
        coalesce(received.amount, 0) - coalesce(settled.amount, 0),
        contract.cancelled_on
    from sales.contract_at(of_place, as_of_on, known_by) as contract
    left join received on contract.site_id = received.site_id and contract.contract_no = received.contract_no
    left join settled on contract.site_id = settled.site_id and contract.contract_no = settled.contract_no
$$;

-- Subscriptions of a day without a contract (认购未签约, SAL-04), and until when they should be signed: the day agreed, else
-- so many days after the subscription as the rules of its day say; null where neither says one.
create function sales.unsigned_at(of_place text, as_of_on date, known_by timestamptz)
returns table (
    site_id text,
    subscription_no text,
    unit_no text,
    customer_name text,
    phone text,
    subscribed_on date,
    sign_by_on date,
    overdue_days integer,
    area numeric,
    amount numeric,
    deposit_amount numeric,
    received_amount numeric,
    open_reason text,
    consultant_id text,
    sign_days integer,
    rule_id text,
    clause text,
    file_id integer,
    line_no integer
)
language sql
stable
set enable_nestloop = off
as $$
    with place as materialized (
        select project.site_id
        from sales.projects_of(of_place, known_by) as project
    ),

    agreed as materialized (
        select
            place.site_id,
            rule.value::integer as sign_days,
            rule.rule_id,
            rule.clause,
            rule.valid_from,
            rule.valid_to
        from place
        cross join lateral book.rule_stretch(place.site_id, known_by) as rule
        where rule.parameter = 'sign_days'
    ),

    received as materialized (
        select
            receipt.site_id,
            receipt.subscription_no,
            sum(receipt.amount) as amount
        from place
        inner join sales.receipt
            on
                place.site_id = receipt.site_id
                and receipt.recorded_at <= known_by
                and known_by < receipt.superseded_at
        where receipt.value_on <= as_of_on and receipt.subscription_no is not null
        group by receipt.site_id, receipt.subscription_no
    ),

    signed as materialized (
        select
            contract.site_id,
            contract.subscription_no
        from place
        inner join sales.contract
            on
                place.site_id = contract.site_id
                and contract.recorded_at <= known_by
                and known_by < contract.superseded_at
        where contract.subscription_no is not null and contract.signed_on <= as_of_on
    ),

    cancelled as materialized (
        select
            change.site_id,
            change.subscription_no
        from place
        inner join sales.change
            on
                place.site_id = change.site_id
                and change.recorded_at <= known_by
                and known_by < change.superseded_at
        where change.change_kind = '退订' and change.approved_on <= as_of_on
    )

    select
        subscription.site_id,
        subscription.subscription_no,
        subscription.unit_no,
        subscription.customer_name,
        subscription.phone,
        subscription.subscribed_on,
        sign_by.day,
        greatest(0, as_of_on - sign_by.day),
        subscription.area,
        subscription.amount,
        subscription.deposit_amount,
        coalesce(received.amount, 0),
        subscription.open_reason,
        subscription.consultant_id,
        case when subscription.sign_by_on is null then agreed.sign_days end,
        case when subscription.sign_by_on is null then agreed.rule_id end,
        case when subscription.sign_by_on is null then agreed.clause end,
        subscription.file_id,
        subscription.line_no
    from place
    inner join sales.subscription
        on
            place.site_id = subscription.site_id
            and subscription.recorded_at <= known_by
            and known_by < subscription.superseded_at
    left join agreed
        on
            subscription.site_id = agreed.site_id
            and subscription.subscribed_on between agreed.valid_from and agreed.valid_to
    left join received
        on
            subscription.site_id = received.site_id
            and subscription.subscription_no = received.subscription_no
    cross join
        lateral (
            select coalesce(subscription.sign_by_on, subscription.subscribed_on + agreed.sign_days) as day
        ) as sign_by
    where
        subscription.subscribed_on <= as_of_on
        and (subscription.site_id, subscription.subscription_no) not in (
            select signed.site_id, signed.subscription_no from signed
        )
        and (subscription.site_id, subscription.subscription_no) not in (
            select cancelled.site_id, cancelled.subscription_no from cancelled
        )
$$;

-- The steps of the price ladder from the lowest, and what a contract reached of it (SA-B9).
create function sales.price_rank(price_step text) returns integer
language sql immutable strict parallel safe
return array_position(array['低于底价', '底价', '内部', '批发', '表价'], price_step);

-- Contracts signed in a period against the ladder of their unit: the step reached, the lowest step that the seller's grade
-- may grant without approval on the day of signing, and what the approval says (SA-B9).
--
-- verdict: 权限内, 已批准, 未经批准 (no approval, or one for a higher price), 未定 (no unit, or no rule to judge by).
create function sales.price_check(of_place text, from_on date, as_of_on date, known_by timestamptz)
returns table (
    site_id text,
    contract_no text,
    unit_no text,
    amount numeric,
    list_amount numeric,
    reached text,
    reached_amount numeric,
    grade text,
    granted text,
    granted_amount numeric,
    approved_by text,
    approved_price text,
    verdict text,
    rule_id text,
    clause text,
    consultant_id text,
    signed_on date,
    file_id integer,
    line_no integer
)
language sql
stable
set enable_nestloop = off
as $$
    with granting as materialized (
        select
            place.site_id,
            case rule.parameter
                when 'grant_consultant' then '置业顾问' when 'grant_supervisor' then '主管' else '经理'
            end as grade,
            rule.value,
            rule.rule_id,
            rule.clause,
            rule.valid_from,
            rule.valid_to
        from sales.projects_of(of_place, known_by) as place
        cross join lateral book.rule_stretch(place.site_id, known_by) as rule
        where rule.parameter in ('grant_consultant', 'grant_supervisor', 'grant_manager')
    ),

    signed as (
        select distinct on (contract.site_id, contract.contract_no)
            contract.*,
            register.approved_by,
            register.approved_price,
            consultant.grade
        from sales.contract_at(of_place, as_of_on, known_by) as contract
        inner join sales.contract as register
            on
                contract.site_id = register.site_id
                and contract.contract_no = register.contract_no
                and contract.source = register.source
                and register.recorded_at <= known_by
                and known_by < register.superseded_at
        left join sales.consultant
            on
                contract.consultant_id = consultant.consultant_id
                and consultant.effective_from <= contract.signed_on
                and consultant.recorded_at <= known_by
                and known_by < consultant.superseded_at
        where contract.signed_on >= from_on
        order by contract.site_id, contract.contract_no, consultant.effective_from desc
    )

    select
        signed.site_id,
        signed.contract_no,
        signed.signed_unit_no,
        signed.signed_amount,
        unit.list_amount,
        step.reached,
        case step.reached
            when '表价' then unit.list_amount
            when '批发' then unit.wholesale_amount
            when '内部' then unit.internal_amount
            when '底价' then unit.floor_amount
        end,
        signed.grade,
        granting.value,
        case granting.value
            when '表价' then unit.list_amount
            when '批发' then unit.wholesale_amount
            when '内部' then unit.internal_amount
            when '底价' then unit.floor_amount
        end,
        signed.approved_by,
        signed.approved_price,
        case
            when step.reached is null or granting.value is null then '未定'
            when sales.price_rank(step.reached) >= sales.price_rank(granting.value) then '权限内'
            when
                signed.approved_by is not null
                and sales.price_rank(step.reached) >= sales.price_rank(signed.approved_price)
                then '已批准'
            else '未经批准'
        end,
        granting.rule_id,
        granting.clause,
        signed.consultant_id,
        signed.signed_on,
        signed.file_id,
        signed.line_no
    from signed
    left join sales.unit
        on
            signed.site_id = unit.site_id
            and signed.signed_unit_no = unit.unit_no
            and unit.recorded_at <= known_by
            and known_by < unit.superseded_at
    left join granting
        on
            signed.site_id = granting.site_id
            and signed.grade = granting.grade
            and signed.signed_on between granting.valid_from and granting.valid_to
    cross join
        lateral (
            select
                case
                    when unit.unit_no is null then null
                    when signed.signed_amount >= unit.list_amount then '表价'
                    when signed.signed_amount >= unit.wholesale_amount then '批发'
                    when signed.signed_amount >= unit.internal_amount then '内部'
                    when signed.signed_amount >= unit.floor_amount then '底价'
                    else '低于底价'
                end as reached
        ) as step
$$;

-- The days whose instalments are 下期应收 of a period: the week after a week, the month after a month.
create function sales.next_period(starts_on date, last_on date) returns daterange
language sql immutable parallel safe
return case
    when extract(day from starts_on) = 1 and extract(day from last_on + 1) = 1
        then daterange(last_on + 1, (last_on + 1 + interval '1 month')::date)
    else daterange(last_on + 1, last_on + 1 + (last_on - starts_on + 1))
end;

-- What each contract owes, by age; only of contracts that owe something.
create function sales.contract_age(of_place text, starts_on date, as_of_on date, known_by timestamptz)
returns table (
    site_id text,
    contract_no text,
    unit_no text,
    customer_name text,
    open_amount numeric,
    current_amount numeric,
    late_30_amount numeric,
    late_60_amount numeric,
    late_90_amount numeric,
    late_over_amount numeric,
    next_amount numeric,
    kinds text,
    overdue_days integer,
    oldest_on date,
    consultant_id text,
    keeper_id text
)
language sql
stable
set enable_nestloop = off
as $$
    select
        receivable.site_id,
        receivable.contract_no,
        receivable.unit_no,
        receivable.customer_name,
        sum(receivable.open_amount),
        coalesce(sum(receivable.open_amount) filter (where receivable.bucket = '未到期'), 0),
        coalesce(sum(receivable.open_amount) filter (where receivable.bucket = '1–30'), 0),
        coalesce(sum(receivable.open_amount) filter (where receivable.bucket = '31–60'), 0),
        coalesce(sum(receivable.open_amount) filter (where receivable.bucket = '61–90'), 0),
        coalesce(sum(receivable.open_amount) filter (where receivable.bucket = '90以上'), 0),
        coalesce(
            sum(receivable.open_amount) filter (where receivable.due_on <@ sales.next_period(starts_on, as_of_on)), 0
        ),
        string_agg(distinct receivable.instalment_kind, '、'),
        max(receivable.overdue_days),
        min(receivable.due_on) filter (where receivable.overdue_days > 0),
        receivable.consultant_id,
        receivable.keeper_id
    from sales.receivable_at(of_place, as_of_on, known_by) as receivable
    where receivable.open_amount > 0
    group by
        receivable.site_id, receivable.contract_no, receivable.unit_no, receivable.customer_name,
        receivable.consultant_id, receivable.keeper_id
$$;

-- Where each unit of a project stands at the end of a day; occupied_by is the deal that holds it.
create function sales.unit_state(of_place text, as_of_on date, known_by timestamptz)
returns table (
    site_id text,
    unit_no text,
    building_no text,
    floor_no integer,
    column_no integer,
    state text,
    occupied_by text
)
language sql
stable
set enable_nestloop = off
as $$
    with contract as (
        select distinct on (contract.site_id, contract.unit_no)
            contract.site_id,
            contract.unit_no,
            contract.contract_no,
            advance.received_amount >= contract.price_amount as is_paid
        from sales.contract_at(of_place, as_of_on, known_by) as contract
        inner join sales.advance_at(of_place, as_of_on, known_by) as advance
            on contract.site_id = advance.site_id and contract.contract_no = advance.contract_no
        where contract.cancelled_on is null
        order by contract.site_id, contract.unit_no, contract.signed_on desc, contract.contract_no
    ),

    subscribed as (
        select
            unsigned.site_id,
            unsigned.unit_no,
            min(unsigned.subscription_no) as subscription_no
        from sales.unsigned_at(of_place, as_of_on, known_by) as unsigned
        group by unsigned.site_id, unsigned.unit_no
    ),

    held as (
        select distinct on (unit_hold.site_id, unit_hold.unit_no)
            unit_hold.site_id,
            unit_hold.unit_no,
            unit_hold.hold_kind
        from sales.unit_hold
        where
            unit_hold.starts_on <= as_of_on
            and as_of_on <= coalesce(unit_hold.ends_on, 'infinity')
            and unit_hold.recorded_at <= known_by
            and known_by < unit_hold.superseded_at
        order by unit_hold.site_id, unit_hold.unit_no, array_position(array['抵押', '销控', '保留'], unit_hold.hold_kind)
    )

    select
        unit.site_id,
        unit.unit_no,
        unit.building_no,
        unit.floor_no,
        unit.column_no,
        case
            when contract.is_paid then '已收全款'
            when contract.contract_no is not null then '签约'
            when subscribed.subscription_no is not null then '认购'
            when held.hold_kind is not null then held.hold_kind
            when coalesce(unit.released_on, 'infinity') > as_of_on then '未推'
            else '可售'
        end,
        coalesce(contract.contract_no, subscribed.subscription_no)
    from sales.projects_of(of_place, known_by) as place
    inner join sales.unit
        on
            place.site_id = unit.site_id
            and unit.recorded_at <= known_by
            and known_by < unit.superseded_at
    left join contract on unit.site_id = contract.site_id and unit.unit_no = contract.unit_no
    left join subscribed on unit.site_id = subscribed.site_id and unit.unit_no = subscribed.unit_no
    left join held on unit.site_id = held.site_id and unit.unit_no = held.unit_no
$$;

-- Letters ----------------------------------------------------------------------------------------------

-- What the letters of a 销售周报 and a 销售月报 say, from the figures of their covers.
create function sales.letter_of(of_artifact bigint)
returns table (
    document_kind text,
    scope_text text,
    period_text text,
    revision integer,
    starts_on date,
    last_on date,
    headline text,
    figures jsonb,
    receipt_text text,
    overdue_amount numeric,
    unsigned_count integer,
    file_name text,
    file_code text,
    as_of_on text,
    known_text text,
    contact text,
    correction jsonb
)
language sql
stable
as $$
    with document as (
        select
            artifact.*,
            lower(artifact.period) as starts_on,
            upper(artifact.period) - 1 as last_on,
            run.reason,
            run.requested_by
        from ops.artifact
        inner join ops.run on artifact.run_id = run.run_id
        where artifact.artifact_id = of_artifact
    ),

    place as materialized (
        select counted_place.*
        from document
        cross join lateral
            sales.counted_place(document.workflow, document.site_id, document.starts_on, document.known_at) as counted_place
        where counted_place.opens_on <= document.last_on
    ),

    counted as materialized (
        select
            counted.site_id,
            counted.measure,
            sum(counted.quantity) as quantity
        from document
        cross join lateral
            sales.counted(document.workflow, document.site_id, document.starts_on, document.known_at) as counted
        group by counted.site_id, counted.measure
    ),

    total as (
        select
            coalesce(sum(counted.quantity) filter (where counted.measure = 'call_count'), 0) as call_count,
            coalesce(sum(counted.quantity) filter (where counted.measure = 'visit_count'), 0) as visit_count,
            coalesce(sum(counted.quantity) filter (where counted.measure = 'new_visit_count'), 0) as new_visit_count,
            coalesce(sum(counted.quantity) filter (where counted.measure = 'subscribed_count'), 0) as subscribed_count,
            coalesce(sum(counted.quantity) filter (where counted.measure = 'net_signed_count'), 0) as signed_count,
            coalesce(sum(counted.quantity) filter (where counted.measure = 'net_signed_amount'), 0) as signed_amount,
            coalesce(sum(counted.quantity) filter (where counted.measure = 'received_amount'), 0) as received_amount
        from counted
    ),

    -- of a week what the month has reached by its end, of a month what it counted: as on the cover
    reached as (
        select
            goal.measure,
            sales.conversion(
                sum(coalesce(case when document.workflow = 'monthly_sales' then counted.quantity else known.quantity end, 0)),
                sum(goal.target_amount)
            ) as rate
        from document
        cross join place
        cross join lateral
            sales.goal(document.workflow, array[place.site_id], document.last_on, place.known_at) as goal
        left join counted on place.site_id = counted.site_id and goal.measure = counted.measure
        left join lateral (
            select sum(measured.quantity) as quantity
            from
                sales.measured(
                    array[place.site_id], date_trunc('month', document.last_on::timestamp)::date, document.last_on, place.known_at
                ) as measured
            where measured.measure = goal.measure
        ) as known on true
        where goal.consultant_id = '' and goal.measure in ('net_signed_amount', 'received_amount')
        group by goal.measure
    ),

    rate as (
        select
            coalesce(
                max(to_char(reached.rate * 100, 'FM999,990.00') || '%') filter (where reached.measure = 'net_signed_amount'), '—'
            ) as signed_text,
            coalesce(
                max(to_char(reached.rate * 100, 'FM999,990.00') || '%') filter (where reached.measure = 'received_amount'), '—'
            ) as received_text
        from reached
    ),

    receipt as (
        select
            count(*) as receipt_count,
            count(*) filter (where receipt.confirmed_by is null) as open_count,
            coalesce(sum(receipt.amount) filter (where receipt.confirmed_by is null), 0) as open_amount
        from document
        cross join place
        inner join sales.receipt
            on
                place.site_id = receipt.site_id
                and receipt.value_on between document.starts_on and document.last_on
                and receipt.recorded_at <= place.known_at
                and place.known_at < receipt.superseded_at
    ),

    owed as (
        select
            coalesce(sum(receivable.open_amount), 0) as open_amount,
            coalesce(sum(receivable.open_amount) filter (where receivable.overdue_days > 0), 0) as overdue_amount
        from document
        cross join
            lateral sales.counted_place(document.workflow, document.site_id, document.starts_on, document.known_at) as counted_place
        cross join lateral sales.receivable_at(counted_place.site_id, document.last_on, counted_place.known_at) as receivable
    ),

    unsigned as (
        select count(*)::integer as unsigned_count
        from document
        cross join
            lateral sales.counted_place(document.workflow, document.site_id, document.starts_on, document.known_at) as counted_place
        cross join lateral sales.unsigned_at(counted_place.site_id, document.last_on, counted_place.known_at) as unsigned
    ),

    named as (
        select
            site.site_name,
            (
                select string_agg(distinct project.contact, '、')
                from place
                inner join sales.project
                    on
                        place.site_id = project.site_id
                        and project.recorded_at <= place.known_at
                        and place.known_at < project.superseded_at
            ) as contact
        from document
        left join book.place as site
            on
                document.site_id = site.site_id
                and site.recorded_at <= document.known_at
                and document.known_at < site.superseded_at
    )

    select
        document.document_kind,
        coalesce(named.site_name, document.site_id),
        sales.period_text(document.workflow, document.starts_on),
        document.revision,
        document.starts_on,
        document.last_on,
        concat(
            case when document.revision > 1 then concat('第', document.revision, '版 ') end, '来访', trim_scale(total.visit_count),
            ' 认购', trim_scale(total.subscribed_count), '套 净签约', trim_scale(total.signed_count), '套 ',
            to_char(total.signed_amount, 'FM999,999,999,990.00'), '元 回款', to_char(total.received_amount, 'FM999,999,999,990.00'),
            '元 完成率', rate.signed_text
        ),
        jsonb_build_array(
            jsonb_build_array('来电', trim_scale(total.call_count)::text),
            jsonb_build_array(
                '来访（其中首次）', concat(trim_scale(total.visit_count), '（', trim_scale(total.new_visit_count), '）')
            ),
            jsonb_build_array('认购套数', trim_scale(total.subscribed_count)::text),
            jsonb_build_array(
                '净签约套数 / 金额(元)',
                concat(trim_scale(total.signed_count), ' / ', to_char(total.signed_amount, 'FM999,999,999,990.00'))
            ),
            jsonb_build_array('回款净额(元)', to_char(total.received_amount, 'FM999,999,999,990.00')),
            jsonb_build_array('本月完成率 签约金额 / 回款', concat(rate.signed_text, ' / ', rate.received_text)),
            jsonb_build_array(
                '应收未收 / 其中逾期(元)',
                concat(
                    to_char(owed.open_amount, 'FM999,999,999,990.00'), ' / ', to_char(owed.overdue_amount, 'FM999,999,999,990.00')
                )
            ),
            jsonb_build_array('认购未签约', unsigned.unsigned_count || '套')
        ),
        case
            when receipt.receipt_count = 0 then '本期没有回款'
            when receipt.open_count = 0 then concat('本期回款', receipt.receipt_count, '笔，均已由财务登记确认')
            else
                concat(
                    '本期回款', receipt.receipt_count, '笔，其中', receipt.open_count, '笔 ',
                    to_char(receipt.open_amount, 'FM999,999,999,990.00'), '元未确认'
                )
        end,
        owed.overdue_amount,
        unsigned.unsigned_count,
        regexp_replace(coalesce(document.file_path, ''), '^.*/', ''),
        left(coalesce(document.sha256, ''), 8),
        document.as_of_on::text,
        to_char(document.known_at, 'YYYY-MM-DD HH24:MI'),
        concat_ws(' ', '案场', named.contact),
        case
            when document.revision > 1
                then
                    (
                        select
                            jsonb_build_object(
                                'replaces',
                                concat('第', before.revision, '版（', to_char(before.issued_at, 'YYYY-MM-DD HH24:MI'), '）'),
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
        end
    from document
    cross join total
    cross join rate
    cross join receipt
    cross join owed
    cross join unsigned
    cross join named
    limit 1
$$;
