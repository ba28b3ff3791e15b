/*  Marks companies of the run whose month before is not settled yet: they wait, the others go on.

    Grain:  one row per company that waits.
    Rerun:  safe; a company whose month before was settled meanwhile waits no longer.
    Rules:  a month's opening balance is the closing balance of the month before (WAR-22), so each waits for it.  */
with waiting as materialized (
    select
        run_scope.run_id,
        run_scope.site_id,
        lower(run_scope.period) as base_on
    from ops.run_scope
    where
        run_scope.run_id = %(run_id)s
        and not repairs.is_next(run_scope.site_id, lower(run_scope.period), %(known_at)s)
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
        '的维修扣款尚未入账，请先完成上月的认定与入账，再用“重算”重跑本月'
    ) as missing
from waiting
on conflict (run_id, site_id, base_on) do nothing
