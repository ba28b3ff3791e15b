/*  Marks the late facts that a period counts, line by line, with why they count only now.

    Grain:  one row per workflow, project, base period and movement of which something became known late.
    Rerun:  safe; a row that says the same already is not touched. Closed periods stand as they were issued (OPS-21).
    Rules:  SAL-13 what is found after the issue is 补记 in the next period; a correction is the signed difference.
    Joins:  hashed  */
with open_period as materialized (
    select
        open_period.workflow,
        open_period.site_id,
        open_period.base_on
    from sales.open_period
    where open_period.run_id = %(run_id)s
),

late as materialized (
    select
        late_moved.workflow,
        late_moved.site_id,
        late_moved.base_on,
        late_moved.indicator,
        late_moved.ref_no,
        late_moved.business_on,
        late_moved.building_no,
        late_moved.product_type,
        late_moved.unit_no,
        late_moved.consultant_id,
        late_moved.channel,
        late_moved.moved_count::numeric(14, 2) as moved_count,
        late_moved.moved_area::numeric(16, 2) as moved_area,
        late_moved.moved_amount::numeric(18, 2) as moved_amount,
        late_moved.line_kind,
        late_moved.reason,
        late_moved.learnt_at,
        late_moved.file_id,
        late_moved.line_no
    from sales.late_moved(%(run_id)s, %(known_at)s) as late_moved
)

merge into sales.late_line
using late
on
    late_line.workflow = late.workflow
    and late_line.site_id = late.site_id
    and late_line.base_on = late.base_on
    and late_line.indicator = late.indicator
    and late_line.ref_no = late.ref_no
    and late_line.business_on = late.business_on
    and late_line.building_no = late.building_no
    and late_line.product_type = late.product_type
    and late_line.unit_no = late.unit_no
    and late_line.consultant_id = late.consultant_id
    and late_line.channel = late.channel
when matched and row(late_line.*) is distinct from row(late.*) then update set
    moved_count = late.moved_count,
    moved_area = late.moved_area,
    moved_amount = late.moved_amount,
    line_kind = late.line_kind,
    reason = late.reason,
    learnt_at = late.learnt_at,
    file_id = late.file_id,
    line_no = late.line_no
when not matched then insert values (
    late.workflow, late.site_id, late.base_on, late.indicator, late.ref_no, late.business_on, late.building_no,
    late.product_type, late.unit_no, late.consultant_id, late.channel, late.moved_count, late.moved_area,
    late.moved_amount, late.line_kind, late.reason, late.learnt_at, late.file_id, late.line_no
)
when not matched by source
    and exists (
        select from open_period
        where
            open_period.workflow = late_line.workflow
            and open_period.site_id = late_line.site_id
            and open_period.base_on = late_line.base_on
    ) then delete
