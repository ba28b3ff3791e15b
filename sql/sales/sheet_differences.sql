/*  The sheet 差异: what the registers say of the period's days now and did not say in the edition before; of a final
    edition that is its draft.

    Grain:  one row per subscription, contract, change or receipt that differs.
    Rerun:  safe; only reads what was known at the cut-offs of the two editions.
    Rules:  outputs 4.2 draft against final; SAL-20 a contract of two registers is compared once, by the source that counts.  */
with document as (
    select
        artifact.*,
        lower(artifact.period) as starts_on,
        upper(artifact.period) - 1 as last_on,
        run.reason,
        run.requested_by
    from ops.artifact
    inner join ops.run on artifact.run_id = run.run_id
    where artifact.artifact_id = %(artifact_id)s
),

before as (
    select earlier.known_at
    from document
    inner join ops.artifact as earlier
        on
            document.site_id = earlier.site_id
            and document.period = earlier.period
            and (
                (document.document_kind = earlier.document_kind and document.revision - 1 = earlier.revision)
                or (
                    document.document_kind = 'sales_monthly'
                    and document.revision = 1
                    and earlier.document_kind = 'sales_draft'
                    and earlier.known_at <= document.known_at
                )
            )
    order by earlier.known_at desc
    limit 1
),

place as materialized (
    select project.site_id
    from document
    cross join lateral sales.projects_of(document.site_id, document.known_at) as project
),

edition (is_new, known_at) as (
    select true, document.known_at from document
    union all
    select false, before.known_at from before
),

said as materialized (
    select
        edition.is_new,
        '认购' as item,
        subscription.site_id,
        subscription.subscription_no as ref_no,
        subscription.unit_no,
        subscription.subscribed_on as business_on,
        subscription.amount,
        subscription.recorded_at,
        subscription.file_id,
        subscription.line_no
    from edition
    cross join place
    inner join sales.subscription
        on
            place.site_id = subscription.site_id
            and subscription.recorded_at <= edition.known_at
            and edition.known_at < subscription.superseded_at
    union all
    select
        edition.is_new,
        '签约',
        contract.site_id,
        contract.contract_no,
        contract.signed_unit_no,
        contract.signed_on,
        contract.signed_amount,
        register.recorded_at,
        contract.file_id,
        contract.line_no
    from edition
    cross join document
    cross join lateral sales.contract_at(document.site_id, document.last_on, edition.known_at) as contract
    inner join sales.contract as register
        on
            contract.site_id = register.site_id
            and contract.contract_no = register.contract_no
            and contract.source = register.source
            and register.recorded_at <= edition.known_at
            and edition.known_at < register.superseded_at
    union all
    select
        edition.is_new,
        change.change_kind,
        change.site_id,
        change.change_no,
        coalesce(change.contract_no, change.subscription_no),
        change.approved_on,
        case when change.change_kind in ('退订', '退房') then - change.amount else change.amount end,
        change.recorded_at,
        change.file_id,
        change.line_no
    from edition
    cross join place
    inner join sales.change
        on
            place.site_id = change.site_id
            and change.approved_on is not null
            and change.recorded_at <= edition.known_at
            and edition.known_at < change.superseded_at
    union all
    select
        edition.is_new,
        '回款',
        receipt.site_id,
        receipt.receipt_no,
        coalesce(receipt.contract_no, receipt.subscription_no),
        receipt.value_on,
        receipt.amount,
        receipt.recorded_at,
        receipt.file_id,
        receipt.line_no
    from edition
    cross join place
    inner join sales.receipt
        on
            place.site_id = receipt.site_id
            and receipt.recorded_at <= edition.known_at
            and edition.known_at < receipt.superseded_at
),

within as materialized (
    select said.*
    from said
    cross join document
    where said.business_on between document.starts_on and document.last_on
),

compared as (
    select
        coalesce(new.item, old.item) as item,
        coalesce(new.ref_no, old.ref_no) as ref_no,
        coalesce(new.unit_no, old.unit_no) as unit_no,
        old.amount as old_amount,
        new.amount as new_amount,
        old.business_on as old_on,
        new.business_on as new_on,
        new.recorded_at,
        coalesce(new.file_id, old.file_id) as file_id,
        coalesce(new.line_no, old.line_no) as line_no
    from (select * from within where is_new) as new
    full join (select * from within where not is_new) as old
        on new.item = old.item and new.site_id = old.site_id and new.ref_no = old.ref_no
    where row(new.amount, new.business_on, new.unit_no) is distinct from row(old.amount, old.business_on, old.unit_no)
)

select
    compared.unit_no as subject,
    compared.ref_no as slip_number,
    compared.item,
    case
        when compared.old_on is not null then concat(to_char(compared.old_amount, 'FM999,999,999,990.00'), '元（', compared.old_on, '）')
    end as old_value,
    case
        when compared.new_on is not null then concat(to_char(compared.new_amount, 'FM999,999,999,990.00'), '元（', compared.new_on, '）')
    end as new_value,
    coalesce(compared.new_amount, 0) - coalesce(compared.old_amount, 0) as delta_amount,
    case
        when compared.old_on is null then '新增' when compared.new_on is null then '取消' else '变更'
    end as change_kind,
    coalesce(nullif(document.reason, ''), '资料补到或更正') as reason,
    concat_ws(
        '，', landing_file.file_name, '第' || compared.line_no || '行', to_char(compared.recorded_at, 'YYYY-MM-DD HH24:MI') || '入库'
    ) as source,
    document.requested_by as proposed_by,
    null::text as approved_by,
    '随本版通知' as is_notified
from compared
cross join document
cross join before
left join ops.landing_file on compared.file_id = landing_file.file_id
order by array_position(array['认购', '签约', '退订', '退房', '换房', '补充协议', '回款'], compared.item), compared.ref_no
