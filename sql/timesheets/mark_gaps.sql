/*  Marks sites of the run of which a closed month cannot be settled: days that wait for a word, days never computed.

    Grain:  one row per site and month that waits; missing says how many days, and whose (the first three).
    Rerun:  safe; a month of which everything came meanwhile waits no longer.
    Rules:  ATT-19 a final sheet has nothing pending, else it is not issued. While the month is open nothing is missing:
            the draft shows such days as 待确认.  */
with site_month as materialized (
    select distinct
        run_day.site_id,
        date_trunc('month', run_day.day_on)::date as month_on
    from ops.run_day
    where run_day.run_id = %(run_id)s
),

asked as materialized (
    select
        site_month.*,
        (site_month.month_on + interval '1 month')::date as next_on,
        exists (
            select from ops.period_close
            where
                period_close.workflow = 'daily_attendance'
                and period_close.site_id = site_month.site_id
                and period_close.period @> site_month.month_on
        ) as is_closed
    from site_month
    where not exists (
        select from ops.period_close
        where
            period_close.workflow = 'monthly_attendance'
            and period_close.site_id = site_month.site_id
            and period_close.period @> site_month.month_on
    )
),

day as materialized (
    select
        asked.site_id,
        asked.month_on,
        attendance_day.employee_id,
        attendance_day.employee_name,
        attendance_day.work_on,
        attendance_day.pending_days,
        attendance_day.day_kind = '' as is_old
    from asked
    inner join attendance.attendance_day
        on
            asked.site_id = attendance_day.site_id
            and attendance_day.work_on >= asked.month_on
            and attendance_day.work_on < asked.next_on
    where
        attendance_day.site_id = any(array(select closed.site_id from asked as closed where closed.is_closed))
        and attendance_day.work_on between %(first_on)s and %(last_on)s
        and asked.is_closed
        -- days that are plain are nobody's question
        and (attendance_day.pending_days > 0 or attendance_day.day_kind = '')
),

waiting as (
    select
        day.site_id,
        day.month_on,
        day.employee_id,
        case when day.is_old then '旧版判定' else '待确认' end as matter,
        max(day.employee_name) as employee_name,
        sum(case when day.is_old then 1 else day.pending_days end) as days,
        min(day.work_on) as first_on
    from day
    group by 1, 2, 3, 4
),

named as (
    select
        waiting.*,
        row_number() over (
            partition by waiting.site_id, waiting.month_on, waiting.matter order by waiting.first_on, waiting.employee_id
        ) as nth
    from waiting
),

matter as (
    select
        named.site_id,
        named.month_on,
        concat(
            named.matter, trim_scale(sum(named.days)), '天：',
            string_agg(
                concat(named.employee_name, '（', to_char(named.first_on, 'MM-DD'), '）'), '、'
                order by named.first_on, named.employee_id
            ) filter (where named.nth <= 3),
            case when count(*) > 3 then concat('等', count(*), '人') end,
            case named.matter
                when '待确认' then '，请补齐签字、假条、排班或考勤认定单后重算'
                else '，请用考勤日报重算这些天'
            end
        ) as missing
    from named
    group by named.site_id, named.month_on, named.matter
),

-- days on which the site was open and bound to rules, and of which there is no result
silent_day as (
    select distinct
        asked.site_id,
        asked.month_on,
        day_at::date as day_on
    from asked
    cross join
        lateral generate_series(asked.month_on::timestamp, asked.next_on - interval '1 day', interval '1 day') as day_at
    inner join book.site
        on
            asked.site_id = site.site_id
            and day_at::date between coalesce(site.opened_on, '-infinity') and coalesce(site.closed_on, 'infinity')
            and site.recorded_at <= %(known_at)s
            and %(known_at)s < site.superseded_at
    inner join book.site_rule_set
        on
            asked.site_id = site_rule_set.site_id
            and day_at::date between site_rule_set.valid_from and coalesce(site_rule_set.valid_to, 'infinity')
            and site_rule_set.recorded_at <= %(known_at)s
            and %(known_at)s < site_rule_set.superseded_at
    where
        asked.is_closed
        and not exists (
            select from ops.result
            where
                result.workflow = 'daily_attendance'
                and result.site_id = asked.site_id
                and result.base_on = day_at::date
        )
),

numbered_day as (
    select
        silent_day.*,
        row_number() over (partition by silent_day.site_id, silent_day.month_on order by silent_day.day_on) as nth
    from silent_day
),

silent as (
    select
        numbered_day.site_id,
        numbered_day.month_on,
        concat(
            count(*), '天没有考勤结果：',
            string_agg(to_char(numbered_day.day_on, 'MM-DD'), '、' order by numbered_day.day_on)
                filter (where numbered_day.nth <= 3),
            case when count(*) > 3 then '等' end,
            '，请补报打卡资料或花名册后重跑考勤日报'
        ) as missing
    from numbered_day
    group by numbered_day.site_id, numbered_day.month_on
),

-- fines of an earlier month are booked before those of a later one, which follow them by differences
unissued as (
    select
        asked.site_id,
        asked.month_on,
        concat(
            string_agg(distinct to_char(result.base_on, 'YYYY-MM'), '、' order by to_char(result.base_on, 'YYYY-MM')),
            '考勤月报表还没有定稿，本月不能先出，请先补齐资料发布该月'
        ) as missing
    from asked
    inner join ops.result
        on
            asked.site_id = result.site_id
            and result.workflow = 'monthly_attendance'
            and asked.month_on > result.base_on
    where
        asked.is_closed
        and not exists (
            select from ops.period_close
            where
                period_close.workflow = 'monthly_attendance'
                and period_close.site_id = result.site_id
                and period_close.period @> result.base_on
        )
    group by asked.site_id, asked.month_on
),

gap as materialized (
    select
        told.site_id,
        told.month_on,
        string_agg(told.missing, '；' order by told.missing) as missing
    from (
        select matter.*
        from matter
        union all
        select silent.*
        from silent
        union all
        select unissued.*
        from unissued
    ) as told
    group by told.site_id, told.month_on
),

gone as (
    delete from ops.run_gap
    where
        run_gap.run_id = %(run_id)s
        and not exists (
            select from gap
            where gap.site_id = run_gap.site_id and gap.month_on = run_gap.base_on
        )
)

insert into ops.run_gap (run_id, site_id, base_on, missing)
select
    %(run_id)s as run_id,
    gap.site_id,
    gap.month_on as base_on,
    gap.missing
from gap
on conflict (run_id, site_id, base_on) do update
    set missing = excluded.missing
    where run_gap.missing <> excluded.missing
