/*  The letters to tenants that have no words yet: what each says beside the notice that goes with it.

    Grain:  one row per letter.
    Rerun:  safe; only reads.
    Rules:  BIL-14 the owner's copy says that it is one.  */
with document as (
    select
        artifact.*,
        lower(artifact.period) as base_on,
        run.requested_by
    from ops.artifact
    inner join ops.run on artifact.run_id = run.run_id
    where artifact.artifact_id = %(artifact_id)s
)

select
    outbox.outbox_id,
    notice.notice_no,
    (
        bill.copied_to <> ''
        and outbox.recipient_name = bill.copied_to
        and outbox.recipient is distinct from lower(trim(tenant.address))
    ) as is_copy,
    outbox.recipient_name,
    replaced.notice_no as replaced_no,
    replaced.revision as replaced_revision,
    replaced.released_on as replaced_on,
    document.requested_by
from document
inner join fees.notice
    on
        document.site_id = notice.site_id
        and document.base_on = notice.base_on
        and document.revision = notice.revision
inner join fees.bill
    on
        notice.site_id = bill.site_id
        and notice.base_on = bill.base_on
        and notice.contract_no = bill.contract_no
inner join ops.outbox
    on
        document.artifact_id = outbox.artifact_id
        and outbox.document_key = 'fee_tenant/' || regexp_replace(notice.notice_no, '-G[0-9]+$', '')
        and notice.revision = outbox.revision
left join fees.tenant
    on
        bill.tenant_id = tenant.tenant_id
        and tenant.recorded_at <= document.known_at
        and document.known_at < tenant.superseded_at
left join lateral (
    select earlier.*
    from fees.notice as earlier
    where
        earlier.site_id = notice.site_id
        and earlier.base_on = notice.base_on
        and earlier.contract_no = notice.contract_no
        and earlier.revision < notice.revision
    order by earlier.revision desc
    limit 1
) as replaced on true
where outbox.letter_kind = document.document_kind and outbox.state = 'reserved'
order by outbox.outbox_id
