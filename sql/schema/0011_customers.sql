/*  Schema sales, customers: whose each is and by which rule, who must be followed up, cash outside finance (SA-B3, B4, B6, B10). */

-- Consultants as of a day: name, place, team and grade by the newest row that has begun.
create function sales.staff_on(of_day date, known_by timestamptz)
returns table (
    consultant_id text,
    consultant_name text,
    site_id text,
    team_name text,
    grade text,
    address text,
    left_on date
)
language sql
stable
as $$
    select distinct on (consultant.consultant_id)
        consultant.consultant_id,
        consultant.consultant_name,
        consultant.site_id,
        consultant.team_name,
        consultant.grade,
        consultant.address,
        consultant.left_on
    from sales.consultant
    where
        consultant.effective_from <= of_day
        and consultant.recorded_at <= known_by
        and known_by < consultant.superseded_at
    order by consultant.consultant_id, consultant.effective_from desc
$$;

-- The rules at a place, parameter by parameter and stretch by stretch, and since when each has been what it is (rule_from),
-- whatever else changed meanwhile.
create function sales.rules_in_force(of_site text, known_by timestamptz)
returns table (
    parameter text,
    value text,
    rule_id text,
    clause text,
    rule_set text,
    rule_set_name text,
    valid_from date,
    valid_to date,
    rule_from date
)
language sql
stable
as $$
    select
        counted.parameter,
        counted.value,
        counted.rule_id,
        counted.clause,
        counted.rule_set,
        counted.rule_set_name,
        counted.valid_from,
        counted.valid_to,
        min(counted.valid_from) over (partition by counted.parameter, counted.version_no) as rule_from
    from (
        select
            compared.*,
            count(*) filter (where compared.is_new) over (
                partition by compared.parameter order by compared.valid_from
            ) as version_no
        from (
            select
                stated.*,
                lag(stated.valid_to) over turn + 1 is distinct from stated.valid_from
                or lag((stated.rule_set, stated.rule_id, stated.value, stated.clause)) over turn
                is distinct from (stated.rule_set, stated.rule_id, stated.value, stated.clause) as is_new
            from book.rule_stretch(of_site, known_by) as stated
            window turn as (partition by stated.parameter order by stated.valid_from)
        ) as compared
    ) as counted
$$;

-- Telephone numbers of direct family: all that are linked, over however many links, are one customer (SA-B3). The key is
-- the smallest number among them. A link holds from the day on which it was noted, and then for the past as well: who is
-- of the family always was. Numbers without a link are not listed: they are their own key.
create function sales.family_at(of_site text, as_of_on date, known_by timestamptz)
returns table (phone text, customer_key text)
language sql
stable
as $$
    with recursive
    linked as materialized (
        select
            pair.phone,
            pair.other_phone
        from sales.family_link
        cross join lateral (
            values
            (family_link.phone, family_link.other_phone),
            (family_link.other_phone, family_link.phone)
        ) as pair (phone, other_phone)
        where
            family_link.site_id = of_site
            and family_link.noted_on <= as_of_on
            and family_link.recorded_at <= known_by
            and known_by < family_link.superseded_at
    ),

    reached as (
        select
            linked.phone,
            linked.other_phone as member
        from linked
        union
        select
            reached.phone,
            linked.other_phone
        from reached
        inner join linked on reached.member = linked.phone
    )

    select
        reached.phone,
        min(reached.member) as customer_key
    from reached
    group by reached.phone
$$;

-- What happened with each customer, in order, and what it did to his ownership: the sequential judgement of SA-B3, all
-- customers side by side, one step each at a time.
--
-- Things with an hour come at their hour, things with only a day (deals, changes, handovers, rulings) at the day's end.
-- A contact protects by the rules of its own day: what is changed later takes nothing back.
--   登记     nobody held the customer: whoever it counts for does from here on
--   续期     the owner met his customer again: the registration runs anew from this day
--   代接     somebody else met a customer who is held: it counts for the owner, and extends nothing
--   跟进     the owner's follow-up, entered in time: protects anew, never beyond the registration
--   录入超时 entered too late (SAL-09): nothing; 不计: a follow-up by another, or of a customer whom nobody holds
--   成交     by the owner, or of a customer whom nobody held
--   维护登记, 登记作废, 同事成交  a colleague closed while the registration was valid, and it came to light within the
--            days, after them, or not at all yet; 裁定在先: the manager had ruled for the owner before
--   解除     a deal was undone; 交接, 裁定  a decision of the manager, which beats all before it
create function sales.contact_trail(of_site text, as_of_on date, known_by timestamptz)
returns table (
    customer_key text,
    event_no bigint,
    happened_at timestamptz,
    day_on date,
    kind text,
    source_no text,
    phone text,
    customer_name text,
    intent text,
    served_by text,
    counted_for text,
    treatment text,
    is_bought_before boolean,
    is_last boolean,
    owner_id text,
    registered_at timestamptz,
    source text,
    valid_until date,
    protected_until date,
    has_visited boolean,
    touched_at timestamptz,
    touched_on date,
    live_count integer,
    decision text,
    decided_by text,
    decided_on date,
    decided_parameter text,
    decided_rule_on date,
    hold_parameter text,
    hold_on date,
    contested text[],
    remark text,
    file_id integer,
    line_no integer
)
language sql
stable
as $$
    with recursive
    family as materialized (
        select *
        from sales.family_at(of_site, as_of_on, known_by)
    ),

    policy as materialized (
        select
            stretch.valid_from,
            stretch.valid_to,
            max(stretch.value) filter (where stretch.parameter = 'registration_months')::integer as months,
            max(stretch.value) filter (where stretch.parameter = 'call_protect_days')::integer as call_days,
            max(stretch.value) filter (where stretch.parameter = 'visit_protect_days')::integer as visit_days,
            max(stretch.value) filter (where stretch.parameter = 'entry_lag_days')::integer as lag_days,
            max(stretch.value) filter (where stretch.parameter = 'reveal_days')::integer as reveal_days
        from book.rule_stretch(of_site, known_by) as stretch
        where
            stretch.parameter in (
                'registration_months', 'call_protect_days', 'visit_protect_days', 'entry_lag_days', 'reveal_days'
            )
        group by stretch.valid_from, stretch.valid_to
    ),

    -- of a contract number in both ledgers the project's row tells whose customer it was
    contract as materialized (
        select distinct on (contract.contract_no) contract.*
        from sales.contract
        where
            contract.site_id = of_site
            and contract.signed_on <= as_of_on
            and contract.recorded_at <= known_by
            and known_by < contract.superseded_at
        order by contract.contract_no, contract.source = '项目' desc
    ),

    subscription as materialized (
        select subscription.*
        from sales.subscription
        where
            subscription.site_id = of_site
            and subscription.subscribed_on <= as_of_on
            and subscription.recorded_at <= known_by
            and known_by < subscription.superseded_at
    ),

    -- a deal is a subscription with the contract that came of it, or a contract alone
    deal as materialized (
        select
            coalesce(family.customer_key, closed.phone) as customer_key,
            closed.*,
            coalesce(deposit.paid_on, closed.closed_on) as deposit_on
        from (
            select
                subscription.subscription_no as deal_no,
                '认购' as kind,
                subscription.subscribed_on as closed_on,
                subscription.phone,
                subscription.customer_name,
                subscription.consultant_id,
                subscription.file_id,
                subscription.line_no
            from subscription
            union all
            select
                contract.contract_no,
                '签约',
                contract.signed_on,
                contract.phone,
                contract.customer_name,
                contract.consultant_id,
                contract.file_id,
                contract.line_no
            from contract
            left join subscription on contract.subscription_no = subscription.subscription_no
            where contract.phone is not null and subscription.subscription_no is null
        ) as closed
        left join family on closed.phone = family.phone
        left join (
            select
                coalesce(receipt.subscription_no, contract.subscription_no, receipt.contract_no) as deal_no,
                min(receipt.value_on) as paid_on
            from sales.receipt
            left join contract on receipt.contract_no = contract.contract_no
            where
                receipt.site_id = of_site
                and receipt.receipt_kind = '定金'
                and receipt.value_on <= as_of_on
                and receipt.recorded_at <= known_by
                and known_by < receipt.superseded_at
            group by 1
        ) as deposit on closed.deal_no = deposit.deal_no
    ),

    claim as materialized (
        select
            coalesce(family.customer_key, claim.phone) as customer_key,
            claim.*
        from sales.claim
        left join family on claim.phone = family.phone
        where
            claim.site_id = of_site
            and claim.raised_on <= as_of_on
            and claim.recorded_at <= known_by
            and known_by < claim.superseded_at
    ),

    -- who said within the days after the deposit that the customer was his, and who said it only later
    revealed as materialized (
        select
            deal.deal_no,
            array_agg(claim.consultant_id) filter (where claim.raised_on <= deal.deposit_on + policy.reveal_days) as in_time,
            array_agg(claim.consultant_id) filter (where claim.raised_on > deal.deposit_on + policy.reveal_days) as too_late
        from deal
        inner join claim
            on
                deal.customer_key = claim.customer_key
                and claim.raised_on >= least(deal.deposit_on, deal.closed_on)
        left join policy on deal.closed_on between policy.valid_from and policy.valid_to
        group by deal.deal_no
    ),

    visit as materialized (
        select
            coalesce(family.customer_key, visit.phone) as customer_key,
            visit.*
        from sales.visit
        left join family on visit.phone = family.phone
        where
            visit.site_id = of_site
            and visit.visited_at < (as_of_on + 1)::timestamptz
            and visit.recorded_at <= known_by
            and known_by < visit.superseded_at
    ),

    -- a word that was left is about the next visit of that friend, and about no later one
    announced as materialized (
        select distinct on (expected.visit_no)
            expected.visit_no,
            expected.consultant_id
        from (
            select distinct on (left_word.consultant_id, left_word.friend_phone)
                left_word.consultant_id,
                left_word.left_at,
                visit.visit_no
            from sales.left_word
            left join family on left_word.friend_phone = family.phone
            inner join visit
                on
                    coalesce(family.customer_key, left_word.friend_phone) = visit.customer_key
                    and left_word.left_at < visit.visited_at
            where
                left_word.site_id = of_site
                and left_word.recorded_at <= known_by
                and known_by < left_word.superseded_at
            order by left_word.consultant_id, left_word.friend_phone, visit.visited_at, visit.visit_no
        ) as expected
        order by expected.visit_no, expected.left_at, expected.consultant_id
    ),

    happened as (
        select
            visit.customer_key,
            visit.visited_at as happened_at,
            visit.visited_at::date as day_on,
            7 as rank_no,
            '来访' as kind,
            visit.visit_no as source_no,
            visit.phone,
            visit.customer_name,
            visit.intent,
            visit.consultant_id as served_by,
            case when visit.is_on_behalf then visit.served_for_id end as declared_for,
            announced.consultant_id as word_for,
            null::date as entered_on,
            null as deal_no,
            '' as remark,
            visit.file_id,
            visit.line_no
        from visit
        left join announced on visit.visit_no = announced.visit_no
        union all
        select
            coalesce(family.customer_key, call.phone),
            call.called_at,
            call.called_at::date,
            6,
            '来电',
            call.call_no,
            call.phone,
            call.customer_name,
            call.intent,
            call.consultant_id,
            null,
            null,
            null,
            null,
            '',
            call.file_id,
            call.line_no
        from sales.call
        left join family on call.phone = family.phone
        where
            call.site_id = of_site
            and call.called_at < (as_of_on + 1)::timestamptz
            and call.recorded_at <= known_by
            and known_by < call.superseded_at
        union all
        select
            coalesce(family.customer_key, follow_up.phone),
            follow_up.followed_at,
            follow_up.followed_at::date,
            8,
            '跟进',
            follow_up.consultant_id,
            follow_up.phone,
            null,
            null,
            follow_up.consultant_id,
            null,
            null,
            follow_up.entered_on,
            null,
            follow_up.content,
            follow_up.file_id,
            follow_up.line_no
        from sales.follow_up
        left join family on follow_up.phone = family.phone
        where
            follow_up.site_id = of_site
            and follow_up.followed_at < (as_of_on + 1)::timestamptz
            and follow_up.entered_on <= as_of_on
            and follow_up.recorded_at <= known_by
            and known_by < follow_up.superseded_at
        union all
        select
            deal.customer_key,
            (deal.closed_on + 1)::timestamptz,
            deal.closed_on,
            1,
            deal.kind,
            deal.deal_no,
            deal.phone,
            deal.customer_name,
            null,
            deal.consultant_id,
            null,
            null,
            null,
            deal.deal_no,
            '',
            deal.file_id,
            deal.line_no
        from deal
        union all
        select
            deal.customer_key,
            (change.approved_on + 1)::timestamptz,
            change.approved_on,
            2,
            change.change_kind,
            change.change_no,
            deal.phone,
            null,
            null,
            deal.consultant_id,
            null,
            null,
            null,
            null,
            change.reason,
            change.file_id,
            change.line_no
        from sales.change
        left join contract on change.contract_no = contract.contract_no
        inner join deal
            on coalesce(contract.subscription_no, change.contract_no, change.subscription_no) = deal.deal_no
        where
            change.site_id = of_site
            and change.change_kind in ('退订', '退房')
            and change.approved_on <= as_of_on
            and change.recorded_at <= known_by
            and known_by < change.superseded_at
        union all
        select
            deal.customer_key,
            (handover.handed_on + 1)::timestamptz,
            handover.handed_on,
            3,
            '交接',
            handover.contract_no,
            deal.phone,
            null,
            null,
            handover.to_consultant_id,
            null,
            null,
            null,
            null,
            handover.reason,
            handover.file_id,
            handover.line_no
        from sales.handover
        inner join contract on handover.contract_no = contract.contract_no
        inner join deal on coalesce(contract.subscription_no, contract.contract_no) = deal.deal_no
        where
            handover.site_id = of_site
            and handover.handed_on <= as_of_on
            and handover.recorded_at <= known_by
            and known_by < handover.superseded_at
        union all
        select
            claim.customer_key,
            (claim.ruled_on + 1)::timestamptz,
            claim.ruled_on,
            4,
            '裁定',
            claim.claim_no,
            claim.phone,
            null,
            null,
            claim.ruled_for_id,
            null,
            null,
            null,
            null,
            concat(claim.ruled_by, '：', claim.opinion),
            claim.file_id,
            claim.line_no
        from claim
        where claim.ruled_on <= as_of_on
    ),

    event as materialized (
        select
            happened.*,
            row_number() over turn as event_no,
            lead(happened.rank_no) over turn is null as is_last,
            coalesce(happened.entered_on - happened.day_on <= policy.lag_days, true) as is_timely,
            -- no day ever comes after a registration without an end
            coalesce((happened.day_on + policy.months * interval '1 month')::date, 'infinity') as registered_until,
            policy.call_days,
            policy.visit_days,
            revealed.in_time,
            revealed.too_late
        from happened
        left join policy on happened.day_on between policy.valid_from and policy.valid_to
        left join revealed on happened.deal_no = revealed.deal_no
        window turn as (
            partition by happened.customer_key order by happened.happened_at, happened.rank_no, happened.source_no
        )
    ),

    judged as (
        select
            event.customer_key,
            0::bigint as event_no,
            null::text as counted_for,
            null::text as treatment,
            false as is_bought_before,
            null::text as owner_id,
            null::timestamptz as registered_at,
            null::text as source,
            null::date as valid_until,
            null::date as protected_until,
            false as has_visited,
            null::timestamptz as touched_at,
            null::date as touched_on,
            0 as live_count,
            null::text as decision,
            '系统' as decided_by,
            null::date as decided_on,
            null::text as decided_parameter,
            null::date as decided_rule_on,
            null::text as hold_parameter,
            null::date as hold_on,
            '{}'::text [] as contested
        from event
        where event.event_no = 1
        union all
        select
            judged.customer_key,
            event.event_no,
            counted.counted_for,
            judgement.treatment,
            judged.live_count > 0,
            outcome.owner_id,
            case
                when judgement.treatment = '登记' then event.happened_at
                when effect.is_anew then event.day_on::timestamptz
                else judged.registered_at
            end,
            case
                when judgement.treatment = '登记' then event.kind
                -- who has bought, or was ruled about, has been here
                when effect.is_anew then coalesce(judged.source, '来访')
                else judged.source
            end,
            outcome.valid_until,
            case
                when judgement.treatment = '跟进' then greatest(judged.protected_until, reach.protected_until)
                when effect.is_anew or effect.is_renewed then reach.protected_until
                else judged.protected_until
            end,
            outcome.has_visited,
            case
                when outcome.is_touched and event.rank_no > 5 then event.happened_at
                when outcome.is_touched then event.day_on::timestamptz
                else judged.touched_at
            end,
            case when outcome.is_touched then event.day_on else judged.touched_on end,
            case
                when event.kind in ('认购', '签约') then judged.live_count + 1
                when judgement.treatment = '解除' then greatest(judged.live_count - 1, 0)
                else judged.live_count
            end,
            case when effect.is_decided then judgement.treatment else judged.decision end,
            case
                when event.kind in ('裁定', '交接') then '经理'
                when effect.is_anew then '系统'
                else judged.decided_by
            end,
            case when effect.is_decided then event.day_on else judged.decided_on end,
            case
                when not effect.is_decided then judged.decided_parameter
                when
                    judgement.treatment = '代接'
                    or (judgement.treatment = '登记' and judged.owner_id <> counted.counted_for)
                    then judged.hold_parameter
                when judgement.treatment in ('维护登记', '登记作废', '同事成交') then 'reveal_days'
                else 'registration_months'
            end,
            case
                when not effect.is_decided then judged.decided_rule_on
                when
                    judgement.treatment = '代接'
                    or (judgement.treatment = '登记' and judged.owner_id <> counted.counted_for)
                    then judged.hold_on
                else event.day_on
            end,
            case when outcome.is_touched then reach.hold_parameter else judged.hold_parameter end,
            case when outcome.is_touched then event.day_on else judged.hold_on end,
            array(
                select distinct involved.consultant_id
                from unnest(
                    case when judgement.treatment in ('登记', '成交') and effect.is_anew then '{}' else judged.contested end
                    || case
                        when judgement.treatment = '代接' then array[event.served_by, counted.counted_for]
                        when judgement.treatment in ('维护登记', '裁定在先') then array[counted.counted_for]
                        when judgement.treatment <> '交接' then array[judged.owner_id]
                        else '{}'
                    end
                ) as involved (consultant_id)
                where involved.consultant_id <> outcome.owner_id
                order by involved.consultant_id
            )
        from judged
        inner join event on judged.customer_key = event.customer_key and judged.event_no + 1 = event.event_no
        cross join
            lateral (
                select coalesce(judged.live_count > 0 or event.day_on <= judged.protected_until, false) as is_held
            ) as before
        cross join
            lateral (
                select
                    coalesce(
                        event.declared_for, case when not before.is_held then event.word_for end, event.served_by
                    ) as counted_for
            ) as counted
        cross join
            lateral (
                select
                    case
                        when event.kind in ('来访', '来电') and not before.is_held then '登记'
                        when event.kind in ('来访', '来电') and counted.counted_for = judged.owner_id then '续期'
                        when event.kind in ('来访', '来电') then '代接'
                        when event.kind = '跟进' and not event.is_timely then '录入超时'
                        when event.kind = '跟进' and before.is_held and counted.counted_for = judged.owner_id then '跟进'
                        when event.kind = '跟进' then '不计'
                        when event.kind in ('退订', '退房') then '解除'
                        when event.kind in ('裁定', '交接') then event.kind
                        when not before.is_held or counted.counted_for = judged.owner_id then '成交'
                        when judged.decided_by = '经理' then '裁定在先'
                        when judged.owner_id = any(event.in_time) then '维护登记'
                        when judged.owner_id = any(event.too_late) then '登记作废'
                        else '同事成交'
                    end as treatment
            ) as judgement
        cross join
            lateral (
                select
                    judgement.treatment in ('登记', '登记作废', '同事成交', '交接', '裁定')
                    or (judgement.treatment = '成交' and not before.is_held) as is_anew,
                    judgement.treatment in ('续期', '成交') as is_renewed,
                    judgement.treatment not in ('续期', '跟进', '录入超时', '不计', '解除') as is_decided
            ) as effect
        cross join
            lateral (
                select
                    effect.is_anew or effect.is_renewed or judgement.treatment = '跟进' as is_touched,
                    case when effect.is_anew then counted.counted_for else judged.owner_id end as owner_id,
                    case
                        when effect.is_anew then event.registered_until
                        when effect.is_renewed then greatest(judged.valid_until, event.registered_until)
                        else judged.valid_until
                    end as valid_until,
                    event.kind in ('来访', '认购', '签约') or (judged.has_visited and judgement.treatment <> '登记') as has_visited
            ) as outcome
        cross join
            lateral (
                select
                    least(
                        outcome.valid_until,
                        event.day_on + case when outcome.has_visited then event.visit_days else event.call_days end
                    ) as protected_until,
                    case
                        when
                            outcome.has_visited
                            and event.day_on + event.visit_days < outcome.valid_until
                            then 'visit_protect_days'
                        when
                            not outcome.has_visited
                            and event.day_on + event.call_days < outcome.valid_until
                            then 'call_protect_days'
                        else 'registration_months'
                    end as hold_parameter
            ) as reach
    )

    select
        judged.customer_key,
        judged.event_no,
        event.happened_at,
        event.day_on,
        event.kind,
        event.source_no,
        event.phone,
        event.customer_name,
        event.intent,
        event.served_by,
        case when judged.treatment = '代接' then judged.owner_id else judged.counted_for end,
        judged.treatment,
        judged.is_bought_before,
        event.is_last,
        judged.owner_id,
        judged.registered_at,
        judged.source,
        judged.valid_until,
        judged.protected_until,
        judged.has_visited,
        judged.touched_at,
        judged.touched_on,
        judged.live_count,
        judged.decision,
        judged.decided_by,
        judged.decided_on,
        judged.decided_parameter,
        judged.decided_rule_on,
        judged.hold_parameter,
        judged.hold_on,
        judged.contested,
        event.remark,
        event.file_id,
        event.line_no
    from judged
    inner join event on judged.customer_key = event.customer_key and judged.event_no = event.event_no
$$;

-- Whose each customer is at the end of a day, by what is known then, and by which rule.
create function sales.ownership_at(of_site text, as_of_on date, known_by timestamptz)
returns table (
    site_id text,
    customer_key text,
    phones text[],
    customer_name text,
    intent text,
    owner_id text,
    former_id text,
    registered_at timestamptz,
    source text,
    has_visited boolean,
    valid_until date,
    protected_until date,
    touched_at timestamptz,
    verdict text,
    decision text,
    decided_by text,
    decided_on date,
    contested_with text[],
    rule_id text,
    rule_text text,
    rule_set text,
    rule_set_name text,
    rule_from date,
    contacts jsonb,
    grounds text,
    file_id integer,
    line_no integer
)
language sql
stable
as $$
    with trail as materialized (
        select *
        from sales.contact_trail(of_site, as_of_on, known_by)
    ),

    staff as materialized (
        select *
        from sales.staff_on(as_of_on, known_by)
    ),

    stand as materialized (
        select
            trail.*,
            ruled.verdict,
            case when ruled.verdict = '公共' then trail.hold_parameter else trail.decided_parameter end as parameter,
            case when ruled.verdict = '公共' then trail.hold_on else trail.decided_rule_on end as rule_on
        from trail
        cross join
            lateral (
                select
                    case
                        when trail.live_count > 0 then '已成交'
                        when as_of_on <= trail.protected_until then '登记有效'
                        else '公共'
                    end as verdict
            ) as ruled
        where trail.is_last and trail.owner_id is not null
    ),

    stretch as materialized (
        select *
        from sales.rules_in_force(of_site, known_by)
    ),

    known as (
        select
            trail.customer_key,
            array_agg(distinct trail.phone order by trail.phone) as phones,
            (array_agg(trail.customer_name order by trail.event_no desc) filter (where trail.customer_name <> ''))[1] as customer_name,
            (
                array_agg(trail.intent order by trail.event_no desc) filter (where coalesce(trail.intent, '未注明') <> '未注明')
            )[1] as intent
        from trail
        group by trail.customer_key
    ),

    told as (
        select
            stand.customer_key,
            jsonb_agg(
                jsonb_build_array(
                    to_char(trail.happened_at, 'YYYY-MM-DD HH24:MI'), trail.kind, trail.served_by, trail.counted_for, trail.treatment
                )
                order by trail.event_no
            ) filter (where trail.kind in ('来电', '来访', '跟进')) as contacts,
            string_agg(
                concat(
                    trail.day_on,
                    case when trail.kind in ('来电', '来访', '跟进') then to_char(trail.happened_at, ' HH24:MI') end,
                    case trail.treatment
                        when '登记' then
                            concat(
                                trail.kind, '，由', coalesce(staff.consultant_name, trail.counted_for), '登记',
                                case
                                    when trail.served_by <> trail.counted_for
                                        then concat('（', coalesce(server.consultant_name, trail.served_by), '代接）')
                                end,
                                case when trail.contested <> '{}' then concat('，', others.names, '的保护已过') end
                            )
                        when '代接' then
                            concat(
                                trail.kind, '由', coalesce(server.consultant_name, trail.served_by), '接待，在',
                                coalesce(owner.consultant_name, trail.owner_id), '的保护期内，计为代接'
                            )
                        when '录入超时' then '跟进录入逾期，不延长保护'
                        when '成交' then concat(trail.kind, '，由', coalesce(staff.consultant_name, trail.counted_for), '成交')
                        when '维护登记' then
                            concat(trail.kind, '，由', coalesce(server.consultant_name, trail.served_by), '成交，登记人在规定天数内提出，维护登记')
                        when '登记作废' then
                            concat(
                                trail.kind, '，由', coalesce(server.consultant_name, trail.served_by),
                                '成交，登记人', others.names, '超过规定天数才提出，登记作废'
                            )
                        when '同事成交' then
                            concat(
                                trail.kind, '，由', coalesce(server.consultant_name, trail.served_by), '成交，登记人', others.names, '未提出'
                            )
                        when '裁定在先' then
                            concat(trail.kind, '，由', coalesce(server.consultant_name, trail.served_by), '成交，经理裁定在先')
                        when '解除' then trail.kind
                        when '交接' then concat('交接给', coalesce(staff.consultant_name, trail.counted_for))
                        when '裁定' then
                            concat('经理裁定归', coalesce(staff.consultant_name, trail.counted_for), '（', trail.remark, '）')
                    end
                ),
                '；' order by trail.event_no
            ) filter (where trail.treatment not in ('续期', '跟进', '不计')) as said
        from stand
        inner join trail on stand.customer_key = trail.customer_key and trail.happened_at >= stand.registered_at
        left join staff on trail.counted_for = staff.consultant_id
        left join staff as server on trail.served_by = server.consultant_id
        left join staff as owner on trail.owner_id = owner.consultant_id
        left join lateral (
            select string_agg(coalesce(named.consultant_name, involved.consultant_id), '、') as names
            from unnest(trail.contested) as involved (consultant_id)
            left join staff as named on involved.consultant_id = named.consultant_id
        ) as others on trail.contested <> '{}'
        group by stand.customer_key
    )

    select
        of_site,
        stand.customer_key,
        known.phones,
        coalesce(known.customer_name, ''),
        coalesce(known.intent, '未注明'),
        case when stand.verdict <> '公共' then stand.owner_id end,
        case when stand.verdict = '公共' then stand.owner_id end,
        stand.registered_at,
        stand.source,
        stand.has_visited,
        nullif(stand.valid_until, 'infinity'),
        nullif(stand.protected_until, 'infinity'),
        stand.touched_at,
        stand.verdict,
        case when stand.verdict = '公共' then '失效' else stand.decision end,
        case when stand.verdict = '公共' then '系统' else stand.decided_by end,
        case when stand.verdict = '公共' then stand.protected_until + 1 else stand.decided_on end,
        stand.contested,
        coalesce(stretch.rule_id, ''),
        coalesce(stretch.clause, ''),
        coalesce(stretch.rule_set, ''),
        coalesce(stretch.rule_set_name, ''),
        stretch.rule_from,
        coalesce(told.contacts, '[]'),
        concat(
            told.said,
            case
                when stand.live_count > 0 then '；已成交'
                when stand.protected_until = 'infinity' then '；登记不限期'
                else concat(
                    '；最近接触', stand.touched_on, '，保护至', stand.protected_until,
                    case when stand.valid_until > stand.protected_until then concat('，登记有效期至', stand.valid_until) end,
                    case when stand.verdict = '公共' then concat('，', stand.protected_until + 1, '起为公共客户') end
                )
            end,
            '。'
        ),
        stand.file_id,
        stand.line_no
    from stand
    inner join known on stand.customer_key = known.customer_key
    inner join told on stand.customer_key = told.customer_key
    left join stretch
        on
            stand.parameter = stretch.parameter
            and stand.rule_on between stretch.valid_from and stretch.valid_to
$$;

-- What a workflow found at the end of each of its periods (sales/mark_ownership).
create table sales.ownership (
    workflow text not null,
    site_id text not null,
    base_on date not null,
    customer_key text not null,
    phones text [] not null,
    customer_name text not null,
    intent text not null,
    owner_id text,
    former_id text,
    registered_at timestamptz not null,
    source text not null check (source in ('来电', '来访')),
    has_visited boolean not null,
    valid_until date,
    protected_until date check (protected_until <= valid_until),
    touched_at timestamptz not null,
    verdict text not null check (verdict in ('登记有效', '已成交', '公共')),
    decision text not null,
    decided_by text not null check (decided_by in ('系统', '经理')),
    decided_on date not null,
    contested_with text [] not null,
    rule_id text not null,
    rule_text text not null,
    rule_set text not null,
    rule_set_name text not null,
    rule_from date,
    contacts jsonb not null,
    grounds text not null,
    file_id integer not null,
    line_no integer not null,
    primary key (workflow, site_id, base_on, customer_key),
    check ((owner_id is null) = (verdict = '公共')),
    check ((former_id is not null) = (verdict = '公共'))
);
comment on column sales.ownership.valid_until is 'last day of the registration; null: the rules set no end';
comment on column sales.ownership.protected_until is 'last day on which the owner keeps the customer, never beyond the registration';
comment on column sales.ownership.former_id is 'of a public customer, who owned him last';
comment on column sales.ownership.contacts is 'since the registration: [when, kind, by whom, counted for whom, as what]';

-- Which visits count as a reception turn of who served, and why the others do not (SA-B10). What the rules do not exclude counts.
create function sales.reception_turns(of_site text, first_on date, last_on date, known_by timestamptz)
returns table (
    site_id text,
    visit_no text,
    visited_at timestamptz,
    visited_on date,
    customer_key text,
    consultant_id text,
    counted_for_id text,
    is_counted boolean,
    reason text,
    rule_id text
)
language sql
stable
as $$
    with visit as (
        select
            trail.*,
            row_number() over (partition by trail.customer_key, trail.day_on order by trail.event_no) as turn_no
        from sales.contact_trail(of_site, last_on, known_by) as trail
        where trail.kind = '来访' and trail.day_on >= first_on
    ),

    policy as materialized (
        select
            stretch.valid_from,
            stretch.valid_to,
            stretch.parameter,
            stretch.rule_id
        from book.rule_stretch(of_site, known_by) as stretch
        where
            stretch.parameter in ('counts_same_day_return', 'counts_buyer_visit', 'counts_on_behalf')
            and not book.is_yes(stretch.value)
    )

    select
        of_site,
        visit.source_no,
        visit.happened_at,
        visit.day_on,
        visit.customer_key,
        visit.served_by,
        visit.counted_for,
        passed.reasons is null,
        coalesce(passed.reasons, ''),
        coalesce(passed.rule_ids, '')
    from visit
    cross join
        lateral (
            select
                string_agg(excluded.reason, '、' order by excluded.place) as reasons,
                string_agg(distinct policy.rule_id, '、') as rule_ids
            from (
                values
                (1, 'counts_same_day_return', '当日复访', visit.turn_no > 1),
                (2, 'counts_buyer_visit', '已成交客户', visit.is_bought_before),
                (3, 'counts_on_behalf', '代接', visit.treatment = '代接' or visit.served_by <> visit.counted_for)
            ) as excluded (place, parameter, reason, applies)
            inner join policy
                on excluded.parameter = policy.parameter and visit.day_on between policy.valid_from and policy.valid_to
            where excluded.applies
        ) as passed
$$;

-- Customers' money outside finance on a day (SA-B6): what lies with a consultant at all, and with a manager too much of or
-- too long. Listed is what was not handed over by the end of the day before, and what came in or was handed over since.
-- Hours count to the hand-over, else to the end (24:00) of the day; how much lies with the managers in all is counted at
-- the moment of each holding, as it can only then become too much.
create function sales.cash_at(of_site text, as_of_on date, known_by timestamptz)
returns table (
    holding_no text,
    holder_kind text,
    holder_id text,
    amount numeric,
    held_at timestamptz,
    handed_at timestamptz,
    due_at timestamptz,
    held_hours numeric,
    together_amount numeric,
    is_wrong boolean,
    state_text text,
    rule_id text,
    rule_text text,
    rule_set_name text,
    rule_from date,
    file_id integer,
    line_no integer
)
language sql
stable
as $$
    with holding as materialized (
        select
            cash_holding.*,
            case when cash_holding.handed_at < (as_of_on + 1)::timestamptz then cash_holding.handed_at end as ended_at
        from sales.cash_holding
        where
            cash_holding.site_id = of_site
            and cash_holding.held_at < (as_of_on + 1)::timestamptz
            and cash_holding.recorded_at <= known_by
            and known_by < cash_holding.superseded_at
    ),

    policy as materialized (
        select
            stretch.valid_from,
            stretch.valid_to,
            max(stretch.value) filter (where stretch.parameter = 'cash_limit_amount')::numeric as limit_amount,
            max(stretch.value) filter (where stretch.parameter = 'cash_limit_hours')::integer as limit_hours,
            max(stretch.rule_id) as rule_id,
            string_agg(distinct stretch.clause, '；') as rule_text,
            max(stretch.rule_set_name) as rule_set_name,
            max(stretch.rule_from) as rule_from
        from sales.rules_in_force(of_site, known_by) as stretch
        where stretch.parameter in ('cash_limit_amount', 'cash_limit_hours')
        group by stretch.valid_from, stretch.valid_to
    ),

    listed as (
        select
            holding.*,
            policy.limit_amount,
            policy.limit_hours,
            policy.rule_id,
            policy.rule_text,
            policy.rule_set_name,
            policy.rule_from,
            case when holding.holder_kind = '案场经理' then holding.held_at + policy.limit_hours * interval '1 hour' end as due_at,
            together.amount as together_amount
        from holding
        left join policy on holding.held_at::date between policy.valid_from and policy.valid_to
        cross join
            lateral (
                select sum(beside.amount) as amount
                from holding as beside
                where
                    beside.holder_kind = holding.holder_kind
                    and beside.held_at <= holding.held_at
                    and coalesce(beside.ended_at > holding.held_at, true)
            ) as together
        where holding.ended_at is null or holding.ended_at >= (as_of_on - 1)::timestamptz
    )

    select
        listed.holding_no,
        listed.holder_kind,
        listed.holder_id,
        listed.amount,
        listed.held_at,
        listed.ended_at,
        listed.due_at,
        round(
            extract(epoch from coalesce(listed.ended_at, (as_of_on + 1)::timestamptz) - listed.held_at)::numeric / 3600, 2
        ),
        listed.together_amount,
        judged.is_late or judged.is_over or judged.is_kept or judged.is_unasked,
        concat_ws(
            '；',
            case when judged.is_kept then '顾问不得留存现金，须为0' end,
            case
                when judged.is_late and listed.ended_at is not null then concat('超过', listed.limit_hours, '小时才移交')
                when judged.is_late and listed.due_at < as_of_on::timestamptz then concat('超过', listed.limit_hours, '小时未移交')
                when judged.is_late then concat('当日', to_char(listed.due_at, 'HH24:MI'), '满', listed.limit_hours, '小时，须在此前移交')
            end,
            case
                when judged.is_over
                    then concat('存入时合计', to_char(listed.together_amount, 'FM999,999,990.00'), '元，超过', to_char(listed.limit_amount, 'FM999,999,990.00'), '元')
            end,
            case when judged.is_unasked then '未见经理同意' end,
            case
                when listed.ended_at is not null then '已移交财务'
                when listed.due_at is not null and not judged.is_late then concat('须于', to_char(listed.due_at, 'MM-DD HH24:MI'), '前移交')
            end
        ),
        coalesce(listed.rule_id, 'SA-B6'),
        coalesce(listed.rule_text, ''),
        coalesce(listed.rule_set_name, ''),
        listed.rule_from,
        listed.file_id,
        listed.line_no
    from listed
    cross join
        lateral (
            select
                listed.holder_kind = '置业顾问' as is_kept,
                coalesce(coalesce(listed.ended_at, (as_of_on + 1)::timestamptz) > listed.due_at, false) as is_late,
                coalesce(listed.holder_kind = '案场经理' and listed.together_amount > listed.limit_amount, false) as is_over,
                listed.holder_kind = '案场经理' and coalesce(listed.consented_by, '') = '' as is_unasked
        ) as judged
$$;

-- What each consultant has to do on a day (sales/mark_followups): one row per thing.
create table sales.followup (
    site_id text not null,
    base_on date not null,
    kind text not null check (
        kind in ('今日应跟进', '已逾期', '即将失效', '待催款', '资料未交', '暂存现金', '未计入跟进')
    ),
    item_no text not null,
    consultant_id text,
    customer_name text not null default '',
    phones text not null default '',
    source text,
    registered_at timestamptz,
    valid_until date,
    protected_until date,
    touched_at timestamptz,
    last_content text not null default '',
    intent text not null default '',
    due_on date,
    late_days integer not null default 0 check (late_days >= 0),
    amount numeric(14, 2),
    detail jsonb not null default '{}',
    rule_id text not null,
    rule_text text not null,
    rule_set_name text not null,
    rule_from date,
    file_id integer,
    line_no integer,
    primary key (site_id, base_on, kind, item_no)
);
create index followup_of_consultant on sales.followup (site_id, base_on, consultant_id);
comment on column sales.followup.item_no is 'the customer, deal, instalment, holding or entry that it is about';
comment on column sales.followup.detail is 'what only one kind has, by name of the column of its sheet';

-- What the sheet 客户归属判定 lists of a period: customers about whom more than one consultant is concerned, whom the
-- manager decided about, or whom their consultant lost, if that was decided in these days, or stands otherwise than in the
-- period before (facts that came late). A plain first registration is no decision.
create function sales.decisions(of_workflow text, of_site text, of_period date, first_on date, last_on date)
returns setof sales.ownership
language sql
stable
as $$
    select ownership.*
    from sales.ownership
    cross join
        lateral (
            select max(earlier.base_on) as base_on
            from sales.ownership as earlier
            where
                earlier.workflow = of_workflow and earlier.site_id = of_site and earlier.base_on < of_period
        ) as previous
    left join sales.ownership as before
        on
            ownership.workflow = before.workflow
            and ownership.site_id = before.site_id
            and previous.base_on = before.base_on
            and ownership.customer_key = before.customer_key
    where
        ownership.workflow = of_workflow
        and ownership.site_id = of_site
        and ownership.base_on = of_period
        and (ownership.contested_with <> '{}' or ownership.decided_by = '经理' or ownership.verdict = '公共')
        and (
            ownership.decided_on between first_on and last_on
            or (
                previous.base_on is not null
                and (ownership.owner_id, ownership.verdict, ownership.decision, ownership.decided_on)
                is distinct from (before.owner_id, before.verdict, before.decision, before.decided_on)
            )
        )
$$;

-- What each edition of a day said to each consultant, by hash: a later one is mailed to those whom it concerns.
create table sales.letter_content (
    site_id text not null,
    base_on date not null,
    revision integer not null,
    consultant_id text not null,
    content_hash text not null,
    primary key (site_id, base_on, revision, consultant_id)
);
comment on column sales.letter_content.revision is 'of ops.result';

-- Lines received, and what became of them, of files with facts about customers that became known between two instants.
create function sales.followup_control(of_site text, known_after timestamptz, known_by timestamptz)
returns table (received integer, admitted integer, duplicate integer, superseding integer, returned integer)
language sql
stable
as $$
    with input as (
        select distinct fact.file_id
        from (
            select site_id, file_id, recorded_at from sales.visit
            union all
            select site_id, file_id, recorded_at from sales.call
            union all
            select site_id, file_id, recorded_at from sales.follow_up
            union all
            select site_id, file_id, recorded_at from sales.left_word
            union all
            select site_id, file_id, recorded_at from sales.family_link
            union all
            select site_id, file_id, recorded_at from sales.claim
            union all
            select site_id, file_id, recorded_at from sales.subscription
            union all
            select site_id, file_id, recorded_at from sales.contract
            union all
            select site_id, file_id, recorded_at from sales.change
            union all
            select site_id, file_id, recorded_at from sales.handover
            union all
            select site_id, file_id, recorded_at from sales.cash_holding
        ) as fact
        where fact.site_id = of_site and fact.recorded_at <= known_by and fact.recorded_at > known_after
    )

    select
        coalesce(sum(landing_file.row_count), 0)::integer,
        coalesce(sum(landing_file.admitted_count), 0)::integer,
        coalesce(sum(landing_file.duplicate_count), 0)::integer,
        coalesce(sum(landing_file.superseding_count), 0)::integer,
        coalesce(sum(landing_file.quarantined_count), 0)::integer
    from input
    inner join ops.landing_file on input.file_id = landing_file.file_id
$$;
