/*  Draws the fines from conduct slips (违纪单) of the run's days and sites.

    Grain:  one row per slip.
    Rerun:  safe; a slip that says the same already is not touched, one whose month has closed stays.
    Rules:  GM-A9 a slip's amount is the rule set's where the slip names none; a premium-rate call is charged
            at cost and fined at a multiple of it. ATT-14 a slip counts once; unsigned it waits at 0.00; one for
            a lateness that the clock has fined already counts only when decided; what costs something only since its
            month closed (it came late, was signed late, has a rate since, or the clock's fine is gone) is borne by
            the open one. What a closed month has borne stays, and the clock does not fine the same lateness on top
            (attendance.borne_slip, adjust_days).  */
merge into attendance.conduct_fine as kept
using (
    with run as (
        select
            run_id,
            known_at
        from ops.run
        where run_id = %(run_id)s
    ),

    slip as (
        select
            conduct_slip.*,
            employer.site_id,
            (
                select min(every_version.recorded_at)
                from attendance.conduct_slip as every_version
                where
                    every_version.slip_no = conduct_slip.slip_no
                    and (every_version.is_signed or not conduct_slip.is_signed)
            ) as received_at
        from attendance.conduct_slip
        inner join run on conduct_slip.recorded_at <= run.known_at and run.known_at < conduct_slip.superseded_at
        cross join lateral (
            select book.site_on(conduct_slip.employee_id, conduct_slip.event_on, run.known_at) as site_id
        ) as employer
        inner join ops.run_scope
            on
                run.run_id = run_scope.run_id
                and employer.site_id = run_scope.site_id
                and run_scope.period @> conduct_slip.event_on
    ),

    -- The rule row that gives the amount: by the slip's rule id, the highest rank first.
    rate as (
        select distinct on (slip.slip_no)
            slip.slip_no,
            rule.rule_id,
            rule.parameter,
            rule.value::numeric as rate,
            rule.valid_from as rule_from,
            left(md5(rule.parameter || '=' || rule.value || '@' || rule.valid_from::text), 8) as rule_version
        from slip
        cross join run
        inner join book.site_rule_set
            on
                slip.site_id = site_rule_set.site_id
                and slip.event_on between site_rule_set.valid_from and coalesce(site_rule_set.valid_to, 'infinity')
                and site_rule_set.recorded_at <= run.known_at
                and run.known_at < site_rule_set.superseded_at
        inner join book.rule_set
            on
                site_rule_set.rule_set = rule_set.rule_set
                and rule_set.recorded_at <= run.known_at
                and run.known_at < rule_set.superseded_at
        inner join book.rule
            on
                rule_set.rule_set = rule.rule_set
                and slip.event_on between rule.valid_from and coalesce(rule.valid_to, 'infinity')
                and rule.recorded_at <= run.known_at
                and run.known_at < rule.superseded_at
        where
            rule.parameter
            = case
                when slip.call_cost_amount > 0 then 'call_fine_factor'
                when slip.cause like '%%坐着%%' then 'seated_slip_amount'
                else 'late_work_slip_amount'
            end
        order by slip.slip_no, rule_set.rank desc
    ),

    -- what the clock fines for coming late, as is known now: of a closed month the day itself may say otherwise
    fined_late as materialized (
        select
            verdict.employee_id,
            verdict.work_on
        from verdict
        where verdict.late_minutes > 0 and verdict.fine_amount > 0
    ),

    valued as (
        select
            slip.*,
            coalesce(slip.rule_id, rate.rule_id, '') as decided_by_rule_id,
            rate.rule_from,
            coalesce(rate.rule_version, '') as rule_version,
            case
                when not slip.is_signed then '待确认'
                when
                    slip.cause like '%%迟到%%'
                    and fined_late.employee_id is not null
                    and borne_slip.slip_no is null
                    then '同因重复'
                else '有效'
            end as state,
            round(
                case
                    when slip.call_cost_amount > 0 then slip.call_cost_amount * coalesce(rate.rate, 0)
                    else coalesce(slip.amount, rate.rate, 0)
                end, 2
            ) as full_amount,
            case
                when exists (
                    select from ops.period_close
                    where
                        period_close.workflow = 'daily_attendance'
                        and period_close.site_id = slip.site_id
                        and period_close.period @> slip.event_on
                        and period_close.closed_at <= slip.received_at
                ) then attendance.open_month(slip.site_id, slip.received_at)
                else date_trunc('month', slip.event_on)::date
            end as received_in
        from slip
        cross join run
        left join rate on slip.slip_no = rate.slip_no
        left join fined_late on slip.employee_id = fined_late.employee_id and slip.event_on = fined_late.work_on
        left join attendance.borne_slip on slip.slip_no = borne_slip.slip_no
    ),

    drawn as (
        select
            valued.*,
            case when valued.state = '有效' then valued.full_amount else 0 end as fine_amount,
            case when valued.state = '有效' then coalesce(valued.call_cost_amount, 0) else 0 end as charge_amount
        from valued
    )

    select
        drawn.slip_no,
        drawn.employee_id,
        drawn.site_id,
        drawn.event_on,
        case
            -- once borne by a month that was open then, it stays there
            when drawn.fine_amount + drawn.charge_amount > 0 and borne.counted_in > drawn.received_in then borne.counted_in
            when
                drawn.fine_amount + drawn.charge_amount > 0
                and exists (
                    select from ops.period_close
                    where
                        period_close.workflow = 'daily_attendance'
                        and period_close.site_id = drawn.site_id
                        and period_close.period @> drawn.received_in
                )
                then attendance.open_month(drawn.site_id, run.known_at)
            else drawn.received_in
        end as counted_in,
        drawn.state,
        drawn.fine_amount,
        drawn.charge_amount,
        drawn.decided_by_rule_id as rule_id,
        drawn.rule_from,
        drawn.rule_version,
        drawn.cause as reason,
        run.run_id
    from drawn
    cross join run
    left join attendance.conduct_fine as borne
        on drawn.slip_no = borne.slip_no and borne.fine_amount + borne.charge_amount > 0
) as drawn
on kept.slip_no = drawn.slip_no
when matched
    and (
        kept.employee_id, kept.site_id, kept.event_on, kept.counted_in, kept.state, kept.fine_amount,
        kept.charge_amount, kept.rule_id, kept.rule_from, kept.rule_version, kept.reason
    ) is distinct from (
        drawn.employee_id, drawn.site_id, drawn.event_on, drawn.counted_in, drawn.state, drawn.fine_amount,
        drawn.charge_amount, drawn.rule_id, drawn.rule_from, drawn.rule_version, drawn.reason
    )
    -- what a closed month has borne stays; a slip that cost nothing there may still be borne by the open one
    and (
        (kept.fine_amount + kept.charge_amount = 0 and drawn.fine_amount + drawn.charge_amount > 0)
        -- a question of the day was answered after the close: what the clock fines now, the slip fines no more
        or (
            drawn.state = '同因重复'
            and drawn.reason = kept.reason
            and not exists (
                select from ops.period_close
                where
                    period_close.workflow = 'monthly_attendance'
                    and period_close.site_id = kept.site_id
                    and period_close.period @> kept.counted_in
            )
        )
        or not exists (
            select from ops.period_close
            where
                period_close.workflow = 'daily_attendance'
                and period_close.site_id = kept.site_id
                and period_close.period @> kept.counted_in
        )
    )
    then update set
        employee_id = drawn.employee_id,
        site_id = drawn.site_id,
        event_on = drawn.event_on,
        counted_in = drawn.counted_in,
        state = drawn.state,
        fine_amount = drawn.fine_amount,
        charge_amount = drawn.charge_amount,
        rule_id = drawn.rule_id,
        rule_from = drawn.rule_from,
        rule_version = drawn.rule_version,
        reason = drawn.reason,
        run_id = drawn.run_id
when not matched then insert (
    slip_no, employee_id, site_id, event_on, counted_in, state, fine_amount, charge_amount, rule_id, rule_from,
    rule_version, reason, run_id
) values (
    drawn.slip_no, drawn.employee_id, drawn.site_id, drawn.event_on, drawn.counted_in, drawn.state,
    drawn.fine_amount, drawn.charge_amount, drawn.rule_id, drawn.rule_from, drawn.rule_version, drawn.reason,
    drawn.run_id
)
