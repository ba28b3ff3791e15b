/*  Marks the lines of the month's bills as drawn; lines that say the same already are not touched.

    Grain:  one row per line of a bill, numbered in the order in which a notice shows them.
    Rerun:  safe; a line that changed is replaced, one that is no longer drawn goes.
    Joins:  hashed; temporary tables carry no statistics, and a loop over them would be quadratic.
    Parts:  fees/list_parts  */
with scope as materialized (
    select site_id
    from fees.open_scope
    where run_id = %(run_id)s and not is_closed
),

-- not kept aside: what is drawn for the first time is numbered once, and passes through no table on its way
numbered as not materialized (
    select
        draft_line.site_id,
        draft_line.base_on,
        draft_line.contract_no,
        row_number() over (
            partition by draft_line.contract_no
            order by
                array_position(array['租金', '物业费', '电费', '水费', '停车费', '其他'], draft_line.charge_kind),
                draft_line.item,
                draft_line.starts_on,
                draft_line.rule_from,
                draft_line.meter_no
        )::integer as line_no,
        draft_line.charge_kind,
        draft_line.item,
        draft_line.timing,
        draft_line.starts_on,
        draft_line.ends_on,
        draft_line.day_count,
        draft_line.month_days,
        draft_line.quantity,
        draft_line.unit,
        draft_line.unit_price,
        draft_line.amount,
        draft_line.vat_rate,
        draft_line.vat_method,
        taxed.net_amount,
        draft_line.amount - taxed.net_amount as vat_amount,
        draft_line.payee_id,
        draft_line.mark,
        draft_line.meter_no,
        draft_line.previous_on,
        draft_line.previous_reading,
        draft_line.current_on,
        draft_line.current_reading,
        draft_line.multiplier,
        draft_line.replaced_quantity,
        draft_line.share_key,
        draft_line.share_of,
        draft_line.shared_quantity,
        draft_line.reading_source,
        draft_line.reader,
        draft_line.rule_id,
        draft_line.rule_from,
        draft_line.rule_version,
        draft_line.grounds,
        draft_line.file_id,
        draft_line.source_line
    from draft_line
    inner join scope on draft_line.site_id = scope.site_id
    cross join lateral (
        select round(draft_line.amount / (1 + draft_line.vat_rate), 2)::numeric(14, 2) as net_amount
        offset 0
    ) as taxed
),

kept as materialized (
    select bill_line.*
    from fees.bill_line
    where
        bill_line.site_id = any(array(select scope.site_id from scope))
        and bill_line.base_on = %(first_on)s
),

gone as (
    delete from fees.bill_line
    using kept
    where
        bill_line.site_id = kept.site_id
        and bill_line.base_on = kept.base_on
        and bill_line.contract_no = kept.contract_no
        and bill_line.line_no = kept.line_no
        and not exists (
            select from numbered
            where
                numbered.contract_no = kept.contract_no
                and numbered.line_no = kept.line_no
                and row(numbered.*) is not distinct from row(kept.*)
        )
    returning bill_line.contract_no
)

insert into fees.bill_line
-- nothing to compare with: as they come, which is the order of the key
select numbered.*
from numbered
where not exists (select from kept)
union all
select numbered.*
from numbered
where
    -- what goes has gone before the first row comes
    (select count(*) from gone) >= 0
    and exists (select from kept)
    and not exists (
        select from kept
        where
            kept.contract_no = numbered.contract_no
            and kept.line_no = numbered.line_no
            and row(numbered.*) is not distinct from row(kept.*)
    )
