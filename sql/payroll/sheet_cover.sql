/*  What the cover of the 工资扣款核对表 says: the site, its rules and the terms of its region, the files of wages, the proofs.

    Grain:  one row.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  nothing is paid by a sheet that is not final, nor by one that leaves days to be confirmed (ATT-19).  */
with edition as (
    select edition.*
    from attendance.edition('monthly_attendance', %(site_id)s, %(starts_on)s, %(known_at)s) as edition
),

line as materialized (
    select month_line.*
    from edition
    inner join attendance.month_line
        on
            month_line.site_id = %(site_id)s
            and month_line.month_on = %(starts_on)s
            and edition.revision = month_line.revision
),

balance as materialized (
    select balance.*
    from attendance.fine_balance(%(site_id)s, %(starts_on)s, %(known_at)s) as balance
),

before as materialized (
    select balance.*
    from attendance.fine_balance(%(site_id)s, (%(starts_on)s::date - interval '1 month')::date, %(known_at)s) as balance
),

-- all that was ever entered, straight from the ledger
entered as (
    select coalesce(sum(fine_entry.amount), 0) as amount
    from attendance.fine_entry
    inner join ops.run on fine_entry.run_id = run.run_id
    where
        fine_entry.site_id = %(site_id)s
        and fine_entry.month_on <= %(starts_on)s
        and run.known_at <= %(known_at)s
),

overwaived as (
    select count(*) as offence_count
    from (
        select
            fine_entry.employee_id,
            fine_entry.event_on,
            case when fine_entry.fine_kind in ('违纪', '收费电话') then fine_entry.fine_kind else '考勤' end as fine_group
        from attendance.fine_entry
        inner join ops.run on fine_entry.run_id = run.run_id
        where
            fine_entry.site_id = %(site_id)s
            and fine_entry.month_on <= %(starts_on)s
            and fine_entry.fine_kind not in ('收费电话费', '制度罚款')
            and run.known_at <= %(known_at)s
        group by 1, 2, 3
        having
            sum(fine_entry.amount) < 0
            and coalesce(sum(fine_entry.amount) filter (where fine_entry.entry_kind = '减免'), 0) < 0
    ) as over
),

fact_file as (
    select wage.file_id
    from line
    inner join attendance.wage
        on
            line.employee_id = wage.employee_id
            and wage.month_on = %(starts_on)s
            and wage.recorded_at <= %(known_at)s
            and %(known_at)s < wage.superseded_at
    union
    select wage_limit.file_id
    from attendance.wage_terms(%(site_id)s, %(starts_on)s, %(known_at)s) as terms
    inner join attendance.wage_limit
        on
            terms.region = wage_limit.region
            and terms.valid_from = wage_limit.valid_from
            and wage_limit.recorded_at <= %(known_at)s
            and %(known_at)s < wage_limit.superseded_at
    union
    select fine_waiver.file_id
    from line
    inner join attendance.fine_waiver
        on
            line.employee_id = fine_waiver.employee_id
            and fine_waiver.event_on between %(starts_on)s and %(last_on)s
            and fine_waiver.recorded_at <= %(known_at)s
            and %(known_at)s < fine_waiver.superseded_at
    union
    select fine_execution.file_id
    from line
    inner join attendance.fine_execution
        on
            line.employee_id = fine_execution.employee_id
            and fine_execution.month_on = %(starts_on)s
            and fine_execution.recorded_at <= %(known_at)s
            and %(known_at)s < fine_execution.superseded_at
),

control as (
    select
        coalesce(sum(landing_file.row_count), 0)::integer as received,
        coalesce(sum(landing_file.admitted_count), 0)::integer as admitted,
        coalesce(sum(landing_file.duplicate_count), 0)::integer as duplicate,
        coalesce(sum(landing_file.superseding_count), 0)::integer as superseding,
        coalesce(sum(landing_file.quarantined_count), 0)::integer as returned
    from ops.landing_file
    where landing_file.file_id in (select fact_file.file_id from fact_file)
)

select
    coalesce(site.site_name, %(site_id)s) as site_name,
    (select edition.revision from edition) as sheet_revision,
    coalesce((select edition.is_issued from edition), false) as is_issued,
    (select count(*)::integer from line where line.pending_days > 0) as pending_count,
    (select count(*)::integer from line) as person_count,
    terms.wage_days,
    terms.cap_rate,
    coalesce(terms.region, '—') as region_text,
    coalesce(terms.profile, '—') as profile_text,
    (
        select coalesce(jsonb_agg(jsonb_build_array(bound.rule_set_name, bound.valid_from) order by bound.rule_set_name), '[]')
        from (
            select
                rule_set.rule_set_name,
                min(site_rule_set.valid_from) as valid_from
            from book.site_rule_set
            inner join book.rule_set
                on
                    site_rule_set.rule_set = rule_set.rule_set
                    and rule_set.recorded_at <= %(known_at)s
                    and %(known_at)s < rule_set.superseded_at
            where
                site_rule_set.site_id = %(site_id)s
                and site_rule_set.valid_from <= %(last_on)s
                and coalesce(site_rule_set.valid_to, 'infinity') >= %(starts_on)s
                and site_rule_set.recorded_at <= %(known_at)s
                and %(known_at)s < site_rule_set.superseded_at
            group by rule_set.rule_set_name
            union all
            select
                terms.law,
                terms.valid_from
            where terms.law is not null
        ) as bound
    ) as rules,
    (select coalesce(sum(balance.opening_amount), 0) from balance) as opening_amount,
    (select coalesce(sum(balance.closing_amount), 0) from balance) as closing_amount,
    (select entered.amount from entered) as entered_amount,
    not exists (
        select
        from before
        full join balance on before.employee_id = balance.employee_id and before.account = balance.account
        where
            coalesce(before.closing_amount, 0) <> coalesce(balance.opening_amount, 0)
            or balance.opening_amount + balance.levied_amount + balance.waived_amount + balance.adjusted_amount
            + balance.withdrawn_amount + balance.executed_amount <> balance.closing_amount
    ) as is_carried,
    (select overwaived.offence_count = 0 from overwaived) as is_waived_within,
    control.*
from attendance.wage_terms(%(site_id)s, %(starts_on)s, %(known_at)s) as terms
cross join control
left join book.site
    on
        site.site_id = %(site_id)s
        and site.recorded_at <= %(known_at)s
        and %(known_at)s < site.superseded_at
