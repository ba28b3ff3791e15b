/*  The sheet 差异: lines that a correction takes back and says anew; for a preview drawn up again, what it changes.

    Grain:  one row per line that differs; for a preview one per household and item, and one per total.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  BIL-19. Before the release bills are drawn anew in place, and what came out otherwise is kept beside them.  */
with document as (
    select
        artifact.*,
        lower(artifact.period) as base_on,
        run.mode,
        run.reason,
        run.requested_by,
        (
            select 1 + max(notice.revision)
            from fees.notice
            inner join ops.run as giving on notice.run_id = giving.run_id
            where
                notice.site_id = artifact.site_id
                and notice.base_on = lower(artifact.period)
                and giving.known_at <= artifact.known_at
                and notice.run_id <> artifact.run_id
        ) as notice_revision
    from ops.artifact
    inner join ops.run on artifact.run_id = run.run_id
    where artifact.artifact_id = %(artifact_id)s
),

said_anew as materialized (
    select corrected_line.*
    from document
    inner join fees.corrected_line
        on
            document.site_id = corrected_line.site_id
            and document.base_on = corrected_line.base_on
            and document.notice_revision = corrected_line.revision
),

-- what the newest notice before it said
told as materialized (
    select line.*
    from document
    inner join (
        select bill_line.*, 1 as revision
        from fees.bill_line
        union all
        select corrected_line.*
        from fees.corrected_line
    ) as line
        on document.site_id = line.site_id and document.base_on = line.base_on
    where
        line.contract_no in (select said_anew.contract_no from said_anew)
        and line.revision = (
            select max(notice.revision)
            from fees.notice
            where
                notice.site_id = line.site_id
                and notice.base_on = line.base_on
                and notice.contract_no = line.contract_no
                and notice.revision < document.notice_revision
        )
),

changed as (
    select
        coalesce(told.contract_no, said_anew.contract_no) as contract_no,
        coalesce(told.item, said_anew.item) as item,
        coalesce(told.starts_on, said_anew.starts_on) as starts_on,
        coalesce(told.ends_on, said_anew.ends_on) as ends_on,
        told.amount as old_amount,
        said_anew.amount as new_amount,
        told.quantity as old_quantity,
        said_anew.quantity as new_quantity,
        coalesce(said_anew.unit, told.unit) as unit,
        told.contract_no is null as is_new,
        said_anew.contract_no is null as is_gone,
        coalesce(said_anew.file_id, told.file_id) as file_id,
        coalesce(said_anew.source_line, told.source_line) as source_line
    from told
    full join said_anew
        on
            told.contract_no = said_anew.contract_no
            and told.charge_kind = said_anew.charge_kind
            and told.item = said_anew.item
            and told.starts_on = said_anew.starts_on
    where row(told.amount, told.quantity, told.ends_on) is distinct from row(said_anew.amount, said_anew.quantity, said_anew.ends_on)
),

result_of as (
    select
        artifact.revision,
        result.totals
    from document
    inner join ops.artifact
        on
            document.document_kind = artifact.document_kind
            and document.site_id = artifact.site_id
            and document.period = artifact.period
            and artifact.revision in (document.revision, document.revision - 1)
    inner join ops.result
        on
            artifact.workflow = result.workflow
            and artifact.site_id = result.site_id
            and document.base_on = result.base_on
            and md5(result.base_on::text || result.result_hash) = artifact.content_hash
),

total as (
    select
        named.place,
        named.item,
        named.is_money,
        (old.totals ->> named.key)::numeric as old_value,
        (new.totals ->> named.key)::numeric as new_value
    from document
    inner join result_of as old on document.revision - 1 = old.revision
    inner join result_of as new on document.revision = new.revision
    cross join (
        values
        (1, 'notice_count', '出单户数', false),
        (2, 'idle_count', '无需出单户数', false),
        (3, 'unbilled_count', '异常未出单户数', false),
        (4, 'missing_count', '待抄表行数', false),
        (5, 'opening_amount', '期初欠费', true),
        (6, 'charge_amount', '本期费用', true),
        (7, 'correction_amount', '红蓝字', true),
        (8, 'late_fee_amount', '违约金', true),
        (9, 'credit_applied', '预收抵扣', true),
        (10, 'payable_amount', '本次应缴总额', true)
    ) as named (place, key, item, is_money)
    where document.mode <> 'correct'
),

difference (
    sort_text, subject, slip_number, item, old_value, new_value, delta_amount, change_kind, file_id, source_line
) as (
    select
        concat_ws('|', fees.unit_order(bill.unit_no), changed.contract_no, changed.item, changed.starts_on),
        concat_ws(' ', bill.unit_no, bill.tenant_name),
        given.notice_no,
        concat(
            changed.item, ' ', to_char(changed.starts_on, 'MM-DD'), '至', to_char(changed.ends_on, 'MM-DD')
        ),
        case
            when not changed.is_new
                then concat_ws(
                    '，', trim_scale(changed.old_quantity) || changed.unit,
                    coalesce(to_char(changed.old_amount, 'FM999,999,990.00') || '元', '待抄表')
                )
        end,
        case
            when not changed.is_gone
                then concat_ws(
                    '，', trim_scale(changed.new_quantity) || changed.unit,
                    coalesce(to_char(changed.new_amount, 'FM999,999,990.00') || '元', '待抄表')
                )
        end,
        coalesce(changed.new_amount, 0) - coalesce(changed.old_amount, 0),
        case when changed.is_new then '新增' when changed.is_gone then '取消' else '变更' end,
        changed.file_id,
        changed.source_line
    from document
    inner join fees.bill on document.site_id = bill.site_id and document.base_on = bill.base_on
    inner join changed on bill.contract_no = changed.contract_no
    left join lateral (
        select notice.notice_no
        from fees.notice
        where
            notice.site_id = bill.site_id
            and notice.base_on = bill.base_on
            and notice.contract_no = bill.contract_no
            and notice.revision <= document.notice_revision
            and (document.document_kind = 'fee_notices' or notice.revision < document.notice_revision)
        order by notice.revision desc
        limit 1
    ) as given on true
    union all
    select
        concat_ws('|', 'A', fees.unit_order(bill.unit_no), bill_change.contract_no, named.place),
        concat_ws(' ', bill.unit_no, bill.tenant_name),
        null,
        bill_change.item,
        to_char(bill_change.old_amount, 'FM999,999,990.00'),
        to_char(bill_change.new_amount, 'FM999,999,990.00'),
        coalesce(bill_change.new_amount, 0) - coalesce(bill_change.old_amount, 0),
        case when bill_change.old_amount is null then '新增' when bill_change.new_amount is null then '取消' else '变更' end,
        null,
        null
    from document
    inner join ops.result
        on
            document.workflow = result.workflow
            and document.site_id = result.site_id
            and document.base_on = result.base_on
            and md5(result.base_on::text || result.result_hash) = document.content_hash
    inner join fees.bill_change
        on
            result.site_id = bill_change.site_id
            and result.base_on = bill_change.base_on
            and result.revision = bill_change.revision
    inner join fees.bill
        on
            bill_change.site_id = bill.site_id
            and bill_change.base_on = bill.base_on
            and bill_change.contract_no = bill.contract_no
    cross join lateral (
        select array_position(
            array['期初欠费', '租金', '物业费', '电费', '水费', '停车费', '其他', '红蓝字', '违约金', '预收抵扣', '本次应缴总额'],
            bill_change.item
        ) as place
    ) as named
    where document.mode <> 'correct'
    union all
    select
        to_char(total.place, 'FM00'),
        '合计',
        null,
        total.item,
        case
            when total.is_money then to_char(total.old_value, 'FM999,999,999,990.00')
            else trim_scale(total.old_value)::text
        end,
        case
            when total.is_money then to_char(total.new_value, 'FM999,999,999,990.00')
            else trim_scale(total.new_value)::text
        end,
        case when total.is_money then total.new_value - total.old_value end,
        '变更',
        null,
        null
    from total
    where total.old_value is distinct from total.new_value
)

select
    difference.subject,
    difference.slip_number,
    difference.item,
    difference.old_value,
    difference.new_value,
    difference.delta_amount,
    difference.change_kind,
    coalesce(nullif(document.reason, ''), '资料补到，重新计算') as reason,
    case
        when landing_file.file_name is not null
            then concat(
                landing_file.file_name, ' 第', difference.source_line, '行，',
                to_char(landing_file.received_at, 'YYYY-MM-DD HH24:MI'), '收到'
            )
    end as source,
    document.requested_by as proposed_by,
    case when document.document_kind = 'fee_notices' then decision.decided_by end as approved_by,
    case
        when difference.slip_number is null or document.document_kind <> 'fee_notices' then '尚未发布'
        else '随更正通知书发放'
    end as is_notified
from difference
cross join document
left join ops.landing_file on difference.file_id = landing_file.file_id
left join ops.decision
    on
        document.workflow = decision.workflow
        and document.site_id = decision.site_id
        and document.period = decision.period
        and document.content_hash = decision.content_hash
order by difference.sort_text
