/*  Finds returns and changes that do not go with their subscription or contract.

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  SAL-03, SAL-18 what is counted with a sign must be about something that was counted: a known subscription or
            contract, not before it began, not after it ended, and returned once. What is signed is returned as 退房, not
            as 退订. Only what the developer approved ends anything.
    Method: what is known and comes again goes before what is new, then by the day of approval and number. */
with stated as materialized (
    select
        feed_row.row_no,
        feed_row.line_no,
        feed_row.site_id,
        feed_row.change_no,
        feed_row.change_kind,
        feed_row.subscription_no,
        feed_row.contract_no,
        feed_row.applied_on,
        feed_row.approved_on,
        row_number() over (
            order by held.line_no is null, feed_row.approved_on, feed_row.change_no collate "C", feed_row.row_no
        ) as place
    from feed_row
    left join sales.change as held
        on
            feed_row.site_id = held.site_id
            and feed_row.change_no = held.change_no
            and feed_row.change_kind = held.change_kind
            and feed_row.approved_on = held.approved_on
            and held.superseded_at = 'infinity'
    where feed_row.fault_no = 0 and feed_row.fate = 'new'
),

ended as (
    select
        change.site_id,
        change.change_no,
        change.change_kind,
        change.subscription_no,
        change.contract_no,
        change.approved_on,
        null as line_no,
        0 as place
    from sales.change
    where
        change.superseded_at = 'infinity'
        and change.change_kind in ('退订', '退房')
        and change.approved_on is not null
        and not exists (
            select from feed_row
            where
                feed_row.fault_no = 0
                and feed_row.site_id = change.site_id
                and feed_row.change_no = change.change_no
        )
    union all
    select
        stated.site_id,
        stated.change_no,
        stated.change_kind,
        stated.subscription_no,
        stated.contract_no,
        stated.approved_on,
        stated.line_no,
        stated.place
    from stated
    where stated.change_kind in ('退订', '退房') and stated.approved_on is not null
),

deal as (
    select
        contract.site_id,
        contract.contract_no,
        min(contract.subscription_no) as subscription_no,
        min(contract.signed_on) as signed_on
    from sales.contract
    where contract.superseded_at = 'infinity'
    group by 1, 2
),

judged as (
    select
        stated.*,
        stated.change_kind = '退订' as is_of_subscription,
        coalesce(deal.signed_on, subscription.subscribed_on) as began_on,
        deal.subscription_no as deal_subscription_no,
        signed.contract_no as signed_contract_no,
        signed.signed_on,
        ended.change_no as other_change_no,
        ended.approved_on as other_approved_on,
        ended.line_no as other_line_no
    from stated
    left join sales.subscription
        on
            stated.change_kind = '退订'
            and stated.site_id = subscription.site_id
            and stated.subscription_no = subscription.subscription_no
            and subscription.superseded_at = 'infinity'
    left join deal on stated.site_id = deal.site_id and stated.contract_no = deal.contract_no
    left join deal as signed
        on
            stated.change_kind = '退订'
            and stated.site_id = signed.site_id
            and stated.subscription_no = signed.subscription_no
    left join ended
        on
            stated.site_id = ended.site_id
            and stated.approved_on >= ended.approved_on
            and stated.change_no <> ended.change_no
            and stated.place > ended.place
            and (stated.contract_no = ended.contract_no or stated.change_kind = '退订' and stated.subscription_no = ended.subscription_no)
),

named as (
    select
        judged.*,
        case when judged.is_of_subscription then '认购' else '合同' end as deal_word,
        case when judged.is_of_subscription then judged.subscription_no else judged.contract_no end as deal_no
    from judged
)

select distinct on (named.row_no)
    named.row_no,
    case
        when named.began_on is null then case when named.is_of_subscription then 'subscription_no' else 'contract_no' end
        when named.signed_contract_no is not null then 'change_kind'
        when named.subscription_no <> named.deal_subscription_no then 'subscription_no'
        when named.other_change_no is not null then case when named.is_of_subscription then 'subscription_no' else 'contract_no' end
        else 'applied_on'
    end as column_name,
    case
        when named.began_on is null then format('项目%%s没有登记%%s“%%s”', named.site_id, named.deal_word, named.deal_no)
        when named.signed_contract_no is not null then
            format('认购%%s已在%%s签约（合同%%s），不能退订', named.deal_no, named.signed_on, named.signed_contract_no)
        when named.subscription_no <> named.deal_subscription_no then
            format('合同%%s的认购单号是%%s，不是%%s', named.contract_no, named.deal_subscription_no, named.subscription_no)
        when named.other_change_no is not null then
            format(
                '%%s%%s已在%%s退掉（%%s变更单%%s）', named.deal_word, named.deal_no, named.other_approved_on,
                case when named.other_line_no is null then '已入账的' else format('第%%s行', named.other_line_no) end,
                named.other_change_no
            )
        else format('申请日期%%s早于%%s%%s的日期%%s', named.applied_on, named.deal_word, named.deal_no, named.began_on)
    end as reason,
    case
        when named.began_on is null then
            format(
                '请先报《%%s》，或改正%%s，再把这一行重新报送',
                case when named.is_of_subscription then '认购登记' else '签约登记' end,
                case when named.is_of_subscription then '认购单号' else '合同号' end
            )
        when named.signed_contract_no is not null then '已签约的请报 退房，填合同号'
        when named.subscription_no <> named.deal_subscription_no then '请核对合同号和认购单号；只填合同号也可以'
        when named.other_change_no is not null then
            '同一笔只能退一次，请核对单号；要更正原来那一次的，用原来的变更单号再报'
        else '请核对申请日期和单号'
    end as advice
from named
where
    named.began_on is null
    or named.signed_contract_no is not null
    or named.subscription_no <> named.deal_subscription_no
    or named.other_change_no is not null
    or named.applied_on < named.began_on
order by named.row_no, named.other_approved_on, named.other_change_no
