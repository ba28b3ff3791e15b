/*  Marks what a released month should have said: all lines of every contract of which a line is different now.

    Grain:  one row per line of the contracts concerned, under the revision that the correction will have.
    Rerun:  safe; a correction that is not released yet is drawn anew.
    Rules:  BIL-19 a released notice is never overwritten: what it said is taken back (红字) and said anew (蓝字). Only
            who has a notice is corrected; whoever had none is charged by the next.
    Parts:  fees/list_parts  */
with tower as materialized (
    select
        open_scope.site_id,
        open_scope.base_on,
        1 + (
            select max(notice.revision)
            from fees.notice
            where notice.site_id = open_scope.site_id and notice.base_on = open_scope.base_on
        ) as revision
    from fees.open_scope
    where open_scope.run_id = %(run_id)s and open_scope.is_corrected
),

told as materialized (
    select effective_line.*
    from fees.effective_line
    inner join tower on effective_line.site_id = tower.site_id and effective_line.base_on = tower.base_on
),

drawn as materialized (
    select
        draft_line.*,
        row_number() over (
            partition by draft_line.contract_no
            order by
                array_position(array['租金', '物业费', '电费', '水费', '停车费', '其他'], draft_line.charge_kind),
                draft_line.item,
                draft_line.starts_on,
                draft_line.rule_from,
                draft_line.meter_no
        )::integer as line_no,
        tower.revision
    from draft_line
    inner join tower on draft_line.site_id = tower.site_id and draft_line.base_on = tower.base_on
    where exists (
        select from fees.notice
        where
            notice.site_id = draft_line.site_id
            and notice.base_on = draft_line.base_on
            and notice.contract_no = draft_line.contract_no
    )
),

changed as (
    select coalesce(drawn.contract_no, told.contract_no) as contract_no
    from drawn
    full join told on drawn.contract_no = told.contract_no and drawn.line_no = told.line_no
    where
        coalesce(drawn.contract_no, told.contract_no) in (
            select noticed.contract_no
            from tower
            inner join fees.notice as noticed on tower.site_id = noticed.site_id and tower.base_on = noticed.base_on
        )
        -- a line that was taken back before is not there any more
        and (drawn.contract_no is not null or told.amount is distinct from 0)
        and row(drawn.charge_kind, drawn.item, drawn.starts_on, drawn.ends_on, drawn.quantity, drawn.unit_price, drawn.amount)
        is distinct from row(
            told.charge_kind, told.item, told.starts_on, told.ends_on, told.quantity, told.unit_price, told.amount
        )
    group by coalesce(drawn.contract_no, told.contract_no)
),

-- A contract of which nothing is left to say: what it was told is said anew as nothing, so that the red has its blue.
emptied as (
    select told.*
    from told
    inner join changed on told.contract_no = changed.contract_no
    where not exists (select from drawn where drawn.contract_no = told.contract_no)
),

gone as (
    delete from fees.corrected_line
    using tower
    where
        corrected_line.site_id = tower.site_id
        and corrected_line.base_on = tower.base_on
        and corrected_line.revision >= tower.revision
    returning corrected_line.contract_no
)

insert into fees.corrected_line (
    site_id, base_on, contract_no, line_no, charge_kind, item, timing, starts_on, ends_on, day_count, month_days,
    quantity, unit, unit_price, amount, vat_rate, vat_method, net_amount, vat_amount, payee_id, mark, meter_no,
    previous_on, previous_reading, current_on, current_reading, multiplier, replaced_quantity, share_key, share_of,
    shared_quantity, reading_source, reader, rule_id, rule_from, rule_version, grounds, file_id, source_line, revision
)
select
    drawn.site_id,
    drawn.base_on,
    drawn.contract_no,
    drawn.line_no,
    drawn.charge_kind,
    drawn.item,
    drawn.timing,
    drawn.starts_on,
    drawn.ends_on,
    drawn.day_count,
    drawn.month_days,
    drawn.quantity,
    drawn.unit,
    drawn.unit_price,
    drawn.amount,
    drawn.vat_rate,
    drawn.vat_method,
    round(drawn.amount / (1 + drawn.vat_rate), 2),
    drawn.amount - round(drawn.amount / (1 + drawn.vat_rate), 2),
    drawn.payee_id,
    drawn.mark,
    drawn.meter_no,
    drawn.previous_on,
    drawn.previous_reading,
    drawn.current_on,
    drawn.current_reading,
    drawn.multiplier,
    drawn.replaced_quantity,
    drawn.share_key,
    drawn.share_of,
    drawn.shared_quantity,
    drawn.reading_source,
    drawn.reader,
    drawn.rule_id,
    drawn.rule_from,
    drawn.rule_version,
    drawn.grounds,
    drawn.file_id,
    drawn.source_line,
    drawn.revision
from drawn
inner join changed on drawn.contract_no = changed.contract_no
-- what goes has gone before the first row comes
where (select count(*) from gone) >= 0
union all
select
    emptied.site_id,
    emptied.base_on,
    emptied.contract_no,
    emptied.line_no,
    emptied.charge_kind,
    emptied.item,
    emptied.timing,
    emptied.starts_on,
    emptied.ends_on,
    emptied.day_count,
    emptied.month_days,
    case when emptied.quantity is not null then 0 end,
    emptied.unit,
    emptied.unit_price,
    0,
    emptied.vat_rate,
    emptied.vat_method,
    0,
    0,
    emptied.payee_id,
    '',
    emptied.meter_no,
    emptied.previous_on,
    emptied.previous_reading,
    emptied.current_on,
    emptied.current_reading,
    emptied.multiplier,
    emptied.replaced_quantity,
    emptied.share_key,
    emptied.share_of,
    emptied.shared_quantity,
    emptied.reading_source,
    emptied.reader,
    emptied.rule_id,
    emptied.rule_from,
    emptied.rule_version,
    '按现有资料不再收取，原收取' || coalesce(to_char(emptied.amount, 'FM999,999,990.00'), '0.00') || '元全部冲回',
    emptied.file_id,
    emptied.source_line,
    tower.revision
from emptied
inner join tower on emptied.site_id = tower.site_id
where (select count(*) from gone) >= 0
