/*  The chart on the cover of the 维修工单日报: what open orders wait for.

    Grain:  one row per step that some order waits for, in the order of the way.
    Rerun:  safe; only reads what was known at `known_at`.  */
select
    coalesce(nullif(standing.stop, ''), '待月末入账') as stop_text,
    count(*) filter (where standing.order_class = 'A') as a_count,
    count(*) filter (where standing.order_class = 'B') as b_count
from repairs.standing
where
    standing.workflow = 'repair_orders'
    and standing.site_id = %(site_id)s
    and standing.base_on = %(starts_on)s
    and standing.outcome <> '自修结案'
group by standing.stop
order by min(standing.step_no), stop_text
