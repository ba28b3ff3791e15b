/*  Numbers the 质保金退还审批表 of release requests that came in: one per request, on the first day that knows it.

    Grain:  one row per request.
    Rerun:  safe; a request has one form.
    Rules:  WA-D11 the forms go round for the written opinions; WAR-14 its time runs from the day it was received.  */
insert into repairs.paper (
    paper_no, paper_kind, workflow, site_id, base_on, contractor_id, contract_no, request_no, sequence_no, issued_on, amount, run_id
)
select
    concat_ws('-', 'TH', %(site_id)s, to_char(%(base_on)s::date, 'YYYYMMDD'), lpad(came.sequence_no::text, 3, '0')) as paper_no,
    'TH' as paper_kind,
    'repair_orders' as workflow,
    %(site_id)s as site_id,
    %(base_on)s as base_on,
    came.contractor_id,
    came.contract_no,
    came.request_no,
    came.sequence_no,
    %(released_on)s::date as issued_on,
    0 as amount,
    %(run_id)s as run_id
from (
    select
        contract.contractor_id,
        contract.contract_no,
        request.request_no,
        row_number() over (order by request.request_no) + coalesce(
            (
                select max(paper.sequence_no)
                from repairs.paper
                where paper.paper_kind = 'TH' and paper.site_id = %(site_id)s and paper.base_on = %(base_on)s
            ),
            0
        ) as sequence_no
    from ops.run
    inner join repairs.project
        on
            project.site_id = %(site_id)s
            and project.recorded_at <= run.known_at
            and run.known_at < project.superseded_at
    inner join repairs.contract
        on
            project.project_id = contract.project_id
            and contract.recorded_at <= run.known_at
            and run.known_at < contract.superseded_at
    inner join repairs.release_request as request
        on
            contract.contract_no = request.contract_no
            and request.recorded_at <= run.known_at
            and run.known_at < request.superseded_at
    where
        run.run_id = %(run_id)s
        and request.received_on <= %(base_on)s
        and not exists (
            select from repairs.paper
            where paper.paper_kind = 'TH' and paper.request_no = request.request_no
        )
) as came
