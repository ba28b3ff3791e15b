/*  What the papers of a document say once each: who writes to whom, about which contract, until when.

    Grain:  one row per paper, of one part of so many parts.
    Rerun:  safe; only reads what the run knew that numbered the paper: written again it says the same.
    Rules:  outputs 5.2, 5.3; WAR-08 the clause of silence is the contract's own.  */
select
    paper.paper_no,
    paper.paper_kind,
    paper.issued_on,
    paper.deadline_on,
    paper.amount,
    paper.request_no,
    paper.contractor_id,
    company.company_name,
    company.contact,
    contractor.contractor_name,
    coalesce(project.project_name, '') as project_name,
    paper.contract_no,
    coalesce(contract.work_title, '') as work_title,
    contract.supplement_no,
    contract.silence_clause,
    contract.settled_amount,
    contract.accepted_on,
    (contract.accepted_on + contract.liability_months * interval '1 month')::date as liability_until_on
from ops.artifact
inner join repairs.paper
    on
        artifact.workflow = paper.workflow
        and artifact.site_id = paper.site_id
        and lower(artifact.period) = paper.base_on
inner join ops.run on paper.run_id = run.run_id
inner join repairs.company
    on
        paper.site_id = company.site_id
        and company.recorded_at <= run.known_at
        and run.known_at < company.superseded_at
inner join repairs.contractor
    on
        paper.contractor_id = contractor.contractor_id
        and contractor.recorded_at <= run.known_at
        and run.known_at < contractor.superseded_at
left join repairs.contract
    on
        paper.contract_no = contract.contract_no
        and contract.recorded_at <= run.known_at
        and run.known_at < contract.superseded_at
left join repairs.project
    on
        contract.project_id = project.project_id
        and project.recorded_at <= run.known_at
        and run.known_at < project.superseded_at
where
    artifact.artifact_id = %(artifact_id)s
    and paper.sequence_no %% %(parts)s = %(part)s
order by paper.paper_kind, paper.sequence_no
