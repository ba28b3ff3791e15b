/*  Lists the letters to contractors that go with a day's report: one per paper.

    Grain:  one row per paper and address; without an address it goes on paper.
    Rerun:  safe; only reads.
    Rules:  WAR-05, WA-D8; nobody sees another contractor's paper.  */
select
    'repair_letter/' || paper.paper_no as document_key,
    1 as revision,
    lower(trim(contractor.address)) as address,
    coalesce(nullif(contractor.contact_name, ''), contractor.contractor_name) as recipient_name
from ops.artifact
inner join repairs.paper
    on
        artifact.site_id = paper.site_id
        and lower(artifact.period) = paper.base_on
        and paper.workflow = 'repair_orders'
        and paper.paper_kind in ('TZ', 'QR', 'CB')
inner join repairs.contractor
    on
        paper.contractor_id = contractor.contractor_id
        and contractor.recorded_at <= artifact.known_at
        and artifact.known_at < contractor.superseded_at
where artifact.artifact_id = %(artifact_id)s
order by paper.paper_kind, paper.sequence_no
