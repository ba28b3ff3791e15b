/*  Finds towers whose month before is not released yet.

    Grain:  one row per tower.
    Rerun:  safe; only reads.
    Rules:  a month goes on from what the month before billed (readings, arrears, late fees), so each waits for it.  */
with run as (
    select
        run_id,
        known_at
    from ops.run
    where run_id = %(run_id)s
)

select
    concat(
        tower.tower_name, to_char(open_scope.base_on - interval '1 month', 'YYYY"年"MM"月"'),
        '的收费通知还没有发布。请先完成上月的审批与发布，再重跑本月。'
    ) as problem
from run
inner join fees.open_scope on run.run_id = open_scope.run_id
inner join fees.tower
    on
        open_scope.site_id = tower.site_id
        and tower.recorded_at <= run.known_at
        and run.known_at < tower.superseded_at
where
    tower.opens_with < open_scope.base_on
    and not exists (
        select from ops.period_close
        where
            period_close.workflow = 'fee_notices'
            and period_close.site_id = tower.site_id
            and period_close.period @> (open_scope.base_on - 1)
    )
order by tower.site_id
