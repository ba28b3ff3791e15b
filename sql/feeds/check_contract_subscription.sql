/*  Finds contracts that do not go with the subscription they name.

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  SA-B5 a subscription and the contract that came of it are one deal: of one unit, unless it was exchanged (换房);
            a subscription is signed once, and not after it was cancelled. SAL-20 the group's ledger is not judged: the
            same number in both is one contract, and what differs is listed. Units are compared where they are registered.
    Method: what is known and comes again goes before what is new, then by day and number. */
with stated as materialized (
    select
        feed_row.row_no,
        feed_row.line_no,
        feed_row.site_id,
        feed_row.contract_no,
        feed_row.subscription_no,
        feed_row.unit_no,
        feed_row.signed_on,
        row_number() over (
            order by held.line_no is null, feed_row.signed_on, feed_row.contract_no collate "C", feed_row.row_no
        ) as place
    from feed_row
    left join sales.contract as held
        on
            feed_row.site_id = held.site_id
            and feed_row.contract_no = held.contract_no
            and feed_row.source = held.source
            and feed_row.subscription_no = held.subscription_no
            and held.superseded_at = 'infinity'
    where
        feed_row.fault_no = 0
        and feed_row.fate = 'new'
        and feed_row.source = '项目'
        and feed_row.subscription_no is not null
),

signed as (
    select
        contract.site_id,
        contract.subscription_no,
        contract.contract_no,
        contract.signed_on,
        null as line_no,
        0 as place
    from sales.contract
    where
        contract.superseded_at = 'infinity'
        and contract.source = '项目'
        and not exists (
            select from feed_row
            where
                feed_row.fault_no = 0
                and feed_row.site_id = contract.site_id
                and feed_row.contract_no = contract.contract_no
                and feed_row.source = contract.source
        )
    union all
    select
        stated.site_id,
        stated.subscription_no,
        stated.contract_no,
        stated.signed_on,
        stated.line_no,
        stated.place
    from stated
),

judged as (
    select
        stated.*,
        subscription.unit_no as subscribed_unit_no,
        subscription.subscribed_on,
        cancelled.change_no,
        cancelled.approved_on,
        signed.contract_no as other_contract_no,
        signed.signed_on as other_signed_on,
        signed.line_no as other_line_no,
        project.is_unit_register
        and subscription.unit_no <> stated.unit_no
        and not exists (
            select from sales.change
            where
                change.site_id = stated.site_id
                and change.contract_no = stated.contract_no
                and change.change_kind = '换房'
                and change.new_unit_no = stated.unit_no
                and change.approved_on is not null
                and change.superseded_at = 'infinity'
        ) as is_other_unit
    from stated
    inner join sales.project on stated.site_id = project.site_id and project.superseded_at = 'infinity'
    left join sales.subscription
        on
            stated.site_id = subscription.site_id
            and stated.subscription_no = subscription.subscription_no
            and subscription.superseded_at = 'infinity'
    left join sales.change as cancelled
        on
            stated.site_id = cancelled.site_id
            and stated.subscription_no = cancelled.subscription_no
            and cancelled.change_kind = '退订'
            and cancelled.approved_on is not null
            and cancelled.superseded_at = 'infinity'
    left join signed
        on
            stated.site_id = signed.site_id
            and stated.subscription_no = signed.subscription_no
            and stated.contract_no <> signed.contract_no
            and stated.place > signed.place
)

select distinct on (judged.row_no)
    judged.row_no,
    case
        when judged.subscribed_on is null or judged.change_no is not null or judged.other_contract_no is not null
            then 'subscription_no'
        when judged.is_other_unit then 'unit_no'
        else 'signed_on'
    end as column_name,
    case
        when judged.subscribed_on is null then
            format('项目%%s没有登记认购“%%s”', judged.site_id, judged.subscription_no)
        when judged.change_no is not null then
            format('认购%%s已在%%s退订（变更单%%s）', judged.subscription_no, judged.approved_on, judged.change_no)
        when judged.other_contract_no is not null then
            format(
                '认购%%s已由%%s合同%%s（%%s）签约', judged.subscription_no,
                case when judged.other_line_no is null then '已入账的' else format('第%%s行', judged.other_line_no) end,
                judged.other_contract_no, judged.other_signed_on
            )
        when judged.is_other_unit then
            format(
                '合同%%s的房号%%s不是认购%%s的房号%%s（SA-B5）', judged.contract_no, judged.unit_no,
                judged.subscription_no, judged.subscribed_unit_no
            )
        else
            format(
                '签约日期%%s早于认购%%s的认购日期%%s', judged.signed_on, judged.subscription_no, judged.subscribed_on
            )
    end as reason,
    case
        when judged.subscribed_on is null then '请先报《认购登记》，或改正认购单号；没有认购直接签约的，认购单号留空'
        when judged.change_no is not null then '请核对认购单号；没有退订的，先更正《退订退房换房登记》'
        when judged.other_contract_no is not null then
            '一份认购只能签一份合同，请核对认购单号；换了合同号的，先在原合同号上更正，或报 退房 后另签'
        when judged.is_other_unit then
            '请核对房号：签错的按认购的房号改正；认购登记错了的，先更正《认购登记》；客户换房的，按认购的房号签约，再报 换房'
        else '请核对两个日期'
    end as advice
from judged
where
    judged.subscribed_on is null
    or judged.change_no is not null
    or judged.other_contract_no is not null
    or judged.is_other_unit
    or judged.signed_on < judged.subscribed_on
order by judged.row_no, judged.change_no, judged.other_contract_no
