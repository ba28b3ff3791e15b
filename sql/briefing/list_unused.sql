/*  Lists workflows that are due and have nothing to be about: no company was entered that opens by then.

    Grain:  one row per workflow.
    Rerun:  safe; only reads what holds now: the briefing is about now. A house without repairs is told of none.  */
with due (workflow, about_on) as (
    select *
    from unnest(%(workflows)s::text [], %(about_on)s::date [])
)

select due.workflow
from due
where
    due.workflow in ('repair_orders', 'deposit_chargebacks')
    and not exists (
        select from repairs.company
        where company.superseded_at = 'infinity' and company.opens_with <= due.about_on
    )
order by due.workflow
