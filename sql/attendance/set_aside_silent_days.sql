/*  Sets aside the days of which a site has not been heard: people were due and not one punch is known, or nobody is
    known to work there. The file has not arrived.

    Grain:  one row per site and day, kept in ops.run_gap; the day's verdicts are dropped.
    Rerun:  safe; the same run sets a day aside once.
    Rules:  OPS-11 missing input is asked for, never reported as absence of everybody.  */
with silent_day as (
    select
        site_id,
        work_on
    from verdict
    group by site_id, work_on
    having
        count(*) filter (where coalesce(in_at, out_at, second_in_at, second_out_at) is not null) = 0
        and count(*) filter (where status not in ('休息', '法定节假日', '请假', '公出')) > 0
        -- a day that was computed once was heard of
        and not exists (
            select from ops.result
            inner join ops.run on result.workflow = run.workflow
            where
                run.run_id = %(run_id)s
                and result.site_id = verdict.site_id
                and result.base_on = verdict.work_on
        )
),

empty_day as (
    select
        run_day.site_id,
        run_day.day_on as work_on
    from ops.run_day
    where
        run_day.run_id = %(run_id)s
        and not exists (
            select from verdict
            where verdict.site_id = run_day.site_id and verdict.work_on = run_day.day_on
        )
        and not exists (
            select from ops.result
            where
                result.workflow = run_day.workflow
                and result.site_id = run_day.site_id
                and result.base_on = run_day.day_on
        )
),

noted as (
    insert into ops.run_gap (run_id, site_id, base_on, missing)
    select
        %(run_id)s as run_id,
        site_id,
        work_on as base_on,
        '打卡资料' as missing
    from silent_day
    union all
    select
        %(run_id)s as run_id,
        site_id,
        work_on,
        '花名册' as missing
    from empty_day
    on conflict do nothing
)

delete from verdict
using silent_day
where verdict.site_id = silent_day.site_id and verdict.work_on = silent_day.work_on
