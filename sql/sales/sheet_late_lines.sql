/*  The sheet 补记与更正: what of earlier days this period counts, and why only now.

    Grain:  one row per late line.
    Rerun:  safe; only reads.
    Rules:  SAL-13  */
select
    late_line.business_on,
    late_line.indicator as item,
    late_line.ref_no,
    place.project_name,
    nullif(late_line.unit_no, '') as unit_no,
    coalesce(
        (
            select consultant.consultant_name
            from sales.consultant
            where
                consultant.consultant_id = late_line.consultant_id
                and consultant.recorded_at <= place.known_at
                and place.known_at < consultant.superseded_at
            order by consultant.effective_from desc
            limit 1
        ), nullif(late_line.consultant_id, '')
    ) as consultant_name,
    late_line.moved_count as moved_quantity,
    late_line.moved_area,
    late_line.moved_amount,
    late_line.line_kind,
    late_line.reason,
    late_line.learnt_at as recorded_at,
    landing_file.file_name,
    late_line.line_no as line_number
from sales.counted_place(
    %(workflow)s::text, %(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz
) as place
inner join sales.late_line
    on
        place.site_id = late_line.site_id
        and late_line.workflow = %(workflow)s
        and late_line.base_on = %(starts_on)s
left join ops.landing_file on late_line.file_id = landing_file.file_id
order by
    late_line.business_on, place.project_name, late_line.indicator, late_line.ref_no, late_line.building_no,
    late_line.unit_no, late_line.consultant_id
