/*  Opinions on releases, department by department, as known for a day's forms.

    Grain:  one row per request and department.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  WA-D11 every signature with a written opinion.  */
select
    opinion.request_no,
    opinion.department,
    opinion.verdict,
    opinion.opinion,
    opinion.signer,
    opinion.signed_on
from ops.artifact
inner join repairs.paper
    on
        artifact.workflow = paper.workflow
        and artifact.site_id = paper.site_id
        and lower(artifact.period) = paper.base_on
        and paper.paper_kind = 'TH'
inner join repairs.release_opinion as opinion
    on
        paper.request_no = opinion.request_no
        and opinion.recorded_at <= artifact.known_at
        and artifact.known_at < opinion.superseded_at
where artifact.artifact_id = %(artifact_id)s
order by opinion.request_no, opinion.signed_on
