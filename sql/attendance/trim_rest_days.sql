/*  Takes from days without a shift the hours that belong to the shifts beside them.

    Grain:  one row per duty without a shift that a neighbouring shift reaches into.
    Rerun:  safe; changes a table of this transaction only (duty).
    Joins:  hashed
    Rules:  ATT-04 a night's leaving punch belongs to the night alone, also on a day of rest.
    Speed:  a statement of its own, because few shifts reach beyond 04:00, and a plan joined with itself has all days.  */
with reach as (
    select
        duty.employee_id,
        duty.site_id,
        beside.work_on,
        case when beside.work_on > duty.work_on then duty.window_closes_at end as opens_at,
        case when beside.work_on < duty.work_on then duty.window_opens_at end as closes_at
    from duty
    cross join lateral (values (duty.work_on - 1), (duty.work_on + 1)) as beside (work_on)
    where duty.reaches_beside
),

bounds as (
    select
        reach.employee_id,
        reach.site_id,
        reach.work_on,
        max(reach.opens_at) as opens_at,
        min(reach.closes_at) as closes_at
    from reach
    group by reach.employee_id, reach.site_id, reach.work_on
)

update duty
set
    window_opens_at = greatest(duty.window_opens_at, bounds.opens_at),
    window_closes_at = least(duty.window_closes_at, bounds.closes_at)
from bounds
where
    duty.starts_at is null
    and duty.employee_id = bounds.employee_id
    and duty.site_id = bounds.site_id
    and duty.work_on = bounds.work_on
    and (bounds.opens_at > duty.window_opens_at or bounds.closes_at < duty.window_closes_at)
