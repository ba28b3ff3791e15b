/*  The sheet 计算依据 of both workbooks: why each order is charged, borne, reserved or stopped.

    Grain:  one row per order that is settled or stopped.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  each row names its rule with the clause that held when the order was reported.  */
with known as materialized (
    select *
    from
        repairs.known_order(
            %(workflow)s::text, %(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz, %(is_preview)s::boolean
        )
),

told as (
    select
        known.*,
        planned.line_no as place,
        case
            when planned.order_no is null then known.outcome
            when planned.contractor_id = '' then '公司承担'
            when planned.deposit_amount = 0 and planned.claim_amount > 0 then '索赔'
            else '扣款'
        end as treatment,
        -planned.deposit_amount as deducted_amount,
        planned.claim_amount,
        planned.company_amount as borne_amount
    from known
    left join repairs.planned
        on
            %(workflow)s::text = 'deposit_chargebacks'
            and planned.site_id = %(site_id)s
            and planned.base_on = %(starts_on)s
            and planned.entry_kind in ('结算', '转公司承担')
            and known.order_no = planned.order_no
),

ruled as (
    select
        told.*,
        case
            when told.treatment = '扣款' then 'WA-D9'
            when told.treatment = '索赔' and told.reported_on <= told.liability_until_on then 'WAR-09'
            when told.treatment = '索赔' then 'WAR-12'
            when told.treatment = '公司承担' and told.class_reason in ('业主使用', '第三方') then 'WAR-06'
            when told.treatment = '公司承担' then 'WA-D4'
            when told.treatment = '争议冻结' then 'WAR-07'
            when told.treatment = '自修结案' then 'WA-D4a'
            when told.treatment = '待认定' then 'WA-D8'
            else told.stop_rule
        end as told_rule
    from told
)

select
    ruled.order_no as subject,
    concat(ruled.order_class, '类 ', ruled.treatment) as item,
    case
        when ruled.place is not null
            then concat_ws(
                '，',
                case when ruled.deducted_amount > 0 then concat('扣款', to_char(ruled.deducted_amount, 'FM999,999,999,990.00'), '元') end,
                case when ruled.claim_amount > 0 then concat('索赔', to_char(ruled.claim_amount, 'FM999,999,999,990.00'), '元') end,
                case
                    when ruled.borne_amount > 0
                        then concat('公司承担', to_char(ruled.borne_amount, 'FM999,999,999,990.00'), '元')
                end
            )
        when ruled.treatment = '自修结案' then '不扣款，结案'
        when ruled.stop = '' then '待月末入账'
        else ruled.stop
    end as outcome,
    concat(
        concat_ws(
            '；', ruled.grounds, case when ruled.place is null then nullif(ruled.missing, '') end,
            case
                when ruled.claim_amount > 0 and ruled.reported_on <= ruled.liability_until_on
                    then concat('质保金可用余额不足，', to_char(ruled.claim_amount, 'FM999,999,999,990.00'), '元转索赔')
            end
        ),
        '。'
    ) as reasoning,
    clause.rule_book,
    clause.clause,
    ruled.told_rule as rule_id,
    coalesce(clause.valid_from, ruled.rule_from) as rule_from_on,
    landing_file.file_name,
    ruled.line_no,
    null::text as adjusted_by,
    null::timestamptz as adjusted_at
from ruled
left join lateral
    repairs.clause_of(%(site_id)s::text, ruled.told_rule, ruled.reported_on, %(known_at)s::timestamptz) as clause
    on true
left join ops.landing_file on ruled.file_id = landing_file.file_id
order by
    ruled.place is null,
    array_position(array['争议冻结', '暂停', '已入账', '自修结案', '未到结算'], ruled.treatment), ruled.place, ruled.order_no
