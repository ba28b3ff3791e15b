/*  The totals of the sheet 销控表: units in each state, counted from the register itself.

    Grain:  one row per state that any unit is in.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  every unit of the register is counted once, in one state.  */
select
    state.state,
    count(*)::integer as unit_count
from sales.unit_state(%(site_id)s::text, %(last_on)s::date, %(known_at)s::timestamptz) as state
group by state.state
