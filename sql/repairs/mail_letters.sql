/*  Lists the letters that go with a day's report: a paper to its contractor, a release form round the departments.

    Grain:  one row per paper and address; without an address it goes on paper.
    Rerun:  safe; only reads.
    Rules:  WAR-05, WA-D8; nobody sees another contractor's paper. WA-D11 the form asks every department for its opinion.  */
with paper as (
    select
        paper.*,
        artifact.known_at
    from ops.artifact
    inner join repairs.paper
        on
            artifact.workflow = paper.workflow
            and artifact.site_id = paper.site_id
            and lower(artifact.period) = paper.base_on
    where artifact.artifact_id = %(artifact_id)s
)

select
    'repair_letter/' || paper.paper_no as document_key,
    1 as revision,
    lower(trim(contractor.address)) as address,
    coalesce(nullif(contractor.contact_name, ''), contractor.contractor_name) as recipient_name
from paper
inner join repairs.contractor
    on
        paper.contractor_id = contractor.contractor_id
        and contractor.recorded_at <= paper.known_at
        and paper.known_at < contractor.superseded_at
where paper.paper_kind in ('TZ', 'QR', 'CB')
union all
select distinct
    'repair_letter/' || paper.paper_no,
    1,
    lower(trim(recipient.address)),
    recipient.recipient_name
from paper
inner join book.recipient
    on
        recipient.document_kind = 'release_form'
        and recipient.site_id in (paper.site_id, '*')
        and paper.issued_on between recipient.valid_from and coalesce(recipient.valid_to, 'infinity')
        and recipient.recorded_at <= paper.known_at
        and paper.known_at < recipient.superseded_at
where paper.paper_kind = 'TH'
order by document_key, address
