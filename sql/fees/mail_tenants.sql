/*  Lists who gets which notice by mail: the tenant, and the owner who is copied.

    Grain:  one row per notice of the document's revision and addressee; without an address for a notice whose tenant
            has none: then only those get it who got an earlier revision.
    Rerun:  safe; only reads what was known at `known_at`, and which letters there are.
    Rules:  FE-C1 mailing tenants is a setting of the tower, else the owner's finance hands the notices out; who got one
            by mail is also told of its correction that way, whatever the setting is by then (OPS-12). BIL-14 an owner
            is copied.  */
with document as (
    select
        artifact.site_id,
        artifact.revision,
        artifact.known_at,
        lower(artifact.period) as base_on,
        edition.is_mailed_to_tenants
    from ops.artifact
    cross join lateral fees.edition(artifact.site_id, lower(artifact.period), artifact.known_at) as edition
    where artifact.artifact_id = %(artifact_id)s
),

noticed as (
    select
        document.is_mailed_to_tenants,
        notice.revision,
        notice.sequence_no,
        'fee_tenant/' || regexp_replace(notice.notice_no, '-G[0-9]+$', '') as document_key,
        bill.tenant_name,
        bill.copied_to,
        lower(trim(tenant.address)) as tenant_address,
        lower(trim(unit.owner_address)) as owner_address
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
    left join fees.tenant
        on
            bill.tenant_id = tenant.tenant_id
            and tenant.recorded_at <= document.known_at
            and document.known_at < tenant.superseded_at
    left join fees.unit
        on
            bill.site_id = unit.site_id
            and bill.unit_no = unit.unit_no
            and unit.recorded_at <= document.known_at
            and document.known_at < unit.superseded_at
),

addressee as (
    select
        noticed.*,
        noticed.tenant_address as address,
        noticed.tenant_name as recipient_name
    from noticed
    union all
    select
        noticed.*,
        noticed.owner_address,
        noticed.copied_to
    from noticed
    where
        noticed.copied_to <> ''
        -- a unit may have the postal address of its owner instead: his copy then goes on paper
        and noticed.owner_address ~ '^[^@\s]+@[^@\s]+$'
        and noticed.owner_address is distinct from noticed.tenant_address
)

select
    addressee.document_key,
    addressee.revision,
    case when addressee.is_mailed_to_tenants then addressee.address end as address,
    addressee.recipient_name
from addressee
where
    addressee.is_mailed_to_tenants
    or exists (
        select from ops.outbox
        where
            outbox.letter_kind = 'fee_tenant'
            and outbox.document_key = addressee.document_key
            and outbox.revision < addressee.revision
            and outbox.state not in ('refused', 'cancelled')
    )
order by addressee.sequence_no, addressee.recipient_name
