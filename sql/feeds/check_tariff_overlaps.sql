/*  Finds overlaps and gaps between the versions of one price (per utility and tower; * is every tower).

    Grain:  one row per offending line of the file.
    Rules:  FE-C2; first and last day of validity are both included; a version that has a successor ends the day
            before it. */
with run as (
    select %(file_id)s::integer as file_id
),

version as (
    select
        tariff.*,
        lead(tariff.valid_from) over of_price as next_from,
        lead(tariff.line_no) over of_price as next_line_no,
        lead(tariff.file_id) over of_price as next_file_id
    from fees.tariff
    where
        tariff.superseded_at = 'infinity'
        and (tariff.utility, tariff.site_id) in (
            select
                changed.utility,
                changed.site_id
            from fees.tariff as changed
            cross join run
            where changed.file_id = run.file_id
        )
    window of_price as (partition by tariff.utility, tariff.site_id order by tariff.valid_from)
)

select
    case when version.next_file_id = run.file_id then version.next_line_no else version.line_no end as line_no,
    case
        when version.valid_to is null or version.valid_to >= version.next_from then
            format(
                '%%s（适用楼宇 %%s）有两个版本重叠：%%s 起至%%s，与 %%s 起的版本',
                version.utility, version.site_id, version.valid_from,
                coalesce(' ' || version.valid_to::text, '今'), version.next_from
            )
        else
            format(
                '%%s（适用楼宇 %%s）有空档：%%s 之后到 %%s 之前没有单价',
                version.utility, version.site_id, version.valid_to, version.next_from
            )
    end as reason,
    format('前一版本的失效日期应填 %%s', version.next_from - 1) as advice
from version
cross join run
where version.valid_to is distinct from version.next_from - 1 and version.next_from is not null
order by line_no
