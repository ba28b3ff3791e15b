/*  The sheet 异常 of a 销售周报 or 销售月报: what somebody should look at, and who.

    Grain:  one row per contract, subscription, unit label, holding or receipt concerned; one per step of a building's ladder.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  SAL-04 unsigned overdue; SAL-05 above 100 per cent; SAL-12 refunds; SAL-20 two registers; SA-B5 units that are no
            units; SA-B6 cash; SA-B7 plans and money overdue; SA-B9 prices and ladders. What must be dealt with is due two
            days after a month's end, before finance confirms; else on the Friday after the week.
    Joins:  hashed  */
with edition as materialized (
    select
        %(site_id)s::text as place_id,
        %(starts_on)s::date as starts_on,
        %(last_on)s::date as last_on,
        %(known_at)s::timestamptz as known_at,
        extract(day from %(starts_on)s::date) = 1 and extract(day from %(last_on)s::date + 1) = 1 as is_month
),

place as materialized (
    select
        project.site_id,
        project.project_name,
        register.is_unit_register,
        coalesce(manager.consultant_name, register.manager_id) as manager_name
    from edition
    cross join lateral sales.projects_of(edition.place_id, edition.known_at) as project
    inner join sales.project as register
        on
            project.site_id = register.site_id
            and register.recorded_at <= edition.known_at
            and edition.known_at < register.superseded_at
    left join lateral sales.staff_on(edition.last_on, edition.known_at) as manager
        on register.manager_id = manager.consultant_id
),

consultant as materialized (
    select consultant.*
    from edition
    cross join lateral sales.staff_on(edition.last_on, edition.known_at) as consultant
),

contract as materialized (
    select
        contract.*,
        coalesce(keeper.consultant_name, contract.keeper_id) as keeper_name
    from edition
    cross join lateral sales.contract_at(edition.place_id, edition.last_on, edition.known_at) as contract
    left join consultant as keeper on contract.keeper_id = keeper.consultant_id
),

advance as materialized (
    select advance.*
    from edition
    cross join lateral sales.advance_at(edition.place_id, edition.last_on, edition.known_at) as advance
),

unsigned as materialized (
    select
        unsigned.*,
        coalesce(consultant.consultant_name, unsigned.consultant_id) as consultant_name
    from edition
    cross join lateral sales.unsigned_at(edition.place_id, edition.last_on, edition.known_at) as unsigned
    left join consultant on unsigned.consultant_id = consultant.consultant_id
),

receipt as materialized (
    select receipt.*
    from edition
    cross join place
    inner join sales.receipt
        on
            place.site_id = receipt.site_id
            and receipt.value_on <= edition.last_on
            and receipt.recorded_at <= edition.known_at
            and edition.known_at < receipt.superseded_at
),

twofold as (
    select twofold.*
    from edition
    cross join lateral
        sales.contract_conflict(array[edition.place_id], edition.last_on, edition.known_at) as twofold
),

-- every label of a unit that a register uses
labelled as (
    select
        contract.site_id,
        contract.signed_unit_no as unit_no,
        '合同' || contract.contract_no as used_by,
        contract.signed_on as used_on,
        contract.signed_amount as amount,
        contract.file_id,
        contract.line_no
    from contract
    union all
    select
        subscription.site_id,
        subscription.unit_no,
        '认购' || subscription.subscription_no,
        subscription.subscribed_on,
        subscription.amount,
        subscription.file_id,
        subscription.line_no
    from edition
    cross join place
    inner join sales.subscription
        on
            place.site_id = subscription.site_id
            and subscription.subscribed_on <= edition.last_on
            and subscription.recorded_at <= edition.known_at
            and edition.known_at < subscription.superseded_at
    union all
    select
        change.site_id,
        change.new_unit_no,
        '换房' || change.change_no,
        change.applied_on,
        change.amount,
        change.file_id,
        change.line_no
    from edition
    cross join place
    inner join sales.change
        on
            place.site_id = change.site_id
            and change.applied_on <= edition.last_on
            and change.recorded_at <= edition.known_at
            and edition.known_at < change.superseded_at
    where change.new_unit_no is not null
    union all
    select
        unit_hold.site_id,
        unit_hold.unit_no,
        unit_hold.hold_kind,
        unit_hold.starts_on,
        null,
        unit_hold.file_id,
        unit_hold.line_no
    from edition
    cross join place
    inner join sales.unit_hold
        on
            place.site_id = unit_hold.site_id
            and unit_hold.starts_on <= edition.last_on
            and unit_hold.recorded_at <= edition.known_at
            and edition.known_at < unit_hold.superseded_at
),

priced as materialized (
    select
        checked.*,
        coalesce(consultant.consultant_name, checked.consultant_id) as consultant_name
    from edition
    cross join lateral
        sales.price_check(edition.place_id, edition.starts_on, edition.last_on, edition.known_at) as checked
    left join consultant on checked.consultant_id = consultant.consultant_id
),

bound as (
    select
        place.site_id,
        max(rule.value) filter (where rule.parameter = 'price_step_low_rate')::numeric as low,
        max(rule.value) filter (where rule.parameter = 'price_step_high_rate')::numeric as high
    from edition
    cross join place
    cross join lateral book.rule_stretch(place.site_id, edition.known_at) as rule
    where
        rule.parameter in ('price_step_low_rate', 'price_step_high_rate')
        and edition.last_on between rule.valid_from and rule.valid_to
    group by place.site_id
),

-- the steps of each unit's ladder as rates of the step below
ladder as (
    select
        unit.site_id,
        unit.building_no,
        unit.unit_no,
        step.name,
        step.place,
        step.rate,
        bound.low,
        bound.high,
        unit.recorded_at,
        unit.file_id,
        unit.line_no
    from edition
    cross join place
    inner join sales.unit
        on
            place.site_id = unit.site_id
            and unit.recorded_at <= edition.known_at
            and edition.known_at < unit.superseded_at
    cross join
        lateral (
            values
            (1, '底价→内部', unit.internal_amount / unit.floor_amount - 1),
            (2, '内部→批发', unit.wholesale_amount / unit.internal_amount - 1),
            (3, '批发→表价', unit.list_amount / unit.wholesale_amount - 1)
        ) as step (place, name, rate)
    inner join bound on unit.site_id = bound.site_id
    where round(step.rate, 4) < bound.low or round(step.rate, 4) > bound.high
),

-- each holding once, by the last day of the period on which something was wrong with it
cash as (
    select distinct on (held.site_id, held.holding_no) held.*
    from (
        select
            place.site_id,
            place.manager_name,
            day_at::date as day_on,
            cash_at.*
        from edition
        cross join place
        cross join lateral generate_series(edition.starts_on::timestamp, edition.last_on::timestamp, interval '1 day') as day_at
        cross join lateral sales.cash_at(place.site_id, day_at::date, edition.known_at) as cash_at
        where cash_at.is_wrong
    ) as held
    order by held.site_id, held.holding_no, held.day_on desc
),

turned as (
    select
        coalesce(sum(moved.moved_count) filter (where moved.indicator = '签约'), 0) as signed_quantity,
        coalesce(sum(moved.moved_count) filter (where moved.indicator in ('来访新', '复访')), 0) as visit_quantity
    from edition
    cross join lateral
        sales.moved(array[edition.place_id], edition.starts_on, edition.last_on, edition.known_at) as moved
),

finding (
    rank, severity, subject, problem, impact_amount, advice, department, person, first_seen_on, file_id, line_no
) as (
    select
        1,
        '请核对',
        twofold.contract_no,
        concat(
            '项目台账', to_char(twofold.project_amount, 'FM999,999,999,990.00'), '元（', twofold.project_signed_on, '签约），集团台账',
            to_char(twofold.group_amount, 'FM999,999,999,990.00'), '元（', twofold.group_signed_on, '签约），不一致；按', twofold.counted_source,
            '台账计一次'
        ),
        twofold.project_amount - twofold.group_amount,
        '请项目与集团核对合同原件，由登记错误的一方补报更正',
        '案场',
        place.manager_name,
        twofold.project_signed_on,
        twofold.file_id,
        twofold.line_no
    from twofold
    inner join place on twofold.site_id = place.site_id
    where twofold.is_differing
    union all
    select
        2,
        '必须处理',
        labelled.unit_no,
        concat(labelled.used_by, '的房号“', labelled.unit_no, '”不在', place.project_name, '房源表中，不进销控表，价格档无法判定'),
        labelled.amount,
        '请按房源表更正房号，或补报房源',
        '案场',
        place.manager_name,
        labelled.used_on,
        labelled.file_id,
        labelled.line_no
    from edition
    cross join labelled
    inner join place on labelled.site_id = place.site_id and place.is_unit_register
    where
        not exists (
            select from sales.unit
            where
                unit.site_id = labelled.site_id
                and unit.unit_no = labelled.unit_no
                and unit.recorded_at <= edition.known_at
                and edition.known_at < unit.superseded_at
        )
    union all
    select
        3,
        '必须处理',
        priced.contract_no,
        concat(
            priced.unit_no, '成交', to_char(priced.amount, 'FM999,999,999,990.00'), '元，',
            case when priced.reached = '低于底价' then '低于底价' else concat('只到', priced.reached, '档') end,
            '；', priced.grade, '可给到', priced.granted, '（', to_char(priced.granted_amount, 'FM999,999,999,990.00'), '元），',
            case
                when priced.approved_by is null then '没有批准人'
                else concat(priced.approved_by, '只批到', coalesce(priced.approved_price, '未写明价格档'))
            end
        ),
        priced.amount - priced.granted_amount,
        '请补办价格审批，写明批准人和批准价格档；登记错误的请补报更正',
        '案场',
        priced.consultant_name,
        priced.signed_on,
        priced.file_id,
        priced.line_no
    from priced
    where priced.verdict = '未经批准'
    union all
    select
        4,
        '必须处理',
        concat('暂存现金 ', cash.holding_no),
        concat(
            coalesce(consultant.consultant_name, cash.holder_id), '（', cash.holder_kind, '）暂存',
            to_char(cash.amount, 'FM999,999,999,990.00'), '元，存入', to_char(cash.held_at, 'YYYY-MM-DD HH24:MI'), '：', cash.state_text
        ),
        cash.amount,
        '请当日交财务入账，并由案场经理书面说明',
        '案场',
        cash.manager_name,
        cash.held_at::date,
        cash.file_id,
        cash.line_no
    from cash
    left join consultant on cash.holder_id = consultant.consultant_id
    union all
    select
        5,
        '必须处理',
        contract.contract_no,
        case
            when contract.planned_amount = 0
                then concat('合同价', to_char(contract.price_amount, 'FM999,999,999,990.00'), '元，没有应收计划，未列入应收账龄')
            else concat(
                '应收计划合计', to_char(contract.planned_amount, 'FM999,999,999,990.00'), '元，合同价',
                to_char(contract.price_amount, 'FM999,999,999,990.00'), '元',
                case
                    when contract.price_amount <> contract.signed_amount
                        then concat('（签约', to_char(contract.signed_amount, 'FM999,999,999,990.00'), '元，另有换房或补充协议）')
                end,
                '，相差', to_char(contract.price_amount - contract.planned_amount, 'FM999,999,999,990.00'), '元，应收按计划列示'
            )
        end,
        contract.price_amount - contract.planned_amount,
        '请按合同和补充协议补报应收计划',
        '案场',
        contract.keeper_name,
        contract.signed_on,
        contract.file_id,
        contract.line_no
    from contract
    where contract.is_plan_off and contract.cancelled_on is null
    union all
    select
        6,
        case when edition.is_month then '必须处理' else '请核对' end,
        concat('回款 ', place.project_name),
        concat(
            '本期', count(*), '笔回款合计', to_char(sum(receipt.amount), 'FM999,999,999,990.00'), '元未经财务确认'
        ),
        sum(receipt.amount),
        '请财务核对银行到账后登记确认人和确认日期',
        '财务部',
        null,
        min(receipt.value_on),
        null::integer,
        null::integer
    from edition
    cross join receipt
    inner join place on receipt.site_id = place.site_id
    where receipt.value_on >= edition.starts_on and receipt.confirmed_by is null
    group by edition.is_month, place.site_id, place.project_name
    union all
    select
        7,
        '必须处理',
        concat('收据 ', receipt.receipt_no),
        concat(
            receipt.value_on, '到账', to_char(receipt.amount, 'FM999,999,999,990.00'), '元，登记的',
            case when receipt.contract_no is not null then '合同' || receipt.contract_no else '认购' || receipt.subscription_no end,
            '不在台账中，未抵任何应收'
        ),
        receipt.amount,
        '请核对合同号或认购号，补报更正',
        '财务部',
        null,
        receipt.value_on,
        receipt.file_id,
        receipt.line_no
    from edition
    cross join receipt
    where
        case
            when receipt.contract_no is not null
                then (receipt.site_id, receipt.contract_no) not in (select contract.site_id, contract.contract_no from contract)
            else
                not exists (
                    select from sales.subscription
                    where
                        subscription.site_id = receipt.site_id
                        and subscription.subscription_no = receipt.subscription_no
                        and subscription.recorded_at <= edition.known_at
                        and edition.known_at < subscription.superseded_at
                )
        end
    union all
    select
        8,
        '请核对',
        contract.contract_no,
        concat(
            '退房已于', contract.cancelled_on, '经开发商批准，已收', to_char(advance.received_amount, 'FM999,999,999,990.00'), '元尚未退还'
        ),
        advance.received_amount,
        '请财务按退房协议退款；按约定不退的，请登记依据',
        '财务部',
        null,
        contract.cancelled_on,
        contract.file_id,
        contract.line_no
    from contract
    inner join advance on contract.site_id = advance.site_id and contract.contract_no = advance.contract_no
    where contract.cancelled_on is not null and advance.received_amount > 0
    union all
    select
        9,
        '必须处理',
        contract.contract_no,
        concat('退款比收款多', to_char(- advance.received_amount, 'FM999,999,999,990.00'), '元'),
        advance.received_amount,
        '请财务核对收据与退款凭证，补报漏记的收款',
        '财务部',
        null,
        edition.last_on,
        contract.file_id,
        contract.line_no
    from edition
    cross join contract
    inner join advance on contract.site_id = advance.site_id and contract.contract_no = advance.contract_no
    where advance.received_amount < 0
    union all
    select
        10,
        '请核对',
        unsigned.unit_no,
        concat(
            unsigned.subscription_no, '认购于', unsigned.subscribed_on, '，应于', unsigned.sign_by_on, '签约，已超期',
            unsigned.overdue_days, '天', '，原因：' || coalesce(nullif(sales.masked_text(unsigned.open_reason), ''), '未登记')
        ),
        unsigned.amount,
        '请催签；客户放弃的，请报开发商批准退订',
        '案场',
        unsigned.consultant_name,
        unsigned.sign_by_on + 1,
        unsigned.file_id,
        unsigned.line_no
    from unsigned
    where unsigned.overdue_days > 0
    union all
    select
        11,
        '请核对',
        contract.contract_no,
        concat(
            contract.unit_no, '应收逾期最长', age.overdue_days, '天，逾期90天以上', to_char(age.late_over_amount, 'FM999,999,999,990.00'), '元'
        ),
        age.late_over_amount,
        '请责任人书面催款，并报法务评估解除或诉讼',
        '案场',
        contract.keeper_name,
        age.oldest_on + 1,
        contract.file_id,
        contract.line_no
    from edition
    cross join lateral
        sales.contract_age(edition.place_id, edition.starts_on, edition.last_on, edition.known_at) as age
    inner join contract on age.site_id = contract.site_id and age.contract_no = contract.contract_no
    where age.late_over_amount > 0
    union all
    select
        12,
        '请核对',
        concat(coalesce(building.building_name, ladder.building_no), ' ', ladder.name),
        concat(
            count(*), '套的价格档上浮不在', to_char(ladder.low * 100, 'FM990.##'), '%%至', to_char(ladder.high * 100, 'FM990.##'),
            '%%之间：最低', to_char(min(ladder.rate) * 100, 'FM990.00'), '%%，最高', to_char(max(ladder.rate) * 100, 'FM990.00'),
            '%%，如', min(ladder.unit_no)
        ),
        null,
        '请核对价格表，按批准的价格补报房源',
        '案场',
        place.manager_name,
        min(ladder.recorded_at)::date,
        min(ladder.file_id),
        min(ladder.line_no)
    from edition
    cross join ladder
    inner join place on ladder.site_id = place.site_id
    left join sales.building
        on
            ladder.site_id = building.site_id
            and ladder.building_no = building.building_no
            and building.recorded_at <= edition.known_at
            and edition.known_at < building.superseded_at
    group by
        ladder.site_id, place.manager_name, building.building_name, ladder.building_no, ladder.name, ladder.place, ladder.low,
        ladder.high
    union all
    select
        13,
        '请核对',
        '成交率（期间）',
        concat(
            '签约', trim_scale(turned.signed_quantity), '套 ÷ 来访', trim_scale(turned.visit_quantity), '批 ＝ ',
            to_char(turned.signed_quantity * 100 / turned.visit_quantity, 'FM999,990.00'), '%%，超过100%%'
        ),
        null,
        '请核对来访登记是否漏记；以前来访、本期签约的属正常，请看成交率（同批客户）',
        '案场',
        null,
        edition.last_on,
        null::integer,
        null::integer
    from edition
    cross join turned
    where turned.visit_quantity > 0 and turned.signed_quantity > turned.visit_quantity
    union all
    select
        14,
        '必须处理',
        contract.contract_no,
        concat('业绩比例合计', to_char(sum(contract_share.share) * 100, 'FM990.00'), '%%，应为100%%'),
        contract.signed_amount,
        '请补报各顾问的业绩比例',
        '案场',
        contract.keeper_name,
        contract.signed_on,
        min(contract_share.file_id),
        min(contract_share.line_no)
    from edition
    cross join contract
    inner join sales.contract_share
        on
            contract.site_id = contract_share.site_id
            and contract.contract_no = contract_share.contract_no
            and contract_share.recorded_at <= edition.known_at
            and edition.known_at < contract_share.superseded_at
    group by contract.contract_no, contract.site_id, contract.signed_amount, contract.keeper_name, contract.signed_on
    having sum(contract_share.share) <> 1
)

select
    finding.severity,
    finding.subject,
    finding.problem,
    finding.impact_amount,
    finding.advice,
    finding.department,
    finding.person,
    case
        when finding.severity <> '必须处理' then null
        when edition.is_month then edition.last_on + 2
        else edition.last_on + 5
    end as due_on,
    finding.first_seen_on,
    greatest(edition.last_on - finding.first_seen_on, 0) as lasting_days,
    '未处理' as state,
    landing_file.file_name,
    finding.line_no
from finding
cross join edition
left join ops.landing_file on finding.file_id = landing_file.file_id
order by
    array_position(array['必须处理', '请核对', '提示'], finding.severity), finding.rank, finding.first_seen_on, finding.subject,
    finding.problem
