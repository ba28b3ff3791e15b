/*  What the cover of the 维修扣款汇总 says beyond its totals: the company, its rules, the lines that came in.

    Grain:  one row.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  the control totals are those of the files with facts of repairs that became known since the last settlement.  */
with edition as materialized (
    select *
    from repairs.edition(%(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz)
)

select
    edition.company_name,
    edition.contact,
    edition.as_of_on,
    repairs.rules_of(edition.site_id, edition.last_on, edition.known_at) as rules,
    control.received,
    control.admitted,
    control.duplicate,
    control.superseding,
    control.returned
from edition
cross join lateral repairs.control(edition.site_id, coalesce(edition.before_known_at, '-infinity'), edition.known_at) as control
