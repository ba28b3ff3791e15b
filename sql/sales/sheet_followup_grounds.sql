/*  The sheet 计算依据 of the 每日客户跟进表: why each customer is whose he is, and why he is due.

    Grain:  one row per thing to do, and per decision about a customer.
    Rerun:  safe; only reads.
    Rules:  each row names its rule, and since when it has been what it is.  */
with listed as (
    select
        followup.*,
        coalesce(nullif(followup.customer_name, ''), followup.item_no) as subject,
        ownership.grounds
    from sales.followup
    left join sales.ownership
        on
            followup.site_id = ownership.site_id
            and followup.base_on = ownership.base_on
            and ownership.workflow = 'customer_followup'
            and followup.item_no = ownership.customer_key
    where followup.site_id = %(site_id)s and followup.base_on = %(last_on)s
),

told as (
    select
        array_position(array['今日应跟进', '已逾期', '即将失效', '待催款', '资料未交', '暂存现金', '未计入跟进'], listed.kind) as place,
        listed.consultant_id,
        listed.subject,
        listed.kind as item,
        case
            when listed.kind = '今日应跟进' then '今日跟进'
            when listed.kind = '已逾期' then concat('逾期', listed.late_days, '天')
            when listed.kind = '即将失效' then concat(listed.valid_until, '失效')
            when listed.kind = '待催款' then concat('待催', to_char(listed.amount, 'FM999,999,999,990.00'), '元')
            when listed.kind = '资料未交' then '资料未交'
            when listed.kind = '暂存现金' then case when (listed.detail ->> 'is_wrong')::boolean then '不符' else '正常' end
            else '不计入'
        end as outcome,
        case
            when listed.kind in ('今日应跟进', '已逾期')
                then concat(
                    case when (listed.detail ->> 'is_visitor')::boolean then '来访' else '来电未到访' end, '客户每',
                    listed.detail ->> 'every_days', '天跟进一次：最近接触或有效跟进', to_char(listed.touched_at, 'YYYY-MM-DD'), '，应于',
                    listed.due_on, '跟进。', listed.grounds
                )
            when listed.kind = '即将失效' then concat('还有', listed.detail ->> 'left_days', '天。', listed.grounds)
            when listed.kind = '待催款'
                then concat(
                    '合同', listed.detail ->> 'contract_no', ' ', listed.detail ->> 'instalment_kind', '应于', listed.due_on, '付',
                    to_char((listed.detail ->> 'due_amount')::numeric, 'FM999,999,999,990.00'), '元，已付',
                    to_char((listed.detail ->> 'paid_amount')::numeric, 'FM999,999,999,990.00'), '元',
                    case when listed.late_days > 0 then concat('，逾期', listed.late_days, '天') end, '。'
                )
            when listed.kind = '资料未交'
                then concat(listed.due_on, listed.detail ->> 'deal_kind', '，资料应当日交销售经理，迟', listed.late_days, '天。')
            when listed.kind = '暂存现金' then concat(listed.detail ->> 'state_text', '。')
            else concat(
                to_char(listed.touched_at, 'YYYY-MM-DD'), '的跟进于', listed.detail ->> 'entered_on', '录入，迟于', listed.due_on,
                '，不延长保护，也不算跟进。'
            )
        end as reasoning,
        listed.rule_set_name,
        listed.rule_text,
        listed.rule_id,
        listed.rule_from,
        listed.file_id,
        listed.line_no,
        listed.item_no
    from listed
    union all
    select
        8,
        coalesce(decided.owner_id, decided.former_id),
        coalesce(nullif(decided.customer_name, ''), decided.customer_key),
        '客户归属',
        case when decided.verdict = '公共' then '公共客户' else decided.decision end,
        decided.grounds,
        decided.rule_set_name,
        decided.rule_text,
        decided.rule_id,
        decided.rule_from,
        decided.file_id,
        decided.line_no,
        decided.customer_key
    from
        sales.decisions(
            'customer_followup', %(site_id)s::text, %(starts_on)s::date, %(starts_on)s::date - 1, %(last_on)s::date
        ) as decided
)

select
    told.consultant_id,
    told.subject,
    told.item,
    told.outcome,
    told.reasoning,
    told.rule_set_name as rule_book,
    told.rule_text as clause,
    told.rule_id,
    told.rule_from as rule_from_on,
    landing_file.file_name,
    told.line_no,
    null::text as adjusted_by,
    null::timestamptz as adjusted_at
from told
left join ops.landing_file on told.file_id = landing_file.file_id
order by told.place, told.consultant_id, told.subject, told.item_no
