/*  Lists workflows that are due and have nothing to be about: no company or project was entered that opens by then.

    Grain:  one row per workflow.
    Rerun:  safe; only reads what holds now: the briefing is about now. A house without repairs or sales is told of none.  */
with due (workflow, about_on, step) as (
    select *
    from unnest(%(workflows)s::text [], %(about_on)s::date [], %(steps)s::interval [])
)

select due.workflow
from due
where
    (
        due.workflow in ('repair_orders', 'deposit_chargebacks')
        and not exists (
            select from repairs.company
            where company.superseded_at = 'infinity' and company.opens_with <= due.about_on
        )
    )
    or (
        due.workflow in ('weekly_sales', 'monthly_sales', 'customer_followup')
        and not exists (
            select from sales.project
            where project.superseded_at = 'infinity' and project.opens_on < due.about_on + due.step
        )
    )
order by due.workflow
