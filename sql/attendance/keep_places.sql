/*  Keeps the order of reception of the run's days, with the rounds that refusals still cost in the evening.

    Grain:  one row per site, day and person.
    Rerun:  safe; a row that says the same already is not touched.
    Rules:  GM-A10 rounds that are left over are not carried to the next day. OPS-21 a computed day of a closed month
            is left as it is.  */
merge into attendance.reception_place as kept
using (
    with open_day as materialized (
        select
            site_id,
            day_on as work_on
        from ops.run_day
        where run_id = %(run_id)s and not attendance.is_frozen(site_id, day_on)
    ),

    evening as (
        select distinct on (site_id, work_on)
            site_id,
            work_on,
            passes
        from turn
        order by site_id, work_on, event_no desc
    ),

    seated as (
        select
            seat.*,
            evening.passes[seat.turn_no] as passed_over_count
        from seat
        inner join open_day on seat.site_id = open_day.site_id and seat.work_on = open_day.work_on
        inner join evening on seat.site_id = evening.site_id and seat.work_on = evening.work_on
    ),

    left_over as (
        select
            reception_place.site_id,
            reception_place.work_on,
            reception_place.employee_id
        from attendance.reception_place
        inner join open_day
            on reception_place.site_id = open_day.site_id and reception_place.work_on = open_day.work_on
    )

    select
        coalesce(seated.site_id, left_over.site_id) as of_site_id,
        coalesce(seated.work_on, left_over.work_on) as of_work_on,
        coalesce(seated.employee_id, left_over.employee_id) as of_employee_id,
        seated.turn_no,
        seated.signed_in_at,
        seated.passed_over_count
    from seated
    full join left_over
        on
            seated.site_id = left_over.site_id
            and seated.work_on = left_over.work_on
            and seated.employee_id = left_over.employee_id
) as told
on
    kept.site_id = told.of_site_id
    and kept.work_on = told.of_work_on
    and kept.employee_id = told.of_employee_id
when matched and told.turn_no is null then delete
when matched
    and (kept.turn_no, kept.signed_in_at, kept.passed_over_count)
    is distinct from (told.turn_no, told.signed_in_at, told.passed_over_count)
    then update set
        turn_no = told.turn_no,
        signed_in_at = told.signed_in_at,
        passed_over_count = told.passed_over_count
when not matched then insert (site_id, work_on, turn_no, employee_id, signed_in_at, passed_over_count)
values (told.of_site_id, told.of_work_on, told.turn_no, told.of_employee_id, told.signed_in_at, told.passed_over_count)
