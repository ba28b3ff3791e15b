/*  Reads the figures that days are judged by from the rules in force; where no bound set speaks, the house's default.

    Grain:  one row per site and day, for the run's days and the days beside them.
    Rerun:  safe; fills a table of this transaction only (policy).
    Rules:  docs/attendance.md explains each parameter and its default.  */
create temp table policy on commit drop as
select
    site_id,
    work_on,
    (array_agg(rule_set order by rank, rule_set))[1] as rule_set,
    max(value) filter (where parameter = 'works_calendar') as works_calendar,
    max(value) filter (where parameter = 'seconds_mode') as seconds_mode,
    coalesce(bool_or(book.is_yes(value)) filter (where parameter = 'is_in_required'), true) as is_in_required,
    coalesce(bool_or(book.is_yes(value)) filter (where parameter = 'is_out_required'), true) as is_out_required,
    coalesce(max(value) filter (where parameter = 'late_limit_minutes'), '0')::integer as late_limit_minutes,
    coalesce(max(value) filter (where parameter = 'late_fine_amount'), '0')::numeric as late_fine_amount,
    coalesce(max(value) filter (where parameter = 'late_over_absent_days'), '0')::numeric as late_over_absent_days,
    coalesce(max(value) filter (where parameter = 'early_fine_amount'), '0')::numeric as early_fine_amount,
    coalesce(max(value) filter (where parameter = 'no_show_absent_days'), '1')::numeric as no_show_absent_days,
    coalesce(
        max(value) filter (where parameter = 'missing_punch_absent_days'), '0.5'
    )::numeric as missing_punch_absent_days,
    coalesce(max(value) filter (where parameter = 'missed_punch_quota'), '3')::integer as missed_punch_quota,
    max(value) filter (where parameter = 'missed_punch_signer_level') as missed_punch_signer_level,
    coalesce(
        max(value) filter (where parameter = 'missed_punch_deadline_days'), '0'
    )::integer as missed_punch_deadline_days,
    coalesce(bool_or(book.is_yes(value)) filter (where parameter = 'leave_checks_request'), false) as checks_request,
    coalesce(max(value) filter (where parameter = 'leave_slip_days'), '1')::integer as leave_slip_days,
    coalesce(max(value) filter (where parameter = 'leave_level1_days'), '0.5')::numeric as leave_level1_days,
    coalesce(max(value) filter (where parameter = 'leave_level2_days'), '1')::numeric as leave_level2_days,
    coalesce(
        max(value) filter (where parameter = 'invalid_leave_absent_days'), '1'
    )::numeric as invalid_leave_absent_days,
    coalesce(bool_or(book.is_yes(value)) filter (where parameter = 'joining_day_exempt'), true) as is_joining_exempt,
    coalesce(
        max(value) filter (where parameter = 'leave_level1_approvers'), '部门经理、销售部经理'
    ) as leave_level1_approvers,
    coalesce(max(value) filter (where parameter = 'leave_level2_approvers'), '总经理') as leave_level2_approvers,
    coalesce(max(value) filter (where parameter = 'leave_level3_approvers'), '董事长') as leave_level3_approvers,
    coalesce(
        bool_or(book.is_yes(value)) filter (where parameter = 'sick_notice_required'), false
    ) as is_sick_notice_required,
    coalesce(
        bool_or(book.is_yes(value)) filter (where parameter = 'are_noon_punches_required'), false
    ) as are_noon_punches_required,
    coalesce(max(value) filter (where parameter = 'overtime_basis'), 'slip_and_punches') as overtime_basis,
    make_interval(
        mins => coalesce(max(value) filter (where parameter = 'debounce_minutes'), '1')::integer
    ) as debounce,
    coalesce(max(value) filter (where parameter = 'left_post_absent_days'), '0')::numeric as left_post_absent_days,
    coalesce(bool_or(book.is_yes(value)) filter (where parameter = 'private_outing_slip'), false)
        as is_private_outing_slip_required,
    (max(value) filter (where parameter = 'lunch_limit_minutes'))::integer as lunch_limit_minutes,
    coalesce(max(value) filter (where parameter = 'lunch_over_absent_days'), '0')::numeric as lunch_over_absent_days,
    coalesce(bool_or(book.is_yes(value)) filter (where parameter = 'gatherings_count'), false) as is_counting_gatherings,
    coalesce(max(value) filter (where parameter = 'private_swap'), 'ignored') as private_swap,
    coalesce(bool_or(book.is_yes(value)) filter (where parameter = 'rest_swap_absent'), false) as is_rest_swap_absent,
    coalesce(max(value) filter (where parameter = 'refusal_pass_rounds'), '0')::integer as refusal_pass_rounds,
    coalesce(bool_or(book.is_yes(value)) filter (where parameter = 'counts_undeposited_return'), false)
        as is_counting_undeposited_return,
    coalesce(bool_or(book.is_yes(value)) filter (where parameter = 'counts_repeat_visit'), false)
        as is_counting_repeat_visit,
    make_interval(
        mins => coalesce(max(value) filter (where parameter = 'window_before_minutes'), '270')::integer
    ) as opens_before,
    make_interval(
        mins => coalesce(max(value) filter (where parameter = 'window_after_minutes'), '240')::integer
    ) as closes_after,
    max(rule_id) filter (where parameter = 'works_calendar') as calendar_rule_id,
    max(rule_id) filter (where parameter = 'is_in_required') as punch_rule_id,
    coalesce(
        max(rule_id) filter (where parameter = 'late_limit_minutes'),
        max(rule_id) filter (where parameter in ('is_in_required', 'works_calendar'))
    ) as late_rule_id,
    coalesce(
        max(rule_id) filter (where parameter = 'no_show_absent_days'),
        max(rule_id) filter (where parameter in ('is_in_required', 'works_calendar'))
    ) as no_show_rule_id,
    coalesce(
        max(rule_id) filter (where parameter = 'missing_punch_absent_days'),
        max(rule_id) filter (where parameter in ('is_in_required', 'works_calendar'))
    ) as missing_rule_id,
    coalesce(
        max(rule_id) filter (where parameter = 'invalid_leave_absent_days'),
        max(rule_id) filter (where parameter in ('is_in_required', 'works_calendar'))
    ) as leave_rule_id
from rule_in_force
group by site_id, work_on
