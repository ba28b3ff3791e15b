/*  Lists the letters that bring each contractor his 质保金扣款通知单 of the month.

    Grain:  one row per paper and address; without an address it goes on paper.
    Rerun:  safe; only reads.
    Rules:  outputs 5.2 after the booking; nobody sees another contractor's paper.  */
select
    'chargeback_statement/' || paper.paper_no as document_key,
    1 as revision,
    lower(trim(contractor.address)) as address,
    coalesce(nullif(contractor.contact_name, ''), contractor.contractor_name) as recipient_name
from ops.artifact
inner join repairs.paper
    on
        artifact.site_id = paper.site_id
        and lower(artifact.period) = paper.base_on
        and paper.paper_kind = 'KK'
inner join repairs.contractor
    on
        paper.contractor_id = contractor.contractor_id
        and contractor.recorded_at <= artifact.known_at
        and artifact.known_at < contractor.superseded_at
where artifact.artifact_id = %(artifact_id)s
order by paper.sequence_no
