/*  Keeps whose turn each customer of the run's days was, and drops what the register no longer says.

    Grain:  one row per site, person and instant.
    Rerun:  safe; a row that says the same already is not touched.
    Rules:  OPS-21 a computed day of a closed month is left as it is.  */
merge into attendance.reception_turn as kept
using (
    with open_day as materialized (
        select
            site_id,
            day_on as work_on
        from ops.run_day
        where run_id = %(run_id)s and not attendance.is_frozen(site_id, day_on)
    ),

    taken as (
        select turn.*
        from turn
        inner join open_day on turn.site_id = open_day.site_id and turn.work_on = open_day.work_on
    ),

    left_over as (
        select
            reception_turn.site_id,
            reception_turn.employee_id,
            reception_turn.came_at
        from attendance.reception_turn
        inner join open_day
            on reception_turn.site_id = open_day.site_id and reception_turn.work_on = open_day.work_on
    )

    select
        coalesce(taken.site_id, left_over.site_id) as of_site_id,
        coalesce(taken.employee_id, left_over.employee_id) as of_employee_id,
        coalesce(taken.came_at, left_over.came_at) as of_came_at,
        taken.work_on,
        taken.event_no,
        taken.customer,
        taken.outcome,
        taken.is_counted,
        taken.not_counted_reason,
        taken.due_employee_id,
        taken.file_id,
        taken.line_no
    from taken
    full join left_over
        on
            taken.site_id = left_over.site_id
            and taken.employee_id = left_over.employee_id
            and taken.came_at = left_over.came_at
) as told
on
    kept.site_id = told.of_site_id
    and kept.employee_id = told.of_employee_id
    and kept.came_at = told.of_came_at
when matched and told.work_on is null then delete
when matched
    and (
        kept.work_on, kept.event_no, kept.customer, kept.outcome, kept.is_counted, kept.not_counted_reason,
        kept.due_employee_id
    ) is distinct from (
        told.work_on, told.event_no, told.customer, told.outcome, told.is_counted, told.not_counted_reason,
        told.due_employee_id
    )
    then update set
        work_on = told.work_on,
        event_no = told.event_no,
        customer = told.customer,
        outcome = told.outcome,
        is_counted = told.is_counted,
        not_counted_reason = told.not_counted_reason,
        due_employee_id = told.due_employee_id,
        file_id = told.file_id,
        line_no = told.line_no
when not matched then insert (
    site_id, employee_id, came_at, work_on, event_no, customer, outcome, is_counted, not_counted_reason,
    due_employee_id, file_id, line_no
) values (
    told.of_site_id, told.of_employee_id, told.of_came_at, told.work_on, told.event_no, told.customer, told.outcome,
    told.is_counted, told.not_counted_reason, told.due_employee_id, told.file_id, told.line_no
)
