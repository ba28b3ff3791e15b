/*  What the cover of the 收费通知汇总 says beyond its totals: the tower, its rules, the lines that came in.

    Grain:  one row.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  the control totals are those of the files with readings, payments and waivers since the last notice.  */
with edition as materialized (
    select *
    from fees.edition(%(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz)
),

input as (
    select distinct fact.file_id
    from (
        select file_id, recorded_at from fees.reading
        union all
        select file_id, recorded_at from fees.payment
        union all
        select file_id, recorded_at from fees.waiver
    ) as fact
    cross join edition
    where
        fact.recorded_at <= edition.known_at
        and fact.recorded_at > coalesce(edition.before_known_at, '-infinity')
)

select
    edition.tower_name,
    edition.owner_name,
    edition.contact,
    edition.as_of_on,
    (edition.as_of_on - 1)::text as paid_through_text,
    (
        select coalesce(
            jsonb_agg(distinct jsonb_build_array(concat('收费标准（', tariff.utility, '）'), tariff.valid_from)), '[]'
        )
        from fees.tariff
        where
            tariff.site_id in (edition.site_id, '*')
            and tariff.valid_from <= edition.as_of_on
            and coalesce(tariff.valid_to, 'infinity') > (edition.as_of_on - interval '1 month')::date
            and tariff.recorded_at <= edition.known_at
            and edition.known_at < tariff.superseded_at
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
    edition.site_id, edition.tower_name, edition.owner_name, edition.contact, edition.as_of_on, edition.known_at
