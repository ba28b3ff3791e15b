/*  The sheet 异常 of the 每日客户跟进表: what is against the rules, and what somebody should look into.

    Grain:  one row per holding, deal, consultant or customer concerned.
    Rerun:  safe; only reads.
    Rules:  SA-B6 cash; papers of the day before; SA-B4 customers that nobody followed up, by consultant; SAL-09; SA-B3 a
            colleague closed and nobody has said a word yet; customers of who has left.  */
with staff as materialized (
    select *
    from sales.staff_on(%(last_on)s::date, %(known_at)s::timestamptz)
),

listed as materialized (
    select
        followup.*,
        coalesce(staff.consultant_name, followup.consultant_id, '—') as consultant_name
    from sales.followup
    left join staff on followup.consultant_id = staff.consultant_id
    where followup.site_id = %(site_id)s and followup.base_on = %(last_on)s
),

owned as materialized (
    select
        ownership.*,
        coalesce(staff.consultant_name, ownership.owner_id) as consultant_name,
        staff.left_on,
        staff.site_id as staff_site_id,
        staff.address
    from sales.ownership
    left join staff on ownership.owner_id = staff.consultant_id
    where
        ownership.workflow = 'customer_followup'
        and ownership.site_id = %(site_id)s
        and ownership.base_on = %(last_on)s
        and ownership.owner_id is not null
),

finding (
    rank, severity, subject, problem, impact_amount, advice, department, consultant_id, person, due_on, first_seen_on, file_id, line_no
) as (
    select
        1,
        '必须处理',
        concat('暂存现金 ', listed.item_no),
        concat(listed.detail ->> 'holder_kind', listed.consultant_name, '：', listed.detail ->> 'state_text'),
        listed.amount,
        '请立即送交财务并取得收据',
        '案场',
        listed.consultant_id,
        listed.consultant_name,
        %(last_on)s::date,
        (listed.detail ->> 'held_at')::timestamptz::date,
        listed.file_id,
        listed.line_no
    from listed
    where listed.kind = '暂存现金' and (listed.detail ->> 'is_wrong')::boolean
    union all
    select
        2,
        '必须处理',
        concat(listed.detail ->> 'deal_kind', ' ', listed.detail ->> 'deal_no'),
        concat(listed.due_on, '成交，资料应当日交销售经理，已迟', listed.late_days, '天'),
        null,
        '请今日补交成交资料',
        '案场',
        listed.consultant_id,
        listed.consultant_name,
        %(last_on)s::date,
        listed.due_on + 1,
        listed.file_id,
        listed.line_no
    from listed
    where listed.kind = '资料未交' and listed.late_days > 0
    union all
    select
        3,
        '请核对',
        listed.consultant_name,
        concat('逾期未跟进', count(*), '户，最长', max(listed.late_days), '天'),
        null,
        '请今日跟进并当日录入',
        '案场',
        listed.consultant_id,
        listed.consultant_name,
        %(last_on)s::date,
        min(listed.due_on) + 1,
        null,
        null
    from listed
    where listed.kind = '已逾期'
    group by listed.consultant_id, listed.consultant_name
    union all
    select
        4,
        '请核对',
        coalesce(nullif(owned.customer_name, ''), owned.customer_key),
        concat('登记有效期内由同事', owned.consultant_name, '成交，原登记人尚未提出'),
        null,
        '有异议的请在规定天数内提出撞单申报；逾期登记作废',
        '案场',
        owned.owner_id,
        owned.consultant_name,
        null,
        owned.decided_on,
        owned.file_id,
        owned.line_no
    from owned
    where owned.decision = '同事成交' and owned.decided_on >= %(last_on)s::date - 31
    union all
    select
        5,
        '请核对',
        owned.consultant_name,
        concat(
            case when bool_or(owned.left_on <= %(last_on)s) then '已离职' else '已调离本项目' end, '，名下还有', count(*), '户登记有效的客户'
        ),
        null,
        '请经理指定接手人，并登记客户交接或裁定',
        '案场',
        owned.owner_id,
        owned.consultant_name,
        null,
        min(coalesce(owned.left_on, %(last_on)s::date)),
        null,
        null
    from owned
    where owned.verdict = '登记有效' and (owned.left_on <= %(last_on)s or owned.staff_site_id <> %(site_id)s)
    group by owned.owner_id, owned.consultant_name
    union all
    select
        6,
        '请核对',
        listed.consultant_name,
        '没有登记邮箱，跟进表没有发给本人',
        null,
        '请在《置业顾问》补登邮箱；今日由经理转交',
        '案场',
        listed.consultant_id,
        listed.consultant_name,
        null,
        %(last_on)s::date,
        null,
        null
    from listed
    left join staff on listed.consultant_id = staff.consultant_id
    where listed.consultant_id is not null and staff.address is null and coalesce(staff.left_on > %(last_on)s, true)
    group by listed.consultant_id, listed.consultant_name
    union all
    select
        7,
        '提示',
        listed.consultant_name,
        concat('近7天有', count(*), '条跟进录入逾期，不计入'),
        null,
        '跟进须按规定天数录入；见“未计入跟进”',
        '案场',
        listed.consultant_id,
        listed.consultant_name,
        null,
        min((listed.detail ->> 'entered_on')::date),
        null,
        null
    from listed
    where listed.kind = '未计入跟进'
    group by listed.consultant_id, listed.consultant_name
)

select
    finding.consultant_id,
    finding.severity,
    finding.subject,
    finding.problem,
    finding.impact_amount,
    finding.advice,
    finding.department,
    finding.person,
    finding.due_on,
    finding.first_seen_on,
    greatest(%(last_on)s::date - finding.first_seen_on, 0) as lasting_days,
    '未处理' as state,
    landing_file.file_name,
    finding.line_no
from finding
left join ops.landing_file on finding.file_id = landing_file.file_id
order by finding.rank, finding.first_seen_on, finding.subject, finding.problem
