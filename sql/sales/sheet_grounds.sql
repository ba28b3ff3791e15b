/*  The sheet 计算依据 of a 销售周报 or 销售月报: why the lines of its lists are what they are, with their figures.

    Grain:  one row per contract signed, subscription unsigned, change, and instalment that is overdue; a group's own
            contracts and changes stand in the projects' reports.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  each row names its rule with the clause of the rule book, or the article of law; SAL-21 no customer is named.  */
with edition as materialized (
    select
        %(site_id)s::text as place_id,
        %(starts_on)s::date as starts_on,
        %(last_on)s::date as last_on,
        %(known_at)s::timestamptz as known_at
),

place as materialized (
    select project.*
    from edition
    cross join lateral sales.projects_of(edition.place_id, edition.known_at) as project
    where not project.is_group
),

rule as materialized (
    select
        place.site_id,
        stretch.*
    from edition
    cross join place
    cross join lateral book.rule_stretch(place.site_id, edition.known_at) as stretch
    where
        stretch.parameter in ('sign_days', 'grant_consultant', 'grant_supervisor', 'grant_manager', 'contract_source')
),

contract as materialized (
    select contract.*
    from edition
    cross join place
    cross join lateral sales.contract_at(place.site_id, edition.last_on, edition.known_at) as contract
),

told (
    rank, subject, item, outcome, reasoning, parameter, rule_on, clause, rule_id, site_id, file_id, line_no, place_no
) as (
    select
        1,
        priced.contract_no,
        '价格档',
        concat(coalesce(priced.reached, '未定'), '（', priced.verdict, '）'),
        case
            when priced.list_amount is null then concat('房号', priced.unit_no, '不在房源表中，无法判定价格档。')
            else concat(
                '成交', to_char(priced.amount, 'FM999,999,999,990.00'), '元，表价', to_char(priced.list_amount, 'FM999,999,999,990.00'), '元，折扣',
                to_char(priced.amount * 100 / priced.list_amount, 'FM990.00'), '%%；',
                case
                    when priced.reached = '低于底价' then '低于底价'
                    else concat('达到', priced.reached, '档（', to_char(priced.reached_amount, 'FM999,999,999,990.00'), '元）')
                end,
                case
                    when priced.granted is not null
                        then concat(
                            '；', priced.grade, '可给到', priced.granted, '档（', to_char(priced.granted_amount, 'FM999,999,999,990.00'), '元），',
                            case priced.verdict
                                when '权限内' then '在权限内'
                                when '已批准' then concat('低于权限，', priced.approved_by, '已批准至', priced.approved_price)
                                else concat(
                                    '低于权限，',
                                    coalesce(
                                        priced.approved_by || '只批到' || coalesce(priced.approved_price, '未写明价格档'), '没有批准人'
                                    )
                                )
                            end
                        )
                end,
                '。'
            )
        end,
        case priced.grade when '置业顾问' then 'grant_consultant' when '主管' then 'grant_supervisor' else 'grant_manager' end,
        priced.signed_on,
        null::text,
        'SA-B9',
        priced.site_id,
        priced.file_id,
        priced.line_no,
        0
    from edition
    cross join place
    cross join lateral
        sales.price_check(place.site_id, edition.starts_on, edition.last_on, edition.known_at) as priced
    union all
    select
        2,
        twofold.contract_no,
        '两份台账',
        concat('按', twofold.counted_source, '台账计一次'),
        concat(
            '项目台账', to_char(twofold.project_amount, 'FM999,999,999,990.00'), '元，集团台账', to_char(twofold.group_amount, 'FM999,999,999,990.00'),
            '元，同一合同号只计一次，以', twofold.counted_source, '台账为准。'
        ),
        'contract_source',
        twofold.project_signed_on,
        null,
        'SAL-20',
        twofold.site_id,
        twofold.file_id,
        twofold.line_no,
        0
    from edition
    cross join place
    cross join lateral
        sales.contract_conflict(array[place.site_id], edition.last_on, edition.known_at) as twofold
    union all
    select
        3,
        unsigned.subscription_no,
        '应签约日',
        case when unsigned.overdue_days > 0 then concat('超期', unsigned.overdue_days, '天') else '未到期' end,
        concat(
            unsigned.subscribed_on, '认购',
            case
                when unsigned.sign_by_on is null then '，认购书没有应签约日，制度也没有规定天数'
                when unsigned.sign_days is null then concat('，认购书约定', unsigned.sign_by_on, '前签约')
                else concat('，认购后', unsigned.sign_days, '天内签约，应于', unsigned.sign_by_on, '前签约')
            end,
            case
                when unsigned.overdue_days > 0 then concat('；截至', edition.last_on, '超期', unsigned.overdue_days, '天')
            end,
            '。'
        ),
        'sign_days',
        unsigned.subscribed_on,
        case when unsigned.sign_by_on is not null and unsigned.sign_days is null then '认购书约定的签约日' end,
        'SAL-04',
        unsigned.site_id,
        unsigned.file_id,
        unsigned.line_no,
        0
    from edition
    cross join place
    cross join lateral sales.unsigned_at(place.site_id, edition.last_on, edition.known_at) as unsigned
    union all
    select
        4,
        coalesce(change.contract_no, change.subscription_no),
        change.change_kind,
        case
            when coalesce(change.approved_on <= edition.last_on, false)
                then concat('计入本期 ', to_char(sign_of.one * change.amount, 'FMSG999,999,999,990.00'), '元')
            else '未计入'
        end,
        concat(
            change.applied_on, '申请，',
            case
                when coalesce(change.approved_on <= edition.last_on, false)
                    then concat('开发商', change.approved_on, '批准，按批准日计入本期，以前各期不变')
                else '开发商尚未批准，不计入任何期间'
            end,
            '；金额', to_char(change.amount, 'FM999,999,999,990.00'), '元。'
        ),
        null,
        change.applied_on,
        '退订、退房、换房和补充协议在开发商批准的期间计入',
        case when change.change_kind = '补充协议' then 'SAL-18' else 'SAL-03' end,
        change.site_id,
        change.file_id,
        change.line_no,
        0
    from edition
    cross join place
    inner join sales.change
        on
            place.site_id = change.site_id
            and change.applied_on <= edition.last_on
            and (change.approved_on is null or change.approved_on >= edition.starts_on)
            and change.recorded_at <= edition.known_at
            and edition.known_at < change.superseded_at
    cross join lateral (select case when change.change_kind in ('退订', '退房') then -1 else 1 end as one) as sign_of
    union all
    select
        5,
        receivable.contract_no,
        concat('第', receivable.instalment_no, '期 ', receivable.instalment_kind),
        concat('逾期', receivable.overdue_days, '天（', receivable.bucket, '）'),
        concat(
            '应收', to_char(receivable.due_amount, 'FM999,999,999,990.00'), '元，', receivable.due_on, '到期；已收',
            to_char(receivable.paid_amount, 'FM999,999,999,990.00'), '元，余', to_char(receivable.open_amount, 'FM999,999,999,990.00'), '元；', edition.last_on, ' − ',
            receivable.due_on, ' ＝ ', receivable.overdue_days, '天（当日到期不算逾期）',
            case when receivable.consultant_id <> receivable.keeper_id then '；成交顾问已不负责本户，由现责任人催收' end,
            '。'
        ),
        null,
        receivable.due_on,
        '民法典第五百六十条：付款人指明期次的从其指明，否则先抵最早到期的',
        'SAL-15',
        receivable.site_id,
        instalment.file_id,
        instalment.line_no,
        receivable.instalment_no
    from edition
    cross join place
    cross join lateral sales.receivable_at(place.site_id, edition.last_on, edition.known_at) as receivable
    inner join sales.instalment
        on
            receivable.site_id = instalment.site_id
            and receivable.contract_no = instalment.contract_no
            and receivable.instalment_no = instalment.instalment_no
            and instalment.recorded_at <= edition.known_at
            and edition.known_at < instalment.superseded_at
    where receivable.overdue_days > 0
)

select
    told.subject,
    told.item,
    told.outcome,
    told.reasoning,
    case when told.clause is null then rule.rule_set_name end as rule_book,
    coalesce(told.clause, rule.clause) as clause,
    coalesce(case when told.clause is null then rule.rule_id end, told.rule_id) as rule_id,
    case when told.clause is null and rule.valid_from > '-infinity' then rule.valid_from end as rule_from_on,
    landing_file.file_name,
    told.line_no,
    null::text as adjusted_by,
    null::timestamptz as adjusted_at
from told
left join rule
    on
        told.site_id = rule.site_id
        and told.parameter = rule.parameter
        and told.rule_on between rule.valid_from and rule.valid_to
left join ops.landing_file on told.file_id = landing_file.file_id
order by told.rank, told.rule_on, told.subject, told.place_no
