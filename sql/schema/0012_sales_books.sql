/*  Schema sales, books: what moved in a period, counted once; late facts; the measures (SA-B2, SAL cases).

    A movement is one line of what happened: a call, a visit, a subscription, a signing, its cancellation, money. What a
    period counts are the movements of its own days as known when it was issued, and, signed, what became known since of
    earlier days (补记): so that everything ever counted adds up to what is known at the end. */

create index contract_of_group on sales.contract (site_id, contract_no) where source = '集团';

-- Movements --------------------------------------------------------------------------------------------

-- Contracts that project and group both registered, with both figures and which of the two counts (SAL-20).
create function sales.contract_conflict(of_places text[], until_on date, known_by timestamptz)
returns table (
    site_id text,
    contract_no text,
    project_amount numeric,
    group_amount numeric,
    project_signed_on date,
    group_signed_on date,
    counted_source text,
    is_differing boolean,
    file_id integer,
    line_no integer
)
language sql
stable
as $$
    with place as (
        select project.site_id
        from sales.project
        where
            (project.site_id = any(of_places) or project.group_id = any(of_places))
            and project.recorded_at <= known_by
            and known_by < project.superseded_at
    ),

    priority as materialized (
        select
            place.site_id,
            stretch.value as source,
            stretch.valid_from,
            stretch.valid_to
        from place
        cross join lateral book.rule_stretch(place.site_id, known_by) as stretch
        where stretch.parameter = 'contract_source'
    )

    select
        ours.site_id,
        ours.contract_no,
        ours.amount as project_amount,
        theirs.amount as group_amount,
        ours.signed_on as project_signed_on,
        theirs.signed_on as group_signed_on,
        coalesce(priority.source, '项目') as counted_source,
        row(ours.unit_no, ours.signed_on, ours.area, ours.amount)
        is distinct from row(theirs.unit_no, theirs.signed_on, theirs.area, theirs.amount) as is_differing,
        theirs.file_id,
        theirs.line_no
    from place
    inner join sales.contract as theirs
        on
            place.site_id = theirs.site_id
            and theirs.source = '集团'
            and theirs.recorded_at <= known_by
            and known_by < theirs.superseded_at
    inner join sales.contract as ours
        on
            theirs.site_id = ours.site_id
            and theirs.contract_no = ours.contract_no
            and ours.source = '项目'
            and ours.recorded_at <= known_by
            and known_by < ours.superseded_at
    left join priority
        on ours.site_id = priority.site_id and ours.signed_on between priority.valid_from and priority.valid_to
    where least(ours.signed_on, theirs.signed_on) <= until_on
$$;

-- All that moved at projects on the days from one to another, both included, as known at an instant.
create function sales.moved(of_places text[], from_on date, until_on date, known_by timestamptz)
returns table (
    site_id text,
    indicator text,
    ref_no text,
    business_on date,
    building_no text,
    product_type text,
    unit_no text,
    consultant_id text,
    channel text,
    moved_count numeric,
    moved_area numeric,
    moved_amount numeric,
    recorded_at timestamptz,
    file_id integer,
    line_no integer
)
language sql
stable
as $$
    -- days before a project's first are an opening balance, not movements
    with place as (
        select
            project.site_id,
            greatest(project.opens_on, from_on) as from_on
        from sales.project
        where
            (project.site_id = any(of_places) or project.group_id = any(of_places))
            and project.recorded_at <= known_by
            and known_by < project.superseded_at
    ),

    losing as materialized (
        select
            conflict.site_id,
            conflict.contract_no,
            case conflict.counted_source when '项目' then '集团' else '项目' end as source
        from sales.contract_conflict(of_places, 'infinity', known_by) as conflict
    ),

    signed as not materialized (
        select
            contract.*,
            place.from_on
        from place
        inner join sales.contract
            on
                place.site_id = contract.site_id
                and contract.recorded_at <= known_by
                and known_by < contract.superseded_at
        where
            -- a hashed list, whatever the planner expects of a function
            (contract.site_id, contract.contract_no, contract.source) not in (
                select
                    losing.site_id,
                    losing.contract_no,
                    losing.source
                from losing
            )
    ),

    subscribed as not materialized (
        select
            subscription.*,
            place.from_on
        from place
        inner join sales.subscription
            on
                place.site_id = subscription.site_id
                and subscription.recorded_at <= known_by
                and known_by < subscription.superseded_at
    ),

    -- a swap moves the deal, at its value of that day, from the unit it has by then to the new one
    changed as materialized (
        select
            change.site_id,
            change.change_kind,
            change.change_no,
            change.contract_no,
            change.approved_on,
            change.new_unit_no,
            change.area,
            change.amount,
            change.recorded_at,
            change.file_id,
            change.line_no,
            signed.consultant_id,
            signed.channel,
            signed.building_no,
            signed.product_type,
            place.from_on,
            coalesce(
                (array_agg(change.new_unit_no) filter (where change.new_unit_no is not null) over earlier)[
                    count(change.new_unit_no) over earlier
                ],
                signed.unit_no
            ) as unit_no,
            signed.area + coalesce(sum(change.area) over earlier, 0) as area_before,
            signed.amount + coalesce(sum(change.amount) over earlier, 0) as amount_before
        from place
        inner join sales.change
            on
                place.site_id = change.site_id
                and change.contract_no is not null
                and change.approved_on <= until_on
                and change.recorded_at <= known_by
                and known_by < change.superseded_at
        inner join signed on change.site_id = signed.site_id and change.contract_no = signed.contract_no
        window earlier as (
            partition by change.site_id, change.contract_no order by change.approved_on, change.change_no
            rows between unbounded preceding and 1 preceding
        )
    ),

    deal as materialized (
        select
            subscribed.site_id,
            '认购' as indicator,
            subscribed.subscription_no as ref_no,
            null as contract_no,
            subscribed.subscribed_on as business_on,
            subscribed.unit_no,
            null as building_no,
            null as product_type,
            subscribed.consultant_id,
            subscribed.channel,
            1 as moved_count,
            subscribed.area as moved_area,
            subscribed.amount as moved_amount,
            subscribed.recorded_at,
            subscribed.file_id,
            subscribed.line_no
        from subscribed
        where subscribed.subscribed_on between subscribed.from_on and until_on
        union all
        select
            change.site_id,
            '退订' as indicator,
            change.change_no as ref_no,
            null as contract_no,
            change.approved_on as business_on,
            subscribed.unit_no,
            null as building_no,
            null as product_type,
            subscribed.consultant_id,
            subscribed.channel,
            -1 as moved_count,
            -coalesce(nullif(change.area, 0), subscribed.area) as moved_area,
            -change.amount as moved_amount,
            change.recorded_at,
            change.file_id,
            change.line_no
        from place
        inner join sales.change
            on
                place.site_id = change.site_id
                and change.contract_no is null
                and change.approved_on between place.from_on and until_on
                and change.recorded_at <= known_by
                and known_by < change.superseded_at
        inner join subscribed
            on change.site_id = subscribed.site_id and change.subscription_no = subscribed.subscription_no
        union all
        select
            signed.site_id,
            '签约' as indicator,
            signed.contract_no as ref_no,
            signed.contract_no,
            signed.signed_on as business_on,
            signed.unit_no,
            signed.building_no,
            signed.product_type,
            signed.consultant_id,
            signed.channel,
            1 as moved_count,
            signed.area as moved_area,
            signed.amount as moved_amount,
            signed.recorded_at,
            signed.file_id,
            signed.line_no
        from signed
        where signed.signed_on between signed.from_on and until_on
        union all
        select
            changed.site_id,
            changed.change_kind as indicator,
            changed.change_no as ref_no,
            changed.contract_no,
            changed.approved_on as business_on,
            leg.unit_no,
            changed.building_no,
            changed.product_type,
            changed.consultant_id,
            changed.channel,
            leg.moved_count,
            leg.moved_area,
            leg.moved_amount,
            changed.recorded_at,
            changed.file_id,
            changed.line_no
        from changed
        cross join
            lateral (
                select
                    changed.unit_no,
                    -1 as moved_count,
                    -coalesce(nullif(changed.area, 0), changed.area_before) as moved_area,
                    -changed.amount as moved_amount
                where changed.change_kind = '退房'
                union all
                select
                    changed.unit_no,
                    0,
                    changed.area,
                    changed.amount
                where changed.change_kind = '补充协议'
                union all
                select
                    changed.unit_no,
                    -1,
                    -changed.area_before,
                    -changed.amount_before
                where changed.change_kind = '换房'
                union all
                select
                    changed.new_unit_no,
                    1,
                    changed.area_before + changed.area,
                    changed.amount_before + changed.amount
                where changed.change_kind = '换房'
            ) as leg
        where changed.approved_on >= changed.from_on
        union all
        select
            receipt.site_id,
            case when receipt.amount < 0 then '退款' else '回款' end as indicator,
            receipt.receipt_no as ref_no,
            signed.contract_no,
            receipt.value_on as business_on,
            coalesce(signed.unit_no, subscribed.unit_no, '') as unit_no,
            signed.building_no,
            signed.product_type,
            coalesce(signed.consultant_id, subscribed.consultant_id, '') as consultant_id,
            coalesce(signed.channel, subscribed.channel, '未注明') as channel,
            1 as moved_count,
            0 as moved_area,
            receipt.amount as moved_amount,
            receipt.recorded_at,
            receipt.file_id,
            receipt.line_no
        from place
        inner join sales.receipt
            on
                place.site_id = receipt.site_id
                and receipt.value_on between place.from_on and until_on
                and receipt.recorded_at <= known_by
                and known_by < receipt.superseded_at
        left join signed on receipt.site_id = signed.site_id and receipt.contract_no = signed.contract_no
        left join subscribed
            on
                receipt.contract_no is null
                and receipt.site_id = subscribed.site_id
                and receipt.subscription_no = subscribed.subscription_no
    ),

    share as materialized (
        select
            contract_share.site_id,
            contract_share.contract_no,
            contract_share.consultant_id,
            contract_share.share / sum(contract_share.share) over (partition by contract_share.site_id, contract_share.contract_no)
                as part
        from place
        inner join sales.contract_share
            on
                place.site_id = contract_share.site_id
                and contract_share.share > 0
                and contract_share.recorded_at <= known_by
                and known_by < contract_share.superseded_at
    ),

    -- hundredths of each figure, without their sign: what is taken back later cancels what was given, cent by cent
    parted as (
        select
            deal.*,
            share.consultant_id as sharer_id,
            share.part * 100 * abs(deal.moved_count) as count_part,
            share.part * 100 * abs(deal.moved_area) as area_part,
            share.part * 100 * abs(deal.moved_amount) as amount_part
        from deal
        inner join share on deal.site_id = share.site_id and deal.contract_no = share.contract_no
    ),

    -- floor to the hundredth, what is left by largest remainder, ties by id (SAL-10)
    shared as (
        select
            parted.site_id,
            parted.indicator,
            parted.ref_no,
            parted.business_on,
            parted.unit_no,
            parted.building_no,
            parted.product_type,
            parted.sharer_id as consultant_id,
            parted.channel,
            sign(parted.moved_count::numeric) * (
                floor(parted.count_part) + case
                    when
                        row_number() over (of_deal order by mod(parted.count_part, 1) desc, parted.sharer_id)
                        <= abs(parted.moved_count) * 100 - sum(floor(parted.count_part)) over of_deal
                        then 1
                    else 0
                end
            ) / 100 as moved_count,
            sign(parted.moved_area) * (
                floor(parted.area_part) + case
                    when
                        row_number() over (of_deal order by mod(parted.area_part, 1) desc, parted.sharer_id)
                        <= abs(parted.moved_area) * 100 - sum(floor(parted.area_part)) over of_deal
                        then 1
                    else 0
                end
            ) / 100 as moved_area,
            sign(parted.moved_amount) * (
                floor(parted.amount_part) + case
                    when
                        row_number() over (of_deal order by mod(parted.amount_part, 1) desc, parted.sharer_id)
                        <= abs(parted.moved_amount) * 100 - sum(floor(parted.amount_part)) over of_deal
                        then 1
                    else 0
                end
            ) / 100 as moved_amount,
            parted.recorded_at,
            parted.file_id,
            parted.line_no
        from parted
        window of_deal as (partition by parted.site_id, parted.indicator, parted.ref_no, parted.moved_count)
    ),

    borne as (
        select
            deal.site_id,
            deal.indicator,
            deal.ref_no,
            deal.business_on,
            deal.unit_no,
            deal.building_no,
            deal.product_type,
            deal.consultant_id,
            deal.channel,
            deal.moved_count,
            deal.moved_area,
            deal.moved_amount,
            deal.recorded_at,
            deal.file_id,
            deal.line_no
        from deal
        where
            not exists (
                select from share
                where share.site_id = deal.site_id and share.contract_no = deal.contract_no
            )
        union all
        select shared.*
        from shared
    ),

    -- of a customer (telephone) one visit a day, the first of the day; the first ever is new (SAL-06)
    visited as (
        select distinct on (visit.site_id, visit.phone, visit.visited_at::date)
            visit.*,
            place.from_on
        from place
        inner join sales.visit
            on
                place.site_id = visit.site_id
                and visit.visited_at >= place.from_on::timestamptz
                and visit.visited_at < (until_on + 1)::timestamptz
                and visit.recorded_at <= known_by
                and known_by < visit.superseded_at
        order by visit.site_id, visit.phone, visit.visited_at::date, visit.visited_at, visit.visit_no
    ),

    called as (
        select distinct on (call.site_id, call.phone, call.called_at::date)
            call.*,
            place.from_on
        from place
        inner join sales.call
            on
                place.site_id = call.site_id
                and call.called_at >= place.from_on::timestamptz
                and call.called_at < (until_on + 1)::timestamptz
                and call.recorded_at <= known_by
                and known_by < call.superseded_at
        order by call.site_id, call.phone, call.called_at::date, call.called_at, call.call_no
    )

    select
        borne.site_id,
        borne.indicator,
        borne.ref_no,
        borne.business_on,
        coalesce(unit.building_no, borne.building_no, '') as building_no,
        coalesce(unit.product_type, borne.product_type, '') as product_type,
        borne.unit_no,
        borne.consultant_id,
        borne.channel,
        borne.moved_count::numeric,
        borne.moved_area::numeric,
        borne.moved_amount::numeric,
        borne.recorded_at,
        borne.file_id,
        borne.line_no
    from borne
    left join sales.unit
        on
            borne.site_id = unit.site_id
            and borne.unit_no = unit.unit_no
            and unit.recorded_at <= known_by
            and known_by < unit.superseded_at
    union all
    select
        visited.site_id,
        case
            when
                exists (
                    select from sales.visit
                    where
                        visit.site_id = visited.site_id
                        and visit.phone = visited.phone
                        and visit.visited_at < visited.visited_at::date::timestamptz
                        and visit.recorded_at <= known_by
                        and known_by < visit.superseded_at
                )
                then '复访'
            else '来访新'
        end as indicator,
        visited.visit_no as ref_no,
        visited.visited_at::date as business_on,
        '' as building_no,
        '' as product_type,
        '' as unit_no,
        visited.consultant_id,
        visited.channel,
        1::numeric as moved_count,
        0::numeric as moved_area,
        0::numeric as moved_amount,
        visited.recorded_at,
        visited.file_id,
        visited.line_no
    from visited
    union all
    select
        called.site_id,
        case
            when
                exists (
                    select from sales.call
                    where
                        call.site_id = called.site_id
                        and call.phone = called.phone
                        and call.called_at < called.called_at::date::timestamptz
                        and call.recorded_at <= known_by
                        and known_by < call.superseded_at
                )
                then '再次来电'
            else '来电新'
        end as indicator,
        called.call_no as ref_no,
        called.called_at::date as business_on,
        '' as building_no,
        '' as product_type,
        '' as unit_no,
        called.consultant_id,
        called.channel,
        1::numeric as moved_count,
        0::numeric as moved_area,
        0::numeric as moved_amount,
        called.recorded_at,
        called.file_id,
        called.line_no
    from called
$$;

-- All movements up to a day, as known at an instant.
create function sales.movement(of_places text[], until_on date, known_by timestamptz)
returns table (
    site_id text,
    indicator text,
    ref_no text,
    business_on date,
    building_no text,
    product_type text,
    unit_no text,
    consultant_id text,
    channel text,
    moved_count numeric,
    moved_area numeric,
    moved_amount numeric,
    recorded_at timestamptz,
    file_id integer,
    line_no integer
)
language sql
stable
as $$
    select moved.* from sales.moved(of_places, '-infinity', until_on, known_by) as moved
$$;

-- Counted once -----------------------------------------------------------------------------------------

-- The base period of a workflow in which a day lies, by its first day: the Monday of the ISO week, or the first.
create function sales.base_of(workflow text, business_on date) returns date
language sql immutable parallel safe
return case workflow
    when 'weekly_sales' then business_on - extract(isodow from business_on)::integer + 1
    else date_trunc('month', business_on::timestamp)::date
end;

-- What the indicators of one register have in common: a visit may turn from new to returning, a receipt into a refund.
create function sales.family(indicator text) returns text
language sql immutable parallel safe
return case
    when indicator in ('来电新', '再次来电') then '来电'
    when indicator in ('来访新', '复访') then '来访'
    when indicator in ('回款', '退款') then '回款'
    else indicator
end;

-- What each base period of a project moved, as issued or as last computed; the rows of late facts beside its own.
create table sales.tally (
    workflow text not null,
    site_id text not null,
    base_on date not null,
    is_late boolean not null,
    indicator text not null,
    building_no text not null,
    product_type text not null,
    consultant_id text not null,
    channel text not null,
    moved_count numeric(14, 2) not null,
    moved_area numeric(16, 2) not null,
    moved_amount numeric(18, 2) not null,
    primary key (workflow, site_id, base_on, is_late, indicator, building_no, product_type, consultant_id, channel)
);
comment on column sales.tally.is_late is '补记: became known after the period of its day was issued, counted with its sign in the next';

-- Late facts one by one: what of earlier days a period counts, and why only now.
create table sales.late_line (
    workflow text not null,
    site_id text not null,
    base_on date not null,
    indicator text not null,
    ref_no text not null,
    business_on date not null,
    building_no text not null,
    product_type text not null,
    unit_no text not null,
    consultant_id text not null,
    channel text not null,
    moved_count numeric(14, 2) not null,
    moved_area numeric(16, 2) not null,
    moved_amount numeric(18, 2) not null,
    line_kind text not null check (line_kind in ('新增', '更正', '撤销')),
    reason text not null,
    learnt_at timestamptz,
    file_id integer,
    line_no integer,
    primary key (
        workflow, site_id, base_on, indicator, ref_no, business_on, building_no, product_type, unit_no, consultant_id, channel
    )
);
comment on column sales.late_line.learnt_at is 'when the row became known; null when what changed it stands in another register (a share, a unit, a rule)';

-- Base periods that were issued, with the knowledge they were issued with.
create view sales.issued_period as
select distinct on (result.workflow, result.site_id, result.base_on)
    result.workflow,
    result.site_id,
    result.base_on,
    result.known_at,
    result.issued_at,
    (
        result.base_on + case result.workflow when 'weekly_sales' then interval '7 days' else interval '1 month' end
    )::date - 1 as last_on
from ops.result
where result.workflow in ('weekly_sales', 'monthly_sales') and result.state = 'issued'
order by result.workflow, result.site_id, result.base_on, result.revision desc;

-- Base periods of a run that may still change: closed ones stand as they were issued (OPS-21), and who waits waits.
create view sales.open_period as
select run_period.*
from sales.run_period
where
    not exists (
        select from ops.period_close
        where
            period_close.workflow = run_period.workflow
            and period_close.site_id = run_period.site_id
            and period_close.period @> run_period.base_on
    )
    and not exists (
        select from ops.run_gap
        where run_gap.run_id = run_period.run_id and run_gap.site_id = run_period.site_id
    );

-- What became known since a project's last issued period, of days up to its end: signed, with why it counts now.
create function sales.late_moved(of_run bigint, known_by timestamptz)
returns table (
    workflow text,
    site_id text,
    base_on date,
    indicator text,
    ref_no text,
    business_on date,
    building_no text,
    product_type text,
    unit_no text,
    consultant_id text,
    channel text,
    moved_count numeric,
    moved_area numeric,
    moved_amount numeric,
    line_kind text,
    reason text,
    learnt_at timestamptz,
    file_id integer,
    line_no integer
)
language sql
stable
as $$
    -- of several open periods only the first follows an issued one: the others know what the one before them knows
    with following as (
        select
            first_open.workflow,
            first_open.site_id,
            first_open.base_on,
            first_open.last_on,
            before.known_at,
            before.last_on as before_last_on
        from (
            select distinct on (open_period.site_id)
                open_period.workflow,
                open_period.site_id,
                open_period.base_on,
                open_period.last_on
            from sales.open_period
            where
                open_period.run_id = of_run
                -- a group counts what its projects count
                and exists (
                    select from sales.project
                    where
                        project.site_id = open_period.site_id
                        and project.recorded_at <= known_by
                        and known_by < project.superseded_at
                )
            order by open_period.site_id, open_period.base_on
        ) as first_open
        cross join
            lateral (
                select
                    issued_period.known_at,
                    issued_period.last_on
                from sales.issued_period
                where
                    issued_period.workflow = first_open.workflow
                    and issued_period.site_id = first_open.site_id
                    and issued_period.base_on < first_open.base_on
                order by issued_period.base_on desc
                limit 1
            ) as before
    ),

    -- projects that were issued together are asked about together
    asked as (
        select
            following.workflow,
            following.base_on,
            following.last_on,
            following.known_at,
            following.before_last_on,
            array_agg(following.site_id) as sites
        from following
        group by 1, 2, 3, 4, 5
    ),

    moved_now as materialized (
        select
            asked.workflow,
            asked.base_on,
            asked.before_last_on,
            asked.known_at as before_known_at,
            sales.family(moved.indicator) as family,
            moved.*
        from asked
        cross join lateral sales.moved(asked.sites, '-infinity', asked.last_on, known_by) as moved
    ),

    moved_before as materialized (
        select
            asked.workflow,
            asked.base_on,
            asked.before_last_on,
            asked.known_at as before_known_at,
            sales.family(moved.indicator) as family,
            moved.*
        from asked
        cross join lateral sales.moved(asked.sites, '-infinity', asked.before_last_on, asked.known_at) as moved
    ),

    told as (
        select
            moved_now.*,
            1 as told_sign
        from moved_now
        where moved_now.business_on <= moved_now.before_last_on
        union all
        select
            moved_before.*,
            -1 as told_sign
        from moved_before
    ),

    differing as materialized (
        select
            told.workflow,
            told.site_id,
            told.base_on,
            told.family,
            told.indicator,
            told.ref_no,
            told.business_on,
            told.building_no,
            told.product_type,
            told.unit_no,
            told.consultant_id,
            told.channel,
            sum(told.told_sign * told.moved_count) as moved_count,
            sum(told.told_sign * told.moved_area) as moved_area,
            sum(told.told_sign * told.moved_amount) as moved_amount,
            max(told.before_known_at) as before_known_at,
            max(told.recorded_at) as recorded_at,
            (array_agg(told.file_id order by told.recorded_at desc, told.told_sign desc))[1] as file_id,
            (array_agg(told.line_no order by told.recorded_at desc, told.told_sign desc))[1] as line_no
        from told
        group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
        having
            sum(told.told_sign * told.moved_count) <> 0
            or sum(told.told_sign * told.moved_area) <> 0
            or sum(told.told_sign * told.moved_amount) <> 0
    ),

    judged as (
        select
            differing.*,
            counterpart.file_id as new_file_id,
            counterpart.line_no as new_line_no,
            counterpart.recorded_at as new_recorded_at,
            counterpart.business_on as new_business_on,
            counterpart.indicator as new_indicator,
            exists (
                select from moved_before
                where
                    moved_before.workflow = differing.workflow
                    and moved_before.site_id = differing.site_id
                    and moved_before.family = differing.family
                    and moved_before.ref_no = differing.ref_no
            ) as was_counted
        from differing
        left join (
            select distinct on (moved_now.workflow, moved_now.site_id, moved_now.family, moved_now.ref_no) moved_now.*
            from moved_now
            order by moved_now.workflow, moved_now.site_id, moved_now.family, moved_now.ref_no, moved_now.recorded_at desc
        ) as counterpart
            on
                differing.workflow = counterpart.workflow
                and differing.site_id = counterpart.site_id
                and differing.family = counterpart.family
                and differing.ref_no = counterpart.ref_no
    )

    select
        judged.workflow,
        judged.site_id,
        judged.base_on,
        judged.indicator,
        judged.ref_no,
        judged.business_on,
        judged.building_no,
        judged.product_type,
        judged.unit_no,
        judged.consultant_id,
        judged.channel,
        judged.moved_count,
        judged.moved_area,
        judged.moved_amount,
        case
            when judged.new_recorded_at is null then '撤销' when judged.was_counted then '更正' else '新增'
        end as line_kind,
        concat(
            '业务日所属期间已发布；',
            case
                when judged.new_recorded_at is null then '该笔已不再计入，冲回'
                when not judged.was_counted then '发布后才入账'
                when judged.new_business_on <> judged.business_on
                    then concat('业务日更正为', to_char(judged.new_business_on, 'YYYY-MM-DD'))
                when judged.new_indicator <> judged.indicator then concat('改计', judged.new_indicator)
                when judged.new_recorded_at <= judged.before_known_at then '关联资料（业绩比例、房源、合同或制度）更正'
                else '发布后更正'
            end
        ) as reason,
        case
            when judged.new_recorded_at > judged.before_known_at then judged.new_recorded_at
        end as learnt_at,
        coalesce(judged.new_file_id, judged.file_id) as file_id,
        coalesce(judged.new_line_no, judged.line_no) as line_no
    from judged
$$;

-- The projects whose figures a place's document shows, each with the knowledge by which its period counts: that of its
-- issue where it is closed, else the document's own.
create function sales.counted_place(of_workflow text, of_place text, of_base date, known_by timestamptz)
returns table (site_id text, project_name text, opens_on date, is_group boolean, known_at timestamptz)
language sql
stable
as $$
    select
        project.site_id,
        project.project_name,
        project.opens_on,
        project.is_group,
        coalesce(issued_period.known_at, known_by) as known_at
    from sales.projects_of(of_place, known_by) as project
    left join ops.period_close
        on
            period_close.workflow = of_workflow
            and project.site_id = period_close.site_id
            and period_close.period @> of_base
    left join sales.issued_period
        on
            period_close.workflow = issued_period.workflow
            and project.site_id = issued_period.site_id
            and issued_period.base_on = of_base
$$;

-- Measures ---------------------------------------------------------------------------------------------

-- Every published measure, said once: what the sheet 指标口径 prints and what the views and functions below reckon.
create table sales.measure (
    measure text primary key,
    line_no integer not null unique,
    title text not null,
    definition text not null,
    numerator text not null,
    denominator text not null default '—',
    source text not null,
    told_by text not null
);
comment on column sales.measure.told_by is 'the table, view or function of schema sales that reckons it: measure_part adds up movements, the others divide';

-- Which movements a measure adds up, and which of their figures.
create table sales.measure_part (
    measure text not null references sales.measure,
    indicator text not null,
    figure text not null check (figure in ('count', 'area', 'amount')),
    primary key (measure, indicator)
);

insert into sales.measure (line_no, measure, title, told_by, definition, numerator, denominator, source) values
(1, 'call_count', '来电', 'measure_part', '同一项目、同一电话、同一天计一次来电', '来电组数', '—', '来电登记'),
(2, 'new_call_count', '来电（新）', 'measure_part', '该电话在本项目的首次来电', '首次来电组数', '—', '来电登记'),
(3, 'visit_count', '来访', 'measure_part', '同一项目、同一电话、同一天计一次来访，等于首次来访加复访', '来访组数', '—', '来访登记'),
(4, 'new_visit_count', '来访（新）', 'measure_part', '该电话在本项目的首次来访', '首次来访组数', '—', '来访登记'),
(5, 'return_visit_count', '复访', 'measure_part', '首次来访之后另一天的来访；首访当天再来不计', '复访组数', '—', '来访登记'),
(6, 'subscribed_count', '认购套数', 'measure_part', '认购日在期间内的认购，退订另列', '认购套数', '—', '认购登记'),
(7, 'subscribed_area', '认购面积', 'measure_part', '认购日在期间内的认购面积', '认购面积', '—', '认购登记'),
(8, 'subscribed_amount', '认购金额', 'measure_part', '认购日在期间内的认购金额', '认购金额', '—', '认购登记'),
(9, 'cancelled_count', '退订套数', 'measure_part', '开发商批准日在期间内的退订，以负数列示', '退订套数', '—', '退订退房换房'),
(10, 'signed_count', '签约套数', 'measure_part', '签约日在期间内的合同；项目与集团同号合同只计一次，以制度规定的一份为准', '签约套数', '—', '签约登记'),
(11, 'signed_area', '签约面积', 'measure_part', '签约日在期间内的合同面积', '签约面积', '—', '签约登记'),
(12, 'signed_amount', '签约金额', 'measure_part', '签约日在期间内的合同总价', '签约金额', '—', '签约登记'),
(13, 'returned_count', '退房套数', 'measure_part', '开发商批准日在期间内的退房，以负数列示，不改已发布的期间', '退房套数', '—', '退订退房换房'),
(14, 'returned_amount', '退房金额', 'measure_part', '开发商批准日在期间内的退房金额，以负数列示', '退房金额', '—', '退订退房换房'),
(15, 'net_signed_count', '净签约套数', 'measure_part', '签约减退房，换房不改套数', '签约套数－退房套数', '—', '签约登记、退订退房换房'),
(16, 'net_signed_area', '净签约面积', 'measure_part', '签约减退房，加换房与补充协议的差额', '签约面积－退房面积±差额', '—', '签约登记、退订退房换房'),
(17, 'net_signed_amount', '净签约金额', 'measure_part', '签约减退房，加换房与补充协议的差额（均按开发商批准日）', '签约金额－退房金额±差额', '—', '签约登记、退订退房换房'),
(18, 'receipt_count', '回款笔数', 'measure_part', '到账日在期间内的收款与退款', '收退款笔数', '—', '回款登记'),
(19, 'received_amount', '回款金额', 'measure_part', '到账日在期间内的收款减退款；已批贷未放款不计', '收款－退款', '—', '回款登记'),
(20, 'net_signed_price', '净签约均价', 'conversion', '净签约金额除以净签约面积', '净签约金额', '净签约面积', '签约登记、退订退房换房'),
(21, 'visit_signed_rate', '成交率（期间）', 'conversion', '期间内签约套数与期间内来访组数之比，两者不一定是同一批客户，可超过100%', '签约套数', '来访组数', '签约登记、来访登记'),
(22, 'subscribed_signed_rate', '认购转签约率（期间）', 'conversion', '期间内签约套数与期间内认购套数之比，可超过100%', '签约套数', '认购套数', '签约登记、认购登记'),
(23, 'call_visit_rate', '转访率', 'cohort', '期间内首次来电的客户中，截至期末已来访的比例', '已来访的客户数', '首次来电客户数', '来电登记、来访登记'),
(24, 'visit_cohort_rate', '成交率（同批客户）', 'cohort', '期间内首次来访的客户中，截至期末已签约（未退房）的比例', '已签约的客户数', '首次来访客户数', '来访登记、签约登记'),
(25, 'subscription_cohort_rate', '认购转签约率（同批认购）', 'cohort', '期间内的认购中，截至期末已签约（未退房）的比例', '已签约的认购套数', '认购套数', '认购登记、签约登记'),
(26, 'released_rate', '去化率（按已推）', 'stock', '截至期末累计净签约（含期初）占已推套数的比例，推盘日当天起计入分母', '累计净签约套数', '已推套数', '房源、期初累计、签约登记'),
(27, 'total_rate', '去化率（按总量）', 'stock', '截至期末累计净签约（含期初）占总套数的比例', '累计净签约套数', '总套数', '房源、期初累计、签约登记'),
(28, 'completion_rate', '目标完成率', 'goal', '周报为本月累计除以当月目标（取周日当天有效的版本）；月报为本月完成除以本月目标（版本按制度）', '本月完成', '本月目标', '销售目标'),
(29, 'conversion_rate', '转化率（置业顾问）', 'conversion', '该顾问期间内签约套数与接待来访组数之比', '签约套数', '来访组数', '签约登记、来访登记'),
(30, 'change_rate', '环比', 'conversion', '本期与上期之差除以上期，上期为零或没有资料时不计算', '本期－上期', '上期', '本报表');

insert into sales.measure_part (measure, indicator, figure)
select
    measured.measure,
    part.indicator,
    measured.figure
from (
    values
    ('call_count', 'count', array['来电新', '再次来电']),
    ('new_call_count', 'count', array['来电新']),
    ('visit_count', 'count', array['来访新', '复访']),
    ('new_visit_count', 'count', array['来访新']),
    ('return_visit_count', 'count', array['复访']),
    ('subscribed_count', 'count', array['认购']),
    ('subscribed_area', 'area', array['认购']),
    ('subscribed_amount', 'amount', array['认购']),
    ('cancelled_count', 'count', array['退订']),
    ('signed_count', 'count', array['签约']),
    ('signed_area', 'area', array['签约']),
    ('signed_amount', 'amount', array['签约']),
    ('returned_count', 'count', array['退房']),
    ('returned_amount', 'amount', array['退房']),
    ('net_signed_count', 'count', array['签约', '退房', '换房', '补充协议']),
    ('net_signed_area', 'area', array['签约', '退房', '换房', '补充协议']),
    ('net_signed_amount', 'amount', array['签约', '退房', '换房', '补充协议']),
    ('receipt_count', 'count', array['回款', '退款']),
    ('received_amount', 'amount', array['回款', '退款'])
) as measured (measure, figure, indicators)
cross join lateral unnest(measured.indicators) as part (indicator);

-- A quotient, or nothing where there is nothing to divide by (SAL-05): never 0 % for no data.
create function sales.conversion(numerator numeric, denominator numeric, digits integer default 4) returns numeric
language sql immutable parallel safe
return case when denominator <> 0 then round(numerator / denominator, digits) end;

-- Why a quotient is missing or strange; empty when it is neither.
create function sales.conversion_note(what text, numerator numeric, denominator numeric) returns text
language sql immutable parallel safe
return case
    when coalesce(denominator, 0) = 0 then concat('无', what, '，不计算')
    when numerator > denominator then concat(round(numerator / denominator * 100, 2), '%，超过100%，请核对')
    else ''
end;

-- The measures of a base period as counted: its own days, and what was late beside them.
create function sales.counted(of_workflow text, of_place text, of_base date, known_by timestamptz)
returns table (
    site_id text,
    is_late boolean,
    building_no text,
    product_type text,
    consultant_id text,
    channel text,
    measure text,
    quantity numeric
)
language sql
stable
as $$
    select
        tally.site_id,
        tally.is_late,
        tally.building_no,
        tally.product_type,
        tally.consultant_id,
        tally.channel,
        measure_part.measure,
        case measure_part.figure
            when 'count' then tally.moved_count when 'area' then tally.moved_area else tally.moved_amount
        end as quantity
    from sales.projects_of(of_place, known_by) as project
    inner join sales.tally on project.site_id = tally.site_id
    inner join sales.measure_part on tally.indicator = measure_part.indicator
    where tally.workflow = of_workflow and tally.base_on = of_base
$$;

-- The measures of the days from one to another, by what is known at an instant; project by project.
create function sales.measured(of_places text[], from_on date, until_on date, known_by timestamptz)
returns table (
    site_id text,
    business_on date,
    ref_no text,
    building_no text,
    product_type text,
    unit_no text,
    consultant_id text,
    channel text,
    measure text,
    quantity numeric
)
language sql
stable
as $$
    select
        moved.site_id,
        moved.business_on,
        moved.ref_no,
        moved.building_no,
        moved.product_type,
        moved.unit_no,
        moved.consultant_id,
        moved.channel,
        measure_part.measure,
        case measure_part.figure
            when 'count' then moved.moved_count when 'area' then moved.moved_area else moved.moved_amount
        end as quantity
    from sales.moved(of_places, from_on, until_on, known_by) as moved
    inner join sales.measure_part on moved.indicator = measure_part.indicator
$$;

-- What had been sold and received before the registers begin, in the words of the measures.
create function sales.opened(of_places text[], known_by timestamptz)
returns table (site_id text, building_no text, product_type text, measure text, quantity numeric)
language sql
stable
as $$
    select
        opening.site_id,
        opening.building_no,
        opening.product_type,
        told.measure,
        told.quantity
    from sales.opening
    inner join sales.project
        on
            opening.site_id = project.site_id
            and (project.site_id = any(of_places) or project.group_id = any(of_places))
            and project.recorded_at <= known_by
            and known_by < project.superseded_at
    cross join
        lateral (
            values
            (case opening.indicator when '来电' then 'call_count' when '来访' then 'visit_count'
                when '认购' then 'subscribed_count' when '签约' then 'net_signed_count' end, opening.moved_count),
            (case opening.indicator when '认购' then 'subscribed_area' when '签约' then 'net_signed_area' end, opening.area),
            (case opening.indicator when '认购' then 'subscribed_amount' when '签约' then 'net_signed_amount'
                when '回款' then 'received_amount' end, opening.amount)
        ) as told (measure, quantity)
    where
        told.measure is not null
        and opening.recorded_at <= known_by
        and known_by < opening.superseded_at
$$;

-- Customers and subscriptions of a period, and whether the next step was reached by a day (the measures by cohort).
create function sales.cohort(of_places text[], from_on date, until_on date, reached_by date, known_by timestamptz)
returns table (
    measure text,
    site_id text,
    ref_no text,
    business_on date,
    channel text,
    region text,
    consultant_id text,
    is_reached boolean
)
language sql
stable
as $$
    with joined as materialized (
        select
            moved.site_id,
            moved.indicator,
            moved.ref_no,
            moved.business_on,
            moved.channel,
            moved.consultant_id
        from sales.moved(of_places, from_on, until_on, known_by) as moved
        where moved.indicator in ('来电新', '来访新', '认购')
    ),

    -- contracts that live on the day, however their consultants share them
    living as materialized (
        select
            contract.site_id,
            contract.contract_no,
            contract.subscription_no,
            coalesce(contract.phone, subscription.phone) as phone,
            min(contract.signed_on) as signed_on
        from sales.contract
        inner join sales.project
            on
                contract.site_id = project.site_id
                and (project.site_id = any(of_places) or project.group_id = any(of_places))
                and project.recorded_at <= known_by
                and known_by < project.superseded_at
        left join sales.subscription
            on
                contract.site_id = subscription.site_id
                and contract.subscription_no = subscription.subscription_no
                and subscription.recorded_at <= known_by
                and known_by < subscription.superseded_at
        where
            contract.signed_on <= reached_by
            and contract.recorded_at <= known_by
            and known_by < contract.superseded_at
            and not exists (
                select from sales.change
                where
                    change.site_id = contract.site_id
                    and change.contract_no = contract.contract_no
                    and change.change_kind = '退房'
                    and change.approved_on <= reached_by
                    and change.recorded_at <= known_by
                    and known_by < change.superseded_at
            )
        group by 1, 2, 3, 4
    )

    select
        'call_visit_rate' as measure,
        joined.site_id,
        joined.ref_no,
        joined.business_on,
        joined.channel,
        call.region,
        joined.consultant_id,
        exists (
            select from sales.visit
            where
                visit.site_id = call.site_id
                and visit.phone = call.phone
                and visit.visited_at::date between joined.business_on and reached_by
                and visit.recorded_at <= known_by
                and known_by < visit.superseded_at
        ) as is_reached
    from joined
    inner join sales.call
        on
            joined.site_id = call.site_id
            and joined.ref_no = call.call_no
            and call.recorded_at <= known_by
            and known_by < call.superseded_at
    where joined.indicator = '来电新'
    union all
    select
        'visit_cohort_rate' as measure,
        joined.site_id,
        joined.ref_no,
        joined.business_on,
        joined.channel,
        visit.region,
        joined.consultant_id,
        exists (
            select from living
            where
                living.site_id = visit.site_id
                and living.phone = visit.phone
                and living.signed_on >= joined.business_on
        ) as is_reached
    from joined
    inner join sales.visit
        on
            joined.site_id = visit.site_id
            and joined.ref_no = visit.visit_no
            and visit.recorded_at <= known_by
            and known_by < visit.superseded_at
    where joined.indicator = '来访新'
    union all
    select
        'subscription_cohort_rate' as measure,
        joined.site_id,
        joined.ref_no,
        joined.business_on,
        joined.channel,
        '' as region,
        joined.consultant_id,
        exists (
            select from living
            where living.site_id = joined.site_id and living.subscription_no = joined.ref_no
        ) as is_reached
    from joined
    where joined.indicator = '认购'
$$;

-- Units of each project, building and product type: how many there are, were released, are sold (SAL-19).
create function sales.stock(of_places text[], until_on date, known_by timestamptz)
returns table (
    site_id text,
    building_no text,
    product_type text,
    unit_count integer,
    released_count integer,
    total_quantity numeric,
    total_amount numeric,
    unsold_quantity numeric,
    unsold_amount numeric,
    released_rate numeric,
    total_rate numeric
)
language sql
stable
as $$
    with sold as (
        select
            measured.site_id,
            measured.building_no,
            measured.product_type,
            measured.unit_no,
            sum(measured.quantity) filter (where measured.measure = 'net_signed_count') as quantity,
            sum(measured.quantity) filter (where measured.measure = 'net_signed_amount') as amount,
            false as is_opening
        from sales.measured(of_places, '-infinity', until_on, known_by) as measured
        where measured.measure in ('net_signed_count', 'net_signed_amount')
        group by 1, 2, 3, 4
        union all
        select
            opened.site_id,
            opened.building_no,
            opened.product_type,
            '' as unit_no,
            sum(opened.quantity) filter (where opened.measure = 'net_signed_count') as quantity,
            sum(opened.quantity) filter (where opened.measure = 'net_signed_amount') as amount,
            true as is_opening
        from sales.opened(of_places, known_by) as opened
        where opened.measure in ('net_signed_count', 'net_signed_amount')
        group by 1, 2, 3
    ),

    held as materialized (
        select
            sold.site_id,
            sold.unit_no
        from sold
        where not sold.is_opening
        group by 1, 2
        having sum(sold.quantity) > 0
    ),

    sold_leaf as (
        select
            sold.site_id,
            sold.building_no,
            sold.product_type,
            sum(coalesce(sold.quantity, 0)) as quantity,
            sum(coalesce(sold.amount, 0)) as amount,
            bool_or(sold.is_opening and sold.quantity <> 0) as has_opening
        from sold
        group by 1, 2, 3
    ),

    unit_leaf as (
        select
            unit.site_id,
            unit.building_no,
            unit.product_type,
            count(*)::integer as unit_count,
            (count(*) filter (where unit.released_on <= until_on))::integer as released_count,
            coalesce(sum(unit.list_amount) filter (where held.unit_no is null), 0) as list_amount
        from sales.unit
        inner join sales.project
            on
                unit.site_id = project.site_id
                and (project.site_id = any(of_places) or project.group_id = any(of_places))
                and project.recorded_at <= known_by
                and known_by < project.superseded_at
        left join held on unit.site_id = held.site_id and unit.unit_no = held.unit_no
        where unit.recorded_at <= known_by and known_by < unit.superseded_at
        group by 1, 2, 3
    )

    select
        coalesce(unit_leaf.site_id, sold_leaf.site_id) as site_id,
        coalesce(unit_leaf.building_no, sold_leaf.building_no) as building_no,
        coalesce(unit_leaf.product_type, sold_leaf.product_type) as product_type,
        unit_leaf.unit_count,
        unit_leaf.released_count,
        coalesce(sold_leaf.quantity, 0) as total_quantity,
        coalesce(sold_leaf.amount, 0) as total_amount,
        unit_leaf.unit_count - coalesce(sold_leaf.quantity, 0) as unsold_quantity,
        -- which units an opening balance had sold is not known, and so not what the others are worth
        case when not coalesce(sold_leaf.has_opening, false) then unit_leaf.list_amount end as unsold_amount,
        sales.conversion(coalesce(sold_leaf.quantity, 0), unit_leaf.released_count) as released_rate,
        sales.conversion(coalesce(sold_leaf.quantity, 0), unit_leaf.unit_count) as total_rate
    from unit_leaf
    full join sold_leaf
        on
            unit_leaf.site_id = sold_leaf.site_id
            and unit_leaf.building_no = sold_leaf.building_no
            and unit_leaf.product_type = sold_leaf.product_type
$$;

-- The targets of the month in which a period ends, per project and consultant ('' for the project): of a week the version
-- valid on its last day; of a month as the rule target_version has it (SAL-16).
create function sales.goal(of_workflow text, of_places text[], until_on date, known_by timestamptz)
returns table (
    site_id text,
    indicator text,
    consultant_id text,
    measure text,
    target_amount numeric,
    version_text text
)
language sql
stable
as $$
    with month as (
        select
            date_trunc('month', until_on::timestamp)::date as first_on,
            (date_trunc('month', until_on::timestamp) + interval '1 month')::date - 1 as last_on
    ),

    place as (
        select
            project.site_id,
            (
                select stretch.value
                from book.rule_stretch(project.site_id, known_by) as stretch
                where stretch.parameter = 'target_version' and until_on between stretch.valid_from and stretch.valid_to
            ) as version_rule
        from sales.project
        where
            (project.site_id = any(of_places) or project.group_id = any(of_places))
            and project.recorded_at <= known_by
            and known_by < project.superseded_at
    ),

    -- the first version counts from the month's first day, each until the next
    version as (
        select
            target.site_id,
            target.indicator,
            target.consultant_id,
            target.amount,
            target.valid_from,
            place.version_rule,
            month.first_on,
            month.last_on,
            greatest(
                month.first_on,
                case
                    when row_number() over (of_target order by target.valid_from) > 1 then target.valid_from
                    else month.first_on
                end
            ) as counts_from,
            coalesce(
                lead(target.valid_from) over (of_target order by target.valid_from) - 1, month.last_on
            ) as counts_to
        from place
        cross join month
        inner join sales.target
            on
                place.site_id = target.site_id
                and target.target_month = month.first_on
                and target.recorded_at <= known_by
                and known_by < target.superseded_at
        window of_target as (partition by target.site_id, target.indicator, target.consultant_id)
    ),

    chosen as (
        select
            version.*,
            of_workflow = 'monthly_sales' and version.version_rule = '按天数加权' as is_weighted,
            row_number() over (
                partition by version.site_id, version.indicator, version.consultant_id
                order by version.valid_from desc
            ) as nth
        from version
        where
            version.counts_from <= version.counts_to
            and version.counts_from <= case when of_workflow = 'monthly_sales' then version.last_on else until_on end
    )

    select
        chosen.site_id,
        chosen.indicator,
        chosen.consultant_id,
        case chosen.indicator
            when '来访' then 'visit_count'
            when '认购套数' then 'subscribed_count'
            when '签约套数' then 'net_signed_count'
            when '签约金额' then 'net_signed_amount'
            else 'received_amount'
        end as measure,
        case
            when bool_or(chosen.is_weighted)
                then round(
                    sum(chosen.amount * (least(chosen.counts_to, chosen.last_on) - chosen.counts_from + 1))
                    / (max(chosen.last_on) - max(chosen.first_on) + 1), 2
                )
            else max(chosen.amount) filter (where chosen.nth = 1)
        end as target_amount,
        case
            when bool_or(chosen.is_weighted) then '按天数加权'
            else concat(
                case when of_workflow = 'monthly_sales' then '月末版本' else '周日当天版本' end, '（',
                to_char(max(chosen.valid_from) filter (where chosen.nth = 1), 'YYYY-MM-DD'), '起）'
            )
        end as version_text
    from chosen
    group by chosen.site_id, chosen.indicator, chosen.consultant_id
$$;

-- What the rule book says of one parameter at a place on a day, with its rule.
create function sales.rule_on(of_site text, of_parameter text, on_day date, known_by timestamptz)
returns table (value text, rule_id text, clause text, rule_set_name text)
language sql
stable
as $$
    select
        stretch.value,
        stretch.rule_id,
        stretch.clause,
        stretch.rule_set_name
    from book.rule_stretch(of_site, known_by) as stretch
    where stretch.parameter = of_parameter and on_day between stretch.valid_from and stretch.valid_to
$$;

-- A base period in words: 2026年第44周（10-26至11-01）, 2026年10月.
create function sales.period_text(workflow text, base_on date) returns text
language sql immutable parallel safe
return case workflow
    when 'weekly_sales'
        then concat(
            to_char(base_on, 'IYYY"年第"IW"周（"MM-DD"至"'), to_char(base_on + 6, 'MM-DD"）"')
        )
    else to_char(base_on, 'YYYY"年"MM"月"')
end;

-- The base period that has to be issued before a project's may be: the one after its last issued, if that is not this
-- one; or a later one, which cannot be undone. No row where nothing stands in the way: the first ever, the next, or one
-- that was issued itself.
create function sales.period_before(of_workflow text, of_site text, of_base date)
returns table (missing_on date, is_later boolean)
language sql
stable
as $$
    select
        coalesce(issued.later_on, issued.last_on + 1) as missing_on,
        issued.later_on is not null as is_later
    from (
        select
            max(issued_period.last_on) filter (where issued_period.base_on < of_base) as last_on,
            max(issued_period.base_on) filter (where issued_period.base_on > of_base) as later_on,
            coalesce(bool_or(issued_period.base_on = of_base), false) as is_issued
        from sales.issued_period
        where issued_period.workflow = of_workflow and issued_period.site_id = of_site
    ) as issued
    where not issued.is_issued and (issued.later_on is not null or issued.last_on + 1 <> of_base)
$$;

-- One number over everything that a project's report shows besides what is counted, as known: when it changes before the
-- issue, so does the report. Mortgages and instalments have their own sheets and count here, too; so do deals and receipts
-- row by row: money that moves to another contract counts the same and is owed by another.
create function sales.beside_hash(of_site text, until_on date, known_by timestamptz) returns text
language sql
stable
as $$
    select md5(string_agg(concat(register.register_name, register.row_hash), '|' order by register.register_name))
    from (
        select 'opening' as register_name, sum(hash_record_extended(opening, 0)::numeric) as row_hash
        from sales.opening
        where opening.site_id = of_site and opening.recorded_at <= known_by and known_by < opening.superseded_at
        union all
        select 'target', sum(hash_record_extended(target, 0)::numeric)
        from sales.target
        where
            target.site_id = of_site
            and target.target_month <= until_on
            and target.recorded_at <= known_by
            and known_by < target.superseded_at
        union all
        select 'plan', sum(hash_record_extended(plan, 0)::numeric)
        from sales.plan
        where
            plan.site_id = of_site
            and plan.plan_month <= until_on + interval '1 month'
            and plan.recorded_at <= known_by
            and known_by < plan.superseded_at
        union all
        select 'unit', sum(hash_record_extended(unit, 0)::numeric)
        from sales.unit
        where unit.site_id = of_site and unit.recorded_at <= known_by and known_by < unit.superseded_at
        union all
        select 'unit_hold', sum(hash_record_extended(unit_hold, 0)::numeric)
        from sales.unit_hold
        where
            unit_hold.site_id = of_site
            and unit_hold.starts_on <= until_on
            and unit_hold.recorded_at <= known_by
            and known_by < unit_hold.superseded_at
        union all
        select 'consultant', sum(hash_record_extended(consultant, 0)::numeric)
        from sales.consultant
        where
            consultant.site_id = of_site
            and consultant.effective_from <= until_on
            and consultant.recorded_at <= known_by
            and known_by < consultant.superseded_at
        union all
        select 'instalment', sum(hash_record_extended(instalment, 0)::numeric)
        from sales.instalment
        where
            instalment.site_id = of_site
            and instalment.recorded_at <= known_by
            and known_by < instalment.superseded_at
        union all
        select 'mortgage', sum(hash_record_extended(mortgage, 0)::numeric)
        from sales.mortgage
        where
            mortgage.site_id = of_site and mortgage.recorded_at <= known_by and known_by < mortgage.superseded_at
        union all
        select 'handover', sum(hash_record_extended(handover, 0)::numeric)
        from sales.handover
        where
            handover.site_id = of_site
            and handover.handed_on <= until_on
            and handover.recorded_at <= known_by
            and known_by < handover.superseded_at
        union all
        select 'subscription', sum(hash_record_extended(subscription, 0)::numeric)
        from sales.subscription
        where
            subscription.site_id = of_site
            and subscription.subscribed_on <= until_on
            and subscription.recorded_at <= known_by
            and known_by < subscription.superseded_at
        union all
        select 'contract', sum(hash_record_extended(contract, 0)::numeric)
        from sales.contract
        where
            contract.site_id = of_site
            and contract.signed_on <= until_on
            and contract.recorded_at <= known_by
            and known_by < contract.superseded_at
        union all
        select 'change', sum(hash_record_extended(change, 0)::numeric)
        from sales.change
        where
            change.site_id = of_site
            and change.applied_on <= until_on
            and change.recorded_at <= known_by
            and known_by < change.superseded_at
        union all
        select 'receipt', sum(hash_record_extended(receipt, 0)::numeric)
        from sales.receipt
        where
            receipt.site_id = of_site
            and receipt.value_on <= until_on
            and receipt.recorded_at <= known_by
            and known_by < receipt.superseded_at
        union all
        select 'contract_check', sum(hash_record_extended(contract_check, 0)::numeric)
        from sales.contract_check
        where
            contract_check.site_id = of_site
            and contract_check.checked_on <= until_on
            and contract_check.recorded_at <= known_by
            and known_by < contract_check.superseded_at
        union all
        select 'meeting', sum(hash_record_extended(meeting, 0)::numeric)
        from sales.meeting
        where
            meeting.site_id = of_site
            and meeting.meeting_on <= until_on
            and meeting.recorded_at <= known_by
            and known_by < meeting.superseded_at
        union all
        select 'training', sum(hash_record_extended(training, 0)::numeric)
        from sales.training
        where
            training.site_id = of_site
            and training.held_on <= until_on
            and training.recorded_at <= known_by
            and known_by < training.superseded_at
        union all
        select 'rule', sum(hash_record_extended(stretch, 0)::numeric)
        from book.rule_stretch(of_site, known_by) as stretch
        where stretch.valid_from <= until_on and until_on <= stretch.valid_to
    ) as register
$$;

-- The base period before one, by its first day.
create function sales.base_before(workflow text, base_on date) returns date
language sql immutable parallel safe
return case workflow when 'weekly_sales' then base_on - 7 else (base_on - interval '1 month')::date end;

-- The measures of the period before, project by project: as it was counted where it was, else by the days as known; none
-- where the registers do not reach back so far.
create function sales.counted_before(of_workflow text, of_place text, of_base date, known_by timestamptz)
returns table (site_id text, consultant_id text, measure text, quantity numeric)
language sql
stable
as $$
    with place as materialized (
        select
            project.site_id,
            project.known_at,
            sales.base_before(of_workflow, of_base) as before_on,
            exists (
                select from sales.issued_period
                where
                    issued_period.workflow = of_workflow
                    and issued_period.site_id = project.site_id
                    and issued_period.base_on = sales.base_before(of_workflow, of_base)
            ) as is_issued
        from sales.counted_place(of_workflow, of_place, of_base, known_by) as project
        where project.opens_on <= sales.base_before(of_workflow, of_base)
    )

    select
        place.site_id,
        counted.consultant_id,
        counted.measure,
        sum(counted.quantity)
    from place
    cross join lateral sales.counted(of_workflow, place.site_id, place.before_on, known_by) as counted
    where place.is_issued
    group by 1, 2, 3
    union all
    select
        place.site_id,
        measured.consultant_id,
        measured.measure,
        sum(measured.quantity)
    from place
    cross join lateral sales.measured(array[place.site_id], place.before_on, of_base - 1, place.known_at) as measured
    where not place.is_issued
    group by 1, 2, 3
$$;

-- Whether every project of a place has a period before to compare with.
create function sales.has_before(of_workflow text, of_place text, of_base date, known_by timestamptz)
returns boolean
language sql
stable
as $$
    select coalesce(bool_and(project.opens_on <= sales.base_before(of_workflow, of_base)), false)
    from sales.projects_of(of_place, known_by) as project
    where project.opens_on < of_base
$$;

-- Which files with facts of the registers became known since the period before was issued: their rows, for the cover.
create function sales.control(of_place text, known_after timestamptz, known_by timestamptz)
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
            select site_id, file_id, recorded_at from sales.subscription
            union all
            select site_id, file_id, recorded_at from sales.contract
            union all
            select site_id, file_id, recorded_at from sales.contract_share
            union all
            select site_id, file_id, recorded_at from sales.change
            union all
            select site_id, file_id, recorded_at from sales.instalment
            union all
            select site_id, file_id, recorded_at from sales.receipt
            union all
            select site_id, file_id, recorded_at from sales.mortgage
            union all
            select site_id, file_id, recorded_at from sales.unit
            union all
            select site_id, file_id, recorded_at from sales.target
            union all
            select site_id, file_id, recorded_at from sales.plan
            union all
            select site_id, file_id, recorded_at from sales.contract_check
            union all
            select site_id, file_id, recorded_at from sales.meeting
            union all
            select site_id, file_id, recorded_at from sales.training
        ) as fact
        inner join sales.projects_of(of_place, known_by) as project on fact.site_id = project.site_id
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
$$;
