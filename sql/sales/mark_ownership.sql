/*  Marks whose each customer is at the end of the run's periods, by which rule, and who else was concerned.

    Grain:  one row per workflow, project, base period and customer that ever had an owner.
    Rerun:  safe; follows the facts. A period that is closed stays as it was known when it was issued; a project that waits
            stays as it is.
    Joins:  hashed
    Rules:  SA-B3 and SA-B4, judged in sales.contact_trail; the rule version is that of the day of each contact.  */
with scope as materialized (
    select
        run_period.workflow,
        run_period.site_id,
        run_period.base_on,
        run_period.last_on,
        coalesce(issued.known_at, %(known_at)s) as known_at
    from sales.run_period
    left join lateral (
        select result.known_at
        from ops.period_close
        inner join ops.result
            on
                period_close.workflow = result.workflow
                and period_close.site_id = result.site_id
                and period_close.period @> result.base_on
        where
            result.workflow = run_period.workflow
            and result.site_id = run_period.site_id
            and result.base_on = run_period.base_on
            and result.state = 'issued'
        order by result.revision desc
        limit 1
    ) as issued on true
    where
        run_period.run_id = %(run_id)s
        -- the place of a group has no customers of its own
        and exists (
            select from sales.project
            where
                project.site_id = run_period.site_id
                and project.recorded_at <= %(known_at)s
                and %(known_at)s < project.superseded_at
        )
        and not exists (
            select from ops.run_gap
            where run_gap.run_id = %(run_id)s and run_gap.site_id = run_period.site_id
        )
),

found as (
    select
        scope.workflow,
        scope.base_on,
        owned.*
    from scope
    cross join lateral sales.ownership_at(scope.site_id, scope.last_on, scope.known_at) as owned
)

merge into sales.ownership as kept
using found
    on
        kept.workflow = found.workflow
        and kept.site_id = found.site_id
        and kept.base_on = found.base_on
        and kept.customer_key = found.customer_key
when matched and (
    kept.phones,
    kept.customer_name,
    kept.intent,
    kept.owner_id,
    kept.former_id,
    kept.registered_at,
    kept.source,
    kept.has_visited,
    kept.valid_until,
    kept.protected_until,
    kept.touched_at,
    kept.verdict,
    kept.decision,
    kept.decided_by,
    kept.decided_on,
    kept.contested_with,
    kept.rule_id,
    kept.rule_text,
    kept.rule_set,
    kept.rule_set_name,
    kept.rule_from,
    kept.contacts,
    kept.grounds,
    kept.file_id,
    kept.line_no
) is distinct from (
    found.phones,
    found.customer_name,
    found.intent,
    found.owner_id,
    found.former_id,
    found.registered_at,
    found.source,
    found.has_visited,
    found.valid_until,
    found.protected_until,
    found.touched_at,
    found.verdict,
    found.decision,
    found.decided_by,
    found.decided_on,
    found.contested_with,
    found.rule_id,
    found.rule_text,
    found.rule_set,
    found.rule_set_name,
    found.rule_from,
    found.contacts,
    found.grounds,
    found.file_id,
    found.line_no
) then update set
    phones = found.phones,
    customer_name = found.customer_name,
    intent = found.intent,
    owner_id = found.owner_id,
    former_id = found.former_id,
    registered_at = found.registered_at,
    source = found.source,
    has_visited = found.has_visited,
    valid_until = found.valid_until,
    protected_until = found.protected_until,
    touched_at = found.touched_at,
    verdict = found.verdict,
    decision = found.decision,
    decided_by = found.decided_by,
    decided_on = found.decided_on,
    contested_with = found.contested_with,
    rule_id = found.rule_id,
    rule_text = found.rule_text,
    rule_set = found.rule_set,
    rule_set_name = found.rule_set_name,
    rule_from = found.rule_from,
    contacts = found.contacts,
    grounds = found.grounds,
    file_id = found.file_id,
    line_no = found.line_no
when not matched then insert (
    workflow, site_id, base_on, customer_key, phones, customer_name, intent, owner_id, former_id, registered_at, source, has_visited, valid_until, protected_until, touched_at, verdict, decision, decided_by, decided_on, contested_with, rule_id, rule_text, rule_set, rule_set_name, rule_from, contacts, grounds, file_id, line_no
) values (
    found.workflow,
    found.site_id,
    found.base_on,
    found.customer_key,
    found.phones,
    found.customer_name,
    found.intent,
    found.owner_id,
    found.former_id,
    found.registered_at,
    found.source,
    found.has_visited,
    found.valid_until,
    found.protected_until,
    found.touched_at,
    found.verdict,
    found.decision,
    found.decided_by,
    found.decided_on,
    found.contested_with,
    found.rule_id,
    found.rule_text,
    found.rule_set,
    found.rule_set_name,
    found.rule_from,
    found.contacts,
    found.grounds,
    found.file_id,
    found.line_no
)
when not matched by source
    and exists (
        select from scope
        where scope.workflow = kept.workflow and scope.site_id = kept.site_id and scope.base_on = kept.base_on
    )
    then delete
