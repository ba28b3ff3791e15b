/*  Finds days that need the official calendar while their year was never announced.

    Grain:  one row per year that is missing.
    Rerun:  safe; only reads.
    Rules:  OPS-19 the run stops and names the calendar; it never assumes "weekends only". Sites whose people
            work by roster alone do not need it for their days, only for the close of a month.  */
with run as (
    select
        run_id,
        known_at
    from ops.run
    where run_id = %(run_id)s
),

site_day as (
    select
        run_day.site_id,
        run_day.day_on as work_on
    from ops.run_day
    inner join run on run_day.run_id = run.run_id
),

announced as (
    select distinct calendar_day.year_no
    from book.calendar_day
    inner join run on calendar_day.recorded_at <= run.known_at and run.known_at < calendar_day.superseded_at
),

by_calendar as (
    select
        site_day.site_id,
        extract(year from site_day.work_on)::integer as year_no,
        min(site_day.work_on) as needed_on,
        '判定工作日与节假日' as purpose
    from site_day
    cross join run
    inner join book.site_rule_set
        on
            site_day.site_id = site_rule_set.site_id
            and site_day.work_on >= site_rule_set.valid_from
            and site_day.work_on <= coalesce(site_rule_set.valid_to, 'infinity')
            and site_rule_set.recorded_at <= run.known_at
            and run.known_at < site_rule_set.superseded_at
    inner join book.rule
        on
            site_rule_set.rule_set = rule.rule_set
            and rule.parameter = 'works_calendar'
            and rule.value = 'official'
            and site_day.work_on >= rule.valid_from
            and site_day.work_on <= coalesce(rule.valid_to, 'infinity')
            and rule.recorded_at <= run.known_at
            and run.known_at < rule.superseded_at
    group by site_day.site_id, extract(year from site_day.work_on)
    union all
    -- the month before the knowledge's own may have closed: its closing day is counted in working days
    select
        site_day.site_id,
        extract(year from run.known_at)::integer,
        min(site_day.work_on),
        '计算关账日'
    from site_day
    cross join run
    where
        date_trunc('month', site_day.work_on) = date_trunc('month', run.known_at) - interval '1 month'
        and extract(day from run.known_at) > 5
    group by site_day.site_id, extract(year from run.known_at)
)

select
    '缺少' || by_calendar.year_no || '年的节假日安排（国务院通知）：'
    || string_agg(distinct by_calendar.site_id, '、' order by by_calendar.site_id)
    || '自' || min(by_calendar.needed_on) || '起需要它' || min(by_calendar.purpose)
    || '。请把 ' || by_calendar.year_no || '.json 放入资料收件夹后重跑；系统不会按“周六日休息”猜测。' as problem
from by_calendar
where by_calendar.year_no not in (select announced.year_no from announced)
group by by_calendar.year_no
order by by_calendar.year_no
