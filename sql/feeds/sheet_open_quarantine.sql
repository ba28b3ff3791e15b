/*  Quarantined rows that nobody signed for yet, and whether a mended row has come since (已补正).

    Grain:  one row per open quarantined row. */
with run as (
    select %(site_id)s::text as site_id
)

select
    quarantine.quarantine_id,
    landing_file.feed,
    landing_file.site_id,
    landing_file.file_name,
    landing_file.received_at,
    quarantine.line_no,
    replace(quarantine.raw, U&'\001F', ' | ') as raw,
    quarantine.column_name,
    quarantine.reason,
    quarantine.advice,
    quarantine.effect,
    landing_file.resend_by as resend_on,
    case when quarantine.mended_file_id is null then '未处理' else '已补正，待签字' end as state,
    mended.file_name as mended_file_name,
    quarantine.mended_line_no
from ops.quarantine
inner join ops.landing_file on quarantine.file_id = landing_file.file_id
left join ops.landing_file as mended on quarantine.mended_file_id = mended.file_id
cross join run
where
    quarantine.state = 'open'
    and (run.site_id is null or landing_file.site_id is null or landing_file.site_id = run.site_id)
order by landing_file.received_at, quarantine.file_id, quarantine.line_no, quarantine.quarantine_id
