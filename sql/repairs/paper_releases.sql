/*  What the release forms of a day say: the request, its time, and what is due.

    Grain:  one row per form.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  WAR-14 14 days to verify and 14 to pay, unless the contract names the day; WA-D11 quality and co-operation.  */
select
    terms.request_no,
    terms.requested_on,
    terms.received_on,
    terms.verify_by_on,
    terms.pay_by_on,
    terms.pay_basis,
    terms.balance_amount,
    terms.payable_amount,
    terms.quality_text,
    terms.cooperation_text,
    terms.late_return_clause
from ops.artifact
inner join repairs.paper
    on
        artifact.workflow = paper.workflow
        and artifact.site_id = paper.site_id
        and lower(artifact.period) = paper.base_on
        and paper.paper_kind = 'TH'
inner join repairs.release_terms(artifact.site_id, lower(artifact.period), artifact.known_at) as terms
    on paper.request_no = terms.request_no
where artifact.artifact_id = %(artifact_id)s
order by paper.sequence_no
