/*  What the cover of the 每日客户跟进表 says: the project, its rules, the lines that came in, how many things there are to do.

    Grain:  one row.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  the control totals are those of the files with facts about customers that became known since the day before.  */
with project as (
    select
        project.site_id,
        project.project_name,
        project.contact,
        (
            select result.known_at
            from ops.result
            where
                result.workflow = 'customer_followup'
                and result.site_id = project.site_id
                and result.base_on < %(starts_on)s
                and result.known_at < %(known_at)s
            order by result.base_on desc, result.revision desc
            limit 1
        ) as before_known_at
    from sales.project
    where
        project.site_id = %(site_id)s
        and project.recorded_at <= %(known_at)s
        and %(known_at)s < project.superseded_at
)

select
    project.project_name,
    project.contact,
    repairs.rules_of(project.site_id, %(last_on)s::date, %(known_at)s::timestamptz) as rules,
    control.received,
    control.admitted,
    control.duplicate,
    control.superseding,
    control.returned,
    owned.held_count,
    owned.bought_count,
    owned.public_count,
    before.totals as before_totals
from project
cross join lateral sales.followup_control(
    project.site_id, coalesce(project.before_known_at, '-infinity'), %(known_at)s::timestamptz
) as control
cross join lateral (
    select
        count(*) filter (where ownership.verdict = '登记有效')::integer as held_count,
        count(*) filter (where ownership.verdict = '已成交')::integer as bought_count,
        count(*) filter (
            where ownership.verdict = '公共' and ownership.decided_on >= %(last_on)s::date - 1
        )::integer as public_count
    from sales.ownership
    where
        ownership.workflow = 'customer_followup'
        and ownership.site_id = project.site_id
        and ownership.base_on = %(last_on)s
) as owned
left join lateral (
    select result.totals
    from ops.result
    where
        result.workflow = 'customer_followup'
        and result.site_id = project.site_id
        and result.base_on = %(starts_on)s::date - 1
        and result.known_at < %(known_at)s
    order by result.revision desc
    limit 1
) as before on true
