/*  What the cover of the 维修工单日报 says: the company, its rules, the lines that came in, where its orders stand.

    Grain:  one row.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  the control totals are those of the files with facts of repairs that became known since the day before.  */
with company as (
    select
        company.site_id,
        company.company_name,
        company.contact,
        (
            select max(result.known_at)
            from ops.result
            where
                result.workflow = 'repair_orders'
                and result.site_id = company.site_id
                and result.base_on < %(starts_on)s
                and result.known_at < %(known_at)s
        ) as before_known_at
    from repairs.company
    where
        company.site_id = %(site_id)s
        and company.recorded_at <= %(known_at)s
        and %(known_at)s < company.superseded_at
)

select
    company.company_name,
    company.contact,
    repairs.rules_of(company.site_id, %(last_on)s::date, %(known_at)s::timestamptz) as rules,
    control.received,
    control.admitted,
    control.duplicate,
    control.superseding,
    control.returned,
    counted.*,
    before.order_count as before_order_count,
    before.a_count as before_a_count,
    before.b_count as before_b_count
from company
cross join lateral repairs.control(
    company.site_id, coalesce(company.before_known_at, '-infinity'), %(known_at)s::timestamptz
) as control
cross join lateral repairs.day_counts(company.site_id, %(last_on)s::date, %(known_at)s::timestamptz) as counted
cross join lateral (
    select
        nullif(count(*), 0)::integer as order_count,
        nullif(count(*) filter (where standing.order_class = 'A'), 0)::integer as a_count,
        nullif(count(*) filter (where standing.order_class = 'B'), 0)::integer as b_count
    from repairs.standing
    where
        standing.workflow = 'repair_orders'
        and standing.site_id = company.site_id
        and standing.outcome <> '自修结案'
        and standing.base_on = (
            select max(earlier.base_on)
            from repairs.standing as earlier
            where
                earlier.workflow = 'repair_orders'
                and earlier.site_id = company.site_id
                and earlier.base_on < %(starts_on)s
        )
) as before
