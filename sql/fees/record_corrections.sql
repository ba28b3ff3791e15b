/*  Records, per tower, what a correction of its released month would take back and say anew.

    Grain:  one row per tower, month and revision.
    Rerun:  safe; the same corrections are not recorded again (OPS-16).
    Rules:  BIL-19; nothing goes out before somebody approved exactly this content.
    Parts:  fees/list_parts  */
insert into ops.result (
    workflow, site_id, base_on, revision, result_hash, state, hold_reason, run_id, as_of_on, known_at, row_count, totals
)
with run as (
    select
        run_id,
        workflow,
        known_at,
        as_of_on
    from ops.run
    where run_id = %(run_id)s
),

corrected as (
    select
        open_scope.site_id,
        open_scope.base_on,
        corrected_line.revision,
        count(distinct corrected_line.contract_no) as contract_count,
        count(*) as line_count,
        md5(
            string_agg(
                corrected_line::text, E'\n' order by corrected_line.contract_no, corrected_line.line_no
            )
        ) as line_hash,
        sum(corrected_line.amount) as new_amount
    from fees.open_scope
    inner join fees.corrected_line
        on open_scope.site_id = corrected_line.site_id and open_scope.base_on = corrected_line.base_on
    where
        open_scope.run_id = %(run_id)s
        and open_scope.is_corrected
        and corrected_line.revision > (
            select max(notice.revision)
            from fees.notice
            where notice.site_id = open_scope.site_id and notice.base_on = open_scope.base_on
        )
    group by open_scope.site_id, open_scope.base_on, corrected_line.revision
),

told as (
    select
        corrected.site_id,
        sum(effective_line.amount) as old_amount
    from corrected
    inner join fees.effective_line
        on corrected.site_id = effective_line.site_id and corrected.base_on = effective_line.base_on
    where exists (
        select from fees.corrected_line
        where
            corrected_line.site_id = corrected.site_id
            and corrected_line.base_on = corrected.base_on
            and corrected_line.revision = corrected.revision
            and corrected_line.contract_no = effective_line.contract_no
    )
    group by corrected.site_id
),

latest as (
    select distinct on (result.site_id)
        result.site_id,
        result.revision,
        result.result_hash,
        result.totals
    from ops.result
    inner join run on result.workflow = run.workflow
    inner join corrected on result.site_id = corrected.site_id and result.base_on = corrected.base_on
    order by result.site_id, result.revision desc
)

select
    run.workflow,
    corrected.site_id,
    corrected.base_on,
    latest.revision + 1 as revision,
    md5(concat_ws('|', run.as_of_on, corrected.revision, corrected.line_hash)) as result_hash,
    'held' as state,
    concat(
        '更正', corrected.contract_count, '户，原', to_char(told.old_amount, 'FM999,999,990.00'), '元，改为',
        to_char(corrected.new_amount, 'FM999,999,990.00'), '元，净额',
        to_char(corrected.new_amount - told.old_amount, 'FMS999,999,990.00'), '元',
        (
            -- a reading that ends one month begins the next
            select
                '；其后已发布的' || string_agg(to_char(lower(period_close.period), 'YYYY"年"FMMM"月"'), '、' order by period_close.period)
                || '可能随之变动，发布后请对其再作“试算”，有差异的一并更正'
            from ops.period_close
            where
                period_close.workflow = run.workflow
                and period_close.site_id = corrected.site_id
                and lower(period_close.period) > corrected.base_on
        )
    ) as hold_reason,
    run.run_id,
    run.as_of_on,
    run.known_at,
    corrected.line_count as row_count,
    latest.totals || jsonb_build_object(
        'corrected_count', corrected.contract_count,
        'corrected_amount', corrected.new_amount - told.old_amount
    ) as totals
from corrected
cross join run
inner join told on corrected.site_id = told.site_id
inner join latest on corrected.site_id = latest.site_id
where latest.result_hash <> md5(concat_ws('|', run.as_of_on, corrected.revision, corrected.line_hash))
