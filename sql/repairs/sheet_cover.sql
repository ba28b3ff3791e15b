/*  What the cover of the 维修扣款汇总 says beyond its totals: the company, its rules, the lines that came in.

    Grain:  one row.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  the control totals are those of the files with facts of repairs that became known since the last settlement.  */
with edition as materialized (
    select *
    from repairs.edition(%(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz)
),

input as (
    select distinct fact.file_id
    from (
        select file_id, recorded_at from repairs.work_order
        union all
        select file_id, recorded_at from repairs.approval
        union all
        select file_id, recorded_at from repairs.final_account
        union all
        select file_id, recorded_at from repairs.audit
        union all
        select file_id, recorded_at from repairs.letter
        union all
        select file_id, recorded_at from repairs.answer
        union all
        select file_id, recorded_at from repairs.certification
        union all
        select file_id, recorded_at from repairs.contract
        union all
        select file_id, recorded_at from repairs.deposit_movement
        union all
        select file_id, recorded_at from repairs.team_payment
        union all
        select file_id, recorded_at from repairs.claim_receipt
        union all
        select file_id, recorded_at from repairs.float_movement
        union all
        select file_id, recorded_at from repairs.general_balance
    ) as fact
    cross join edition
    where
        fact.file_id is not null
        and fact.recorded_at <= edition.known_at
        and fact.recorded_at > coalesce(edition.before_known_at, '-infinity')
)

select
    edition.company_name,
    edition.contact,
    edition.as_of_on,
    (
        select coalesce(
            jsonb_agg(jsonb_build_array(rule_set.rule_set_name, site_rule_set.valid_from) order by rule_set.rank), '[]'
        )
        from book.site_rule_set
        inner join book.rule_set
            on
                site_rule_set.rule_set = rule_set.rule_set
                and rule_set.recorded_at <= edition.known_at
                and edition.known_at < rule_set.superseded_at
        where
            site_rule_set.site_id = edition.site_id
            and site_rule_set.valid_from <= edition.last_on
            and coalesce(site_rule_set.valid_to, 'infinity') >= edition.last_on
            and site_rule_set.recorded_at <= edition.known_at
            and edition.known_at < site_rule_set.superseded_at
    ) as rules,
    coalesce(sum(landing_file.row_count), 0)::integer as received,
    coalesce(sum(landing_file.admitted_count), 0)::integer as admitted,
    coalesce(sum(landing_file.duplicate_count), 0)::integer as duplicate,
    coalesce(sum(landing_file.superseding_count), 0)::integer as superseding,
    coalesce(sum(landing_file.quarantined_count), 0)::integer as returned
from edition
left join input on true
left join ops.landing_file
    on
        input.file_id = landing_file.file_id
        and (landing_file.site_id is null or landing_file.site_id = edition.site_id)
group by
    edition.site_id, edition.company_name, edition.contact, edition.as_of_on, edition.last_on, edition.known_at
