/*  What the letters of a day say about each of their orders.

    Grain:  one row per letter and order.
    Rerun:  safe; only reads what was known at `known_at`, and the letters themselves.
    Rules:  outputs 5.2; WAR-05, WAR-19, WAR-21.  */
select
    paper.paper_no,
    letter.order_no,
    letter.amount as charged_amount,
    regexp_replace(work_order.place_text, '\s+', ' ', 'g') as place_text,
    regexp_replace(work_order.defect, '\s+', ' ', 'g') as defect,
    work_order.reported_on,
    work_order.completed_on,
    work_order.inspection_no,
    coalesce(case when work_order.is_emergency then work_order.emergency_evidence end, '') as evidence,
    concat(
        work_order.component, '保修期至', standing.warranty_until_on,
        coalesce('（' || coalesce(nullif(warranty_term.clause, ''), statutory_term.clause) || '）', '')
    ) as basis,
    standing.settled_amount as audited_amount,
    concat_ws(
        '，',
        case when work_order.contractor_share < 1 then concat('承担', trim_scale(work_order.contractor_share * 100), '%%') end,
        case when standing.management_amount > 0 then concat('另加管理费', standing.management_amount, '元（', contract.management_clause, '）') end
    ) as reckoning,
    original.letter_no as original_no,
    original.sent_on as original_on,
    original.amount as original_amount
from ops.artifact
inner join repairs.paper
    on
        artifact.workflow = paper.workflow
        and artifact.site_id = paper.site_id
        and lower(artifact.period) = paper.base_on
inner join repairs.letter on paper.paper_no = letter.letter_no
inner join repairs.work_order
    on
        letter.order_no = work_order.order_no
        and work_order.recorded_at <= artifact.known_at
        and artifact.known_at < work_order.superseded_at
inner join repairs.contract
    on
        paper.contract_no = contract.contract_no
        and contract.recorded_at <= artifact.known_at
        and artifact.known_at < contract.superseded_at
inner join repairs.standing
    on
        paper.workflow = standing.workflow
        and paper.site_id = standing.site_id
        and paper.base_on = standing.base_on
        and letter.order_no = standing.order_no
left join repairs.warranty_term
    on
        work_order.project_id = warranty_term.project_id
        and work_order.component = warranty_term.component
        and warranty_term.recorded_at <= artifact.known_at
        and artifact.known_at < warranty_term.superseded_at
left join repairs.statutory_term on work_order.component = statutory_term.component
left join lateral (
    select before.*
    from repairs.letter as before
    where
        paper.paper_kind = 'CB'
        and before.order_no = letter.order_no
        and before.letter_no = coalesce(case when standing.confirm_state = '已升级' then standing.confirm_no end, standing.notice_no)
    limit 1
) as original on true
where artifact.artifact_id = %(artifact_id)s
order by paper.paper_no, letter.order_no
