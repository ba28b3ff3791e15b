/*  Records, per tower, the hash and the totals of the month's bills; a new revision only if they differ.

    Grain:  one row per tower, month and revision.
    Rerun:  safe; the same content is not recorded again (OPS-16), released months are left out (OPS-21).
    Rules:  nothing goes out before somebody approved exactly this content: every result is held for a decision.
    Method: the hash is over the rows' own hashes in the order of their keys, 64 bits each: text of all columns of all rows
            costs three times as much. It changes with any column of any row.
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

tower as materialized (
    select
        open_scope.site_id,
        open_scope.base_on
    from fees.open_scope
    where open_scope.run_id = %(run_id)s and not open_scope.is_closed
),

computed as (
    select
        tower.site_id,
        tower.base_on,
        content.bill_hash,
        content.row_count,
        content.totals,
        line.line_hash,
        line.line_count,
        line.missing_count,
        late.late_hash,
        arrear.arrear_hash
    from tower
    cross join lateral (
        select
            md5(string_agg(hash_record_extended(bill, 0)::text, '|' order by bill.contract_no)) as bill_hash,
            count(*) as row_count,
            jsonb_build_object(
                'account_count', count(*),
                'notice_count', count(*) filter (where bill.status = '出单'),
                'idle_count', count(*) filter (where bill.status = '无需出单'),
                'unbilled_count', count(*) filter (where bill.status = '异常未出单'),
                'opening_amount', coalesce(sum(bill.opening_amount) filter (where bill.status = '出单'), 0),
                'charge_amount', coalesce(sum(bill.charge_amount) filter (where bill.status = '出单'), 0),
                'correction_amount', coalesce(sum(bill.correction_amount) filter (where bill.status = '出单'), 0),
                'late_fee_amount', coalesce(sum(bill.late_fee_amount) filter (where bill.status = '出单'), 0),
                'credit_applied', coalesce(sum(bill.credit_applied) filter (where bill.status = '出单'), 0),
                'payable_amount', coalesce(sum(bill.payable_amount) filter (where bill.status = '出单'), 0)
            ) as totals
        from fees.bill
        where bill.site_id = tower.site_id and bill.base_on = tower.base_on
    ) as content
    cross join lateral (
        select
            md5(string_agg(hash_record_extended(bill_line, 0)::text, '|' order by bill_line.contract_no, bill_line.line_no)) as line_hash,
            count(*) as line_count,
            count(*) filter (where bill_line.mark = '待抄表') as missing_count
        from fees.bill_line
        where bill_line.site_id = tower.site_id and bill_line.base_on = tower.base_on
    ) as line
    cross join lateral (
        select
            md5(
                string_agg(
                    hash_record_extended(bill_late_fee, 0)::text, '|'
                    order by bill_late_fee.contract_no, bill_late_fee.item_key, bill_late_fee.stretch_no
                )
            ) as late_hash
        from fees.bill_late_fee
        where bill_late_fee.site_id = tower.site_id and bill_late_fee.base_on = tower.base_on
    ) as late
    cross join lateral (
        select
            md5(
                string_agg(hash_record_extended(bill_arrear, 0)::text, '|' order by bill_arrear.contract_no, bill_arrear.item_key)
            ) as arrear_hash
        from fees.bill_arrear
        where bill_arrear.site_id = tower.site_id and bill_arrear.base_on = tower.base_on
    ) as arrear
),

hashed as (
    select
        computed.*,
        md5(
            concat_ws('|', run.as_of_on, computed.bill_hash, computed.line_hash, computed.late_hash, computed.arrear_hash)
        ) as result_hash
    from computed
    cross join run
    where computed.row_count > 0
),

latest as (
    select distinct on (result.site_id)
        result.site_id,
        result.revision,
        result.result_hash
    from ops.result
    inner join run on result.workflow = run.workflow
    inner join tower on result.site_id = tower.site_id and result.base_on = tower.base_on
    order by result.site_id, result.revision desc
)

select
    run.workflow,
    hashed.site_id,
    hashed.base_on,
    coalesce(latest.revision, 0) + 1 as revision,
    hashed.result_hash,
    'held' as state,
    concat(
        to_char(hashed.base_on, 'YYYY"年"MM"月"'), '收费通知', hashed.totals ->> 'notice_count', '户，本次应缴',
        to_char((hashed.totals ->> 'payable_amount')::numeric, 'FM999,999,999,990.00'), '元，异常未出单',
        hashed.totals ->> 'unbilled_count', '户，待抄表', hashed.missing_count, '行'
    ) as hold_reason,
    run.run_id,
    run.as_of_on,
    run.known_at,
    hashed.line_count as row_count,
    hashed.totals || jsonb_build_object('missing_count', hashed.missing_count) as totals
from hashed
cross join run
left join latest on hashed.site_id = latest.site_id
where latest.result_hash is distinct from hashed.result_hash
