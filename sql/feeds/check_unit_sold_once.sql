/*  Finds rows that would have one unit held by two deals on the same day.

    Grain:  one row per offending row of the file (a trial: it reads feed_row and the books as they would be with the file
            in; %(recorded_at)s is the instant at which its rows would be recorded).
    Rules:  SA-B5 no unit is sold twice; both deals are named. A deal that was there before this file stays; of the others
            the one that began first, on one day the smaller number. A deal that goes back itself accuses no other.
    Method: sales.occupancy is the wall itself, so that what passes here never runs into it. Of the deal that gives way the
            rows go back that put it into the unit; where none of the file did (a return that was moved to a later day),
            all that move it. */
with stated as materialized (
    select
        feed_row.row_no,
        feed_row.line_no,
        feed_row.site_id,
        to_jsonb(feed_row) as cells
    from feed_row
    where feed_row.fault_no = 0 and feed_row.fate <> 'duplicate'
),

-- by whatever number a deal may go: its subscription's, its contract's
touching as materialized (
    select distinct
        stated.row_no,
        stated.line_no,
        stated.site_id,
        number.deal_no,
        coalesce(stated.cells ->> 'new_unit_no', stated.cells ->> 'unit_no') as unit_no
    from stated
    cross join
        lateral (
            select stated.cells ->> 'subscription_no' as deal_no
            union
            select stated.cells ->> 'contract_no' as deal_no
            union
            select contract.subscription_no as deal_no
            from sales.contract
            where
                contract.site_id = stated.site_id
                and contract.contract_no = stated.cells ->> 'contract_no'
                and contract.superseded_at = 'infinity'
        ) as number
    where number.deal_no is not null and stated.cells ->> 'change_kind' is distinct from '补充协议'
),

clash as materialized (
    select distinct
        one.site_id,
        one.unit_no,
        one.deal_no,
        lower(one.held) as from_on,
        other.deal_no as other_deal_no,
        lower(other.held) as other_from_on
    from touching
    inner join sales.occupancy as one on touching.site_id = one.site_id and touching.deal_no = one.deal_no
    inner join sales.occupancy as other
        on
            one.site_id = other.site_id
            and one.unit_no = other.unit_no
            and one.held && other.held
            and one.deal_no <> other.deal_no
),

deal as materialized (
    select
        either.*,
        exists (
            select from sales.subscription
            where
                subscription.site_id = either.site_id
                and subscription.unit_no = either.unit_no
                and subscription.subscription_no = either.deal_no
                and subscription.recorded_at < %(recorded_at)s
                and subscription.superseded_at >= %(recorded_at)s
        )
        or exists (
            select from sales.contract
            where
                contract.site_id = either.site_id
                and contract.unit_no = either.unit_no
                and either.deal_no in (contract.subscription_no, contract.contract_no)
                and contract.recorded_at < %(recorded_at)s
                and contract.superseded_at >= %(recorded_at)s
        )
        or exists (
            select from sales.change
            left join sales.contract
                on
                    change.site_id = contract.site_id
                    and change.contract_no = contract.contract_no
                    and contract.superseded_at = 'infinity'
            where
                change.site_id = either.site_id
                and change.new_unit_no = either.unit_no
                and change.approved_on is not null
                and either.deal_no in (contract.subscription_no, change.contract_no, change.subscription_no)
                and change.recorded_at < %(recorded_at)s
                and change.superseded_at >= %(recorded_at)s
        ) as was_there,
        exists (
            select from touching
            where touching.site_id = either.site_id and touching.deal_no = either.deal_no
        ) as is_in_file,
        exists (
            select from touching
            where
                touching.site_id = either.site_id
                and touching.deal_no = either.deal_no
                and touching.unit_no = either.unit_no
        ) as is_put_by_file
    from (
        select
            clash.site_id,
            clash.unit_no,
            clash.deal_no,
            clash.from_on
        from clash
        union
        select
            clash.site_id,
            clash.unit_no,
            clash.other_deal_no,
            clash.other_from_on
        from clash
    ) as either
),

ranked as materialized (
    select
        deal.*,
        row_number() over (
            partition by deal.site_id, deal.unit_no
            order by deal.is_in_file, not deal.was_there, deal.from_on, deal.deal_no collate "C"
        ) as place
    from deal
),

guilty as materialized (
    select distinct
        later.*,
        earlier.deal_no as other_deal_no,
        earlier.from_on as other_from_on,
        earlier.place as other_place
    from clash
    inner join ranked as later
        on
            clash.site_id = later.site_id
            and clash.unit_no = later.unit_no
            and later.deal_no in (clash.deal_no, clash.other_deal_no)
    inner join ranked as earlier
        on
            clash.site_id = earlier.site_id
            and clash.unit_no = earlier.unit_no
            and earlier.deal_no in (clash.deal_no, clash.other_deal_no)
            and earlier.place < later.place
),

-- how a deal is told: its paper, the customer as a wide list shows him (SAL-21), from when on it holds the unit
told as materialized (
    select
        ranked.site_id,
        ranked.unit_no,
        ranked.deal_no,
        coalesce(subscription.subscription_no is not null, false) as is_subscription,
        format(
            '%%s%%s（客户%%s，%%s起）',
            case when subscription.subscription_no is not null then '认购' else '合同' end,
            ranked.deal_no,
            sales.masked_name(coalesce(subscription.customer_name, contract.customer_name)),
            ranked.from_on
        ) as words
    from ranked
    left join sales.subscription
        on
            ranked.site_id = subscription.site_id
            and ranked.deal_no = subscription.subscription_no
            and subscription.superseded_at = 'infinity'
    left join lateral (
        select min(contract.customer_name) as customer_name
        from sales.contract
        where
            contract.site_id = ranked.site_id
            and contract.contract_no = ranked.deal_no
            and contract.superseded_at = 'infinity'
    ) as contract on true
)

select distinct on (touching.row_no)
    touching.row_no,
    case
        when not guilty.is_put_by_file then 'approved_on'
        when stated.cells ? 'new_unit_no' then 'new_unit_no'
        else 'unit_no'
    end as column_name,
    format(
        '房号%%s：%%s与%%s%%s重复，一套房源不能卖两次（SA-B5）', guilty.unit_no, own.words,
        coalesce(
            (
                select format('第%%s行', min(accuser.line_no))
                from touching as accuser
                where
                    accuser.site_id = guilty.site_id
                    and accuser.deal_no = guilty.other_deal_no
                    and accuser.unit_no = guilty.unit_no
                having count(*) > 0
            ),
            '已入账的'
        ),
        other.words
    ) as reason,
    format(
        '请核对房号和日期；原来的已经退订或退房的，先报《退订退房换房登记》并填批准日期，批准日期不晚于%%s%%s', guilty.from_on,
        case when other.is_subscription then format('；是同一笔的，在《签约登记》里填认购单号%%s', guilty.other_deal_no) else '' end
    ) as advice
from guilty
inner join touching
    on
        guilty.site_id = touching.site_id
        and guilty.deal_no = touching.deal_no
        and (guilty.unit_no = touching.unit_no or not guilty.is_put_by_file)
inner join stated on touching.row_no = stated.row_no
inner join told as own
    on guilty.site_id = own.site_id and guilty.unit_no = own.unit_no and guilty.deal_no = own.deal_no
inner join told as other
    on guilty.site_id = other.site_id and guilty.unit_no = other.unit_no and guilty.other_deal_no = other.deal_no
where
    not exists (
        select from guilty as accuser
        where
            accuser.site_id = guilty.site_id
            and accuser.unit_no = guilty.unit_no
            and accuser.place = guilty.other_place
    )
order by touching.row_no, guilty.unit_no, guilty.other_place
