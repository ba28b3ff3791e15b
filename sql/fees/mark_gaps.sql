/*  Marks towers of the run whose month before is not released yet: they wait, the others go on.

    Grain:  one row per tower that waits.
    Rerun:  safe; a tower whose month before was released meanwhile waits no longer.
    Rules:  a month goes on from what the month before billed (readings, arrears, late fees), so each waits for it;
            OPS-11 other towers are not held up.  */
with waiting as materialized (
    select
        run_scope.run_id,
        run_scope.site_id,
        lower(run_scope.period) as base_on
    from ops.run_scope
    where
        run_scope.run_id = %(run_id)s
        and not fees.is_next(run_scope.site_id, lower(run_scope.period), %(known_at)s)
),

gone as (
    delete from ops.run_gap
    where run_gap.run_id = %(run_id)s and run_gap.site_id not in (select waiting.site_id from waiting)
)

insert into ops.run_gap (run_id, site_id, base_on, missing)
select
    waiting.run_id,
    waiting.site_id,
    waiting.base_on,
    concat(
        to_char(waiting.base_on - interval '1 month', 'YYYY"年"FMMM"月"'),
        '的收费通知尚未发布，请先完成上月的审批与发布，再用“重算”重跑本月'
    ) as missing
from waiting
on conflict (run_id, site_id, base_on) do nothing
