/*  Sets aside the days on which people were due at a site and not one punch is known: the file has not arrived.

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
        count(*) filter (where in_at is not null or out_at is not null) = 0
        and count(*) filter (where status not in ('休息', '法定节假日', '请假', '公出', '待确认')) > 0
),

noted as (
    insert into ops.run_gap (run_id, site_id, base_on, missing)
    select
        %(run_id)s as run_id,
        site_id,
        work_on as base_on,
        '打卡资料' as missing
    from silent_day
    on conflict do nothing
)

delete from verdict
using silent_day
where verdict.site_id = silent_day.site_id and verdict.work_on = silent_day.work_on
