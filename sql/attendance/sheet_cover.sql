/*  What the cover of the daily sheet says: the house, its rules, counts, input control totals.

    Grain:  one row.
    Rerun:  safe; only reads what was known at `known_at`.  */
with document as (
    select
        %(site_id)s::text as site_id,
        %(starts_on)s::date as starts_on,
        %(last_on)s::date as last_on,
        %(known_at)s::timestamptz as known_at
),

punch_file as (
    select distinct punch.file_id
    from attendance.punch
    inner join document
        on
            punch.site_id = document.site_id
            and punch.punched_at >= document.starts_on
            and punch.punched_at < document.last_on + 2
            and punch.recorded_at <= document.known_at
)

select
    site.site_name,
    (
        select coalesce(jsonb_agg(distinct jsonb_build_array(rule_set.rule_set_name, site_rule_set.valid_from)), '[]')
        from book.site_rule_set
        inner join book.rule_set on site_rule_set.rule_set = rule_set.rule_set
        where
            site_rule_set.site_id = document.site_id
            and site_rule_set.valid_from <= document.last_on
            and coalesce(site_rule_set.valid_to, 'infinity') >= document.starts_on
            and site_rule_set.recorded_at <= document.known_at
            and document.known_at < site_rule_set.superseded_at
            and rule_set.recorded_at <= document.known_at
            and document.known_at < rule_set.superseded_at
    ) as rules,
    (
        select max(rule.value)
        from book.rule
        inner join book.site_rule_set on rule.rule_set = site_rule_set.rule_set
        where
            rule.parameter = 'seconds_mode'
            and site_rule_set.site_id = document.site_id
            and document.last_on between rule.valid_from and coalesce(rule.valid_to, 'infinity')
            and document.last_on between site_rule_set.valid_from and coalesce(site_rule_set.valid_to, 'infinity')
            and rule.recorded_at <= document.known_at
            and document.known_at < rule.superseded_at
    ) as seconds_mode,
    (
        select count(distinct attendance_day.employee_id)
        from attendance.attendance_day
        where
            attendance_day.site_id = document.site_id
            and attendance_day.work_on between document.starts_on and document.last_on
    ) as person_count,
    files.*
from document
inner join book.site
    on
        document.site_id = site.site_id
        and site.recorded_at <= document.known_at
        and document.known_at < site.superseded_at
cross join lateral (
    select
        coalesce(sum(landing_file.row_count), 0)::integer as received,
        coalesce(sum(landing_file.admitted_count), 0)::integer as admitted,
        coalesce(sum(landing_file.duplicate_count), 0)::integer as duplicate,
        coalesce(sum(landing_file.superseding_count), 0)::integer as superseding,
        coalesce(sum(landing_file.quarantined_count), 0)::integer as returned
    from ops.landing_file
    where landing_file.file_id in (select punch_file.file_id from punch_file)
) as files
