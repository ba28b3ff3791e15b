/*  Marks what each consultant has to do on the days of the run: whom to follow up, what to chase, what to hand in.

    Grain:  one row per project, day, kind and customer, deal, instalment, holding or late entry.
    Rerun:  safe; follows the facts.
    Joins:  hashed
    Rules:  SA-B4 a visitor every so many days, a caller every so many days until the visit, from the owner's last contact
            or timely follow-up, by the rules of that day; not for who has bought, nor for whom nobody holds. SA-B3 the
            registration ends within so many days. SAL-09 entries that came too late, for a week. SA-B6 cash outside
            finance. SA-B7 instalments that are due. Deal papers are asked for on the day of the deal.  */
with scope as materialized (
    select
        run_period.site_id,
        run_period.base_on
    from sales.run_period
    where
        run_period.run_id = %(run_id)s
        and exists (
            select from sales.project
            where
                project.site_id = run_period.site_id
                and project.recorded_at <= %(known_at)s
                and %(known_at)s < project.superseded_at
        )
        and not exists (
            select from ops.run_gap
            where run_gap.run_id = %(run_id)s and run_gap.site_id = run_period.site_id
        )
),

policy as materialized (
    select
        scope.site_id,
        scope.base_on,
        stretch.*
    from scope
    cross join lateral sales.rules_in_force(scope.site_id, %(known_at)s) as stretch
    where stretch.parameter in ('visitor_follow_days', 'caller_follow_days', 'lapse_warning_days', 'entry_lag_days')
),

held as materialized (
    select ownership.*
    from scope
    inner join sales.ownership on scope.site_id = ownership.site_id and scope.base_on = ownership.base_on
    where ownership.workflow = 'customer_followup' and ownership.owner_id is not null
),

number as materialized (
    select
        held.site_id,
        held.base_on,
        held.customer_key,
        held.owner_id,
        number.phone
    from held
    cross join lateral unnest(held.phones) as number (phone)
),

last_word as materialized (
    select distinct on (number.site_id, number.base_on, number.customer_key)
        number.site_id,
        number.base_on,
        number.customer_key,
        follow_up.followed_at,
        follow_up.content
    from number
    inner join sales.follow_up
        on
            number.site_id = follow_up.site_id
            and number.phone = follow_up.phone
            and number.owner_id = follow_up.consultant_id
            and follow_up.recorded_at <= %(known_at)s
            and %(known_at)s < follow_up.superseded_at
    where follow_up.followed_at < (number.base_on + 1)::timestamptz and follow_up.entered_on <= number.base_on
    order by number.site_id, number.base_on, number.customer_key, follow_up.followed_at desc
),

customer as (
    select
        held.site_id,
        held.base_on,
        held.customer_key as item_no,
        held.owner_id as consultant_id,
        held.customer_name,
        array_to_string(held.phones, '、') as phones,
        held.source,
        held.registered_at,
        held.valid_until,
        held.protected_until,
        held.touched_at,
        concat_ws(' ', to_char(last_word.followed_at, 'MM-DD'), last_word.content) as last_content,
        held.intent,
        held.touched_at::date as touched_on,
        held.has_visited,
        held.file_id,
        held.line_no
    from held
    left join last_word
        on
            held.site_id = last_word.site_id
            and held.base_on = last_word.base_on
            and held.customer_key = last_word.customer_key
    where held.verdict = '登记有效'
),

-- of a contract number in both ledgers the project's row counts; its newest keeper answers for the papers
deal as materialized (
    select distinct on (contract.site_id, scope.base_on, contract.contract_no)
        scope.base_on,
        contract.*
    from scope
    inner join sales.contract
        on
            scope.site_id = contract.site_id
            and contract.signed_on <= scope.base_on
            and contract.recorded_at <= %(known_at)s
            and %(known_at)s < contract.superseded_at
    order by contract.site_id, scope.base_on, contract.contract_no, contract.source = '项目' desc
),

undone as materialized (
    select distinct
        scope.site_id,
        scope.base_on,
        change.subscription_no,
        change.contract_no
    from scope
    inner join sales.change
        on
            scope.site_id = change.site_id
            and change.approved_on <= scope.base_on
            and change.change_kind in ('退订', '退房')
            and change.recorded_at <= %(known_at)s
            and %(known_at)s < change.superseded_at
),

keeper as materialized (
    select distinct on (handover.site_id, scope.base_on, handover.contract_no)
        handover.site_id,
        scope.base_on,
        handover.contract_no,
        handover.to_consultant_id
    from scope
    inner join sales.handover
        on
            scope.site_id = handover.site_id
            and handover.handed_on <= scope.base_on
            and handover.recorded_at <= %(known_at)s
            and %(known_at)s < handover.superseded_at
    order by handover.site_id, scope.base_on, handover.contract_no, handover.handed_on desc
),

paperless as (
    select
        subscription.site_id,
        scope.base_on,
        '认购' as deal_kind,
        subscription.subscription_no as item_no,
        subscription.unit_no,
        subscription.consultant_id,
        subscription.customer_name,
        subscription.phone,
        subscription.subscribed_on as due_on,
        subscription.amount,
        subscription.file_id,
        subscription.line_no
    from scope
    inner join sales.subscription
        on
            scope.site_id = subscription.site_id
            and subscription.subscribed_on <= scope.base_on
            and subscription.recorded_at <= %(known_at)s
            and %(known_at)s < subscription.superseded_at
    left join undone
        on
            subscription.site_id = undone.site_id
            and scope.base_on = undone.base_on
            and subscription.subscription_no = undone.subscription_no
    left join deal
        on
            subscription.site_id = deal.site_id
            and scope.base_on = deal.base_on
            and subscription.subscription_no = deal.subscription_no
    where
        coalesce(subscription.papers_on > scope.base_on, true)
        and undone.site_id is null
        -- once it is signed, the contract's papers are asked for
        and deal.contract_no is null
    union all
    select
        deal.site_id,
        deal.base_on,
        '签约',
        deal.contract_no,
        deal.unit_no,
        coalesce(keeper.to_consultant_id, deal.consultant_id),
        deal.customer_name,
        deal.phone,
        deal.signed_on,
        deal.amount,
        deal.file_id,
        deal.line_no
    from deal
    left join undone
        on deal.site_id = undone.site_id and deal.base_on = undone.base_on and deal.contract_no = undone.contract_no
    left join keeper
        on deal.site_id = keeper.site_id and deal.base_on = keeper.base_on and deal.contract_no = keeper.contract_no
    where coalesce(deal.papers_on > deal.base_on, true) and undone.site_id is null
),

found as (
    select
        customer.site_id,
        customer.base_on,
        case when due.due_on = customer.base_on then '今日应跟进' else '已逾期' end as kind,
        customer.item_no,
        customer.consultant_id,
        customer.customer_name,
        customer.phones,
        customer.source,
        customer.registered_at,
        customer.valid_until,
        customer.protected_until,
        customer.touched_at,
        customer.last_content,
        customer.intent,
        due.due_on,
        customer.base_on - due.due_on as late_days,
        null::numeric as amount,
        jsonb_build_object('every_days', policy.value::integer, 'is_visitor', customer.has_visited) as detail,
        policy.rule_id,
        policy.clause as rule_text,
        policy.rule_set_name,
        policy.rule_from,
        customer.file_id,
        customer.line_no
    from customer
    inner join policy
        on
            customer.site_id = policy.site_id
            and customer.base_on = policy.base_on
            and policy.parameter = case when customer.has_visited then 'visitor_follow_days' else 'caller_follow_days' end
            and customer.touched_on between policy.valid_from and policy.valid_to
    cross join lateral (select customer.touched_on + policy.value::integer as due_on) as due
    where due.due_on <= customer.base_on
    union all
    select
        customer.site_id,
        customer.base_on,
        '即将失效',
        customer.item_no,
        customer.consultant_id,
        customer.customer_name,
        customer.phones,
        customer.source,
        customer.registered_at,
        customer.valid_until,
        customer.protected_until,
        customer.touched_at,
        customer.last_content,
        customer.intent,
        customer.valid_until,
        0,
        null,
        jsonb_build_object('left_days', customer.valid_until - customer.base_on),
        policy.rule_id,
        policy.clause,
        policy.rule_set_name,
        policy.rule_from,
        customer.file_id,
        customer.line_no
    from customer
    inner join policy
        on
            customer.site_id = policy.site_id
            and customer.base_on = policy.base_on
            and policy.parameter = 'lapse_warning_days'
            and customer.base_on between policy.valid_from and policy.valid_to
    where customer.valid_until - customer.base_on <= policy.value::integer
    union all
    select
        scope.site_id,
        scope.base_on,
        '待催款',
        concat(receivable.contract_no, '#', receivable.instalment_no),
        coalesce(receivable.keeper_id, receivable.consultant_id),
        receivable.customer_name,
        coalesce(receivable.phone, ''),
        null,
        null,
        null,
        null,
        null,
        '',
        '',
        receivable.due_on,
        greatest(scope.base_on - receivable.due_on, 0),
        receivable.open_amount,
        jsonb_build_object(
            'contract_no', receivable.contract_no,
            'unit_no', receivable.unit_no,
            'instalment_kind', receivable.instalment_kind,
            'due_amount', receivable.due_amount,
            'paid_amount', receivable.paid_amount,
            'bucket', receivable.bucket
        ),
        'SA-B7',
        '到期应收款须催收',
        '',
        null,
        null,
        null
    from scope
    cross join lateral sales.receivable_at(scope.site_id, scope.base_on, %(known_at)s) as receivable
    where receivable.open_amount > 0 and receivable.due_on <= scope.base_on
    union all
    select
        paperless.site_id,
        paperless.base_on,
        '资料未交',
        concat(paperless.deal_kind, paperless.item_no),
        paperless.consultant_id,
        paperless.customer_name,
        coalesce(paperless.phone, ''),
        null,
        null,
        null,
        null,
        null,
        '',
        '',
        paperless.due_on,
        paperless.base_on - paperless.due_on,
        paperless.amount,
        jsonb_build_object('deal_kind', paperless.deal_kind, 'deal_no', paperless.item_no, 'unit_no', paperless.unit_no),
        'SA-B1',
        '成交资料当日交销售经理',
        '',
        null,
        paperless.file_id,
        paperless.line_no
    from paperless
    union all
    select
        scope.site_id,
        scope.base_on,
        '暂存现金',
        cash.holding_no,
        cash.holder_id,
        '',
        '',
        null,
        null,
        null,
        null,
        null,
        '',
        '',
        cash.due_at::date,
        0,
        cash.amount,
        jsonb_build_object(
            'holder_kind', cash.holder_kind,
            'held_at', cash.held_at,
            'handed_at', cash.handed_at,
            'due_at', cash.due_at,
            'held_hours', cash.held_hours,
            'together_amount', cash.together_amount,
            'is_wrong', cash.is_wrong,
            'state_text', cash.state_text
        ),
        cash.rule_id,
        cash.rule_text,
        cash.rule_set_name,
        cash.rule_from,
        cash.file_id,
        cash.line_no
    from scope
    cross join lateral sales.cash_at(scope.site_id, scope.base_on, %(known_at)s) as cash
    union all
    select
        scope.site_id,
        scope.base_on,
        '未计入跟进',
        concat_ws('/', follow_up.phone, follow_up.consultant_id, to_char(follow_up.followed_at, 'YYYYMMDDHH24MISSUS')),
        follow_up.consultant_id,
        coalesce(owned.customer_name, ''),
        follow_up.phone,
        null,
        null,
        null,
        null,
        follow_up.followed_at,
        follow_up.content,
        '',
        follow_up.followed_at::date + policy.value::integer,
        follow_up.entered_on - follow_up.followed_at::date - policy.value::integer,
        null,
        jsonb_build_object('entered_on', follow_up.entered_on, 'way', follow_up.way, 'lag_days', policy.value::integer),
        policy.rule_id,
        policy.clause,
        policy.rule_set_name,
        policy.rule_from,
        follow_up.file_id,
        follow_up.line_no
    from scope
    inner join sales.follow_up
        on
            scope.site_id = follow_up.site_id
            and follow_up.recorded_at <= %(known_at)s
            and %(known_at)s < follow_up.superseded_at
    inner join policy
        on
            scope.site_id = policy.site_id
            and scope.base_on = policy.base_on
            and policy.parameter = 'entry_lag_days'
            and follow_up.followed_at::date between policy.valid_from and policy.valid_to
    left join (
        select
            number.site_id,
            number.base_on,
            number.phone,
            max(held.customer_name) as customer_name
        from number
        inner join held
            on
                number.site_id = held.site_id
                and number.base_on = held.base_on
                and number.customer_key = held.customer_key
        group by number.site_id, number.base_on, number.phone
    ) as owned
        on scope.site_id = owned.site_id and scope.base_on = owned.base_on and follow_up.phone = owned.phone
    where
        follow_up.entered_on <= scope.base_on
        and follow_up.entered_on - follow_up.followed_at::date > policy.value::integer
        -- what landed later than it was entered is listed from then on
        and greatest(follow_up.entered_on, follow_up.recorded_at::date) > scope.base_on - 7
)

merge into sales.followup as kept
using found
    on
        kept.site_id = found.site_id
        and kept.base_on = found.base_on
        and kept.kind = found.kind
        and kept.item_no = found.item_no
when matched and (
    kept.consultant_id,
    kept.customer_name,
    kept.phones,
    kept.source,
    kept.registered_at,
    kept.valid_until,
    kept.protected_until,
    kept.touched_at,
    kept.last_content,
    kept.intent,
    kept.due_on,
    kept.late_days,
    kept.amount,
    kept.detail,
    kept.rule_id,
    kept.rule_text,
    kept.rule_set_name,
    kept.rule_from,
    kept.file_id,
    kept.line_no
) is distinct from (
    found.consultant_id,
    found.customer_name,
    found.phones,
    found.source,
    found.registered_at,
    found.valid_until,
    found.protected_until,
    found.touched_at,
    found.last_content,
    found.intent,
    found.due_on,
    found.late_days,
    found.amount,
    found.detail,
    found.rule_id,
    found.rule_text,
    found.rule_set_name,
    found.rule_from,
    found.file_id,
    found.line_no
) then update set
    consultant_id = found.consultant_id,
    customer_name = found.customer_name,
    phones = found.phones,
    source = found.source,
    registered_at = found.registered_at,
    valid_until = found.valid_until,
    protected_until = found.protected_until,
    touched_at = found.touched_at,
    last_content = found.last_content,
    intent = found.intent,
    due_on = found.due_on,
    late_days = found.late_days,
    amount = found.amount,
    detail = found.detail,
    rule_id = found.rule_id,
    rule_text = found.rule_text,
    rule_set_name = found.rule_set_name,
    rule_from = found.rule_from,
    file_id = found.file_id,
    line_no = found.line_no
when not matched then insert (
    site_id, base_on, kind, item_no, consultant_id, customer_name, phones, source, registered_at, valid_until, protected_until, touched_at, last_content, intent, due_on, late_days, amount, detail, rule_id, rule_text, rule_set_name, rule_from, file_id, line_no
) values (
    found.site_id,
    found.base_on,
    found.kind,
    found.item_no,
    found.consultant_id,
    found.customer_name,
    found.phones,
    found.source,
    found.registered_at,
    found.valid_until,
    found.protected_until,
    found.touched_at,
    found.last_content,
    found.intent,
    found.due_on,
    found.late_days,
    found.amount,
    found.detail,
    found.rule_id,
    found.rule_text,
    found.rule_set_name,
    found.rule_from,
    found.file_id,
    found.line_no
)
when not matched by source
    and exists (
        select from scope
        where scope.site_id = kept.site_id and scope.base_on = kept.base_on
    )
    then delete
