/*  Finds sites of which nobody can say when the month closes, because the next month's calendar was never announced.

    Grain:  one row per year that is missing.
    Rerun:  safe; only reads.
    Rules:  OPS-19 a month that nobody announced cannot be counted in working days.  */
select
    extract(year from upper(run_scope.period))::integer || '年放假安排尚未公布或未入库，无法确定'
    || to_char(lower(run_scope.period), 'YYYY年FMMM月') || '考勤的关账日（涉及' || count(*) || '个案场）。'
    || '请把国务院放假安排放入收件目录后重跑。' as problem
from ops.run_scope
where
    run_scope.run_id = %(run_id)s
    and attendance.close_instant(run_scope.site_id, lower(run_scope.period), %(known_at)s) is null
group by run_scope.period
