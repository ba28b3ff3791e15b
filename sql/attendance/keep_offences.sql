/*  Keeps the offences that were found on the run's days, and drops those that are none as is known now.

    Grain:  one row per person, day, kind and source.
    Rerun:  safe; a row that says the same already is not touched.
    Rules:  OPS-21 a computed day of a closed month is left as it is.  */
merge into attendance.offence as kept
using (
    with open_day as materialized (
        select
            site_id,
            day_on as work_on
        from ops.run_day
        where run_id = %(run_id)s and not attendance.is_frozen(site_id, day_on)
    ),

    -- of a closed month only a question that was open then: its answer may bring fines, and they have their cause
    answered as materialized (
        select
            day_change.employee_id,
            day_change.work_on
        from attendance.day_change
        where day_change.run_id = %(run_id)s and attendance.is_frozen(day_change.site_id, day_change.work_on)
    ),

    found as (
        select found_offence.*
        from found_offence
        inner join open_day on found_offence.site_id = open_day.site_id and found_offence.work_on = open_day.work_on
        union all
        select found_offence.*
        from found_offence
        inner join answered
            on found_offence.employee_id = answered.employee_id and found_offence.work_on = answered.work_on
    ),

    left_over as (
        select
            offence.employee_id,
            offence.work_on,
            offence.offence_kind,
            offence.source_no
        from attendance.offence
        inner join open_day on offence.site_id = open_day.site_id and offence.work_on = open_day.work_on
        union all
        select
            offence.employee_id,
            offence.work_on,
            offence.offence_kind,
            offence.source_no
        from attendance.offence
        inner join answered on offence.employee_id = answered.employee_id and offence.work_on = answered.work_on
    )

    select
        found.*,
        coalesce(found.employee_id, left_over.employee_id) as of_employee_id,
        coalesce(found.work_on, left_over.work_on) as of_work_on,
        coalesce(found.offence_kind, left_over.offence_kind) as of_offence_kind,
        coalesce(found.source_no, left_over.source_no) as of_source_no
    from found
    full join left_over using (employee_id, work_on, offence_kind, source_no)
) as told
on
    kept.employee_id = told.of_employee_id
    and kept.work_on = told.of_work_on
    and kept.offence_kind = told.of_offence_kind
    and kept.source_no = told.of_source_no
when matched and told.site_id is null then delete
when matched
    and (
        kept.site_id, kept.absent_days, kept.late_minutes, kept.early_minutes, kept.fine_amount, kept.rule_id,
        kept.rule_from, kept.rule_version, kept.reason
    ) is distinct from (
        told.site_id, told.absent_days, told.late_minutes, told.early_minutes, told.fine_amount, told.rule_id,
        told.rule_from, told.rule_version, told.reason
    )
    then update set
        site_id = told.site_id,
        absent_days = told.absent_days,
        late_minutes = told.late_minutes,
        early_minutes = told.early_minutes,
        fine_amount = told.fine_amount,
        rule_id = told.rule_id,
        rule_from = told.rule_from,
        rule_version = told.rule_version,
        reason = told.reason,
        file_id = told.file_id,
        line_no = told.line_no
when not matched then insert (
    employee_id, work_on, offence_kind, source_no, site_id, absent_days, late_minutes, early_minutes, fine_amount,
    rule_id, rule_from, rule_version, reason, file_id, line_no
) values (
    told.of_employee_id, told.of_work_on, told.of_offence_kind, told.of_source_no, told.site_id, told.absent_days,
    told.late_minutes, told.early_minutes, told.fine_amount, told.rule_id, told.rule_from, told.rule_version,
    told.reason, told.file_id, told.line_no
)
